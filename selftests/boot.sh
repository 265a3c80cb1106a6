#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A hypervisor host boots, with systemd and libvirt from a real disk; then once more with a
# policy, is upgraded while a VM holds a card, and purged. Runs on the host: boot.sh KERNEL
set -euo pipefail
cd "$(dirname "$0")/.."

kernel=$1
next=$(sed -n 's/^VERSION := //p' Makefile)+next
disk=$PWD/build/$kernel/boot-disk
said=$PWD/build/$kernel/boot-said
mkdir -p "${disk%/*}"
tools/boot-disk "$disk" "$kernel" >"$disk.log" 2>&1 || { tail -n 20 "$disk.log"; exit 1; }

for part in first second; do
	tools/vm --kernel "$kernel" --name boot --disk "$disk" --timeout 3000 \
		run selftests/boot_guest.sh $part "$next"
done 2>&1 | tee "$said"
rm "$disk"
[ "$(grep -c '^ok ' "$said")" = 13 ]
