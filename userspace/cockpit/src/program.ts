// SPDX-License-Identifier: GPL-2.0
// gpuspec as the page runs it: answers are its JSON, errors its own sentences.

import type { ModuleStatus } from "./answers";

const options = {
    superuser: "try" as const,
    err: "message" as const,
    // Not every login has the folders of system programs.
    environ: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"],
};

// man gpuspec(8), EXIT STATUS
export const NO_MODULE = 5;
export const NOT_PERMITTED = 6;

export class Failure extends Error {
    constructor(readonly status: number | null, readonly problem: string | null, sentence: string,
                /* What it says on standard output all the same. */
                readonly said: string = "") {
        super(sentence);
    }

    /* There is no such program. */
    get isMissing() { return this.problem === "not-found" }
}

// "gpuspec: disable: it is so": what comes after the verb.
function sentenceOf(said: string) {
    return said.trim().split("\n").map(line => line.replace(/^gpuspec: [^:]*: /, ""))
            .join("\n");
}

function failureOf(status: number | null | undefined, problem: string | null | undefined, why: string | null | undefined, said = "") {
    return new Failure(status ?? null, problem ?? null, sentenceOf(why || problem || `exit status ${status}`), said);
}

function command(args: string[]) {
    return ["gpuspec", ...args, "--json"];
}

/* Is the kernel module there, and not about to go? To ask that does not load it. */
export function isLoaded() {
    return cockpit.spawn(["cat", "/sys/module/gpuspec/initstate"], { err: "message" })
            .then(state => state.trim() === "live", () => false);
}

/* Cockpit's promises have what was said beside the error, and do not take one that is thrown. */
function run(args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        cockpit.spawn(command(args), options).then(resolve, (why, said) =>
            reject(failureOf(why.exit_status, why.problem, why.message, said)));
    });
}

/* What one of its verbs answers. */
export async function ask<Answer>(...args: string[]): Promise<Answer> {
    return JSON.parse(await run(args)) as Answer;
}

/* What keeps the module away. To ask it tries to load it; null: nothing does, by now. */
export async function askWhyAbsent(): Promise<{ failure: Failure, status: ModuleStatus } | null> {
    try {
        await ask("status");
        return null;
    } catch (error) {
        const failure = error as Failure;
        if (failure.status !== NO_MODULE || !failure.said)
            return null;
        try {
            return { failure, status: JSON.parse(failure.said) as ModuleStatus };
        } catch {
            return null;    /* something that modprobe runs has said more */
        }
    }
}

/* Each line of what it says, until it is closed or ends. */
export function follow(args: string[], heard: (line: string) => void, ended: (why: Failure | null) => void) {
    let rest = "";
    const process = cockpit.spawn(command(args), options);
    process.stream(data => {
        const lines = (rest + data).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(heard);
    });
    process.then(() => ended(null), why => ended(failureOf(why.exit_status, why.problem, why.message)));
    return () => process.close("terminated");
}

/* That libvirt's hook has refused something: the module does not hear of it. */
export function watchStarts(heard: () => void) {
    const file = cockpit.file("/run/gpuspec/starts/refused.json", { superuser: "try" });
    file.watch(heard);
    return () => file.close();
}

const PIECE = 64 * 1024;

/* The same as ask(), with bytes on standard input; progress is told from 0 to 1. */
export function send<Answer>(args: string[], bytes: Uint8Array, progress?: (part: number) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const channel = cockpit.channel({ payload: "stream", spawn: command(args), binary: true, ...options });
        const said: Uint8Array[] = [];
        channel.addEventListener("message", (_event, data) => said.push(data as unknown as Uint8Array));
        // The host answers a ping when it has taken what was sent before it.
        channel.addEventListener("control", (_event, { command, sequence }) => {
            if (command === "pong" && sequence !== undefined)
                progress?.(Math.min(1, sequence / Math.max(1, bytes.length)));
        });
        channel.addEventListener("close", (_event, closed) => {
            // rom check has its answer on standard output whatever it finds.
            const text = textOf(said);
            if (closed["exit-status"] === 0 || (text && !closed.problem))
                resolve(JSON.parse(text) as Answer);
            else
                reject(failureOf(closed["exit-status"], closed.problem, closed.message));
        });
        for (let at = 0; at < bytes.length; at += PIECE) {
            channel.send(bytes.subarray(at, at + PIECE));
            channel.control({ command: "ping", sequence: Math.min(at + PIECE, bytes.length) });
        }
        channel.control({ command: "done" });
    });
}

function textOf(pieces: Uint8Array[]) {
    const decoder = new TextDecoder();
    return pieces.map(piece => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}
