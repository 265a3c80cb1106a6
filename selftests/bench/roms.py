# SPDX-License-Identifier: GPL-2.0
"""A ROM, from the start of the command until every card of the spec shows it."""

import itertools
import os

import host
from figure import Figure, run, took

TOOLS = os.environ["GPUSPEC_TREE"] + "/tools"


class SetRom(Figure):
    name = "rom-4M"
    what = "gpuspec rom set, 4 MiB, shown by two cards"
    against = "cp of the file to a tmpfs"
    goal = 3
    accepted = 17.3
    size = 4 << 20

    def set_up(self):
        host.forget_policy()
        for card in host.CARDS:
            host.bind(card)
        self.seeds = itertools.count()

    def new_rom(self):
        """One that the host has not had, and so has to keep."""
        file = "/tmp/new.rom"
        run(f"{TOOLS}/mkrom", "--size", str(self.size), "--fill", str(next(self.seeds)),
            "1234:1111", file)
        return file

    def ours(self):
        return took(["gpuspec", "rom", "set", host.SPEC_OF_CARD, self.new_rom()])

    def theirs(self):
        return took(["cp", self.new_rom(), "/dev/shm/copy.rom"])

    def tear_down(self):
        host.forget_policy()
        for card in host.CARDS:
            host.unbind(card)


class SetSmallRom(SetRom):
    name = "rom-256K"
    what = "gpuspec rom set, 256 KiB, shown by two cards"
    goal = None
    accepted = None
    size = 256 << 10


FIGURES = [SetRom, SetSmallRom]
