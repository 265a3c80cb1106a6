// SPDX-License-Identifier: GPL-2.0
// Where there is nothing to show: why, and what to do, and that the page comes back by itself.
import { asAdmin, asViewer } from "./expect.mjs";
import { host, unload } from "./host.mjs";

const MODULES = "/lib/modules/$(uname -r)";

/* Says the reason and what to do, once somebody tries again. */
async function says(page, title, reason, advice, picture) {
    await page.frame.click("text=Try again");
    await page.says("#trouble", title);
    await page.says("#trouble", reason);
    await page.says("#trouble", advice);
    await page.says("#trouble", "no GPU is refused to any virtual machine");
    await page.isAccessible(picture);
}

/* Without the module, and with something that keeps it away. */
async function withoutModule(keep, release, test) {
    await asAdmin(async page => {
        await unload();
        await page.says("#trouble", "The kernel module gpuspec is not loaded");
        await host(keep);
        try {
            await test(page);
        } finally {
            await host(`${release}; modprobe gpuspec`);
        }
        await page.frame.waitForSelector("#specs");
    });
}

/* Another module in its place. */
const REPLACE = edit => `file=$(modinfo -n gpuspec); cp $file /root/gpuspec.kept
xz -dc $file | sed '${edit}' | xz --check=crc32 >/root/gpuspec.other; mv /root/gpuspec.other $file`;
const PUT_BACK = "mv /root/gpuspec.kept $(modinfo -n gpuspec)";

export async function a_kernel_that_the_module_refuses_is_told_as_such() {
    // Of the same length; the module itself then finds VFIO another than it knows.
    await withoutModule(REPLACE("s/vfio-dev/vfio-new/g"), PUT_BACK, async page => {
        await says(page, "gpuspec does not support this kernel", "whose VFIO is another", "Boot a kernel that gpuspec supports", "unsupported-kernel");
        // Who may load nothing is told what he sees.
        await asViewer(async viewer => viewer.says("#trouble", "could not be loaded: Operation not permitted"));
    });
}

export async function a_module_of_another_kernel_is_to_be_built_anew() {
    await withoutModule(REPLACE("s/ mod_unload / mod_upload /"), PUT_BACK, async page =>
        says(page, "was built for another kernel", "This is the kernel 6.", "dkms install --force gpuspec/", "unfit-module"));
}

export async function a_kernel_that_has_no_module_is_told_as_such() {
    await withoutModule(`mkdir /root/none; mount --bind /root/none ${MODULES}`, `umount ${MODULES}`, async page =>
        says(page, "is not there for this kernel", "Nothing was built for the kernel 6.", "apt install linux-headers-6.", "no-module-built"));
}

export async function a_module_that_modprobe_may_not_load_is_told_as_such() {
    await withoutModule("echo 'install gpuspec /bin/false' >/etc/modprobe.d/none.conf", "rm /etc/modprobe.d/none.conf", async page =>
        says(page, "is kept from being loaded", "modprobe --showconfig", "/etc/modprobe.d", "barred-module"));
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
