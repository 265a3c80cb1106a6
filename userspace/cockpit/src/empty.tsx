// SPDX-License-Identifier: GPL-2.0
// Where there is nothing to show: why, and what to do.

import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Spinner } from "@patternfly/react-core";
import ExclamationCircleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";

import { Failure, NOT_PERMITTED, NO_MODULE } from "./program";

const _ = cockpit.gettext;

export const Waiting = () => (
    <EmptyState titleText={_("Looking at the GPUs of this host")} headingLevel="h2" icon={Spinner} />
);

function titleOf(failure: Failure) {
    if (failure.isMissing)
        return _("gpuspec is not installed");
    if (failure.status === NO_MODULE)
        return _("The kernel module gpuspec is not loaded");
    if (failure.status === NOT_PERMITTED)
        return _("Administrative access is needed");
    return _("gpuspec does not answer");
}

function advice(failure: Failure) {
    if (failure.isMissing)
        return _("Install the package gpuspec on this host, and its kernel module: gpuspec-dkms.");
    if (failure.status === NO_MODULE)
        return _("Install the module for the kernel that runs (gpuspec-dkms builds it; dkms status tells how that went), and load it: modprobe gpuspec. It refuses kernels older than 6.1, and those without VFIO as it knows it; dmesg then says why.");
    if (failure.status === NOT_PERMITTED)
        return _("Turn on administrative access, at the top of the page.");
    return null;
}

export const Trouble = ({ failure, onAgain }: { failure: Failure, onAgain: () => void }) => (
    <EmptyState titleText={titleOf(failure)} headingLevel="h2" icon={ExclamationCircleIcon} status="danger" id="trouble">
        <EmptyStateBody>
            <p className="gpuspec-failure">{failure.message}</p>
            {advice(failure) && <p>{advice(failure)}</p>}
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
