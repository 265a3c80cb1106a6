// SPDX-License-Identifier: GPL-2.0
// What the page calls what gpuspec answers.

import type { Device, Process, RomState, Shared, Spec } from "./answers";

const _ = cockpit.gettext;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(count: number | null) {
    let unit = 0;
    let left = count ?? 0;
    while (left >= 1024 && unit < UNITS.length - 1) {
        left /= 1024;
        unit++;
    }
    return count === null ? null : `${left.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${UNITS[unit]}`;
}

/* ~ before a guess, as in the lists of the program. */
export function memory(spec: Spec) {
    const guess = spec.video_memory_from === "bar" || spec.video_memory_from === "name";
    return spec.video_memory === null ? null : (guess ? "~" : "") + bytes(spec.video_memory);
}

export function nameOf(spec: Spec) {
    return spec.name ?? spec.id;
}

export function state(spec: Spec) {
    return spec.state === "enabled" ? _("Enabled") : _("Disabled");
}

export function sharing(shared: Shared) {
    if (shared === "all")
        return _("All accounts");
    if (shared === "none")
        return _("Recalled");
    return shared.map(share => share.max ? cockpit.format(_("$0 (up to $1)"), share.account, share.max) : share.account)
            .join(", ");
}

export function instances(spec: Spec) {
    if (spec.available === null)
        return null;
    const available = spec.available_at_most && spec.available > 1
        ? cockpit.format(_("at most $0"), spec.available)
        : String(spec.available);
    const most = maxInstances(spec);
    return most === null ? available : cockpit.format(_("$0 of $1"), available, most);
}

/* On all cards that can carry it; those that there are count where the driver does not tell. */
export function maxInstances(spec: Spec) {
    if (spec.max_instances !== null)
        return spec.max_instances * Math.max(1, spec.cards);
    return spec.available === null || spec.available_at_most ? null : spec.available + spec.devices;
}

export function process(who: Process) {
    const program = cockpit.format(_("$0 (process $1)"), who.comm, who.pid);
    return who.vm ? cockpit.format(_("VM $0"), who.vm) : program;
}

export function holder(device: Device) {
    if (device.holder)
        return process(device.holder);
    return device.in_use ? _("not known: it was open before gpuspec was loaded") : null;
}

export function romName(rom: { version: string | null, sha256: string | null }) {
    return rom.version ?? rom.sha256?.slice(0, 8) ?? "";
}

export function romState(device: Device): string | null {
    const words: Record<RomState, string> = {
        none: _("its own"),
        waiting: _("waiting for a VFIO driver"),
        applied: _("applied"),
        pending: _("pending"),
        failed: _("failed: it shows its own"),
        unsupported: _("not supported by its driver"),
    };
    if (device.rom === "pending" && device.holder)
        return cockpit.format(_("pending until $0 releases it"), process(device.holder));
    return device.rom && words[device.rom];
}

export function time(when: string) {
    const date = new Date(when);
    const today = date.toDateString() === new Date().toDateString();
    return date.toLocaleString(cockpit.language?.replace("_", "-") || undefined,
                               today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });
}

export function gate(gate: "bind" | "open" | undefined) {
    return gate === "bind" ? _("when it was given to VFIO") : _("when it was opened");
}

export function reason(name: string | undefined) {
    const words: Record<string, string> = {
        "unknown-spec": _("no policy names the spec, and the default is closed"),
        disabled: _("the spec is disabled"),
        recalled: _("the spec is recalled from all accounts"),
        "not-shared": _("the spec is not shared with the account"),
        quota: _("the account holds its maximum already"),
    };
    return words[name ?? ""] ?? name ?? "";
}
