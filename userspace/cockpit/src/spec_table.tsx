// SPDX-License-Identifier: GPL-2.0
// The specs of one kind, a row each.

import { Label } from "@patternfly/react-core";
import { ActionsColumn, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";

import type { Spec } from "./answers";
import { type Action, applies, label } from "./decision";
import { Id } from "./id";
import type { Key, Order } from "./selection";
import type { Scope } from "./sight";
import { StateLabel } from "./state_label";
import { instances, memory, nameOf, sharing } from "./words";

const _ = cockpit.gettext;

const ACTIONS: Action[] = ["enable", "disable", "share", "recall", "accounts", "rom"];

interface Column {
    key: Key;
    name: string;
    show: (spec: Spec, specs: Map<string, Spec>) => React.ReactNode;
    isNumber?: boolean;
}

const inUse = (spec: Spec) => (
    spec.in_use === null ? `? / ${spec.devices}` : cockpit.format(_("$0 of $1"), spec.in_use, spec.devices)
);

const COMMON: Column[] = [
    { key: "id", name: _("ID"), show: spec => <Id id={spec.id} /> },
    { key: "state", name: _("State"), show: spec => <StateLabel spec={spec} /> },
    { key: "shared", name: _("Sharing"), show: spec => <Sharing spec={spec} /> },
];

const Sharing = ({ spec }: { spec: Spec }) => (
    <>
        {spec.shared === "none" ? <Label isCompact color="grey">{sharing(spec.shared)}</Label> : sharing(spec.shared)}
        {Boolean(spec.differing) &&
            <div className="gpuspec-minor">
                {cockpit.format(cockpit.ngettext("another rule on $0 host", "another rule on $0 hosts", spec.differing as number), spec.differing)}
            </div>}
    </>
);

const PGPU: Column[] = [
    ...COMMON,
    { key: "in_use", name: _("Cards in use"), show: inUse, isNumber: true },
    { key: "video_memory", name: _("Video memory"), show: memory, isNumber: true },
    { key: "rom", name: _("ROM"), show: spec => spec.rom && (spec.rom.version ?? spec.rom.sha256.slice(0, 8)) },
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
    { key: "parent", name: _("Parent"), show: parents },
    { key: "refused", name: _("Refused"), show: spec => spec.refused, isNumber: true },
];

/* The details have all of it. */
const BESIDE_DETAILS: Key[] = ["state", "shared", "in_use"];

const HOSTS: Column = { key: "hosts", name: _("Hosts"), show: spec => spec.hosts, isNumber: true };

function parents(spec: Spec, specs: Map<string, Spec>) {
    return spec.parents.map(id => specs.get(id)?.name ?? id).join(", ") || null;
}

interface Props {
    kind: Spec["kind"];
    specs: Spec[];
    all: Spec[];
    scope: Scope;
    order: Order;
    onOrder: (order: Order) => void;
    selected: Set<string>;
    onSelect: (ids: string[], chosen: boolean) => void;
    opened: string | null;
    onOpen: (id: string) => void;
    canChange: boolean;
    onAction: (action: Action, specs: Spec[]) => void;
}

export const SpecTable = ({ kind, specs, all, scope, order, onOrder, selected, onSelect, opened, onOpen, canChange, onAction }: Props) => {
    const columns = [...(kind === "pgpu" ? PGPU : VGPU), ...(scope === "fleet" ? [HOSTS] : [])]
            .filter(column => opened === null || BESIDE_DETAILS.includes(column.key));
    const byId = new Map(all.map(spec => [spec.id, spec]));
    const keys: Key[] = ["name", ...columns.map(column => column.key)];
    const sort = (key: Key) => ({
        columnIndex: keys.indexOf(key),
        sortBy: { index: keys.indexOf(order.key), direction: order.down ? "desc" as const : "asc" as const },
        onSort: (_event: unknown, index: number, direction: "asc" | "desc") =>
            onOrder({ key: keys[index] ?? "name", down: direction === "desc" }),
    });
    return (
        <Table variant="compact" gridBreakPoint="grid-lg" aria-label={kind === "pgpu" ? _("Physical GPUs") : _("Virtual GPUs")} id="specs">
            <Thead>
                <Tr>
                    {canChange &&
                        <Th aria-label={_("Select all that are shown")}
                            select={{
                                isSelected: specs.length > 0 && specs.every(spec => selected.has(spec.id)),
                                onSelect: (_event, chosen) => onSelect(specs.map(spec => spec.id), chosen),
                            }} />}
                    <Th sort={sort("name")} className="gpuspec-name" modifier="wrap">{_("Name")}</Th>
                    {columns.map(column => <Th key={column.key} sort={sort(column.key)} modifier="wrap">{column.name}</Th>)}
                    {canChange && <Th screenReaderText={_("Actions")} />}
                </Tr>
            </Thead>
            <Tbody>
                {specs.map((spec, index) =>
                    <Tr key={spec.id} isRowSelected={spec.id === opened} data-spec={spec.id}>
                        {canChange &&
                            <Td select={{
                                rowIndex: index,
                                isSelected: selected.has(spec.id),
                                onSelect: (_event, chosen) => onSelect([spec.id], chosen),
                            }} />}
                        <Td dataLabel={_("Name")} className="gpuspec-name">
                            <button type="button" className="gpuspec-link" aria-expanded={spec.id === opened} aria-controls="details"
                                    onClick={() => onOpen(spec.id)}>
                                {spec.name ?? <Id id={spec.id} />}
                            </button>
                        </Td>
                        {columns.map(column =>
                            <Td key={column.key} dataLabel={column.name} className={column.isNumber ? "gpuspec-number" : undefined}>
                                {column.show(spec, byId) ?? "–"}
                            </Td>)}
                        {canChange &&
                            <Td isActionCell>
                                <ActionsColumn aria-label={cockpit.format(_("Actions for $0"), nameOf(spec))}
                                               popperProps={{ appendTo: () => document.body, position: "right" }}
                                               items={ACTIONS.filter(action => applies(action, spec)).map(action =>
                                                   ({ title: label(action), onClick: () => onAction(action, [spec]) }))} />
                            </Td>}
                    </Tr>)}
            </Tbody>
        </Table>
    );
};
