// SPDX-License-Identifier: GPL-2.0
// The host whose page it is: commands in it, through remote.py.
import { connect } from "node:net";

const [address, port] = process.env.GPUSPEC_HOST.split(":");

/* What a command says, in a shell of root; an error if it fails. */
export function host(command) {
    return new Promise((resolve, reject) => {
        const socket = connect(Number(port), address);
        let said = "";
        socket.on("connect", () => socket.write(JSON.stringify(command) + "\n"));
        socket.on("data", data => { said += data });
        socket.on("error", reject);
        socket.on("close", () => {
            const answer = said ? JSON.parse(said) : { status: 255, said: "the host is gone" };
            if (answer.status)
                reject(new Error(`${command}: ${answer.status}: ${answer.said}`));
            else
                resolve(answer.said);
        });
    });
}

export async function ask(verb) {
    return JSON.parse(await host(`gpuspec ${verb} --json`));
}

export async function spec(id) {
    return (await ask("list")).specs.find(spec => spec.id === id);
}

export async function device(address) {
    return (await ask("devices")).devices.find(device => device.address === address);
}

/* Two cards of one model with a VFIO driver, and one without. */
export const CARDS = "pci:1234:1111:1af4:1100";
export const HELD = "0000:00:05.0";
export const FREE = "0000:00:09.0";
export const OTHER = "pci:1b36:0100:1af4:1100";
export const SLICE = "mdev:mbochs-medium";

const domain = (name, address) => `<domain type="qemu"><name>${name}</name><memory unit="MiB">64</memory><vcpu>1</vcpu>
<os><type arch="x86_64" machine="pc">hvm</type></os><devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<hostdev mode="subsystem" type="pci" managed="no"><source><address domain="0x0000" bus="0x00" slot="0x${address.slice(8, 10)}" function="0x0"/>
</source></hostdev><memballoon model="none"/></devices></domain>`;

/* A libvirt VM that takes a card. */
export async function startVm(name, address) {
    await host(`cat >/root/${name}.xml <<'END'\n${domain(name, address)}\nEND\nvirsh -q -c qemu:///system create /root/${name}.xml`);
}

export async function stopVm(name) {
    await host(`virsh -q -c qemu:///system destroy ${name}`);
}

/* As it is at the beginning of each test. */
export async function resetHost() {
    await host(`for vm in $(virsh -q -c qemu:///system list --name 2>/dev/null); do virsh -q -c qemu:///system destroy $vm; done
modprobe gpuspec
echo '{"version": 1, "default": "open"}' | gpuspec apply - >/dev/null
gpuspec rom clear ${CARDS} >/dev/null 2>&1
true`);
}

/* With libvirt's hook, for as long as the test goes on. */
export async function withHook(test) {
    await host("cp /root/libvirt-hook /etc/libvirt/hooks/qemu.d/gpuspec");
    try {
        await test();
    } finally {
        await host("rm /etc/libvirt/hooks/qemu.d/gpuspec");
    }
}

/* What the kernel does where nobody has asked before: libvirt without gpuspec's hook. */
export async function setUpHost() {
    await host(`tools/guest-libvirt
mv /etc/libvirt/hooks/qemu.d/gpuspec /root/libvirt-hook
for card in ${HELD} ${FREE}; do
	echo vfio-pci >/sys/bus/pci/devices/$card/driver_override
	[ "$(basename "$(readlink /sys/bus/pci/devices/$card/driver)")" = vfio-pci ] || echo $card >/sys/bus/pci/drivers/vfio-pci/bind
done`);
}

/* Once the page has asked what it asks at first, which would load it again. */
export async function unload() {
    await host("sleep 3; for try in 1 2 3 4 5; do rmmod gpuspec 2>/dev/null && break; sleep 0.3; done; ! [ -d /sys/module/gpuspec ]");
}
