// SPDX-License-Identifier: GPL-2.0
// What the validator found in a ROM, and what that is made of.

import { Alert, Content } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";

import type { Finding, RomImage } from "./answers";
import { bytes } from "./words";

const _ = cockpit.gettext;

export const Findings = ({ findings }: { findings: Finding[] }) => (
    <div className="gpuspec-findings" id="findings">
        {findings.map(finding =>
            <Alert key={`${finding.check} ${finding.sentence}`} isInline isPlain component="h3"
                   variant={finding.severity === "error" ? "danger" : "warning"}
                   title={`${finding.check}: ${finding.sentence}`} />)}
        {!findings.length && <Alert isInline isPlain component="h3" variant="success" title={_("Nothing was found that is wrong with it.")} />}
    </div>
);

export const Images = ({ images }: { images: RomImage[] }) => (
    <Table variant="compact" aria-label={_("Images in the ROM")} gridBreakPoint="">
        <Thead>
            <Tr>
                <Th>{_("Image")}</Th>
                <Th>{_("Type")}</Th>
                <Th>{_("Device")}</Th>
                <Th>{_("Revision")}</Th>
                <Th>{_("Size")}</Th>
            </Tr>
        </Thead>
        <Tbody>
            {images.map(image =>
                <Tr key={image.image}>
                    <Td>{image.image}</Td>
                    <Td>{image.type}</Td>
                    <Td>{image.vendor && `${image.vendor}:${image.devices?.join(",")}`}</Td>
                    <Td>{image.revision}</Td>
                    <Td>{bytes(image.length)}</Td>
                </Tr>)}
        </Tbody>
    </Table>
);

export const Guests = ({ bios, uefi }: { bios: boolean, uefi: boolean }) => (
    <Content component="p">
        {bios && uefi && _("For guests with BIOS and with UEFI firmware.")}
        {bios && !uefi && _("For guests with BIOS firmware.")}
        {!bios && uefi && _("For guests with UEFI firmware.")}
        {!bios && !uefi && _("For no guest's firmware.")}
    </Content>
);
