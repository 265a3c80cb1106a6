// SPDX-License-Identifier: GPL-2.0
// Which specs of a table are shown, and in which order.

import type { Spec } from "./answers";
import { maxInstances, nameOf } from "./words";

export type SharingFilter = "all" | "none" | "list";

export interface Filter {
    text: string;
    states: Spec["state"][];
    sharing: SharingFilter[];
}

export const EVERYTHING: Filter = { text: "", states: [], sharing: [] };

export type Key = "name" | "id" | "state" | "shared" | "in_use" | "video_memory" | "rom" | "refused"
    | "frame_rate" | "resolution" | "heads" | "available" | "parent" | "hosts";

export interface Order {
    key: Key;
    down: boolean;
}

function sharingOf(spec: Spec): SharingFilter {
    return typeof spec.shared === "string" ? spec.shared : "list";
}

/* Every word is somewhere in it. */
function hasWords(spec: Spec, words: string[]) {
    const accounts = typeof spec.shared === "string" ? [] : spec.shared.map(share => share.account);
    const text = [spec.id, spec.name, spec.vendor, spec.description, spec.series, spec.rom?.version, ...spec.parents, ...accounts]
            .join(" ").toLowerCase();
    return words.every(word => text.includes(word));
}

export function filterSpecs(specs: Spec[], filter: Filter) {
    const words = filter.text.toLowerCase().split(/\s+/)
            .filter(Boolean);
    return specs.filter(spec =>
        (!filter.states.length || filter.states.includes(spec.state)) &&
        (!filter.sharing.length || filter.sharing.includes(sharingOf(spec))) &&
        hasWords(spec, words));
}

/* "2560x1600" is as large as it has pixels. */
function pixels(resolution: string | null) {
    const [width, height] = (resolution ?? "").split("x").map(Number);
    return width && height ? width * height : null;
}

function valueOf(spec: Spec, key: Key): string | number | null {
    switch (key) {
    case "name":
        return nameOf(spec).toLowerCase();
    case "shared":
        return typeof spec.shared === "string" ? spec.shared : `list ${spec.shared.length}`;
    case "rom":
        return spec.rom && (spec.rom.version ?? spec.rom.sha256);
    case "resolution":
        return pixels(spec.resolution);
    case "available":
        return spec.available ?? maxInstances(spec);
    case "in_use":
        return spec.in_use === null ? null : spec.in_use + spec.devices / 1e6;
    default:
        return spec[key];
    }
}

/* What is not known comes last in either direction. */
function compare(a: string | number | null, b: string | number | null, down: boolean) {
    if (a === null || b === null)
        return Number(a === null) - Number(b === null);
    const order = typeof a === "number" && typeof b === "number"
        ? a - b
        : String(a) < String(b) ? -1 : Number(String(a) > String(b));
    return down ? -order : order;
}

export function sortSpecs(specs: Spec[], order: Order) {
    return specs.map(spec => ({ spec, value: valueOf(spec, order.key) }))
            .sort((a, b) => compare(a.value, b.value, order.down) || compare(a.spec.id, b.spec.id, false))
            .map(({ spec }) => spec);
}
