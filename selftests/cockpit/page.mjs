// SPDX-License-Identifier: GPL-2.0
// The page in a browser, as a user has it: inside Cockpit's shell, after a login.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(process.env.GPUSPEC_MODULES);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/* On a slow machine, so many times as long. */
export const PATIENCE = Number(process.env.GPUSPEC_PATIENCE ?? 1);
const WAIT = 15000 * PATIENCE;
const SIZE = { width: 1400, height: 900 };

let browser;

export async function startBrowser() {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

export async function stopBrowser() {
    await browser?.close();
}

/* What went wrong in it, whatever was looked for. */
export class Page {
    complaints = [];

    constructor(page) {
        this.page = page;
        page.setDefaultTimeout(WAIT);
        page.on("pageerror", error => this.complaints.push(error.stack));
        page.on("console", message => {
            // Others' pages are not judged here: Cockpit's own find no systemd in the host.
            if (message.type() === "error" && message.location().url.includes("/gpuspec/"))
                this.complaints.push(message.text());
        });
    }

    static async open(user) {
        const context = await browser.newContext({ viewport: SIZE });
        const self = new Page(await context.newPage());
        const { page } = self;
        await page.goto(`${process.env.GPUSPEC_PAGE}/gpuspec`);
        await page.fill("#login-user-input", user);
        await page.fill("#login-password-input", "secret");
        await page.click("#login-button");
        await page.waitForSelector("iframe[name*='gpuspec']", { timeout: 4 * WAIT });
        self.frame = await (await page.$("iframe[name*='gpuspec']")).contentFrame();
        await self.frame.waitForSelector("h1");
        return self;
    }

    /* One who may do all. */
    static async admin() {
        const self = await Page.open("admin");
        await self.becomeAdmin();
        await self.frame.waitForSelector("#specs, #trouble");
        return self;
    }

    async becomeAdmin() {
        const { page, frame } = this;
        await page.waitForSelector("button:has-text('Limited access'), button:has-text('Administrative access')");
        if (await page.$("button:has-text('Limited access')")) {
            await page.click("button:has-text('Limited access')");
            await page.fill("[role=dialog] input[type=password]", "secret");
            await page.click("[role=dialog] button:has-text('Authenticate')");
        }
        await frame.waitForSelector("#limited", { state: "detached" });
    }

    /* As when it is opened, but for the login. */
    async reload() {
        await this.page.setViewportSize(SIZE);
        await this.frame.evaluate(() => {
            window.isOld = true;
            location.hash = "#/";
            location.reload();
        });
        await this.frame.waitForFunction(() => !window.isOld && document.querySelector("#specs, #trouble"));
        this.complaints = [];
    }

    async close() {
        await this.page.context().close();
    }

    row(id) {
        return this.frame.locator(`[data-spec='${id}']`);
    }

    /* An action of a row's own menu. */
    async act(id, action) {
        await this.row(id).locator(".pf-v6-c-menu-toggle").click();
        await this.frame.getByRole("menuitem", { name: action, exact: true }).click();
    }

    /* The button of the dialog that is open. */
    async confirm(name) {
        await this.frame.locator(".pf-v6-c-modal-box__footer").getByRole("button", { name, exact: true })
                .click();
    }

    async dialogIsGone() {
        await this.frame.waitForSelector(".pf-v6-c-modal-box", { state: "detached" });
    }

    async open(id) {
        await this.row(id).locator(".gpuspec-link")
                .click();
        await this.frame.waitForSelector("#details");
    }

    async tab(name) {
        await this.frame.getByRole("tab", { name }).click();
    }

    async picture(name) {
        await this.page.screenshot({ path: join(process.env.GPUSPEC_PICTURES, `${name}.png`) });
    }

    async text(selector) {
        return await this.frame.locator(selector).innerText();
    }

    /* It says so, within so many milliseconds. */
    async says(selector, words, timeout = WAIT) {
        await this.frame.locator(selector).filter({ hasText: words })
                .first()
                .waitFor({ timeout });
    }

    /* What axe-core finds in what is shown now. */
    async violations() {
        await this.frame.evaluate(axe);
        return await this.frame.evaluate(async () => {
            const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
            return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(" | ")}`);
        });
    }

    async isAccessible(state) {
        // Colours that are still on their way are not judged.
        await this.page.waitForTimeout(400);
        const found = await this.violations();
        if (found.length)
            throw new Error(`${state} is not accessible to all:\n${found.join("\n")}`);
        await this.picture(state);
    }
}
