# SPDX-License-Identifier: GPL-2.0
"""What it takes to list what a host has, a small one and a large one."""

import os

from figure import Figure, run, took
from host import load, unload

IDS = "/usr/share/misc/pci.ids"


class List(Figure):
    """Of a host with `functions` cards that are software, or of the guest as it is."""

    what = "gpuspec list"
    functions = 0
    commands = (("lspci", "-nn"),)

    def set_up(self):
        # All names, as users have them, for both: see tools/guest-init.
        with open("/proc/mounts", encoding="ascii") as file:
            if f" {os.path.realpath(IDS)} " in file.read():
                run("umount", IDS)
        self.large(self.functions)
        load()

    def large(self, functions):
        if os.path.isdir("/sys/module/many_cards"):
            run("rmmod", "many_cards")
        if functions:
            # A parent of ten types for every 20 cards, each of which is of another model.
            run("modprobe", "many_cards", f"functions={functions}", f"models={functions // 20}",
                f"parents={functions // 20}", "types=10")

    def ours(self):
        return took(("gpuspec", "list"))

    def theirs(self):
        return sum(map(took, self.commands))

    def tear_down(self):
        unload()
        self.large(0)


class ListSmall(List):
    name = "list-small"
    against = "lspci -nn"
    goal = 1.0


class ListSmallMdev(List):
    """Without a goal: the types are a part of what gpuspec tells, and it knows no names."""

    name = "list-small-mdev"
    against = "mdevctl types"
    commands = (("mdevctl", "types"),)


class ListSmallBoth(ListSmallMdev):
    """Cards and types: who has no gpuspec asks twice."""

    name = "list-small-both"
    against = "lspci -nn and mdevctl types"
    goal = 1.0
    commands = (("lspci", "-nn"), ("mdevctl", "types"))


class ListLarge(List):
    name = "list-large"
    what = "gpuspec list, 1,000 functions and 500 mdev types"
    against = "lspci -nn"
    goal = 0.25
    accepted = 0.75
    functions = 1000


class ListLargeMdev(ListLarge):
    """As with the small one."""

    name = "list-large-mdev"
    against = "mdevctl types"
    goal = None
    accepted = None
    commands = (("mdevctl", "types"),)


class ListLargeBoth(ListLarge):
    name = "list-large-both"
    against = "lspci -nn and mdevctl types"
    accepted = 0.55
    commands = (("lspci", "-nn"), ("mdevctl", "types"))


class ListLinear(List):
    name = "list-linear"
    what = "gpuspec list, for one function of 1,000, with 500 mdev types"
    against = "the same of 500, with 250"
    goal = 1.2
    functions = 1000

    def ours(self):
        self.large(1000)
        took(("gpuspec", "list"))
        return took(("gpuspec", "list")) / 1000

    def theirs(self):
        self.large(500)
        took(("gpuspec", "list"))
        return took(("gpuspec", "list")) / 500


FIGURES = [ListSmall, ListSmallMdev, ListSmallBoth, ListLarge, ListLargeMdev, ListLargeBoth,
           ListLinear]
