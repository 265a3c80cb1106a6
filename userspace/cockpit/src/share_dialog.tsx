// SPDX-License-Identifier: GPL-2.0
// Sharing with chosen accounts, each up to a maximum.

import { Alert, Button, Checkbox, Content, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader,
    TextInput } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useState } from "react";

import type { Account, Spec } from "./answers";
import { label, ofScope } from "./decision";
import { Failed } from "./failed";
import { Failure, ask } from "./program";
import type { Scope } from "./sight";
import { nameOf, sharing } from "./words";

const _ = cockpit.gettext;

interface Props {
    specs: Spec[];
    accounts: Account[];
    scope: Scope;
    onChanged: () => void;
    onDone: (said: string | null) => void;
}

/* By account what is wanted: a maximum, or "" for any number. */
type Wanted = Record<string, string>;

function sharesOf(spec: Spec): Wanted {
    return typeof spec.shared === "string"
        ? {}
        : Object.fromEntries(spec.shared.map(share => [share.account, share.max ? String(share.max) : ""]));
}

/* What all of them have in common. */
function sharedNow(specs: Spec[]): Wanted {
    const [first, ...others] = specs.map(sharesOf);
    return Object.fromEntries(Object.entries(first ?? {}).filter(([account]) => others.every(shares => account in shares)));
}

/* The commands that lead there, the stricter first: nobody gets more than is wanted in between. */
export function shareCommands(specs: Spec[], wanted: Wanted, scope: Scope) {
    const commands: string[][] = [];
    const withAll = specs.filter(spec => spec.shared === "all").map(spec => spec.id);
    if (withAll.length)
        commands.push(["recall", ...withAll, "--all"]);
    const before = specs.map(spec => ({ id: spec.id, shares: sharesOf(spec) }));
    const accounts = new Set(before.flatMap(({ shares }) => Object.keys(shares)));
    for (const account of accounts) {
        const from = before.filter(({ shares }) => account in shares && !(account in wanted)).map(({ id }) => id);
        if (from.length)
            commands.push(["recall", ...from, "--account", account]);
    }
    for (const [account, max] of Object.entries(wanted)) {
        const to = before.filter(({ shares }) => shares[account] !== max).map(({ id }) => id);
        if (to.length)
            commands.push(["share", ...to, "--account", account, ...(max ? ["--max", max] : [])]);
    }
    return commands.map(command => [...command, ...ofScope(scope)]);
}

const NewAccount = ({ scope, onAdded }: { scope: Scope, onAdded: () => void }) => {
    const [name, setName] = useState("");
    const [cgroup, setCgroup] = useState("");
    const [failure, setFailure] = useState<Failure | null>(null);

    const add = async () => {
        try {
            await ask("account", "add", name, ...(cgroup ? ["--cgroup", cgroup] : []), ...ofScope(scope));
            setName("");
            setCgroup("");
            setFailure(null);
            onAdded();
        } catch (error) {
            setFailure(error as Failure);
        }
    };

    return (
        <FormGroup label={_("New account")} role="group" fieldId="account-name">
            <div className="gpuspec-new-account">
                <TextInput id="account-name" aria-label={_("Name of the account")} placeholder={_("Name")}
                           value={name} onChange={(_event, value) => setName(value)} />
                <TextInput id="account-cgroup" aria-label={_("Cgroup of its virtual machines")}
                           placeholder={_("Cgroup of its VMs: /machine.slice/machine-blue.slice")}
                           value={cgroup} onChange={(_event, value) => setCgroup(value)} />
                <Button variant="secondary" isDisabled={!name} onClick={add}>{_("Add")}</Button>
            </div>
            <Failed failure={failure} />
        </FormGroup>
    );
};

export const ShareDialog = ({ specs, accounts, scope, onChanged, onDone }: Props) => {
    const [wanted, setWanted] = useState(() => sharedNow(specs));
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const withAll = specs.some(spec => spec.shared === "all");
    const [first] = specs;
    const commands = shareCommands(specs, wanted, scope);

    const choose = (account: string, chosen: boolean) => {
        const { [account]: _old, ...others } = wanted;
        setWanted(chosen ? { ...others, [account]: "" } : others);
    };

    const share = async () => {
        setBusy(true);
        setFailure(null);
        try {
            for (const command of commands)
                await ask(...command);
            onDone(cockpit.format(_("Sharing changed: $0"), specs.map(nameOf).join(", ")));
        } catch (error) {
            setFailure(error as Failure);
            setBusy(false);
            onChanged();
        }
    };

    return (
        <Modal isOpen variant="medium" position="top" onClose={() => onDone(null)} aria-labelledby="share-title" id="share-dialog">
            <ModalHeader labelId="share-title" title={specs.length === 1 && first
                ? cockpit.format(_("Share $0 with accounts"), nameOf(first))
                : cockpit.format(_("Share $0 specifications with accounts"), specs.length)} />
            <ModalBody>
                <Form onSubmit={event => { event.preventDefault(); share() }}>
                    {withAll
                        ? <Alert isInline variant="info" component="h2" title={_("Shared with all accounts now")}>
                            {_("It is recalled from all first, and then shared with the accounts that are chosen here. Running virtual machines keep what they hold.")}
                        </Alert>
                        : first && <Content component="p">{cockpit.format(_("Shared now: $0"), specs.map(spec => sharing(spec.shared)).join("; "))}</Content>}
                    <Table variant="compact" aria-label={_("Accounts")} gridBreakPoint="">
                        <Thead>
                            <Tr>
                                <Th>{_("Account")}</Th>
                                <Th modifier="wrap">{_("Devices at once")}</Th>
                                <Th modifier="wrap">{_("Held now")}</Th>
                            </Tr>
                        </Thead>
                        <Tbody>
                            {accounts.map(account =>
                                <Tr key={account.name}>
                                    <Td>
                                        <Checkbox id={`account-${account.name}`} label={account.name}
                                                  description={account.name === "host" ? _("Whoever is of no other account") : account.cgroups.join(", ")}
                                                  isChecked={account.name in wanted}
                                                  onChange={(_event, checked) => choose(account.name, checked)} />
                                    </Td>
                                    <Td>
                                        <TextInput type="number" min={1} id={`max-${account.name}`} className="gpuspec-max"
                                                   aria-label={cockpit.format(_("Devices at once for $0"), account.name)}
                                                   placeholder={_("any number")} isDisabled={!(account.name in wanted)}
                                                   value={wanted[account.name] ?? ""}
                                                   onChange={(_event, value) => setWanted({ ...wanted, [account.name]: value })} />
                                    </Td>
                                    <Td>{account.in_use}</Td>
                                </Tr>)}
                        </Tbody>
                    </Table>
                    <NewAccount scope={scope} onAdded={onChanged} />
                    <Failed failure={failure} />
                </Form>
            </ModalBody>
            <ModalFooter>
                <Button variant="primary" onClick={share} isDisabled={busy || !commands.length || !Object.keys(wanted).length} isLoading={busy}>
                    {label("accounts")}
                </Button>
                <Button variant="link" onClick={() => onDone(null)}>{_("Cancel")}</Button>
            </ModalFooter>
        </Modal>
    );
};
