#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Inside a guest of tools/vm: measures figures, and prints each as a line of JSON.

    run.py HOW [FIGURE]...

HOW is what the guest's clock tells: time, instructions (QEMU's -icount: a nanosecond is
one), or threads: time, each processor emulated by a thread. Measured are the figures of
which that is to be known; of those, if any are named, only they. With GPUSPEC_SHORT set a
few pairs, and less of everything.
"""

import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
os.chdir(os.path.dirname(here))  # where bench_loop is

# pylint: disable=wrong-import-position
import gates
import host
import lists
import roms
import sizes
import tables
from figure import is_short, run


def main():
    how, wanted = sys.argv[1], sys.argv[2:]
    run("modprobe", "-a", "vfio-pci", "mbochs")
    host.load()
    figures = sum((module.FIGURES for module in (gates, tables, lists, roms, sizes)), [])
    unknown = set(wanted) - {figure.name for figure in figures}
    if unknown:
        sys.exit(f"there is no figure {', '.join(unknown)}, but "
                 f"{', '.join(figure.name for figure in figures)}")
    for figure in figures:
        if how not in figure.runs or (wanted and figure.name not in wanted):
            continue
        pairs = min(figure.pairs, 3) if is_short() else figure.pairs
        print(json.dumps({"how": how, **figure().measure(pairs)}), flush=True)


if __name__ == "__main__":
    main()
