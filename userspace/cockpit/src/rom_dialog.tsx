// SPDX-License-Identifier: GPL-2.0
// Set ROM: a file, what the validator finds in it, the upload, and what becomes of it on each card.

import { Alert, Button, Checkbox, Content, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader,
    MultipleFileUpload, MultipleFileUploadMain, Progress, Spinner, TextInput } from "@patternfly/react-core";
import UploadIcon from "@patternfly/react-icons/dist/esm/icons/upload-icon";
import { useEffect, useState } from "react";

import type { Device, RomCheck, RomSet, Spec } from "./answers";
import { RomCards } from "./cards";
import { label, ofScope } from "./decision";
import { Failed } from "./failed";
import { Findings, Guests, Images } from "./findings";
import { Failure, send } from "./program";
import type { Scope } from "./sight";
import { bytes, nameOf } from "./words";

const _ = cockpit.gettext;

/* man gpuspec-rom(7): what --force can waive. */
const WAIVABLE = ["E12", "E16", "E24"];
/* What rom check reads at most. */
const LARGEST = 16 * 1024 * 1024;

interface Props {
    spec: Spec;
    devices: Device[];
    scope: Scope;
    onChanged: () => void;
    onDone: (said: string | null) => void;
}

interface Chosen {
    name: string;
    bytes: Uint8Array;
}

const Drop = ({ onFile, isSmall }: { onFile: (file: File) => void, isSmall: boolean }) => (
    <MultipleFileUpload isHorizontal={isSmall} onFileDrop={(_event, files) => files[0] && onFile(files[0])}
                        dropzoneProps={{ multiple: false }} id="rom-drop">
        <MultipleFileUploadMain titleIcon={<UploadIcon />} titleText={_("Drag a ROM file here")} titleTextSeparator={_("or")}
                                infoText={_("It is checked before anything is changed.")}
                                browseButtonText={_("Choose file")} />
    </MultipleFileUpload>
);

export const RomDialog = ({ spec, devices, scope, onChanged, onDone }: Props) => {
    const [file, setFile] = useState<Chosen | null>(null);
    const [strip, setStrip] = useState(false);
    const [check, setCheck] = useState<RomCheck | null>(null);
    const [version, setVersion] = useState("");
    const [waived, setWaived] = useState<string[]>([]);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [progress, setProgress] = useState<number | null>(null);
    const [answer, setAnswer] = useState<RomSet | null>(null);

    const errors = check?.findings.filter(finding => finding.severity === "error") ?? [];
    // One that cannot be waived is reason enough.
    const waivable = errors.every(finding => WAIVABLE.includes(finding.check))
        ? [...new Set(errors.map(finding => finding.check))]
        : [];
    const isGood = check !== null && errors.every(finding => waived.includes(finding.check));
    const canStrip = strip || errors.some(finding => finding.sentence.includes("NVGI"));

    const choose = async (chosen: File) => {
        setCheck(null);
        setWaived([]);
        setStrip(false);
        setFailure(null);
        if (chosen.size > LARGEST) {
            setFailure(new Failure(null, null, cockpit.format(_("$0 has $1; a ROM has 4 MiB at most"), chosen.name, bytes(chosen.size))));
            return;
        }
        try {
            setFile({ name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) });
        } catch (error) {
            setFailure(new Failure(null, null, (error as Error).message));
        }
    };

    useEffect(() => {
        if (!file)
            return;
        let current = true;
        send<RomCheck>(["rom", "check", "-", spec.id, ...(strip ? ["--strip-nvgi"] : [])], file.bytes)
                .then(answer => current && setCheck(answer), error => current && setFailure(error));
        return () => { current = false };
    }, [file, spec.id, strip]);

    const set = async () => {
        if (!file)
            return;
        setFailure(null);
        setProgress(0);
        try {
            setAnswer(await send<RomSet>(["rom", "set", spec.id, "-", "--from", file.name, ...(version ? ["--version", version] : []),
                ...waived.flatMap(name => ["--force", name]), ...(strip ? ["--strip-nvgi"] : []), ...ofScope(scope)],
                                         file.bytes, setProgress));
            onChanged();
        } catch (error) {
            setFailure(error as Failure);
        }
        setProgress(null);
    };

    return (
        <Modal isOpen variant="medium" position="top" onClose={() => onDone(null)} aria-labelledby="rom-title" id="rom-dialog">
            <ModalHeader labelId="rom-title" title={cockpit.format(_("Set the ROM of $0"), nameOf(spec))}
                         description={scope === "fleet"
                             ? _("Every card of it, on all hosts of the fleet, shows the ROM to its virtual machines in place of its own.")
                             : _("Every card of it shows the ROM to its virtual machines in place of its own.")} />
            <ModalBody>
                {!answer &&
                    <Form onSubmit={event => { event.preventDefault(); if (isGood) set() }}>
                        <Drop onFile={choose} isSmall={file !== null} />
                        {file &&
                            <Content component="p" id="rom-file">
                                <strong>{file.name}</strong>, {bytes(file.bytes.length)}
                                {check?.sha256 && <>, SHA-256 <span className="gpuspec-id">{check.sha256.slice(0, 16)}…</span></>}
                            </Content>}
                        {file && !check && !failure && <Spinner size="md" aria-label={_("Checking the ROM")} />}
                        {check &&
                            <>
                                <Alert isInline component="h2" variant={check.verdict === "good" ? "success" : "danger"}
                                       title={check.sentence} id="verdict" />
                                <Findings findings={check.findings} />
                                {check.images.length > 0 && <Images images={check.images} />}
                                <Guests bios={check.bios} uefi={check.uefi} />
                            </>}
                        {canStrip &&
                            <Checkbox id="strip" label={_("Take away what lies in front of the ROM in a dump of NVIDIA flash")}
                                      isChecked={strip} onChange={(_event, checked) => { setCheck(null); setStrip(checked) }} />}
                        {waivable.map(name =>
                            <Checkbox key={name} id={`waive-${name}`} label={cockpit.format(_("Accept it in spite of $0"), name)}
                                      description={_("The history says that it was waived.")} isChecked={waived.includes(name)}
                                      onChange={(_event, checked) => setWaived(checked ? [...waived, name] : waived.filter(other => other !== name))} />)}
                        {check &&
                            <FormGroup label={_("Version")} fieldId="rom-version">
                                <TextInput id="rom-version" value={version} placeholder={_("What you call it, such as 95.02.3c")}
                                           onChange={(_event, value) => setVersion(value)} />
                            </FormGroup>}
                        {progress !== null &&
                            <Progress id="rom-progress" value={Math.round(progress * 100)} title={_("Uploading")}
                                      aria-label={_("Uploading the ROM")} />}
                    </Form>}
                {answer &&
                    <>
                        <Alert isInline component="h2" variant="success" id="rom-is-set"
                               title={cockpit.format(_("$0 has the ROM $1"), nameOf(spec), version || file?.name)} />
                        {/* Until the next look. */}
                        <RomCards devices={spec.rom?.sha256 === answer.sha256 ? devices : answer.devices} />
                        <Content component="p">
                            {_("A card that is in use shows it once its virtual machine releases it; one that has no VFIO driver, once it is given to one.")}
                        </Content>
                    </>}
                <Failed failure={failure} />
            </ModalBody>
            <ModalFooter>
                {answer
                    ? <Button variant="primary" onClick={() => onDone(null)}>{_("Close")}</Button>
                    : <>
                        <Button variant="primary" onClick={set} isDisabled={!isGood || progress !== null} isLoading={progress !== null}>
                            {label("rom")}
                        </Button>
                        <Button variant="link" onClick={() => onDone(null)}>{_("Cancel")}</Button>
                    </>}
            </ModalFooter>
        </Modal>
    );
};
