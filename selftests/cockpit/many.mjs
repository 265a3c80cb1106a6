// SPDX-License-Identifier: GPL-2.0
// Five hundred specs.
import { asAdmin, has, is } from "./expect.mjs";
import { host } from "./host.mjs";

const COUNT = 500;
const LIMIT = 100;
const ROUNDS = 5;
const TEXTS = ["1", "10", "10d", "10de:01", "none of them", "", "10de:00ff", ""];
const id = number => `pci:10de:${number.toString(16).padStart(4, "0")}:10de:0001`;

function policy() {
    const specs = {};
    for (let i = 0; i < COUNT; i++)
        specs[id(i)] = { state: i % 2 ? "enabled" : "disabled", shared: i % 5 ? "all" : "none" };
    return JSON.stringify({ version: 1, default: "open", specs });
}

/* From the key to the picture that shows what came of it, in ms. */
async function type(page, text) {
    return await page.frame.evaluate(async text => {
        const input = document.querySelector("#search input");
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
        const from = performance.now();
        set.call(input, text);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
        return performance.now() - from;
    }, text);
}

export async function five_hundred_specs_are_quick_to_filter() {
    await host(`cat >/root/many.json <<'END'\n${policy()}\nEND\ngpuspec apply /root/many.json >/dev/null`);
    await asAdmin(async page => {
        await page.says("#pages-bottom-pagination, .pf-v6-c-pagination", "of");
        // The best of some rounds: the machine has more to do than this.
        const times = new Array(TEXTS.length).fill(Infinity);
        for (let round = 0; round < ROUNDS; round++) {
            for (const [index, text] of TEXTS.entries())
                times[index] = Math.min(times[index], await type(page, text));
        }
        await type(page, "10de:00ff");
        is(await page.frame.locator("[data-spec]").count(), 1, "rows");
        has(await page.text("[data-spec]"), "Enabled");
        console.log(`# filtered ${COUNT} specs in ${times.map(time => Math.round(time)).join(", ")} ms`);
        is(times.filter(time => time > LIMIT), [], `times over ${LIMIT} ms`);
        await type(page, "");
        await page.frame.click("#state-filter");
        await page.frame.getByRole("menuitem", { name: "Disabled" }).click();
        await page.frame.click("#sharing-filter");
        await page.frame.getByRole("menuitem", { name: "Recalled" }).click();
        await page.frame.click("h1");
        // Every tenth is both.
        await page.says("#specs-count", `${COUNT / 10} of`);
        await page.isAccessible("many");
        await page.frame.getByRole("button", { name: "ID", exact: true })
                .click();
        is(await page.frame.locator("[data-spec]").first()
                .getAttribute("data-spec"), id(0));
        await page.frame.getByRole("button", { name: "ID", exact: true })
                .click();
        is(await page.frame.locator("[data-spec]").first()
                .getAttribute("data-spec"), id(COUNT - 10));
    });
}
