# SPDX-License-Identifier: GPL-2.0
"""What is measured: a figure, by pairs of what gpuspec takes and what one would do without it."""

import os
import resource
import statistics
import subprocess
import time

# Instructions in a microsecond of a real processor, at the least: of 3 GHz, two in three cycles.
REAL = 2000


class Figure:
    """
    One row of the table. `ours` and `theirs` return what each took, in `unit`, and are
    called in turn, as often as there are to be pairs. A figure without `theirs` is an
    amount, and `goal` its greatest value; else it is the greatest ratio of the two. What it
    comes to where that is known to miss the goal is `accepted`; BENCHMARKS.md says why.
    """

    name = ""
    what = ""
    against = ""
    goal = None
    accepted = None
    unit = "ns"
    pairs = 8
    runs = ("time", "instructions")

    def set_up(self):
        pass

    def ours(self):
        raise NotImplementedError

    theirs = None

    def tear_down(self):
        pass

    def measure(self, pairs):
        """All pairs, as a row of JSON. Which of the two goes first alternates."""
        sides = {"ours": [], "theirs": []}
        order = ["ours"] if self.theirs is None else ["ours", "theirs"]
        self.set_up()
        try:
            for turn in range(-1, pairs):
                for side in order:
                    value = getattr(self, side)()
                    if turn >= 0:  # the one before warms what is to be warm
                        sides[side].append(value)
                order.reverse()
        finally:
            self.tear_down()
        return {"name": self.name, "what": self.what, "against": self.against,
                "goal": self.goal, "accepted": self.accepted, "unit": self.unit, **sides}


def is_short():
    return bool(os.environ.get("GPUSPEC_SHORT"))


def run(*command, **how):
    """What a command says; it has to succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          **how)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def took(command, output=subprocess.DEVNULL):
    """The nanoseconds that a command takes, from its start to its end."""
    begin = time.monotonic_ns()
    subprocess.run(command, stdout=output, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic_ns() - begin


def cpu_of(command):
    """The nanoseconds for which a command, and what it starts, keep a processor busy."""
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return (spent() - before) * 1e9


def loop(what, *arguments):
    """What the program bench_loop says of something done again and again: nanoseconds each."""
    said = run("./bench_loop", what, *map(str, arguments))
    return statistics.median(map(float, said.split()))
