// SPDX-License-Identifier: GPL-2.0
// A tab: the specs of one kind, what is shown of them, and what is done with them.

import { Drawer, DrawerContent, DrawerContentBody, Pagination } from "@patternfly/react-core";
import { useMemo, useState } from "react";

import type { Spec } from "./answers";
import type { Action } from "./decision";
import { Details } from "./details";
import { NoMatch, NoSpecs } from "./empty";
import { useLatest } from "./latest";
import { EVERYTHING, type Filter, type Order, filterSpecs, sortSpecs } from "./selection";
import type { Sight } from "./sight";
import { SpecTable } from "./spec_table";
import { SpecToolbar } from "./spec_toolbar";

const _ = cockpit.gettext;

const PAGE_SIZES = [25, 50, 100, 200] as const;

const NONE: Spec[] = [];

interface Props {
    kind: Spec["kind"];
    sight: Sight;
    onHost: (host: string) => void;
    opened: string | null;
    onOpen: (id: string | null) => void;
    onAction: (action: Action, specs: Spec[]) => void;
}

export const Specs = ({ kind, sight, onHost, opened, onOpen, onAction }: Props) => {
    const [filter, setFilter] = useState<Filter>(EVERYTHING);
    const [order, setOrder] = useState<Order>({ key: "name", down: false });
    const [selected, setSelected] = useState<Set<string>>(new Set());
    const [page, setPage] = useState(1);
    const [perPage, setPerPage] = useState<number>(PAGE_SIZES[0]);

    const all = sight.specs ?? NONE;
    const ofKind = useMemo(() => all.filter(spec => spec.kind === kind), [all, kind]);
    const shown = useMemo(() => sortSpecs(filterSpecs(ofKind, filter), order), [ofKind, filter, order]);
    // A filter may have left fewer pages.
    const last = Math.max(1, Math.ceil(shown.length / perPage));
    const at = Math.min(page, last);
    const rows = shown.slice((at - 1) * perPage, at * perPage);
    const spec = all.find(other => other.id === opened);
    const canChange = !sight.limited;

    const select = useLatest((ids: string[], chosen: boolean) => {
        const next = new Set(selected);
        ids.forEach(id => chosen ? next.add(id) : next.delete(id));
        setSelected(next);
    });
    const open = useLatest(onOpen);
    const act = useLatest(onAction);
    // What the filter hides is not acted upon.
    const chosen = shown.filter(other => selected.has(other.id));

    return (
        <Drawer isExpanded={spec !== undefined} isInline>
            <DrawerContent panelContent={spec &&
                <Details spec={spec} specs={all} devices={sight.devices.filter(device => device.spec === spec.id)} events={sight.events} starts={sight.starts}
                         scope={sight.scope} canChange={canChange} onAction={action => onAction(action, [spec])}
                         onOpen={onOpen} onClose={() => onOpen(null)} />}>
                <DrawerContentBody>
                    <SpecToolbar kind={kind} filter={filter} onFilter={next => { setFilter(next); setPage(1) }}
                                 hosts={sight.fleet && sight.fleet.hosts.map(host => host.name)} host={sight.host} onHost={onHost}
                                 selected={chosen} canChange={canChange} onAction={onAction}
                                 shown={shown.length} count={ofKind.length} isWide={!spec} />
                    {ofKind.length === 0 && <NoSpecs kind={kind} />}
                    {ofKind.length > 0 && shown.length === 0 && <NoMatch onClear={() => setFilter(EVERYTHING)} />}
                    {rows.length > 0 &&
                        <SpecTable kind={kind} specs={rows} all={all} scope={sight.scope} order={order} onOrder={setOrder}
                                   selected={selected} onSelect={select} opened={spec ? opened : null} onOpen={open}
                                   canChange={canChange} onAction={act} />}
                    {shown.length > PAGE_SIZES[0] &&
                        <Pagination variant="bottom" itemCount={shown.length} page={at} perPage={perPage} widgetId="pages"
                                    perPageOptions={PAGE_SIZES.map(value => ({ title: String(value), value }))}
                                    titles={{ paginationAriaLabel: _("Pages"), toPreviousPageAriaLabel: _("Previous page"), toNextPageAriaLabel: _("Next page") }}
                                    onSetPage={(_event, page) => setPage(page)} onPerPageSelect={(_event, perPage) => setPerPage(perPage)} />}
                </DrawerContentBody>
            </DrawerContent>
        </Drawer>
    );
};
