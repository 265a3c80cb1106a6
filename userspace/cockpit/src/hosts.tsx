// SPDX-License-Identifier: GPL-2.0
// The hosts of the fleet.

import { Alert, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";

import type { FleetHosts } from "./answers";
import { time } from "./words";

const _ = cockpit.gettext;

export const Hosts = ({ fleet, onHost }: { fleet: FleetHosts, onHost: (host: string) => void }) => (
    <>
        {fleet.problem && <Alert isInline variant="danger" component="h2" title={fleet.problem} />}
        <Table variant="compact" gridBreakPoint="grid-lg" aria-label={_("Hosts of the fleet")} id="hosts">
            <Thead>
                <Tr>
                    <Th>{_("Name")}</Th>
                    <Th>{_("Agent")}</Th>
                    <Th>{_("Policy")}</Th>
                    <Th>{_("Module")}</Th>
                    <Th>{_("Kernel")}</Th>
                    <Th>{_("Specifications")}</Th>
                    <Th>{_("Devices")}</Th>
                    <Th>{_("Problem")}</Th>
                </Tr>
            </Thead>
            <Tbody>
                {fleet.hosts.map(host =>
                    <Tr key={host.name} data-host={host.name}>
                        <Td dataLabel={_("Name")}>
                            <button type="button" className="gpuspec-link" onClick={() => onHost(host.name)}>{host.name}</button>
                        </Td>
                        <Td dataLabel={_("Agent")}>
                            {host.alive
                                ? <Label isCompact color="green">{_("up")}</Label>
                                : <Label isCompact color="red">{host.seen ? cockpit.format(_("gone, last heard of $0"), time(host.seen)) : _("gone")}</Label>}
                        </Td>
                        <Td dataLabel={_("Policy")}>
                            {host.current ? _("the newest") : cockpit.format(_("revision $0 of $1"), host.revision, fleet.revision)}
                        </Td>
                        <Td dataLabel={_("Module")}>{host.module_version ?? _("not loaded")}</Td>
                        <Td dataLabel={_("Kernel")}>{host.kernel ?? "–"}</Td>
                        <Td dataLabel={_("Specifications")}>{host.specs}</Td>
                        <Td dataLabel={_("Devices")}>{host.devices}</Td>
                        <Td dataLabel={_("Problem")}>{host.problem ?? "–"}</Td>
                    </Tr>)}
            </Tbody>
        </Table>
    </>
);
