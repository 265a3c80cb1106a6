// SPDX-License-Identifier: GPL-2.0
// Where there is nothing to show: what the page says, and that it comes back by itself.
import { asAdmin } from "./expect.mjs";
import { host, unload } from "./host.mjs";

export async function without_the_module_it_says_what_to_do() {
    await asAdmin(async page => {
        await host("echo 'install gpuspec /bin/false' >/etc/modprobe.d/none.conf");
        await unload();
        try {
            await page.says("#trouble", "The kernel module gpuspec is not loaded");
            await page.says("#trouble", "It refuses kernels older than 6.1");
            await page.isAccessible("no-module");
            await page.frame.click("text=Try again");
            await page.says("#trouble", "could not be loaded by itself");
        } finally {
            await host("rm /etc/modprobe.d/none.conf; modprobe gpuspec");
        }
        await page.frame.waitForSelector("#specs");
    });
}

export async function without_the_program_it_says_what_to_do() {
    await host("mv /usr/sbin/gpuspec /root/gpuspec");
    try {
        await asAdmin(async page => {
            await page.says("#trouble", "gpuspec is not installed");
            await page.isAccessible("no-program");
            await host("mv /root/gpuspec /usr/sbin/gpuspec");
            await page.frame.waitForSelector("#specs");
        });
    } finally {
        await host("[ ! -e /root/gpuspec ] || mv /root/gpuspec /usr/sbin/gpuspec");
    }
}
