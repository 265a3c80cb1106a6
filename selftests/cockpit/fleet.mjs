// SPDX-License-Identifier: GPL-2.0
// A host of a fleet: all hosts, decisions for all of them, and etcd gone. The last tests: the host stays of it.
import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { asAdmin, eventually, has, is } from "./expect.mjs";
import { CARDS, OTHER, SLICE, ask, host, spec } from "./host.mjs";

function etcd(command) {
    return execSync(`${process.env.GPUSPEC_ETCDCTL} ${command}`, { shell: "/bin/bash" }).toString();
}

/* Another host, which has published the same as this one, but one model only. */
function publishAs(name) {
    const keys = ["hosts/alpha/status", "hosts/alpha/alive", `specs/alpha/${CARDS}`];
    for (const key of keys) {
        const value = etcd(`get --print-value-only /gpuspec/${key}`).trim();
        execSync(`${process.env.GPUSPEC_ETCDCTL} put /gpuspec/${key.replace("alpha", name)}`, { shell: "/bin/bash", input: value });
    }
}

async function joinFleet() {
    if ((await host("cat /etc/gpuspec/fleet.json 2>/dev/null; true")) !== "")
        return;
    await host(`hostname alpha; gpuspec fleet init --login /root/etcd.login; gpuspec fleet join --login /root/etcd.login
setsid gpuspec agent >/var/log/agent.log 2>&1 &`);
    await eventually(async () => is((await ask("list --all-hosts")).specs.find(({ id }) => id === CARDS)?.hosts, 1));
    publishAs("beta");
}

async function asAdminOfFleet(test) {
    await joinFleet();
    await asAdmin(async page => {
        await page.frame.click("#scope-fleet");
        await page.frame.getByRole("tab", { name: /Hosts/ }).waitFor();
        await test(page);
    });
}

export async function hosts_are_listed_and_filter_the_specs() {
    await asAdminOfFleet(async page => {
        await page.says(`[data-spec='${CARDS}']`, "0 of 6");
        await page.isAccessible("fleet");
        await page.tab(/Hosts/);
        await page.says("[data-host='alpha']", "up");
        await page.says("[data-host='beta']", "up");
        await page.isAccessible("hosts");
        await page.tab(/pGPU/);
        await page.frame.click("#host-filter");
        await page.frame.getByRole("option", { name: "beta" }).click();
        await page.says(`[data-spec='${CARDS}']`, "0 of 3");
        await page.row(OTHER).waitFor({ state: "detached" });
    });
}

export async function what_is_decided_for_the_fleet_is_in_force() {
    await asAdminOfFleet(async page => {
        await page.act(CARDS, "Disable");
        await page.says("#decide-dialog", "This is decided for all hosts of the fleet");
        await page.frame.waitForSelector("#holders");
        await page.confirm("Disable");
        await page.dialogIsGone();
        await page.says(`[data-spec='${CARDS}']`, "Disabled");
        await eventually(async () => is((await spec(CARDS)).state, "disabled"));
        has(await host("gpuspec log --fleet"), "disable");
        await page.act(CARDS, "Enable");
        await eventually(async () => is((await spec(CARDS)).state, "enabled"));
    });
}

export async function a_host_that_is_stricter_is_told_of() {
    await joinFleet();
    await host(`gpuspec disable ${SLICE}`);
    await asAdminOfFleet(async page => {
        await page.tab(/vGPU/);
        await page.says(`[data-spec='${SLICE}']`, "another rule on 1 host");
    });
}

export async function with_etcd_gone_it_says_so_and_shows_the_host() {
    await asAdminOfFleet(async page => {
        process.kill(Number(readFileSync(process.env.GPUSPEC_ETCD_PID)), "SIGKILL");
        await page.says("#fleet-trouble", "The fleet cannot be reached");
        await page.says("#fleet-trouble", "nothing listens there; is etcd running");
        await page.isAccessible("no-etcd");
        await page.frame.click("text=Show this host");
        await page.frame.waitForSelector("#specs");
        await host(`gpuspec disable ${CARDS}`);
        await page.says(`[data-spec='${CARDS}']`, "Disabled");
    });
}
