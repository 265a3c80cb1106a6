// SPDX-License-Identifier: GPL-2.0
// The ROM of a spec: which is in force, since when, and those before.

import { Button, Content, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm,
    List, ListItem, Spinner } from "@patternfly/react-core";
import { useEffect, useState } from "react";

import type { RomCheck, RomEntry, RomHistory, RomShow, Spec } from "./answers";
import { type Action, label, ofScope } from "./decision";
import { Failed } from "./failed";
import { Findings, Guests, Images } from "./findings";
import { Failure, ask } from "./program";
import type { Scope } from "./sight";
import { bytes, romName, time } from "./words";

const _ = cockpit.gettext;

/* Of the history, which has up to 500. */
const NEWEST = 20;

interface Known {
    show: RomShow | null;
    check: RomCheck | null;
    history: RomEntry[];
    canRollBack: boolean;
}

async function read(spec: Spec, scope: Scope): Promise<Known> {
    const { history, rollback_to: before } = await ask<RomHistory>("rom", "history", spec.id, ...ofScope(scope));
    if (!spec.rom)
        return { show: null, check: null, history, canRollBack: before !== null };
    const show = await ask<RomShow>("rom", "show", spec.id, ...ofScope(scope));
    return { show, check: await findings(spec), history, canRollBack: before !== null };
}

/* Of the bytes that this host keeps; null: another host has them. */
async function findings(spec: Spec) {
    const path = `/var/lib/gpuspec/rom/${spec.rom?.sha256}.rom`;
    try {
        return await ask<RomCheck>("rom", "check", path, spec.id);
    } catch {
        return null;
    }
}

const Entry = ({ entry }: { entry: RomEntry }) => {
    const what = romName(entry);
    const actions: Record<RomEntry["action"], string> = {
        set: cockpit.format(_("Set to $0"), what),
        rollback: cockpit.format(_("Rolled back to $0"), what || _("the cards' own")),
        clear: _("Cleared"),
    };
    return (
        <ListItem>
            {actions[entry.action]}
            {entry.file && entry.file !== "-" && cockpit.format(_(", from $0"), entry.file)}
            {entry.forced.length > 0 && cockpit.format(_(", in spite of $0"), entry.forced.join(", "))}
            <div className="gpuspec-minor">{cockpit.format(_("$0 by $1"), time(entry.when), entry.who)}</div>
        </ListItem>
    );
};

export const RomDetails = ({ spec, scope, onAction }: { spec: Spec, scope: Scope, onAction: (action: Action) => void }) => {
    const [known, setKnown] = useState<Known | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const sha256 = spec.rom?.sha256 ?? "";

    useEffect(() => {
        let current = true;
        setFailure(null);
        read(spec, scope).then(answer => current && setKnown(answer), error => current && setFailure(error));
        return () => { current = false };
        // The spec is another with each look, and its ROM is not.
    }, [spec.id, sha256, scope]);

    const actions: Action[] = ["rom"];
    if (spec.rom)
        actions.push("rom-clear");
    if (known?.canRollBack)
        actions.push("rom-rollback");
    return (
        <>
            {spec.rom
                ? <DescriptionList isHorizontal isCompact>
                    <DescriptionListGroup>
                        <DescriptionListTerm>{_("In force")}</DescriptionListTerm>
                        <DescriptionListDescription>
                            {spec.rom.version ?? "–"}, {bytes(spec.rom.size)}
                            {known?.show?.recorded &&
                                <div className="gpuspec-minor">{cockpit.format(_("set $0 by $1"), time(known.show.recorded.when), known.show.recorded.who)}</div>}
                        </DescriptionListDescription>
                    </DescriptionListGroup>
                    <DescriptionListGroup>
                        <DescriptionListTerm>SHA-256</DescriptionListTerm>
                        <DescriptionListDescription><span className="gpuspec-id">{spec.rom.sha256}</span></DescriptionListDescription>
                    </DescriptionListGroup>
                    <DescriptionListGroup>
                        <DescriptionListTerm>{_("Cards")}</DescriptionListTerm>
                        <DescriptionListDescription>
                            {cockpit.format(_("applied on $0, pending on $1"), spec.rom.applied, spec.rom.pending)}
                        </DescriptionListDescription>
                    </DescriptionListGroup>
                </DescriptionList>
                : <Content component="p">{_("No ROM was set: the cards show their own.")}</Content>}
            <div className="gpuspec-rom-actions">
                {actions.map(action =>
                    <Button key={action} variant="secondary" size="sm" onClick={() => onAction(action)}>{label(action)}</Button>)}
            </div>
            {!known && !failure && <Spinner size="md" aria-label={_("Reading the history of its ROMs")} />}
            <Failed failure={failure} />
            {known?.show?.images && <Images images={known.show.images} />}
            {known?.check &&
                <>
                    <Guests bios={known.check.bios} uefi={known.check.uefi} />
                    <Findings findings={known.check.findings} />
                </>}
            {known && known.history.length > 0 &&
                <>
                    <Content component="h3">{_("History")}</Content>
                    <List isPlain isBordered id="rom-history">
                        {known.history.slice(-NEWEST).reverse().map(entry => <Entry key={`${entry.when} ${entry.action} ${entry.sha256}`} entry={entry} />)}
                    </List>
                </>}
        </>
    );
};
