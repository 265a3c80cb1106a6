// SPDX-License-Identifier: GPL-2.0
// Clear ROM, Roll Back ROM: to what, and who shows what until when, before anything is changed.

import { Button, Content, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useEffect, useState } from "react";

import type { Device, RomEntry, RomHistory, Spec } from "./answers";
import { type Undo, label, ofScope } from "./decision";
import { Failed } from "./failed";
import { Holders } from "./holders";
import { Failure, ask } from "./program";
import type { Scope } from "./sight";
import { nameOf, romName, time } from "./words";

const _ = cockpit.gettext;

interface Props {
    undo: Undo;
    spec: Spec;
    devices: Device[];
    scope: Scope;
    onDone: (said: string | null) => void;
}

export const RomUndoDialog = ({ undo, spec, devices, scope, onDone }: Props) => {
    const [before, setBefore] = useState<RomEntry | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const isClear = undo === "rom-clear";
    const name = nameOf(spec);
    const holders = devices.filter(device => device.in_use);
    const sha256 = spec.rom?.sha256;

    // Somebody else may change it meanwhile.
    useEffect(() => {
        let current = true;
        ask<RomHistory>("rom", "history", spec.id, ...ofScope(scope))
                .then(answer => current && setBefore(entryOf(answer)), error => current && setFailure(error));
        return () => { current = false };
    }, [spec.id, sha256, scope]);

    const change = async () => {
        setBusy(true);
        setFailure(null);
        try {
            await ask("rom", isClear ? "clear" : "rollback", spec.id, ...ofScope(scope));
            onDone(isClear
                ? cockpit.format(_("$0 has no ROM any more"), name)
                : cockpit.format(_("$0 has the ROM $1"), name, before && romName(before)));
        } catch (error) {
            setFailure(error as Failure);
            setBusy(false);
        }
    };

    return (
        <Modal isOpen variant="medium" position="top" onClose={() => onDone(null)} aria-labelledby="undo-title" id="rom-undo-dialog">
            <ModalHeader labelId="undo-title"
                         title={cockpit.format(isClear ? _("Clear the ROM of $0?") : _("Roll back the ROM of $0?"), name)} />
            <ModalBody>
                <Content component="p">
                    {isClear
                        ? _("Its cards show virtual machines their own ROM again. The history keeps what was cleared, and a rollback brings it back.")
                        : before && cockpit.format(_("Its cards show virtual machines the ROM $0 again, which was set $1 by $2."),
                                                   romName(before), time(before.when), before.who)}
                    {" "}{scope === "fleet" && _("This is decided for all hosts of the fleet.")}
                </Content>
                {holders.length > 0
                    ? <Holders holders={holders}
                               consequence={_("Such a card shows what it shows now until its holder releases it, and only then the other.")} />
                    : <Content component="p" id="holders">{_("No card of it is in use now.")}</Content>}
                <Failed failure={failure} />
            </ModalBody>
            <ModalFooter>
                <Button variant="danger" onClick={change} isDisabled={busy || (!isClear && !before)} isLoading={busy}>{label(undo)}</Button>
                <Button variant="link" onClick={() => onDone(null)}>{_("Cancel")}</Button>
            </ModalFooter>
        </Modal>
    );
};

/* What a rollback goes back to: who has set it, not who went back to it once before. */
function entryOf({ history, rollback_to: sha256 }: RomHistory) {
    const known = history.filter(entry => entry.sha256 === sha256);
    return known.filter(entry => entry.action === "set").pop() ?? known.pop() ?? null;
}
