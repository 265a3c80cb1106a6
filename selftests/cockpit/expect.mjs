// SPDX-License-Identifier: GPL-2.0
import { PATIENCE, Page } from "./page.mjs";

export function is(value, expected, what = "it") {
    const [a, b] = [JSON.stringify(value), JSON.stringify(expected)];
    if (a !== b)
        throw new Error(`${what} is ${a}, and not ${b}`);
}

export function has(text, words) {
    if (!text.includes(words))
        throw new Error(`this lacks '${words}': ${text}`);
}

export async function eventually(holds, timeout = 15000 * PATIENCE) {
    const until = Date.now() + timeout;
    for (;;) {
        try {
            return await holds();
        } catch (error) {
            if (Date.now() > until)
                throw error;
        }
        await new Promise(resolve => setTimeout(resolve, 100));
    }
}

/* The best of three counts: other machines may have the processors meanwhile. */
export async function bestOfThree(attempt) {
    for (let round = 1; ; round++) {
        try {
            return await attempt(round);
        } catch (error) {
            if (round === 3)
                throw error;
        }
    }
}

/* Without a complaint of the browser. */
async function onPage(page, test) {
    try {
        await test(page);
        is(page.complaints, [], "what the browser complains of");
    } catch (error) {
        await page.picture("failed");
        error.stack += `\n${page.complaints.join("\n")}`;
        throw error;
    }
}

let admins;

/* One login is for all tests: each begins with the page loaded anew. */
export async function asAdmin(test, media = { colorScheme: "light" }) {
    if (admins)
        await admins.reload();
    else
        admins = await Page.admin();
    await admins.page.emulateMedia(media);
    await onPage(admins, test);
}

export async function asViewer(test) {
    const page = await Page.open("viewer");
    await onPage(page, test);
    await page.close();
}
