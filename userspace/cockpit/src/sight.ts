// SPDX-License-Identifier: GPL-2.0
// What there is to be seen of the host, or of its fleet, kept as it is now: gpuspec monitor says
// that something has happened, and then it is asked anew.

import type { Account, Device, FleetHosts, HostEvent, ModuleStatus, RefusedStart, Spec, Status } from "./answers";
import { patch } from "./patch";
import { Failure, NOT_PERMITTED, NO_MODULE, ask, askWhyAbsent, follow, isLoaded, watchStarts } from "./program";

export type Scope = "host" | "fleet";

export interface Sight {
    scope: Scope;
    /* In the fleet: of this host alone; empty: of all. */
    host: string;
    specs: Spec[] | null;
    devices: Device[];
    accounts: Account[];
    /* Refusals and changes, the newest last. */
    events: HostEvent[];
    starts: RefusedStart[];
    status: Status | null;
    fleet: FleetHosts | null;
    gone: string[];
    /* Why the host, or the fleet, is not seen; and of the module, where it is known. */
    failure: Failure | null;
    module: ModuleStatus | null;
    fleetFailure: Failure | null;
    /* Without privilege: of this host's files only. */
    limited: boolean;
}

const NOTHING: Sight = {
    scope: "host",
    host: "",
    specs: null,
    devices: [],
    accounts: [],
    events: [],
    starts: [],
    status: null,
    fleet: null,
    gone: [],
    failure: null,
    module: null,
    fleetFailure: null,
    limited: false,
};

const EVENTS = 1000;
/* A burst of events is one question. */
const PAUSE = 50;
const AGAIN = 5000;
const ABSENT = 2000;
/* What sysfs alone has is no event: drivers, and what can be made of a card. */
const HOST = 10000;
/* Other hosts are not heard. */
const FLEET = 3000;

export class Watch {
    private sight = NOTHING;
    private listeners = new Set<() => void>();
    private stopMonitor: (() => void) | null = null;
    private stopStarts: (() => void) | null = null;
    private timer: number | undefined;
    private asking = false;
    private knowsLog = false;
    /* Why the module is not there. To ask the program would load it behind the back of who has unloaded it. */
    private absent: Failure | null = null;
    private again = false;
    private round = 0;

    subscribe = (listener: () => void) => {
        this.listeners.add(listener);
        return () => { this.listeners.delete(listener) };
    };

    current = () => this.sight;

    private see(change: Partial<Sight>) {
        this.sight = { ...this.sight, ...change };
        this.listeners.forEach(listener => listener());
    }

    /* From the beginning: at first, and when the privilege has changed. */
    start() {
        this.round++;
        this.see({ ...NOTHING, scope: this.sight.scope });
        this.after(0);
    }

    turn(scope: Scope, host = "") {
        this.round++;
        this.see({ scope, host, specs: null, devices: [], accounts: [] });
        this.after(0);
    }

    /* As somebody wants. */
    refresh = () => {
        this.absent = null;
        this.after(0);
    };

    private after(delay: number) {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => { this.look() }, delay);
    }

    private async look() {
        if (this.asking) {
            this.again = true;
            return;
        }
        this.asking = true;
        if (this.absent && !await isLoaded()) {
            this.asking = false;
            if (this.sight.failure !== this.absent)
                this.see({ failure: this.absent, module: null, specs: null });
            this.after(ABSENT);
            return;
        }
        this.absent = null;
        const round = this.round;
        let change: Partial<Sight>;
        // Before it is asked, so that nothing is missed in between.
        this.listen();
        try {
            change = await this.read();
        } catch (error) {
            change = await explain(error as Failure);
            this.note(change.failure ?? null);
        }
        this.asking = false;
        if (round === this.round)
            this.see(change);
        if (!this.sight.failure && !this.sight.limited && !this.knowsLog)
            await this.readLog();
        if (this.again || round !== this.round) {
            this.again = false;
            this.after(0);
        } else if (this.sight.failure || this.sight.limited) {
            this.after(AGAIN);
        } else {
            this.after(this.sight.scope === "fleet" ? FLEET : HOST);
        }
    }

    private async read(): Promise<Partial<Sight>> {
        try {
            const [status, change] = await Promise.all([
                ask<Status>("status"),
                this.sight.scope === "fleet" ? this.readFleet() : readHost(),
            ]);
            return { ...change, status, limited: false, failure: null };
        } catch (error) {
            if ((error as Failure).status !== NOT_PERMITTED)
                throw error;
            return { ...await readFiles(), status: null, limited: true, failure: null };
        }
    }

    private async readFleet(): Promise<Partial<Sight>> {
        const of = this.sight.host ? ["--host", this.sight.host] : [];
        try {
            const [fleet, list, devices, accounts] = await Promise.all([
                ask<FleetHosts>("hosts"),
                ask<{ specs: Spec[], gone: string[] | null }>("list", "--all-hosts", ...of),
                ask<{ devices: Device[] }>("devices", "--all-hosts", ...of),
                ask<{ accounts: Account[] }>("account", "list", "--fleet"),
            ]);
            return { fleet, specs: list.specs, gone: list.gone ?? [], devices: devices.devices,
                     accounts: accounts.accounts, fleetFailure: null };
        } catch (error) {
            return { fleetFailure: error as Failure, fleet: null, specs: [], devices: [] };
        }
    }

    private listen() {
        if (this.stopMonitor || this.sight.limited)
            return;
        // A module that was loaded anew counts from the beginning.
        this.knowsLog = false;
        this.see({ events: [] });
        this.stopStarts?.();
        this.stopStarts = watchStarts(() => {
            this.knowsLog = false;
            this.after(PAUSE);
        });
        this.stopMonitor = follow(["monitor"], line => this.hear(JSON.parse(line) as HostEvent), why => {
            this.stopMonitor = null;
            this.note(why);
            this.after(this.sight.failure ? AGAIN : PAUSE);
        });
    }

    private note(why: Failure | null) {
        if (why?.status === NO_MODULE)
            this.absent = why;
    }

    private async readLog() {
        try {
            // What is refused meanwhile is asked for once more.
            this.knowsLog = true;
            const { events, starts } = await ask<{ events: HostEvent[], starts: RefusedStart[] }>("log");
            this.see({ starts });
            this.remember(events);
        } catch {
            this.knowsLog = false;
            // The next look finds out what is wrong.
        }
    }

    private hear(event: HostEvent) {
        this.remember([event]);
        if (this.sight.scope === "host")
            this.see(patch(this.sight, event));
        // It may ask for what has just changed.
        this.after(PAUSE);
    }

    private remember(more: HostEvent[]) {
        const known = new Set(this.sight.events.map(event => event.seq));
        const events = [...this.sight.events, ...more.filter(event => !known.has(event.seq))];
        events.sort((a, b) => a.seq - b.seq);
        this.see({ events: events.slice(-EVENTS) });
    }
}

async function explain(failure: Failure): Promise<Partial<Sight>> {
    const why = failure.status === NO_MODULE ? await askWhyAbsent() : null;
    return { failure: why?.failure ?? failure, module: why?.status ?? null, specs: null };
}

async function readHost(): Promise<Partial<Sight>> {
    const [list, devices, accounts] = await Promise.all([
        ask<{ specs: Spec[] }>("list"),
        ask<{ devices: Device[] }>("devices"),
        ask<{ accounts: Account[] }>("account", "list"),
    ]);
    return { specs: list.specs, devices: devices.devices, accounts: accounts.accounts };
}

async function readFiles(): Promise<Partial<Sight>> {
    const [list, devices] = await Promise.all([
        ask<{ specs: Spec[] }>("list", "--offline"),
        ask<{ devices: Device[] }>("devices", "--offline"),
    ]);
    return { specs: list.specs, devices: devices.devices, accounts: [], events: [] };
}
