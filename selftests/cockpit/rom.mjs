// SPDX-License-Identifier: GPL-2.0
// Set ROM from the page: what is wrong with it, the upload, what becomes of it, and that guests run it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { asAdmin, eventually, has, is } from "./expect.mjs";
import { CARDS, FREE, HELD, device, host, spec, startVm, stopVm } from "./host.mjs";

const folder = mkdtempSync(join(tmpdir(), "gpuspec-roms."));

function makeRom(name, model, ...options) {
    const path = join(folder, `${name}.rom`);
    execFileSync("tools/mkrom", [...options, model, path]);
    return path;
}

async function choose(page, path) {
    const [chooser] = await Promise.all([page.page.waitForEvent("filechooser"), page.frame.click("text=Choose file")]);
    await chooser.setFiles(path);
    await page.frame.waitForSelector("#verdict");
}

/* As a file manager lets it go. */
async function drop(page, path) {
    const bytes = readFileSync(path).toString("base64");
    const transfer = await page.frame.evaluateHandle(([name, text]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
        return transfer;
    }, ["dropped.rom", bytes]);
    for (const event of ["dragenter", "dragover", "drop"])
        await page.frame.dispatchEvent("#rom-drop", event, { dataTransfer: transfer });
    await page.frame.waitForSelector("#verdict");
}

const setButton = page => page.frame.locator(".pf-v6-c-modal-box__footer").getByRole("button", { name: "Set ROM" });

export async function a_bad_rom_is_refused_with_its_finding() {
    await asAdmin(async page => {
        await page.act(CARDS, "Set ROM");
        await choose(page, makeRom("other", "1b36:0100"));
        await page.says("#findings", "E11: image 0 at 0x0: PCIR vendor 1b36 is not the model's vendor 1234");
        await page.says("#verdict", "2 errors");
        is(await setButton(page).isDisabled(), true, "Set ROM is disabled");
        await page.isAccessible("rom-bad");
        is((await spec(CARDS)).rom, null);
    });
}

export async function a_finding_is_waived_only_by_hand() {
    await asAdmin(async page => {
        await page.act(CARDS, "Set ROM");
        await choose(page, makeRom("device", "1234:2222"));
        await page.says("#findings", "E12");
        is(await setButton(page).isDisabled(), true, "Set ROM is disabled");
        await page.frame.check("#waive-E12");
        await setButton(page).click();
        await page.frame.waitForSelector("#rom-is-set");
        is(JSON.parse(await host(`gpuspec rom history ${CARDS} --json`)).history.at(-1).forced, ["E12"]);
    });
}

export async function a_dropped_rom_is_shown_by_the_cards_and_run_by_guests() {
    const rom = makeRom("good", "1234:1111", "--marker", "FROM THE PAGE");
    await startVm("web", HELD);
    await asAdmin(async page => {
        await page.act(CARDS, "Set ROM");
        await page.isAccessible("rom-empty");
        await drop(page, rom);
        await page.says("#verdict", "0 errors");
        await page.frame.fill("#rom-version", "page-1");
        is((await spec(CARDS)).rom, null);
        await page.isAccessible("rom-good");
        await page.confirm("Set ROM");
        await page.frame.waitForSelector("#rom-is-set");
        const { sha256, version } = (await spec(CARDS)).rom;
        is([sha256, version], [execFileSync("sha256sum", [rom]).toString().slice(0, 64), "page-1"]);
        await page.says("#rom-cards", "pending until VM web releases it");
        await page.says("#rom-cards", "waiting for a VFIO driver");
        is([(await device(HELD)).rom, (await device(FREE)).rom], ["pending", "applied"]);
        await page.isAccessible("rom-set");
        // Live, in the dialog that is still open.
        await stopVm("web");
        await eventually(async () => is((await page.text("#rom-cards")).match(/applied/g)?.length, 2));
        await page.confirm("Close");
        await page.open(CARDS);
        await page.says("#rom-history", "Set to page-1, from dropped.rom");
        await page.says("#rom-history", "by admin");
        await page.isAccessible("details");
    });
    // A stock QEMU, told nothing of a ROM.
    await host(`timeout 60 qemu-system-x86_64 -accel tcg -m 64 -nodefaults -display none -debugcon file:/root/debugcon \\
		-device vfio-pci,host=${FREE},addr=4 >/root/qemu.said 2>&1 & echo $! >/root/qemu.pid`);
    await eventually(async () => has(await host("cat /root/debugcon"), "FROM THE PAGE"), 60000);
    await host("kill $(</root/qemu.pid)");
}

export async function the_largest_rom_arrives_whole() {
    const rom = makeRom("large", "1234:1111", "--size", String(4 << 20), "--fill", "large");
    await asAdmin(async page => {
        await page.act(CARDS, "Set ROM");
        await choose(page, rom);
        await page.confirm("Set ROM");
        await page.frame.waitForSelector("#rom-is-set", { timeout: 60000 });
        is((await spec(CARDS)).rom.sha256, execFileSync("sha256sum", [rom]).toString().slice(0, 64));
    });
}

/* Two ROMs, one after the other; sha256 of each. */
async function setTwo() {
    const roms = [makeRom("first", "1234:1111", "--marker", "first"), makeRom("second", "1234:1111", "--marker", "second")];
    await host("rm -f /var/lib/gpuspec/rom/*.json");
    for (const [index, rom] of roms.entries()) {
        const bytes = readFileSync(rom).toString("base64");
        await host(`base64 -d <<<${bytes} >/root/undo.rom; gpuspec rom set ${CARDS} /root/undo.rom --version undo-${index + 1}`);
    }
    return roms.map(rom => execFileSync("sha256sum", [rom]).toString().slice(0, 64));
}

export async function a_rom_is_rolled_back_and_cleared_after_it_is_said_who_keeps_it() {
    const [first, second] = await setTwo();
    await startVm("web", HELD);
    await asAdmin(async page => {
        await page.open(CARDS);
        await page.frame.getByRole("button", { name: "Roll Back ROM" }).click();
        await page.says("#rom-undo-dialog", "the ROM undo-1 again");
        await page.says("#holders", "VM web");
        has(await page.text("#holders"), "until its holder releases it");
        await page.isAccessible("rom-rollback");
        is((await spec(CARDS)).rom.sha256, second);
        await page.confirm("Roll Back ROM");
        await page.dialogIsGone();
        is((await spec(CARDS)).rom.sha256, first);
        await page.says("#rom-history", "Rolled back to undo-1");
        await page.says("#devices", "pending until VM web releases it");
        // There is none before it.
        await page.frame.getByRole("button", { name: "Roll Back ROM" }).waitFor({ state: "detached" });
        is([(await device(HELD)).rom_sha256, (await device(FREE)).rom_sha256], [second, first]);
        await page.frame.getByRole("button", { name: "Clear ROM" }).click();
        await page.says("#holders", "VM web");
        await page.isAccessible("rom-clear");
        await page.confirm("Cancel");
        is((await spec(CARDS)).rom.sha256, first);
        await page.frame.getByRole("button", { name: "Clear ROM" }).click();
        await page.confirm("Clear ROM");
        await page.dialogIsGone();
        is((await spec(CARDS)).rom, null);
        is([(await device(HELD)).rom_sha256, (await device(FREE)).rom_sha256], [second, null]);
        await page.says("#details", "No ROM was set: the cards show their own");
        await stopVm("web");
        is((await device(HELD)).rom_sha256, null);
        // What was cleared comes back.
        await page.frame.getByRole("button", { name: "Roll Back ROM" }).click();
        await page.says("#holders", "No card of it is in use now");
        await page.confirm("Roll Back ROM");
        await page.dialogIsGone();
        is((await spec(CARDS)).rom.sha256, first);
        await page.says("#rom-history", "Rolled back to undo-1");
        // From a shell, and the page hears of it.
        await host(`gpuspec rom clear ${CARDS}`);
        await page.frame.getByRole("button", { name: "Clear ROM" }).waitFor({ state: "detached" });
    });
}

export async function what_cannot_be_rolled_back_is_said_in_the_programs_words() {
    await setTwo();
    await asAdmin(async page => {
        await page.open(CARDS);
        await page.frame.getByRole("button", { name: "Roll Back ROM" }).click();
        await page.says("#rom-undo-dialog", "the ROM undo-1 again");
        await host("rm /var/lib/gpuspec/rom/*.rom");
        await page.confirm("Roll Back ROM");
        await page.says(".gpuspec-failure", "nothing was changed");
        await page.confirm("Cancel");
        is((await spec(CARDS)).rom.version, "undo-2");
    });
}
