// SPDX-License-Identifier: GPL-2.0
// What is shown of a spec in its row.

import type { Spec } from "./answers";
import { Id } from "./id";
import type { Key } from "./selection";
import type { Scope } from "./sight";
import { PlainLabel, StateLabel } from "./state_label";
import { instances, memory, romName, sharing } from "./words";

const _ = cockpit.gettext;

export interface Column {
    key: Key;
    name: string;
    show: (spec: Spec, parents: string | null) => React.ReactNode;
    isNumber?: boolean;
}

const inUse = (spec: Spec) => (
    spec.in_use === null ? `? / ${spec.devices}` : cockpit.format(_("$0 of $1"), spec.in_use, spec.devices)
);

const Sharing = ({ spec }: { spec: Spec }) => (
    <>
        {spec.shared === "none" ? <PlainLabel color="grey">{sharing(spec.shared)}</PlainLabel> : sharing(spec.shared)}
        {Boolean(spec.differing) &&
            <div className="gpuspec-minor">
                {cockpit.format(cockpit.ngettext("another rule on $0 host", "another rule on $0 hosts", spec.differing as number), spec.differing)}
            </div>}
    </>
);

const COMMON: Column[] = [
    { key: "id", name: _("ID"), show: spec => <Id id={spec.id} /> },
    { key: "state", name: _("State"), show: spec => <StateLabel spec={spec} /> },
    { key: "shared", name: _("Sharing"), show: spec => <Sharing spec={spec} /> },
];

const PGPU: Column[] = [
    ...COMMON,
    { key: "in_use", name: _("Cards in use"), show: inUse, isNumber: true },
    { key: "video_memory", name: _("Video memory"), show: memory, isNumber: true },
    { key: "rom", name: _("ROM"), show: spec => spec.rom && romName(spec.rom) },
    { key: "refused", name: _("Refused"), show: spec => spec.refused, isNumber: true },
];

const VGPU: Column[] = [
    ...COMMON,
    { key: "in_use", name: _("In use"), show: inUse, isNumber: true },
    { key: "available", name: _("Instances"), show: instances, isNumber: true },
    { key: "video_memory", name: _("Video memory"), show: memory, isNumber: true },
    { key: "frame_rate", name: _("Frame rate"), show: spec => spec.frame_rate, isNumber: true },
    { key: "resolution", name: _("Resolution"), show: spec => spec.resolution },
    { key: "heads", name: _("Heads"), show: spec => spec.heads, isNumber: true },
    { key: "parent", name: _("Parent"), show: (_spec, parents) => parents },
];

/* The details have all of it. */
const BESIDE_DETAILS: Key[] = ["state", "shared", "in_use"];

const HOSTS: Column = { key: "hosts", name: _("Hosts"), show: spec => spec.hosts, isNumber: true };

export function columnsOf(kind: Spec["kind"], scope: Scope, besideDetails: boolean) {
    return [...(kind === "pgpu" ? PGPU : VGPU), ...(scope === "fleet" ? [HOSTS] : [])]
            .filter(column => !besideDetails || BESIDE_DETAILS.includes(column.key));
}
