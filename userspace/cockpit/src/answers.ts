// SPDX-License-Identifier: GPL-2.0
// What gpuspec answers with --json, as man gpuspec(8) has it: of each, what the page shows.

export interface Share {
    account: string;
    max: number | null;
    held: number;
}

export type Shared = "all" | "none" | Share[];

export interface Rom {
    sha256: string;
    version: string | null;
    size: number;
    applied: number;
    pending: number;
}

export interface Spec {
    id: string;
    kind: "pgpu" | "vgpu";
    name: string | null;
    vendor: string | null;
    parent: string | null;
    parents: string[];
    slices: string[];
    state: "enabled" | "disabled";
    shared: Shared;
    devices: number;
    in_use: number | null;
    refused: number | null;
    video_memory: number | null;
    video_memory_from: "driver" | "nvml" | "name" | "bar" | null;
    frame_rate: number | null;
    resolution: string | null;
    heads: number | null;
    weight: number | null;
    series: string | null;
    max_instances: number | null;
    available: number | null;
    available_at_most: boolean;
    description: string | null;
    cards: number;
    blocked_cards: number;
    blocked: string | null;
    rom: Rom | null;
    hosts: number | null;
    differing: number | null;
}

export interface Process {
    pid: number;
    uid: number;
    comm: string;
    account: string | null;
    cgroup: string | null;
    vm: string | null;
}

export type RomState = "none" | "waiting" | "applied" | "pending" | "failed" | "unsupported";

export interface Device {
    host: string | null;
    address: string;
    spec: string;
    parent: string | null;
    driver: string | null;
    iommu_group: number | null;
    numa_node: number | null;
    in_use: boolean | null;
    holder: Process | null;
    blocked: string | null;
    rom: RomState | null;
    rom_sha256: string | null;
}

export interface Account {
    name: string;
    cgroups: string[];
    uids: number[];
    specs: number;
    in_use: number;
}

export interface HostEvent {
    time: string;
    seq: number;
    missed: number;
    event: string;
    sentence: string;
    spec?: { id: string, state: Spec["state"], shared: "all" | "none" | "list" };
    device?: { address: string, spec: string, in_use: boolean, holder: Process | null, rom: RomState };
    process?: Process;
    gate?: "bind" | "open";
    reason?: string;
}

/* A VM that libvirt's hook did not let start. */
export interface RefusedStart {
    time: string;
    vm: string;
    address: string;
    spec: string;
    account: string;
    reason: string;
    sentence: string;
}

/* Why the module is not there, if it is not: then that is all that status says. */
export interface ModuleStatus {
    module: "loaded" | "absent" | "unsupported" | "unfit" | "untrusted" | "barred" | "failed";
    module_problem: string | null;
    helper_version: string;
    kernel: string;
}

export interface Status extends ModuleStatus {
    module_version: string;
    default: "open" | "closed";
    fleet: { revision: number | null, when: string | null, problem: string | null } | null;
}

export interface FleetHost {
    name: string;
    alive: boolean;
    seen: string | null;
    revision: number;
    current: boolean;
    kernel: string | null;
    module_version: string | null;
    specs: number;
    devices: number;
    problem: string | null;
}

export interface FleetHosts {
    revision: number;
    problem: string | null;
    hosts: FleetHost[];
}

export interface Change {
    id: string;
    changed: boolean;
    fleet_limit: string | null;
    holders: Device[];
    also_slice_of: string[] | null;
}

export interface Changes {
    changes: Change[];
    types_unknown: string[] | null;
}

export interface Finding {
    check: string;
    severity: "error" | "warning";
    image: number | null;
    sentence: string;
}

export interface RomImage {
    image: number;
    offset: number;
    length: number;
    type: string;
    vendor: string | null;
    devices: string[] | null;
    revision: number | null;
    sum: "ok" | "bad" | null;
}

export interface RomCheck {
    size: number;
    stripped: number;
    sha256: string | null;
    bios: boolean;
    uefi: boolean;
    images: RomImage[];
    findings: Finding[];
    verdict: "good" | "bad";
    sentence: string;
}

export interface RomSet {
    sha256: string;
    devices: Device[];
}

export interface RomShow {
    rom: Rom | null;
    bios: boolean | null;
    uefi: boolean | null;
    images: RomImage[] | null;
    recorded: { when: string, who: string, file: string | null } | null;
    hint: string | null;
}

export interface RomEntry {
    action: "set" | "rollback" | "clear";
    sha256: string | null;
    version: string | null;
    size: number | null;
    file: string | null;
    forced: string[];
    who: string;
    when: string;
}

export interface RomHistory {
    current: string | null;
    rollback_to: string | null;
    history: RomEntry[];
}
