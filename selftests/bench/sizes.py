# SPDX-License-Identifier: GPL-2.0
"""Memory, and what a boot costs."""

import re

import host
from figure import REAL, Figure, cpu_of, run
from roms import TOOLS


def slab():
    """Bytes of kernel memory in slabs, objects that are free in their slabs left out."""
    run("sh", "-c", "echo 3 >/proc/sys/vm/drop_caches")
    total = 0
    with open("/proc/slabinfo", encoding="ascii") as file:
        for line in file.readlines()[2:]:
            name, active, _, size = line.split()[:4]
            # Those of requests under way, files and the like come and go.
            if name.startswith("kmalloc-"):
                total += int(active) * int(size)
    return total


class PerSpec(Figure):
    name = "memory-spec"
    what = "memory for a known spec, besides its id"
    goal = 256
    unit = "bytes"
    runs = ("time",)
    count = 10000
    pairs = 3

    def ours(self):
        host.forget_policy()
        before = slab()
        run("./bench_loop", "apply", str(self.count), "1")
        return (slab() - before) / self.count - len("mdev:test-00000")


class PerAccount(PerSpec):
    name = "memory-account"
    what = "memory for an account with a cgroup and a uid"
    goal = None

    def ours(self):
        host.forget_policy()
        before = slab()
        host.apply_policy(accounts=1000)
        return (slab() - before) / 1000


class PerDevice(PerSpec):
    """Of one spec, so that there is nothing more than the device itself."""

    name = "memory-device"
    what = "memory for a card"
    goal = None
    count = 1000

    def of_module(self):
        host.unload()
        before = slab()
        host.load()
        return slab() - before

    def ours(self):
        without = self.of_module()
        run("modprobe", "many_cards", f"functions={self.count}", "models=1", "parents=0")
        with_cards = self.of_module()
        host.unload()
        run("rmmod", "many_cards")
        return (with_cards - without) / self.count


class Module(Figure):
    name = "module"
    what = "text and data of the module"
    goal = 128 << 10
    unit = "bytes"
    runs = ("time",)
    pairs = 1

    def ours(self):
        run("sh", "-c", "cp $(modinfo -n gpuspec) /tmp; xz -df /tmp/gpuspec.ko.xz || true")
        sections = (line.split() for line in run("size", "-A", "/tmp/gpuspec.ko").splitlines())
        return sum(int(section[1]) for section in sections
                   if section and re.match(r"\.(text|rodata|data|bss)", section[0]))


class Boot(Figure):
    name = "boot"
    what = "gpuspec apply at boot, 20 specs and 3 ROMs: 20 ms of a processor"
    goal = 20000 * REAL
    specs = (host.SPEC_OF_CARD, "pci:1b36:0100:1af4:1100", "pci:1002:5046:1af4:1100")

    def set_up(self):
        host.forget_policy()
        host.apply_policy(specs=20)
        for n, spec in enumerate(self.specs):
            file = f"/tmp/boot-{n}.rom"
            vendor, device = spec.split(":")[1:3]
            run(f"{TOOLS}/mkrom", "--size", "65536", "--fill", str(n), f"{vendor}:{device}", file)
            run("gpuspec", "rom", "set", spec, file)

    def ours(self):
        host.reload()
        return cpu_of(["gpuspec", "apply"])

    def tear_down(self):
        host.forget_policy()


FIGURES = [PerSpec, PerDevice, PerAccount, Module, Boot]
