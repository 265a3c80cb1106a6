// SPDX-License-Identifier: GPL-2.0
// A row of the table. There may be hundreds, so that only those that change are made anew.

import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import EllipsisVIcon from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { memo, useState } from "react";

import type { Spec } from "./answers";
import type { Column } from "./columns";
import { type Action, applies, label } from "./decision";
import { Id } from "./id";
import { nameOf } from "./words";

const _ = cockpit.gettext;

const ACTIONS: Action[] = ["enable", "disable", "share", "recall", "accounts", "rom"];

/* The same with each look, or an open menu is made anew. */
const POPPER = { appendTo: () => document.body, position: "right" as const };

interface Props {
    spec: Spec;
    columns: Column[];
    parents: string | null;
    isSelected: boolean;
    isOpened: boolean;
    canChange: boolean;
    onSelect: (ids: string[], chosen: boolean) => void;
    onOpen: (id: string) => void;
    onAction: (action: Action, specs: Spec[]) => void;
}

const Actions = ({ spec, onAction }: { spec: Spec, onAction: Props["onAction"] }) => {
    const [isOpen, setOpen] = useState(false);
    const [wasOpen, setWasOpen] = useState(false);
    const toggle = () => setOpen(!isOpen);
    const first = () => {
        setWasOpen(true);
        // Or the menu takes this click for one beside it.
        window.setTimeout(() => setOpen(true));
    };
    const name = cockpit.format(_("Actions for $0"), nameOf(spec));
    // A menu for each row, before anybody wants it, would take long.
    if (!wasOpen)
        return <MenuToggle variant="plain" aria-label={name} aria-haspopup="menu" onClick={first} icon={<EllipsisVIcon />} />;
    return (
        <Dropdown isOpen={isOpen} onOpenChange={setOpen} popperProps={POPPER} shouldFocusFirstItemOnOpen
                  toggle={ref =>
                      <MenuToggle ref={ref} variant="plain" aria-label={name} onClick={toggle} isExpanded={isOpen} icon={<EllipsisVIcon />} />}>
            <DropdownList>
                {ACTIONS.filter(action => applies(action, spec)).map(action =>
                    <DropdownItem key={action} onClick={() => { setOpen(false); onAction(action, [spec]) }}>{label(action)}</DropdownItem>)}
            </DropdownList>
        </Dropdown>
    );
};

export const SpecRow = memo(({ spec, columns, parents, isSelected, isOpened, canChange, onSelect, onOpen, onAction }: Props) => (
    <tr className={`pf-v6-c-table__tr ${isOpened ? "pf-m-selected" : ""}`} data-spec={spec.id}>
        {canChange &&
            <td className="pf-v6-c-table__td pf-v6-c-table__check">
                <label className="gpuspec-check">
                    <input type="checkbox" checked={isSelected} aria-label={cockpit.format(_("Select $0"), nameOf(spec))}
                           onChange={event => onSelect([spec.id], event.currentTarget.checked)} />
                </label>
            </td>}
        <td className="pf-v6-c-table__td gpuspec-name" data-label={_("Name")}>
            <button type="button" className="gpuspec-link" aria-expanded={isOpened} aria-controls={isOpened ? "details" : undefined}
                    onClick={() => onOpen(spec.id)}>
                {spec.name ?? <Id id={spec.id} />}
            </button>
        </td>
        {columns.map(column =>
            <td key={column.key} data-label={column.name} className={`pf-v6-c-table__td ${column.isNumber ? "gpuspec-number" : ""}`}>
                {column.show(spec, parents) ?? "–"}
            </td>)}
        {canChange &&
            <td className="pf-v6-c-table__td pf-v6-c-table__action">
                <Actions spec={spec} onAction={onAction} />
            </td>}
    </tr>
));
SpecRow.displayName = "SpecRow";
