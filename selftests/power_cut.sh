#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The power goes at random moments while policy changes, again and again, until 200 changes
# were made: after each cut the file is whole, and has the last change that was acknowledged,
# or the one in flight. Runs on the host: power_cut.sh KERNEL
set -euo pipefail
cd "$(dirname "$0")/.."

kernel=$1 changes=200
work=$PWD/build/$kernel/power-cut
rm -rf "$work"
mkdir -p "$work"
truncate -s 32M "$work/disk"
mke2fs -q -t ext4 "$work/disk"

echo 'TAP version 13'
echo '1..1'
fail() {
	echo "# $*"
	tail -n 20 "$work/said" | sed 's/^/# /'
	echo 'not ok 1 power_cut'
	exit 1
}

said() { grep -q "^$1" "$work/said"; }

acknowledged=0 cuts=0
while [ $acknowledged -lt $changes ]; do
	rm -f "$work/pid"
	: >"$work/said"
	tools/vm --kernel "$kernel" --name power-cut --timeout 300 \
		--qemu-arg -pidfile --qemu-arg "$work/pid" \
		--qemu-arg -drive --qemu-arg "file=$work/disk,format=raw,if=virtio" \
		run selftests/power_cut_guest.sh $acknowledged >"$work/said" 2>"$work/err" &
	vm=$!
	until said 'begins at'; do
		kill -0 $vm 2>/dev/null || fail "the guest did not find it in order, after $acknowledged changes and $cuts cuts"
		sleep 0.2
	done
	# Between a tenth of a second and sixteen.
	sleep $((RANDOM % 16)).$((RANDOM % 9 + 1))
	kill -9 "$(<"$work/pid")"
	wait $vm || true
	cuts=$((cuts + 1))
	acknowledged=$(sed -n 's/^begins at //p; s/^acknowledged //p' "$work/said" | tail -n 1)
done
echo "# $acknowledged changes and $cuts cuts"
echo 'ok 1 power_cut'
