// SPDX-License-Identifier: GPL-2.0
// What the page uses of Cockpit's base1/cockpit.js, the same in 287 and the newest.

declare module "*.css";

interface CockpitFailure {
    problem: string | null;
    exit_status?: number | null;
    message: string;
}

interface CockpitProcess {
    then<Done, Failed = never>(done: (said: string) => Done, failed: (why: CockpitFailure, said: string) => Failed): Promise<Done | Failed>;
    stream(heard: (data: string) => void): CockpitProcess;
    close(problem?: string): void;
}

interface CockpitChannelClosed {
    problem?: string | null;
    message?: string | null;
    "exit-status"?: number | null;
}

interface CockpitChannel {
    send(data: string | Uint8Array): void;
    control(options: { command: string, [name: string]: unknown }): void;
    close(): void;
    addEventListener(name: "message", heard: (event: Event, data: string) => void): void;
    addEventListener(name: "control", heard: (event: Event, options: { command: string, sequence?: number }) => void): void;
    addEventListener(name: "close", heard: (event: Event, options: CockpitChannelClosed) => void): void;
}

interface CockpitFile {
    watch(heard: () => void): void;
    close(): void;
}

interface CockpitProxy {
    valid: boolean;
    Current: string;
    wait(ready: () => void): void;
    addEventListener(name: "changed", heard: () => void): void;
}

interface Cockpit {
    gettext(text: string): string;
    ngettext(one: string, many: string, count: number): string;
    format(text: string, ...values: unknown[]): string;
    format_bytes(bytes: number): string;
    language: string;
    spawn(command: string[], options: {
        superuser?: "try" | "require",
        err?: "message",
        environ?: string[],
    }): CockpitProcess;
    channel(options: {
        payload: string,
        spawn: string[],
        superuser?: "try" | "require",
        err?: "message",
        environ?: string[],
        binary?: boolean,
    }): CockpitChannel;
    file(path: string, options: { superuser: "try" }): CockpitFile;
    dbus(name: null, options: { bus: "internal" }): { proxy(name: string, path: string): CockpitProxy };
    translate(): void;
    location: { path: string[], go(path: string[]): void };
    addEventListener(name: "locationchanged", heard: () => void): void;
    removeEventListener(name: "locationchanged", heard: () => void): void;
}

declare const cockpit: Cockpit;
