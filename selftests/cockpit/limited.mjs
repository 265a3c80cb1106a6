// SPDX-License-Identifier: GPL-2.0
// Who may not change anything.
import { asViewer, eventually, has, is } from "./expect.mjs";
import { CARDS, SLICE, host } from "./host.mjs";

export async function an_unprivileged_login_sees_and_cannot_change() {
    await host(`gpuspec disable ${CARDS}; gpuspec recall ${SLICE} --all`);
    await asViewer(async page => {
        await page.says("#limited", "only an administrator can change anything");
        await page.says(`[data-spec='${CARDS}']`, "Disabled");
        is(await page.frame.locator("input[type=checkbox], .pf-v6-c-menu-toggle[aria-label^='Actions'], #do-disable").count(), 0, "what it could change by");
        await page.tab(/vGPU/);
        await page.says(`[data-spec='${SLICE}']`, "Recalled");
        await page.tab(/pGPU/);
        await page.open(CARDS);
        is(await page.frame.getByRole("button", { name: "Set ROM" }).count(), 0, "buttons Set ROM");
        has(await page.text("#devices"), "?");
        await page.isAccessible("limited");
        // It is looked at again and again, since nothing tells it of changes.
        await host(`gpuspec enable ${CARDS}`);
        await eventually(async () => has(await page.row(CARDS).innerText(), "Enabled"));
    });
}

export async function its_shell_may_not_either() {
    await host(`! su viewer -c 'gpuspec disable ${CARDS}' && ! su viewer -c 'gpuspec list'`);
}
