# SPDX-License-Identifier: GPL-2.0
"""What it takes to read and to change the tables of the module, and how long the gates wait."""

import itertools

import host
from figure import Figure, is_short, loop, run, took

MOST = 65000


def add_routes(count):
    """As many IPv4 routes, and none of those that were there."""
    run("ip", "link", "add", "routes", "type", "dummy")
    run("ip", "link", "set", "routes", "up")
    run("ip", "-batch", "-", input="".join(
        f"route add 10.{n >> 16}.{n >> 8 & 255}.{n & 255}/32 dev routes\n" for n in range(count)))


def remove_routes():
    run("ip", "link", "del", "routes")


class Dump(Figure):
    name = "dump-10000"
    what = "dump 10,000 specs, for each"
    against = "a dump of as many IPv4 routes"
    goal = 1.0
    accepted = 1.32
    count = 10000

    def set_up(self):
        host.forget_policy()
        run("./bench_loop", "apply", str(self.count), "1")
        add_routes(self.count)

    def ours(self):
        return loop("specs")

    def theirs(self):
        return loop("routes")

    def tear_down(self):
        remove_routes()
        host.forget_policy()


class DumpMost(Dump):
    name = "dump-65000"
    what = "dump 65,000 specs, nearly the most there can be, for each"
    count = MOST
    pairs = 4


class DumpShown(Dump):
    name = "list-10000"
    what = "gpuspec list with 10,000 specs"
    against = "nl-route-list with as many routes"
    accepted = 8.2

    def ours(self):
        return took(["gpuspec", "list"])

    def theirs(self):
        return took(["nl-route-list"])


class Apply(Figure):
    """
    Of the many single changes a few are made, in the midst of as many specs, and their time
    is taken so many times.
    """

    name = "apply-10000"
    what = "apply a policy of 10,000 specs and 1,000 accounts"
    against = "10,000 times gpuspec enable"
    goal = 0.05
    pairs = 4
    specs = 10000
    sample = 5

    def set_up(self):
        host.forget_policy()
        self.states = itertools.cycle(("enabled", "disabled"))

    def ours(self):
        file = host.policy_file(specs=self.specs, accounts=1000, state=next(self.states))
        return took(["gpuspec", "apply", file])

    def theirs(self):
        each = [took(["gpuspec", state, f"mdev:model-{n:05}"])
                for n in range(self.sample) for state in ("disable", "enable")]
        return sum(each) / len(each) * self.specs

    def tear_down(self):
        host.forget_policy()


class Pause(Figure):
    """How long a VM that starts can have to wait for an admin's change."""

    name = "pause"
    what = "longest open of an mdev while policies of 10,000 specs are applied"
    against = "the time that one takes"
    goal = 0.1
    runs = ("instructions",)

    def set_up(self):
        host.forget_policy()
        self.mdev = host.make_mdev()

    def ours(self):
        said = run("./bench_loop", "longest", self.mdev, "./bench_loop", "apply", "10000", "4")
        return float(said.split()[-1])

    def theirs(self):
        return loop("apply", 10000, 4)

    def tear_down(self):
        host.forget_policy()
        host.remove_mdev(self.mdev)


FIGURES = [Dump, DumpShown, Pause] + ([] if is_short() else [DumpMost, Apply])
