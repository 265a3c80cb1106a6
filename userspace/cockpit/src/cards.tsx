// SPDX-License-Identifier: GPL-2.0
// Devices of a spec, as they are now: who holds them, which ROM they show.

import { Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";

import type { Device } from "./answers";
import { holder, romState } from "./words";

const _ = cockpit.gettext;

const COLORS = { applied: "green", pending: "orange", waiting: "blue", failed: "red", unsupported: "grey", none: "grey" } as const;

export const RomLabel = ({ device }: { device: Device }) =>
    device.rom && <Label isCompact color={COLORS[device.rom]} className="gpuspec-rom-state">{romState(device)}</Label>;

const keyOf = (device: Device) => `${device.host ?? ""} ${device.address}`;

export const Address = ({ device }: { device: Device }) => (
    <>{device.host && `${device.host} `}<span className="gpuspec-id gpuspec-address">{device.address}</span></>
);

export const RomCards = ({ devices }: { devices: Device[] }) => (
    <Table variant="compact" aria-label={_("ROM of each card")} id="rom-cards" gridBreakPoint="">
        <Thead>
            <Tr>
                <Th>{_("Card")}</Th>
                <Th>{_("ROM")}</Th>
            </Tr>
        </Thead>
        <Tbody>
            {devices.map(device =>
                <Tr key={keyOf(device)}>
                    <Td><Address device={device} /></Td>
                    <Td><RomLabel device={device} /></Td>
                </Tr>)}
        </Tbody>
    </Table>
);

export const DeviceList = ({ devices, hasRom }: { devices: Device[], hasRom: boolean }) => (
    <Table variant="compact" aria-label={_("Devices")} id="devices" gridBreakPoint="grid-md">
        <Thead>
            <Tr>
                <Th>{_("Device")}</Th>
                <Th>{_("Driver")}</Th>
                <Th>{_("Held by")}</Th>
                {hasRom && <Th>{_("ROM")}</Th>}
            </Tr>
        </Thead>
        <Tbody>
            {devices.map(device =>
                <Tr key={keyOf(device)}>
                    <Td dataLabel={_("Device")}><Address device={device} /></Td>
                    <Td dataLabel={_("Driver")}>{device.driver ?? "–"}</Td>
                    <Td dataLabel={_("Held by")}>
                        {holder(device) ?? (device.in_use === null ? "?" : "–")}
                        {device.holder?.account && <div className="gpuspec-minor">{cockpit.format(_("account $0"), device.holder.account)}</div>}
                        {device.blocked && <div className="gpuspec-minor">{device.blocked}</div>}
                    </Td>
                    {hasRom && <Td dataLabel={_("ROM")}><RomLabel device={device} /></Td>}
                </Tr>)}
        </Tbody>
    </Table>
);
