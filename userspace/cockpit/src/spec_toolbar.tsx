// SPDX-License-Identifier: GPL-2.0
// Search, filters, and what can be done with the specs that are selected.

import { Badge, Button, Dropdown, DropdownItem, DropdownList, MenuToggle, SearchInput, Select, SelectList,
    SelectOption, Toolbar, ToolbarContent, ToolbarFilter, ToolbarGroup, ToolbarItem, ToolbarToggleGroup } from "@patternfly/react-core";
import EllipsisVIcon from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import FilterIcon from "@patternfly/react-icons/dist/esm/icons/filter-icon";
import { useState } from "react";

import type { Spec } from "./answers";
import { type Action, applies, label } from "./decision";
import { EVERYTHING, type Filter } from "./selection";

const _ = cockpit.gettext;

interface Choice<Value> { value: Value, text: string }

const STATES: Choice<Filter["states"][number]>[] = [
    { value: "enabled", text: _("Enabled") },
    { value: "disabled", text: _("Disabled") },
];

const SHARING: Choice<Filter["sharing"][number]>[] = [
    { value: "all", text: _("All accounts") },
    { value: "list", text: _("Chosen accounts") },
    { value: "none", text: _("Recalled") },
];

interface ManyProps<Value> {
    name: string;
    id: string;
    choices: Choice<Value>[];
    chosen: Value[];
    onChange: (chosen: Value[]) => void;
}

function Many<Value extends string>({ name, id, choices, chosen, onChange }: ManyProps<Value>) {
    const [isOpen, setOpen] = useState(false);
    const toggle = (value: Value) =>
        onChange(chosen.includes(value) ? chosen.filter(other => other !== value) : [...chosen, value]);
    return (
        <ToolbarFilter categoryName={name}
                       labels={choices.filter(choice => chosen.includes(choice.value)).map(choice => ({ key: choice.value, node: choice.text }))}
                       deleteLabel={(_category, chip) => toggle((typeof chip === "string" ? chip : chip.key) as Value)}
                       deleteLabelGroup={() => onChange([])}>
            <Select role="menu" isOpen={isOpen} onOpenChange={setOpen} onSelect={(_event, value) => toggle(value as Value)}
                    toggle={ref =>
                        <MenuToggle ref={ref} id={id} onClick={() => setOpen(!isOpen)} isExpanded={isOpen}>
                            {name} {chosen.length > 0 && <Badge isRead>{chosen.length}</Badge>}
                        </MenuToggle>}>
                <SelectList>
                    {choices.map(choice =>
                        <SelectOption key={choice.value} hasCheckbox value={choice.value} isSelected={chosen.includes(choice.value)}>
                            {choice.text}
                        </SelectOption>)}
                </SelectList>
            </Select>
        </ToolbarFilter>
    );
}

const HostFilter = ({ hosts, host, onHost }: { hosts: string[], host: string, onHost: (host: string) => void }) => {
    const [isOpen, setOpen] = useState(false);
    return (
        <ToolbarFilter categoryName={_("Host")} labels={host ? [host] : []} deleteLabel={() => onHost("")}>
            <Select isOpen={isOpen} onOpenChange={setOpen} isScrollable selected={host}
                    onSelect={(_event, value) => { onHost(value as string); setOpen(false) }}
                    toggle={ref =>
                        <MenuToggle ref={ref} id="host-filter" onClick={() => setOpen(!isOpen)} isExpanded={isOpen}>
                            {host || _("All hosts")}
                        </MenuToggle>}>
                <SelectList aria-label={_("Host")}>
                    <SelectOption value="">{_("All hosts")}</SelectOption>
                    {hosts.map(name => <SelectOption key={name} value={name}>{name}</SelectOption>)}
                </SelectList>
            </Select>
        </ToolbarFilter>
    );
};

const Actions = ({ kind, selected, onAction }: { kind: Spec["kind"], selected: Spec[], onAction: (action: Action) => void }) => {
    const [isOpen, setOpen] = useState(false);
    const can = (action: Action) =>
        selected.some(spec => applies(action, spec)) && (action !== "rom" || selected.length === 1);
    const button = (action: Action) => (
        <ToolbarItem key={action}>
            <Button variant="secondary" id={`do-${action}`} isDisabled={!can(action)} onClick={() => onAction(action)}>{label(action)}</Button>
        </ToolbarItem>
    );
    const item = (action: Action, className?: string) => (
        <DropdownItem key={action} className={className} isDisabled={!can(action)} onClick={() => { setOpen(false); onAction(action) }}>{label(action)}</DropdownItem>
    );
    const buttons: Action[] = kind === "pgpu" ? ["enable", "disable", "rom"] : ["enable", "disable"];
    return (
        <ToolbarGroup>
            <ToolbarGroup className="gpuspec-buttons">
                {[...buttons, "share" as const, "recall" as const].map(button)}
            </ToolbarGroup>
            <ToolbarItem>
                <Dropdown isOpen={isOpen} onOpenChange={setOpen} popperProps={{ position: "right" }}
                          toggle={ref =>
                              <MenuToggle ref={ref} variant="plain" id="do-more" aria-label={_("Actions for the selected specifications")}
                                          onClick={() => setOpen(!isOpen)} isExpanded={isOpen} icon={<EllipsisVIcon />} />}>
                    <DropdownList>
                        {buttons.map(action => item(action, "gpuspec-narrow"))}
                        {item("share", "gpuspec-narrow")}
                        {item("recall", "gpuspec-narrow")}
                        {item("accounts")}
                    </DropdownList>
                </Dropdown>
            </ToolbarItem>
        </ToolbarGroup>
    );
};

interface Props {
    kind: Spec["kind"];
    filter: Filter;
    onFilter: (filter: Filter) => void;
    hosts: string[] | null;
    host: string;
    onHost: (host: string) => void;
    selected: Spec[];
    canChange: boolean;
    onAction: (action: Action, specs: Spec[]) => void;
    shown: number;
    count: number;
    /* There is room for buttons. */
    isWide: boolean;
}

export const SpecToolbar = ({ kind, filter, onFilter, hosts, host, onHost, selected, canChange, onAction, shown, count, isWide }: Props) => (
    <Toolbar id="toolbar" className={isWide ? "gpuspec-wide" : undefined} inset={{ default: "insetLg" }} clearAllFilters={() => { onFilter(EVERYTHING); onHost("") }} clearFiltersButtonText={_("Clear all filters")}>
        <ToolbarContent>
            <ToolbarItem>
                <SearchInput id="search" aria-label={_("Search by name, ID, vendor, account")} placeholder={_("Search")}
                             value={filter.text} onChange={(_event, text) => onFilter({ ...filter, text })}
                             onClear={() => onFilter({ ...filter, text: "" })} resetButtonLabel={_("Clear the search")} />
            </ToolbarItem>
            <ToolbarToggleGroup toggleIcon={<FilterIcon />} breakpoint="lg" toggle-aria-label={_("Filters")}>
                <ToolbarGroup variant="filter-group">
                    <Many name={_("State")} id="state-filter" choices={STATES} chosen={filter.states}
                          onChange={states => onFilter({ ...filter, states })} />
                    <Many name={_("Sharing")} id="sharing-filter" choices={SHARING} chosen={filter.sharing}
                          onChange={sharing => onFilter({ ...filter, sharing })} />
                    {hosts && <HostFilter hosts={hosts} host={host} onHost={onHost} />}
                </ToolbarGroup>
            </ToolbarToggleGroup>
            {canChange && <Actions kind={kind} selected={selected} onAction={action => onAction(action, selected)} />}
            {canChange && selected.length > 0 &&
                <ToolbarItem alignSelf="center" id="selected-count">
                    {cockpit.format(cockpit.ngettext("$0 selected", "$0 selected", selected.length), selected.length)}
                </ToolbarItem>}
            <ToolbarItem align={{ default: "alignEnd" }} alignSelf="center" id="specs-count" role="status" className="gpuspec-minor">
                {cockpit.format(_("$0 of $1"), shown, count)}
            </ToolbarItem>
        </ToolbarContent>
    </Toolbar>
);
