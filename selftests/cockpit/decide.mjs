// SPDX-License-Identifier: GPL-2.0
// Decisions from the page, as the kernel then has them.
import { asAdmin, eventually, has, is } from "./expect.mjs";
import { CARDS, HELD, OTHER, SLICE, device, host, spec, startVm } from "./host.mjs";

export async function disable_shows_who_holds_a_card_and_spares_them() {
    await startVm("web", HELD);
    await asAdmin(async page => {
        await page.act(CARDS, "Disable");
        await page.says("#holders", "VM web");
        has(await page.text("#holders"), "keeps running");
        is((await spec(CARDS)).state, "enabled");
        await page.isAccessible("disable");
        await page.confirm("Disable");
        await page.dialogIsGone();
        is((await spec(CARDS)).state, "disabled");
        is((await device(HELD)).in_use, true);
        await page.says(`[data-spec='${CARDS}']`, "Disabled");
        await page.act(CARDS, "Enable");
        await page.says(`[data-spec='${CARDS}']`, "Enabled");
        is((await spec(CARDS)).state, "enabled");
    });
}

export async function only_if_unused_is_refused_in_the_programs_words() {
    await startVm("web", HELD);
    await asAdmin(async page => {
        for (const action of ["Disable", "Recall From All"]) {
            await page.act(CARDS, action);
            await page.frame.waitForSelector("#holders");
            await page.frame.check("#if-unused");
            await page.confirm(action);
            await page.says(".gpuspec-failure", "is held by qemu-system-x86");
            await page.confirm("Cancel");
        }
        const { state, shared } = await spec(CARDS);
        is([state, shared], ["enabled", "all"]);
    });
}

export async function recall_and_share_to_all() {
    await asAdmin(async page => {
        await page.act(CARDS, "Recall From All");
        await page.says("#holders", "No device of it is in use now");
        await page.confirm("Recall From All");
        await page.dialogIsGone();
        is((await spec(CARDS)).shared, "none");
        await page.says(`[data-spec='${CARDS}']`, "Recalled");
        await page.act(CARDS, "Share To All");
        await page.says(`[data-spec='${CARDS}']`, "All accounts");
        is((await spec(CARDS)).shared, "all");
    });
}

export async function several_are_decided_at_once() {
    await asAdmin(async page => {
        await page.row(CARDS).locator("input[type=checkbox]")
                .check();
        await page.row(OTHER).locator("input[type=checkbox]")
                .check();
        await page.says("#selected-count", "2 selected");
        await page.frame.click("#do-disable");
        await page.says("#decide-dialog", "Disable 2 specifications?");
        await page.frame.waitForSelector("#holders");
        await page.confirm("Disable");
        await page.dialogIsGone();
        is([(await spec(CARDS)).state, (await spec(OTHER)).state], ["disabled", "disabled"]);
        await page.frame.click("#do-enable");
        await eventually(async () => is([(await spec(CARDS)).state, (await spec(OTHER)).state], ["enabled", "enabled"]));
    });
}

export async function vgpu_types_are_decided_as_well() {
    await asAdmin(async page => {
        await page.tab(/vGPU/);
        has(await page.row(SLICE).innerText(), "16 MiB");
        has(await page.row(SLICE).innerText(), "16 of 16");
        await page.act(SLICE, "Disable");
        await page.frame.waitForSelector("#holders");
        await page.confirm("Disable");
        await page.dialogIsGone();
        is((await spec(SLICE)).state, "disabled");
        await page.isAccessible("vgpu");
    });
}

export async function sharing_with_chosen_accounts() {
    await host("gpuspec account add blue --cgroup /blue");
    await asAdmin(async page => {
        await page.act(CARDS, "Share With Accounts");
        await page.frame.check("#account-blue");
        await page.frame.fill("#max-blue", "2");
        await page.frame.fill("#account-name", "green");
        await page.frame.fill("#account-cgroup", "/green");
        await page.frame.getByRole("button", { name: "Add" }).click();
        await page.frame.check("#account-green");
        await page.isAccessible("share");
        await page.confirm("Share With Accounts");
        await page.dialogIsGone();
        is((await spec(CARDS)).shared, [{ account: "blue", max: 2, held: 0 }, { account: "green", max: null, held: 0 }]);
        await page.says(`[data-spec='${CARDS}']`, "blue (up to 2), green");
        // And one less, and another maximum.
        await page.act(CARDS, "Share With Accounts");
        await page.frame.uncheck("#account-green");
        await page.frame.fill("#max-blue", "3");
        await page.confirm("Share With Accounts");
        await page.dialogIsGone();
        is((await spec(CARDS)).shared, [{ account: "blue", max: 3, held: 0 }]);
    });
}

export async function a_bad_account_is_refused_in_the_programs_words() {
    await asAdmin(async page => {
        await page.act(CARDS, "Share With Accounts");
        await page.frame.fill("#account-name", "not a name");
        await page.frame.getByRole("button", { name: "Add" }).click();
        await page.says(".gpuspec-failure", "is no name of an account");
    });
}
