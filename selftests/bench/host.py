# SPDX-License-Identifier: GPL-2.0
"""The host that is measured: the guest of tools/vm, its cards and slices, and the module."""

import json
import os
import uuid

from figure import run, write

CARD = "0000:00:05.0"
CARDS = (CARD, "0000:00:09.0")  # of one model
SPEC_OF_CARD = "pci:1234:1111:1af4:1100"
PARENT = "/sys/class/mdev_bus/mbochs/mdev_supported_types/mbochs-small"
SPEC_OF_MDEV = "mdev:mbochs-small"


def load(*parameters):
    if not os.path.isdir("/sys/module/gpuspec"):
        run("modprobe", "gpuspec", *parameters)


def unload():
    if os.path.isdir("/sys/module/gpuspec"):
        run("rmmod", "gpuspec")


def reload(*parameters):
    unload()
    load(*parameters)


def driver_of(card):
    link = f"/sys/bus/pci/devices/{card}/driver"
    return os.path.basename(os.readlink(link)) if os.path.islink(link) else None


def unbind(card):
    write(f"/sys/bus/pci/devices/{card}/driver_override", "\n")
    if driver_of(card):
        write(f"/sys/bus/pci/devices/{card}/driver/unbind", card)


def bind(card, driver="vfio-pci"):
    if driver_of(card) == driver:
        return
    unbind(card)
    write(f"/sys/bus/pci/devices/{card}/driver_override", driver)
    write(f"/sys/bus/pci/drivers/{driver}/bind", card)


def make_mdev(parent=PARENT):
    name = str(uuid.uuid4())
    write(f"{parent}/create", name)
    return name


def remove_mdev(name):
    write(f"/sys/bus/mdev/devices/{name}/remove", "1")


def forget_policy():
    """No policy in the kernel, none in files."""
    reload()
    run("rm", "-rf", "/etc/gpuspec", "/var/lib/gpuspec")


def policy_file(specs=0, accounts=0, state="disabled"):
    """Of specs and accounts that no host has, in a file whose name is returned."""
    name = f"/tmp/policy-{specs}-{accounts}-{state}.json"
    if not os.path.exists(name):
        policy = {
            "version": 1, "default": "open",
            "accounts": {f"tenant-{n:04}": {"cgroups": [f"/machine.slice/tenant-{n:04}.slice"],
                                            "uids": [100000 + n]} for n in range(accounts)},
            "specs": {f"mdev:model-{n:05}": {"state": state, "shared": "all"}
                      for n in range(specs)},
        }
        write(name, json.dumps(policy, indent=1))
    return name


def apply_policy(**how):
    run("gpuspec", "apply", policy_file(**how))
