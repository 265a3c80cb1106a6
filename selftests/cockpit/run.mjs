// SPDX-License-Identifier: GPL-2.0
// Runs the tests, or those named: each exported function is one, and its name is what holds.
import { resetHost, setUpHost } from "./host.mjs";
import { startBrowser, stopBrowser } from "./page.mjs";

const files = ["decide", "live", "rom", "limited", "many", "trouble", "access", "fleet"];
const wanted = process.argv.slice(2);
const tests = [];
for (const file of files) {
    const module = await import(`./${file}.mjs`);
    for (const [name, test] of Object.entries(module)) {
        if (!wanted.length || wanted.includes(name) || wanted.includes(file))
            tests.push({ name, test });
    }
}

console.log("TAP version 13");
console.log(`1..${tests.length}`);
let failed = 0;
await setUpHost();
await startBrowser();
for (const [index, { name, test }] of tests.entries()) {
    const from = Date.now();
    try {
        await resetHost();
        await test();
        console.log(`ok ${index + 1} ${name} # ${((Date.now() - from) / 1000).toFixed(1)} s`);
    } catch (error) {
        failed++;
        console.log(String(error.stack).replace(/^/gm, "# "));
        console.log(`not ok ${index + 1} ${name}`);
    }
}
await stopBrowser();
process.exit(failed ? 1 : 0);
