// SPDX-License-Identifier: GPL-2.0
// What an event says itself, on the page at once; the rest is asked for.

import type { Device, HostEvent, Spec } from "./answers";

interface Seen {
    specs: Spec[] | null;
    devices: Device[];
}

function patchSpec(spec: Spec, event: HostEvent, devices: Device[]): Spec {
    const now = event.spec;
    let next = spec;
    // Of a list it has no names.
    if (now?.id === spec.id)
        next = { ...next, state: now.state, shared: now.shared === "list" ? next.shared : now.shared };
    if (event.device?.spec === spec.id) {
        const inUse = devices.filter(device => device.spec === spec.id && device.in_use).length;
        const refused = (spec.refused ?? 0) + Number(event.event === "refused");
        next = { ...next, in_use: inUse, refused };
    }
    return next;
}

export function patch({ specs, devices }: Seen, event: HostEvent): Seen {
    const { device } = event;
    const patched = device
        ? devices.map(other => other.address === device.address
            ? { ...other, in_use: device.in_use, holder: device.in_use ? device.holder : null, rom: device.rom }
            : other)
        : devices;
    return { specs: specs && specs.map(spec => patchSpec(spec, event, patched)), devices: patched };
}
