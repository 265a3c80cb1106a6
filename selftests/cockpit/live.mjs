// SPDX-License-Identifier: GPL-2.0
// What happens on the host, on the page within a second, without a reload.
import { asAdmin, bestOfThree, has, is } from "./expect.mjs";
import { CARDS, FREE, HELD, host, spec, startVm, stopVm, unload, withHook } from "./host.mjs";

const SECOND = 1000;

export async function a_change_from_a_shell_appears_within_a_second() {
    await asAdmin(async page => {
        await bestOfThree(async () => {
            for (const [verb, words] of [["disable", "Disabled"], ["enable", "Enabled"], ["recall --all", "Recalled"], ["share --all", "All accounts"]]) {
                await host(`gpuspec ${verb} ${CARDS}`);
                await page.says(`[data-spec='${CARDS}']`, words, SECOND);
            }
        });
    });
}

export async function a_vm_that_starts_and_stops_appears_within_a_second() {
    await asAdmin(async page => {
        await page.open(CARDS);
        await bestOfThree(async round => {
            const name = `web${round}`;
            await startVm(name, HELD);
            try {
                await page.says("#devices", `VM ${name}`, SECOND);
                await page.says(`[data-spec='${CARDS}']`, "1 of 3", SECOND);
            } finally {
                await stopVm(name);
            }
            await page.says(`[data-spec='${CARDS}']`, "0 of 3", SECOND);
        });
    });
}

export async function a_refused_vm_appears_by_its_name_and_the_reason() {
    await asAdmin(async page => {
        await page.open(CARDS);
        await page.says("#details", "No refusal is remembered");
        await host(`gpuspec disable ${CARDS}`);
        await bestOfThree(async round => {
            const name = `blue-db${round}`;
            await startVm(name, FREE).then(() => { throw new Error("it started") }, error => has(error.message, "Operation not permitted"));
            await page.says("#refusals", `VM ${name}`, SECOND);
        });
        has(await page.text("#refusals"), `was refused ${FREE} when it was opened: the spec is disabled`);
        is(await page.frame.locator("#refusals li").count(), (await spec(CARDS)).refused, "refusals");
        await page.frame.locator("#refusals").scrollIntoViewIfNeeded();
        await page.isAccessible("refused");
    });
    // And still after a reload.
    await asAdmin(async page => {
        await page.open(CARDS);
        await page.says("#refusals", "VM blue-db");
    });
}

/* Their times have whole seconds. */
export async function refusals_of_one_second_are_shown_newest_first() {
    await host(`set -e; gpuspec disable ${CARDS}
for name in first second third; do
	cp build/kselftest/gpuspec/vfio_open /root/$name
	! /root/$name ${FREE} </dev/null || exit
done`);
    await asAdmin(async page => {
        await page.open(CARDS);
        await page.says("#refusals", "third");
        const shown = await page.frame.locator("#refusals li strong").allTextContents();
        is(shown.slice(0, 3).map(text => text.match(/first|second|third/)?.[0]), ["third", "second", "first"]);
    });
}

/* The kernel hears nothing of it. */
export async function a_vm_that_libvirts_hook_refuses_appears_by_its_name() {
    await host(`gpuspec disable ${CARDS}`);
    await withHook(async () => asAdmin(async page => {
        await page.open(CARDS);
        const { refused } = await spec(CARDS);
        await bestOfThree(async round => {
            const name = `red-db${round}`;
            await startVm(name, FREE).then(() => { throw new Error("it started") }, error => has(error.message, `GPU ${FREE} (${CARDS}) is disabled`));
            await page.says("#refusals", `VM ${name}`, SECOND);
        });
        has(await page.text("#refusals"), `was refused ${FREE} before it was started: the spec is disabled`);
        is((await spec(CARDS)).refused, refused, "refusals of the kernel");
        await page.frame.locator("#refusals").scrollIntoViewIfNeeded();
        await page.isAccessible("hook-refused");
    }));
    has(await host("gpuspec log"), "VM red-db1 was not started: GPU ");
}

export async function a_module_that_is_unloaded_stays_so_and_is_followed_when_it_comes() {
    await asAdmin(async page => {
        await unload();
        await page.says("#trouble", "The kernel module gpuspec is not loaded");
        // The page does not load it behind the back of who has unloaded it.
        await host("sleep 8; ! [ -d /sys/module/gpuspec ]");
        await host("modprobe gpuspec");
        await page.frame.waitForSelector("#specs");
        await host(`gpuspec disable ${CARDS}`);
        await page.says(`[data-spec='${CARDS}']`, "Disabled");
        await host(`gpuspec enable ${CARDS}`);
        await page.says(`[data-spec='${CARDS}']`, "Enabled");
    });
}
