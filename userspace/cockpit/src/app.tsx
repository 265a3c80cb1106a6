// SPDX-License-Identifier: GPL-2.0
// The page: its head, its tabs, and the dialog that is open.

import { Alert, AlertActionCloseButton, AlertGroup, Badge, Label, Page, PageSection, Tab, TabTitleText, Tabs, Title, ToggleGroup,
    ToggleGroupItem } from "@patternfly/react-core";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import type { Spec } from "./answers";
import { DecideDialog, done } from "./decide_dialog";
import { type Action, args, isUndo, isVerb } from "./decision";
import { FleetTrouble, Trouble, Waiting } from "./empty";
import { Hosts } from "./hosts";
import { usePrivilege } from "./privilege";
import { Failure, ask } from "./program";
import { RomDialog } from "./rom_dialog";
import { RomUndoDialog } from "./rom_undo_dialog";
import { ShareDialog } from "./share_dialog";
import { type Sight, Watch } from "./sight";
import { Specs } from "./specs";

const _ = cockpit.gettext;

type TabKey = "pgpu" | "vgpu" | "hosts";

interface Note {
    id: number;
    variant: "success" | "danger";
    text: string;
}

/* What the tabs show. */
const CONTENT = "content";

const NOTE_LASTS = 8000;

function useNotes() {
    const [notes, setNotes] = useState<Note[]>([]);
    const drop = useCallback((id: number) => setNotes(now => now.filter(note => note.id !== id)), []);
    const add = useCallback((variant: Note["variant"], text: string) => {
        const id = Date.now() + Math.random();
        setNotes(now => [...now, { id, variant, text }]);
        if (variant === "success")
            window.setTimeout(() => drop(id), NOTE_LASTS);
    }, [drop]);
    return { notes, add, drop };
}

/* The tab and the opened spec are in the address: /vgpu/mdev:nvidia-35 */
function usePlace() {
    const [path, setPath] = useState(cockpit.location.path);
    useEffect(() => {
        const look = () => setPath(cockpit.location.path);
        cockpit.addEventListener("locationchanged", look);
        return () => cockpit.removeEventListener("locationchanged", look);
    }, []);
    const tab: TabKey = path[0] === "vgpu" || path[0] === "hosts" ? path[0] : "pgpu";
    return { tab, opened: path[1] ?? null, go: (tab: TabKey, opened: string | null = null) => cockpit.location.go(opened ? [tab, opened] : [tab]) };
}

const Head = ({ sight, watch }: { sight: Sight, watch: Watch }) => (
    <div className="gpuspec-head">
        <Title headingLevel="h1">{_("GPU specifications")}</Title>
        {sight.status && !sight.failure &&
            <Label variant="outline" id="default">
                {sight.status.default === "open"
                    ? _("Specifications that no policy names are allowed")
                    : _("Specifications that no policy names are refused")}
            </Label>}
        {sight.status?.fleet &&
            <ToggleGroup aria-label={_("What is shown and decided for")} className="gpuspec-scope">
                <ToggleGroupItem text={_("This host")} buttonId="scope-host" isSelected={sight.scope === "host"} onChange={() => watch.turn("host")} />
                <ToggleGroupItem text={_("Fleet")} buttonId="scope-fleet" isSelected={sight.scope === "fleet"} onChange={() => watch.turn("fleet")} />
            </ToggleGroup>}
    </div>
);

const Notices = ({ sight }: { sight: Sight }) => (
    <>
        {sight.limited &&
            <Alert isInline variant="info" id="limited" component="h2" title={_("Limited access: to look at only")}>
                {_("This is what the files of this host say. Who holds a device, what was refused and which ROM is shown, only an administrator sees, and only an administrator can change anything: turn on administrative access, at the top of the page.")}
            </Alert>}
        {sight.status?.fleet?.problem && <Alert isInline variant="danger" component="h2" title={sight.status.fleet.problem} />}
        {sight.scope === "fleet" && sight.gone.length > 0 &&
            <Alert isInline variant="warning" component="h2" title={cockpit.format(_("Not counted, since gone: $0"), sight.gone.join(", "))} />}
    </>
);

interface Dialog {
    action: Action;
    specs: Spec[];
}

export const App = () => {
    const watch = useMemo(() => new Watch(), []);
    const sight = useSyncExternalStore(watch.subscribe, watch.current);
    const [dialog, setDialog] = useState<Dialog | null>(null);
    const { tab, opened, go } = usePlace();
    const { notes, add, drop } = useNotes();
    const start = useCallback(() => watch.start(), [watch]);
    usePrivilege(start);
    useEffect(start, [start]);

    const act = async (action: Action, specs: Spec[]) => {
        // To allow takes nothing from anybody, and asks nothing but for slices.
        const plain = action === "share" || (action === "enable" && specs.every(spec => !spec.slices.length));
        if (!plain || !isVerb(action)) {
            setDialog({ action, specs });
            return;
        }
        try {
            await ask(...args(action, specs, sight.scope));
            add("success", done(action, specs));
        } catch (error) {
            add("danger", (error as Failure).message);
        }
        watch.refresh();
    };

    const close = (said: string | null) => {
        setDialog(null);
        if (said)
            add("success", said);
        watch.refresh();
    };

    // As they are now, and not when the dialog was opened.
    const now = (spec: Spec) => sight.specs?.find(other => other.id === spec.id) ?? spec;
    const [first] = dialog?.specs ?? [];
    const count = (kind: Spec["kind"]) => sight.specs?.filter(spec => spec.kind === kind).length ?? 0;
    const isFleet = sight.scope === "fleet";
    const shown = tab === "hosts" && !isFleet ? "pgpu" : tab;
    const names: Record<TabKey, string> = { pgpu: _("pGPU"), vgpu: _("vGPU"), hosts: _("Hosts") };
    const body = () => {
        if (sight.failure)
            return <Trouble failure={sight.failure} module={sight.module} onAgain={watch.refresh} />;
        if (!sight.specs)
            return <Waiting />;
        if (isFleet && sight.fleetFailure)
            return <FleetTrouble failure={sight.fleetFailure} onAgain={watch.refresh} onHost={() => watch.turn("host")} />;
        return (
            <>
                <Tabs activeKey={shown} onSelect={(_event, key) => go(key as TabKey)} aria-label={_("Kinds of GPU")} inset={{ default: "insetLg" }}>
                    <Tab eventKey="pgpu" id="tab-pgpu" tabContentId={CONTENT} title={<TabTitleText>{_("pGPU")} <Badge isRead>{count("pgpu")}</Badge></TabTitleText>} />
                    <Tab eventKey="vgpu" id="tab-vgpu" tabContentId={CONTENT} title={<TabTitleText>{_("vGPU")} <Badge isRead>{count("vgpu")}</Badge></TabTitleText>} />
                    {isFleet && sight.fleet &&
                        <Tab eventKey="hosts" id="tab-hosts" tabContentId={CONTENT} title={<TabTitleText>{_("Hosts")} <Badge isRead>{sight.fleet.hosts.length}</Badge></TabTitleText>} />}
                </Tabs>
                <div id={CONTENT} role="tabpanel" aria-label={names[shown]} className="gpuspec-content">{shown === "hosts" && sight.fleet
                    ? <Hosts fleet={sight.fleet} onHost={host => { watch.turn("fleet", host); go("pgpu") }} />
                    : <Specs key={shown} kind={shown === "vgpu" ? "vgpu" : "pgpu"} sight={sight} onHost={host => watch.turn("fleet", host)}
                             opened={opened} onAction={act}
                             onOpen={id => {
                                 const spec = sight.specs?.find(other => other.id === id);
                                 go(spec ? spec.kind : tab, id);
                             }} />}
                </div>
            </>
        );
    };

    return (
        <Page className="no-masthead-sidebar" isContentFilled>
            <AlertGroup isToast isLiveRegion>
                {notes.map(note =>
                    <Alert key={note.id} variant={note.variant} title={note.text} component="h2"
                           actionClose={<AlertActionCloseButton onClose={() => drop(note.id)} />} />)}
            </AlertGroup>
            <PageSection hasBodyWrapper={false}>
                <Head sight={sight} watch={watch} />
                <Notices sight={sight} />
            </PageSection>
            <PageSection hasBodyWrapper={false} isFilled padding={{ default: "noPadding" }} className="gpuspec-body">{body()}</PageSection>
            {dialog && first && dialog.action === "rom" &&
                <RomDialog spec={now(first)} devices={sight.devices.filter(device => device.spec === first.id)} scope={sight.scope}
                           onChanged={watch.refresh} onDone={close} />}
            {dialog && dialog.action === "accounts" &&
                <ShareDialog specs={dialog.specs.map(now)} accounts={sight.accounts} scope={sight.scope} onChanged={watch.refresh} onDone={close} />}
            {dialog && first && isUndo(dialog.action) &&
                <RomUndoDialog undo={dialog.action} spec={now(first)} devices={sight.devices.filter(device => device.spec === first.id)}
                               scope={sight.scope} onDone={close} />}
            {dialog && isVerb(dialog.action) &&
                <DecideDialog verb={dialog.action} specs={dialog.specs} scope={sight.scope} onDone={close} />}
        </Page>
    );
};
