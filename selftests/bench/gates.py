# SPDX-License-Identifier: GPL-2.0
"""What the gates cost who passes them, and who does not."""

import host
from figure import REAL, Figure, is_short, loop, run

ROUNDS = 20 if is_short() else 50
MANY = 100 if is_short() else 400


class Gate(Figure):
    """The same done with the module, and without."""

    against = "without the module"
    operation = ()

    def once(self):
        return loop(*self.operation)

    def ours(self):
        host.load()
        return self.once()

    def theirs(self):
        host.unload()
        return self.once()

    def tear_down(self):
        host.load()


class OpenCard(Gate):
    name = "open-card"
    what = "open and close a card by VFIO"
    goal = 1.01
    runs = ("time",)  # most of it is the card's own, and no instructions of the kernel
    operation = "open", host.CARD, ROUNDS

    def set_up(self):
        host.bind(host.CARD)

    def tear_down(self):
        super().tear_down()
        host.unbind(host.CARD)


class OpenMdev(Gate):
    name = "open-mdev"
    what = "open and close an mdev whose driver does nothing"
    goal = 1.25

    def set_up(self):
        self.mdev = host.make_mdev()
        self.operation = "open", self.mdev, MANY

    def tear_down(self):
        super().tear_down()
        host.remove_mdev(self.mdev)


class OpenTogether(OpenMdev):
    name = "open-together"
    what = "the same by two threads at once, each its own mdev"
    runs = ("threads",)

    def set_up(self):
        super().set_up()
        self.second = host.make_mdev()
        self.operation = "together", 20 * MANY, self.mdev, self.second

    def tear_down(self):
        super().tear_down()
        host.remove_mdev(self.second)


class CreateMdev(Gate):
    name = "create-mdev"
    what = "make and remove an mdev"
    goal = 1.02
    operation = "create", host.PARENT, ROUNDS


class BindCard(Gate):
    name = "bind-card"
    what = "bind a card to vfio-pci, and unbind it"
    goal = 1.02
    operation = "bind", host.CARD, ROUNDS

    def set_up(self):
        host.bind(host.CARD)
        host.write("/sys/bus/pci/drivers/vfio-pci/unbind", host.CARD)

    def tear_down(self):
        super().tear_down()
        host.unbind(host.CARD)


class Refused(Figure):
    """What a refusal takes until its event is sent, nobody listening but the module's log."""

    name = "refusal"
    what = "refuse to open an mdev"
    against = "an open that is allowed, and its close"
    goal = 1.0

    def set_up(self):
        host.forget_policy()
        self.mdev = host.make_mdev()

    def refused(self):
        run("gpuspec", "disable", host.SPEC_OF_MDEV)
        return loop("refused", self.mdev, MANY)

    def allowed(self):
        run("gpuspec", "enable", host.SPEC_OF_MDEV)
        return loop("open", self.mdev, MANY)

    ours, theirs = refused, allowed

    def tear_down(self):
        host.forget_policy()
        host.remove_mdev(self.mdev)


class Known(Refused):
    """
    The verdict, by what is nearly all of a refusal. The tables grow between the two, and
    the change by which they do is not measured.
    """

    against = "with one"
    goal = 1.2
    specs = 0

    def ours(self):
        run("./bench_loop", "apply", str(self.specs), "1")
        return self.refused()

    def theirs(self):
        host.forget_policy()
        return self.refused()


class Known1000(Known):
    name = "known-1000"
    what = "refuse with 1,000 specs known"
    specs = 1000


class KnownMost(Known):
    name = "known-65535"
    what = "refuse with 65,535 specs known, the most there can be"
    specs = 65500
    pairs = 3


class Accounts(Known):
    name = "accounts-1000"
    what = "refuse with 1,000 accounts"
    against = "with none"

    def ours(self):
        host.apply_policy(accounts=1000)
        return self.refused()


class Heard(Refused):
    name = "refusal-heard"
    what = "refuse while somebody listens who gets every event: 50,000 a second"
    against = ""
    goal = 20 * REAL
    theirs = None
    bytes = 0

    def ours(self):
        run("gpuspec", "disable", host.SPEC_OF_MDEV)
        count = 20 * MANY
        each, got, lost = map(float, run("./bench_loop", "heard", self.mdev, str(count),
                                         str(self.bytes)).split())
        return self.judge(count, each, got, lost)

    def judge(self, count, each, got, lost):
        if got != count or lost:
            raise RuntimeError(f"of {count} events {got} were heard, and {lost} told as lost")
        return each


class Lost(Heard):
    name = "events-lost"
    what = "events lost by who does not read, less those it can tell"
    unit = "events"
    goal = 0
    bytes = 100000

    def judge(self, count, each, got, lost):
        if not lost:
            raise RuntimeError(f"nothing was lost of {count} events")
        return abs(count - got - lost)


FIGURES = [OpenCard, OpenMdev, OpenTogether, CreateMdev, BindCard, Refused, Known1000, Accounts,
           Heard, Lost] + ([] if is_short() else [KnownMost])
