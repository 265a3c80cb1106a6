// SPDX-License-Identifier: GPL-2.0
// Who holds devices that a decision is about.

import { Alert, Content, List, ListItem } from "@patternfly/react-core";

import type { Device } from "./answers";
import { holder } from "./words";

const _ = cockpit.gettext;

export const Holders = ({ holders, consequence }: { holders: Device[], consequence: string }) => (
    <Alert isInline variant="info" id="holders" component="h2"
           title={cockpit.format(cockpit.ngettext("$0 device is in use now, and keeps running",
                                                  "$0 devices are in use now, and keep running", holders.length), holders.length)}>
        <List isPlain>
            {holders.map(device =>
                <ListItem key={`${device.host} ${device.address}`}>
                    <span className="gpuspec-id">{device.host ? `${device.host} ${device.address}` : device.address}</span>
                    {" "}{holder(device)}{device.holder?.account && cockpit.format(_(", account $0"), device.holder.account)}
                </ListItem>)}
        </List>
        <Content component="p">{consequence}</Content>
    </Alert>
);
