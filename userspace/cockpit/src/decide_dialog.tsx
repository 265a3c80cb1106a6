// SPDX-License-Identifier: GPL-2.0
// Enable, Disable, Share To All, Recall From All: whom it affects, before anything is changed.

import { Alert, Button, Checkbox, Content, Form, List, ListItem, Modal, ModalBody, ModalFooter, ModalHeader,
    Spinner } from "@patternfly/react-core";
import { useEffect, useState } from "react";

import type { Changes, Spec } from "./answers";
import { args, label, type Verb } from "./decision";
import { Failed } from "./failed";
import { Holders } from "./holders";
import { Id } from "./id";
import { Failure, ask } from "./program";
import type { Scope } from "./sight";
import { nameOf } from "./words";

const _ = cockpit.gettext;

interface Props {
    verb: Verb;
    specs: Spec[];
    scope: Scope;
    onDone: (said: string | null) => void;
}

function question(verb: Verb, specs: Spec[]) {
    const [first] = specs;
    const what = specs.length === 1 && first
        ? nameOf(first)
        : cockpit.format(cockpit.ngettext("$0 specification", "$0 specifications", specs.length), specs.length);
    const questions: Record<Verb, string> = {
        enable: _("Enable $0?"),
        disable: _("Disable $0?"),
        share: _("Share $0 to all accounts?"),
        recall: _("Recall $0 from all accounts?"),
    };
    return cockpit.format(questions[verb], what);
}

function consequence(verb: Verb) {
    const sentences: Record<Verb, string> = {
        enable: _("Virtual machines can be given devices of it again, if it is shared."),
        disable: _("No virtual machine can be given a device of it until it is enabled again."),
        share: _("Virtual machines of every account can be given devices of it, if it is enabled."),
        recall: _("No account's virtual machine can be given a device of it until it is shared again."),
    };
    return sentences[verb];
}

export function done(verb: Verb, specs: Spec[]) {
    const [first] = specs;
    const what = specs.length === 1 && first
        ? nameOf(first)
        : cockpit.format(cockpit.ngettext("$0 specification", "$0 specifications", specs.length), specs.length);
    const sentences: Record<Verb, string> = {
        enable: _("Enabled: $0"),
        disable: _("Disabled: $0"),
        share: _("Shared to all accounts: $0"),
        recall: _("Recalled from all accounts: $0"),
    };
    return cockpit.format(sentences[verb], what);
}

export const DecideDialog = ({ verb, specs, scope, onDone }: Props) => {
    const takes = verb === "disable" || verb === "recall";
    const slices = (verb === "enable" || verb === "disable") && specs.some(spec => spec.slices.length > 0);
    const [withSlices, setWithSlices] = useState(false);
    const [ifUnused, setIfUnused] = useState(false);
    const [preview, setPreview] = useState<Changes | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const more = withSlices ? ["--with-slices"] : [];

    useEffect(() => {
        let current = true;
        ask<Changes>(...args(verb, specs, scope, [...(withSlices ? ["--with-slices"] : []), "--dry-run"]))
                .then(answer => current && setPreview(answer), error => current && setFailure(error));
        return () => { current = false };
    }, [verb, specs, scope, withSlices]);

    const decide = async () => {
        setBusy(true);
        setFailure(null);
        try {
            await ask(...args(verb, specs, scope, [...more, ...(ifUnused ? ["--if-unused"] : [])]));
            onDone(done(verb, specs));
        } catch (error) {
            setFailure(error as Failure);
            setBusy(false);
        }
    };

    const holders = preview?.changes.flatMap(change => change.holders) ?? [];
    const limits = preview?.changes.flatMap(change => change.fleet_limit ?? []) ?? [];
    const others = [...new Set(preview?.changes.flatMap(change => change.also_slice_of ?? []))];
    return (
        <Modal isOpen variant="medium" position="top" onClose={() => onDone(null)} aria-labelledby="decide-title" id="decide-dialog">
            <ModalHeader title={question(verb, specs)} labelId="decide-title" />
            <ModalBody>
                <Form onSubmit={event => { event.preventDefault(); decide() }}>
                    <Content component="p">{consequence(verb)}{" "}
                        {scope === "fleet" && _("This is decided for all hosts of the fleet.")}
                    </Content>
                    {specs.length > 1 &&
                        <List isPlain className="gpuspec-specs">
                            {specs.map(spec => <ListItem key={spec.id}>{nameOf(spec)} <Id id={spec.id} /></ListItem>)}
                        </List>}
                    {takes && !preview && !failure && <Spinner size="md" aria-label={_("Looking who holds devices")} />}
                    {takes && preview && !holders.length &&
                        <Content component="p" id="holders">{_("No device of it is in use now.")}</Content>}
                    {takes && holders.length > 0 &&
                        <Holders holders={holders}
                                 consequence={_("Who holds a device keeps it until it is released. Only the next allocation is refused.")} />}
                    {slices &&
                        <Checkbox id="with-slices" label={_("Also the vGPU specifications that are slices of it")}
                                  isChecked={withSlices} onChange={(_event, checked) => setWithSlices(checked)} />}
                    {others.length > 0 &&
                        <Alert isInline isPlain variant="warning" component="h2"
                               title={cockpit.format(_("Slices of $0 as well: they change for it, too."), others.join(", "))} />}
                    {preview?.types_unknown &&
                        <Alert isInline isPlain variant="warning" component="h2"
                               title={cockpit.format(_("$0 may have types of slices that are not known yet, and are not changed."),
                                                     preview.types_unknown.join(", "))} />}
                    {limits.map(sentence => <Alert key={sentence} isInline isPlain variant="warning" component="h2" title={sentence} />)}
                    {takes &&
                        <Checkbox id="if-unused" label={_("Only if unused")}
                                  description={_("Change nothing if a device is in use at that moment.")}
                                  isChecked={ifUnused} onChange={(_event, checked) => setIfUnused(checked)} />}
                    <Failed failure={failure} />
                </Form>
            </ModalBody>
            <ModalFooter>
                <Button variant={takes ? "danger" : "primary"} onClick={decide} isDisabled={busy || (takes && !preview)} isLoading={busy}>
                    {label(verb)}
                </Button>
                <Button variant="link" onClick={() => onDone(null)}>{_("Cancel")}</Button>
            </ModalFooter>
        </Modal>
    );
};
