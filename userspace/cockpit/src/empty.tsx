// SPDX-License-Identifier: GPL-2.0
// Where there is nothing to show: why, and what to do.

import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Spinner } from "@patternfly/react-core";
import ExclamationCircleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";

import type { ModuleStatus } from "./answers";
import { Failure, NOT_PERMITTED, NO_MODULE } from "./program";

const _ = cockpit.gettext;

export const Waiting = () => (
    <EmptyState titleText={_("Looking at the GPUs of this host")} headingLevel="h2" icon={Spinner} />
);

function titleOf(failure: Failure, module: ModuleStatus | null) {
    if (failure.isMissing)
        return _("gpuspec is not installed");
    if (failure.status === NO_MODULE)
        return absence(module).title;
    if (failure.status === NOT_PERMITTED)
        return _("Administrative access is needed");
    return _("gpuspec does not answer");
}

/* What keeps the module away, and what to do about it. */
function absence(module: ModuleStatus | null) {
    switch (module?.module) {
    case "absent":
        return {
            title: _("The kernel module gpuspec is not there for this kernel"),
            advice: cockpit.format(_("Nothing was built for the kernel $0. Install its headers and gpuspec-dkms, which builds the module: apt install linux-headers-$0 gpuspec-dkms. If they are there, dkms status tells what came of it. Then load it: modprobe gpuspec."),
                                   module.kernel),
        };
    case "unsupported":
        return {
            title: _("gpuspec does not support this kernel"),
            reason: module.module_problem,
            advice: _("Boot a kernel that gpuspec supports: Linux 6.1 or newer, with VFIO and its mediated devices, such as Debian's linux-image-amd64."),
        };
    case "unfit":
        return {
            title: _("The kernel module gpuspec was built for another kernel"),
            advice: cockpit.format(_("This is the kernel $0. Build the module anew, and load it: dkms install --force gpuspec/$1, modprobe gpuspec."), module.kernel, module.helper_version),
        };
    case "untrusted":
        return {
            title: _("This kernel does not trust the kernel module gpuspec"),
            advice: _("It takes no module without a signature that it trusts, as with Secure Boot. Have the machine trust the key that DKMS signs with, mokutil --import /var/lib/dkms/mok.pub, and boot: the firmware asks for the password again."),
        };
    case "barred":
        return {
            title: _("The kernel module gpuspec is kept from being loaded"),
            advice: _("Somebody has told modprobe not to load it, by a line install gpuspec or blacklist gpuspec: modprobe --showconfig shows it, and it is in a file of /etc/modprobe.d. Take it away there, and load the module: modprobe gpuspec."),
        };
    default:
        return {
            title: _("The kernel module gpuspec is not loaded"),
            reason: module?.module_problem,
            advice: _("Load it: modprobe gpuspec. If it does not load, dmesg says why."),
        };
    }
}

function advice(failure: Failure, module: ModuleStatus | null) {
    if (failure.isMissing)
        return _("Install the package gpuspec on this host, and its kernel module: gpuspec-dkms.");
    if (failure.status === NO_MODULE)
        return absence(module).advice;
    if (failure.status === NOT_PERMITTED)
        return _("Turn on administrative access, at the top of the page.");
    return null;
}

/* What the program says, unless the advice says as much. */
function reasonOf(failure: Failure, module: ModuleStatus | null) {
    return failure.status === NO_MODULE && module ? absence(module).reason : failure.message;
}

interface Props {
    failure: Failure;
    module: ModuleStatus | null;
    onAgain: () => void;
}

export const Trouble = ({ failure, module, onAgain }: Props) => (
    <EmptyState titleText={titleOf(failure, module)} headingLevel="h2" icon={ExclamationCircleIcon} status="danger" id="trouble">
        <EmptyStateBody>
            {reasonOf(failure, module) && <p className="gpuspec-failure">{reasonOf(failure, module)}</p>}
            {advice(failure, module) && <p>{advice(failure, module)}</p>}
            {failure.status === NO_MODULE &&
                <p><strong>{_("Until it is loaded, no GPU is refused to any virtual machine.")}</strong></p>}
        </EmptyStateBody>
        <EmptyStateFooter>
            <EmptyStateActions><Button variant="primary" onClick={onAgain}>{_("Try again")}</Button></EmptyStateActions>
        </EmptyStateFooter>
    </EmptyState>
);

export const FleetTrouble = ({ failure, onAgain, onHost }: { failure: Failure, onAgain: () => void, onHost: () => void }) => (
    <EmptyState titleText={_("The fleet cannot be reached")} headingLevel="h2" icon={ExclamationCircleIcon} status="danger" id="fleet-trouble">
        <EmptyStateBody>
            <p className="gpuspec-failure">{failure.message}</p>
            <p>{_("This host keeps to what was decided last, and can be looked at alone.")}</p>
        </EmptyStateBody>
        <EmptyStateFooter>
            <EmptyStateActions>
                <Button variant="primary" onClick={onAgain}>{_("Try again")}</Button>
                <Button variant="link" onClick={onHost}>{_("Show this host")}</Button>
            </EmptyStateActions>
        </EmptyStateFooter>
    </EmptyState>
);

export const NoSpecs = ({ kind }: { kind: "pgpu" | "vgpu" }) => (
    kind === "pgpu"
        ? <EmptyState titleText={_("No physical GPU")} headingLevel="h2" icon={SearchIcon}>
            <EmptyStateBody>
                {_("There is no PCI function of class 03 (display) or 12 (processing accelerator), and no policy names one. The module's parameter match_class= adds classes.")}
            </EmptyStateBody>
        </EmptyState>
        : <EmptyState titleText={_("No virtual GPU")} headingLevel="h2" icon={SearchIcon}>
            <EmptyStateBody>
                {_("No driver here offers types of mediated devices, or virtual functions. Load the host driver of the cards, which brings them.")}
            </EmptyStateBody>
        </EmptyState>
);

export const NoMatch = ({ onClear }: { onClear: () => void }) => (
    <EmptyState titleText={_("Nothing matches")} headingLevel="h2" icon={SearchIcon} id="no-match">
        <EmptyStateBody>{_("No specification has all that is searched for.")}</EmptyStateBody>
        <EmptyStateFooter>
            <EmptyStateActions><Button variant="link" onClick={onClear}>{_("Clear all filters")}</Button></EmptyStateActions>
        </EmptyStateFooter>
    </EmptyState>
);
