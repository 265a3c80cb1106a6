// SPDX-License-Identifier: GPL-2.0
// All that is known of one spec.

import { Alert, Content, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm,
    DrawerActions, DrawerCloseButton, DrawerHead, DrawerPanelBody, DrawerPanelContent, List, ListItem, Title } from "@patternfly/react-core";
import { useEffect, useRef } from "react";

import type { Device, HostEvent, RefusedStart, Spec } from "./answers";
import { DeviceList } from "./cards";
import type { Action } from "./decision";
import { Id } from "./id";
import { RomDetails } from "./rom_details";
import type { Scope } from "./sight";
import { StateLabel } from "./state_label";
import { gate, instances, memory, nameOf, process, reason, sharing, time } from "./words";

const _ = cockpit.gettext;

const REFUSALS = 20;

interface Props {
    spec: Spec;
    specs: Spec[];
    devices: Device[];
    events: HostEvent[];
    starts: RefusedStart[];
    scope: Scope;
    canChange: boolean;
    onAction: (action: Action) => void;
    onOpen: (id: string) => void;
    onClose: () => void;
}

const MEMORY_FROM: Record<string, string> = {
    driver: _("as its driver says"),
    nvml: _("as NVIDIA's library says"),
    name: _("a guess by the name of the type"),
    bar: _("a guess by the largest BAR"),
};

const Parameter = ({ name, children }: { name: string, children: React.ReactNode }) => (
    children === null || children === "" || children === false
        ? null
        : <DescriptionListGroup>
            <DescriptionListTerm>{name}</DescriptionListTerm>
            <DescriptionListDescription>{children}</DescriptionListDescription>
        </DescriptionListGroup>
);

const Kin = ({ ids, specs, onOpen }: { ids: string[], specs: Spec[], onOpen: (id: string) => void }) => (
    <List isPlain>
        {ids.map(id => {
            const spec = specs.find(other => other.id === id);
            return (
                <ListItem key={id}>
                    <button type="button" className="gpuspec-link" onClick={() => onOpen(id)}>{spec ? nameOf(spec) : id}</button>
                </ListItem>
            );
        })}
    </List>
);

const Parameters = ({ spec, specs, onOpen }: { spec: Spec, specs: Spec[], onOpen: (id: string) => void }) => (
    <DescriptionList isHorizontal isCompact aria-label={_("Parameters")}>
        <Parameter name={_("ID")}><Id id={spec.id} /></Parameter>
        <Parameter name={_("Vendor")}>{spec.vendor}</Parameter>
        <Parameter name={_("State")}><StateLabel spec={spec} /></Parameter>
        <Parameter name={_("Sharing")}>
            {typeof spec.shared === "string"
                ? sharing(spec.shared)
                : <List isPlain>
                    {spec.shared.map(share =>
                        <ListItem key={share.account}>
                            {share.max
                                ? cockpit.format(_("$0 holds $1 of $2"), share.account, share.held, share.max)
                                : cockpit.format(_("$0 holds $1"), share.account, share.held)}
                        </ListItem>)}
                </List>}
        </Parameter>
        <Parameter name={_("Hosts")}>
            {spec.hosts !== null && (spec.differing
                ? cockpit.format(_("$0, another rule is in force on $1"), spec.hosts, spec.differing)
                : String(spec.hosts))}
        </Parameter>
        <Parameter name={_("Video memory")}>
            {memory(spec) && <>{memory(spec)}{spec.video_memory_from && <span className="gpuspec-minor"> {MEMORY_FROM[spec.video_memory_from]}</span>}</>}
        </Parameter>
        <Parameter name={_("Frame rate")}>{spec.frame_rate !== null && cockpit.format(_("$0 frames/s at most"), spec.frame_rate)}</Parameter>
        <Parameter name={_("Resolution")}>{spec.resolution}</Parameter>
        <Parameter name={_("Heads")}>{spec.heads}</Parameter>
        <Parameter name={_("Series")}>{spec.series}</Parameter>
        <Parameter name={_("Weight")}>{spec.weight}</Parameter>
        <Parameter name={_("Instances")}>{spec.kind === "vgpu" ? instances(spec) : null}</Parameter>
        <Parameter name={_("Refused")}>{spec.refused}</Parameter>
        <Parameter name={_("Description")}>{spec.description}</Parameter>
        {spec.parents.length > 0 && <Parameter name={_("Slice of")}><Kin ids={spec.parents} specs={specs} onOpen={onOpen} /></Parameter>}
        {spec.slices.length > 0 && <Parameter name={_("Slices")}><Kin ids={spec.slices} specs={specs} onOpen={onOpen} /></Parameter>}
    </DescriptionList>
);

interface Refusal {
    key: string;
    time: string;
    who: string;
    what: string;
    account: string | null;
}

/* By the kernel, which knows the process; and by libvirt's hook, which knows the VM. */
function refusalsOf(events: HostEvent[], starts: RefusedStart[], spec: Spec): Refusal[] {
    const asked = events.filter(event => event.event === "refused" && event.device?.spec === spec.id).map(event => ({
        key: String(event.seq),
        time: event.time,
        who: event.process ? process(event.process) : "?",
        what: cockpit.format(_("was refused $0 $1: $2"), event.device?.address, gate(event.gate), reason(event.reason)),
        account: event.process?.account ?? null,
    }));
    const started = starts.filter(start => start.spec === spec.id).map((start, index) => ({
        key: `start ${start.time} ${index}`,
        time: start.time,
        who: cockpit.format(_("VM $0"), start.vm),
        what: cockpit.format(_("was refused $0 before it was started: $1"), start.address, reason(start.reason)),
        account: start.account,
    }));
    /* Times have whole seconds: of one the newest go first, as the last in each list. */
    return [...asked.reverse(), ...started.reverse()].sort((a, b) => Date.parse(b.time) - Date.parse(a.time)).slice(0, REFUSALS);
}

const Refusals = ({ events, starts, spec }: { events: HostEvent[], starts: RefusedStart[], spec: Spec }) => {
    const refusals = refusalsOf(events, starts, spec);
    return refusals.length
        ? <List isPlain isBordered id="refusals">
            {refusals.map(refusal =>
                <ListItem key={refusal.key}>
                    <strong>{refusal.who}</strong>{" "}{refusal.what}
                    <div className="gpuspec-minor">
                        {time(refusal.time)}{refusal.account && cockpit.format(_(", account $0"), refusal.account)}
                    </div>
                </ListItem>)}
        </List>
        : <Content component="p">{_("No refusal is remembered.")}</Content>;
};

export const Details = ({ spec, specs, devices, events, starts, scope, canChange, onAction, onOpen, onClose }: Props) => {
    const title = useRef<HTMLHeadingElement>(null);
    useEffect(() => { title.current?.focus() }, [spec.id]);
    return (
        <DrawerPanelContent isResizable defaultSize="34rem" minSize="22rem" id="details" aria-labelledby="details-title" resizeAriaLabel={_("Resize the details")}>
            <DrawerHead>
                <Title headingLevel="h2" id="details-title"><span ref={title} tabIndex={-1}>{nameOf(spec)}</span></Title>
                <DrawerActions><DrawerCloseButton onClick={onClose} aria-label={_("Close the details")} /></DrawerActions>
            </DrawerHead>
            <DrawerPanelBody className="gpuspec-details">
                {spec.blocked && <Alert isInline isPlain component="h3" variant="warning" title={spec.blocked} />}
                <Parameters spec={spec} specs={specs} onOpen={onOpen} />
                <Title headingLevel="h3">{_("Devices")}</Title>
                {devices.length
                    ? <DeviceList devices={devices} hasRom={spec.kind === "pgpu" && spec.rom !== null} />
                    : <Content component="p">{_("There is no device of it now.")}</Content>}
                {scope === "host" && canChange &&
                    <>
                        <Title headingLevel="h3">{_("Recent refusals")}</Title>
                        <Refusals events={events} starts={starts} spec={spec} />
                    </>}
                {spec.kind === "pgpu" && canChange &&
                    <>
                        <Title headingLevel="h3">{_("ROM")}</Title>
                        <RomDetails key={spec.id} spec={spec} scope={scope} onAction={onAction} />
                    </>}
            </DrawerPanelBody>
        </DrawerPanelContent>
    );
};
