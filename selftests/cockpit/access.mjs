// SPDX-License-Identifier: GPL-2.0
// Dark, narrow, and without a mouse.
import { asAdmin, is } from "./expect.mjs";
import { CARDS, spec } from "./host.mjs";

const PHONE = { width: 420, height: 800 };

export async function it_is_light_and_dark_as_the_browser_wants() {
    await asAdmin(async page => {
        await page.isAccessible("light");
        await page.open(CARDS);
        await page.isAccessible("light-details");
    });
    await asAdmin(async page => {
        await page.isAccessible("dark");
        await page.open(CARDS);
        await page.isAccessible("dark-details");
        await page.act(CARDS, "Disable");
        await page.frame.waitForSelector("#holders");
        await page.isAccessible("dark-dialog");
    }, { colorScheme: "dark" });
}

export async function it_fits_a_narrow_window() {
    await asAdmin(async page => {
        await page.page.setViewportSize(PHONE);
        await page.isAccessible("narrow");
        const overflows = () => page.frame.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        is(await overflows(), false, "wider than the window");
        await page.open(CARDS);
        await page.isAccessible("narrow-details");
        is(await overflows(), false, "wider than the window");
    });
}

export async function it_is_translated_where_there_is_a_translation() {
    await asAdmin(async page => {
        const context = page.page.context();
        await context.addCookies([{ name: "CockpitLang", value: "de-de", url: process.env.GPUSPEC_PAGE }]);
        await page.reload();
        is(await page.text("h1"), "GPU-Spezifikationen");
        await page.says(`[data-spec='${CARDS}']`, "Aktiviert");
        is(await page.frame.evaluate(() => cockpit.ngettext("$0 specification", "$0 specifications", 2)), "$0 Spezifikationen");
        await page.isAccessible("german");
        await context.clearCookies({ name: "CockpitLang" });
    });
}

export async function all_can_be_done_by_keys() {
    await asAdmin(async page => {
        const { keyboard } = page.page;
        const press = async (...keys) => {
            for (const key of keys)
                await keyboard.press(key);
        };
        await page.row(CARDS).locator(".gpuspec-link")
                .focus();
        await press("Enter");
        await page.frame.waitForSelector("#details");
        // What has opened has the focus.
        is(await page.frame.evaluate(() => document.activeElement.closest("#details") !== null), true, "the focus is in the details");
        await page.row(CARDS).locator(".pf-v6-c-menu-toggle")
                .focus();
        await press("Enter");
        // The menu has the focus a moment after it is there.
        await page.frame.waitForFunction(() => document.activeElement.textContent === "Disable");
        await press("Enter");
        await page.frame.waitForSelector("#holders");
        await page.frame.locator("#if-unused").focus();
        await press("Tab", "Enter");
        await page.dialogIsGone();
        is((await spec(CARDS)).state, "disabled");
        // A dialog is left by Escape.
        await page.act(CARDS, "Recall From All");
        await page.frame.waitForSelector("#holders");
        await press("Escape");
        await page.dialogIsGone();
        is((await spec(CARDS)).shared, "all");
    });
}
