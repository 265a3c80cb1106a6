// SPDX-License-Identifier: GPL-2.0
// The specs of one kind, a row each.

import { Table, Tbody, Th, Thead, Tr } from "@patternfly/react-table";
import { useMemo } from "react";

import type { Spec } from "./answers";
import { columnsOf } from "./columns";
import type { Action } from "./decision";
import type { Key, Order } from "./selection";
import type { Scope } from "./sight";
import { SpecRow } from "./spec_row";

const _ = cockpit.gettext;

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

function parentsOf(spec: Spec, names: Map<string, string | null>) {
    return spec.parents.map(id => names.get(id) ?? id).join(", ") || null;
}

export const SpecTable = ({ kind, specs, all, scope, order, onOrder, selected, onSelect, opened, onOpen, canChange, onAction }: Props) => {
    const columns = useMemo(() => columnsOf(kind, scope, opened !== null), [kind, scope, opened]);
    const names = useMemo(() => new Map(all.map(spec => [spec.id, spec.name])), [all]);
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
                {specs.map(spec =>
                    <SpecRow key={spec.id} spec={spec} columns={columns} parents={parentsOf(spec, names)}
                             isSelected={selected.has(spec.id)} isOpened={spec.id === opened} canChange={canChange}
                             onSelect={onSelect} onOpen={onOpen} onAction={onAction} />)}
            </Tbody>
        </Table>
    );
};
