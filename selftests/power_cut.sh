#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The power goes while policy changes, at random moments and right after a change, until 200
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
last() { sed -n 's/^begins at //p; s/^acknowledged //p' "$work/said" | tail -n 1; }
pauses() { [ "$(tail -n 1 "$work/said")" = pauses ]; }

acknowledged=0 cuts=0
# And once more when all are made: the last cut is looked at, too.
while :; do
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
	if [ $acknowledged -lt $changes ]; then
		# After some changes, at any moment; or, every other time, in a pause.
		next=$((acknowledged + RANDOM % 60 + 20))
		until [ "$(last)" -ge $next ] || ! kill -0 $vm; do sleep 0.1; done
		if [ $((cuts % 2)) -eq 1 ]; then
			sleep 0.$((RANDOM % 9))
		else
			until pauses || ! kill -0 $vm; do sleep 0.1; done
		fi
	fi
	kill -9 "$(<"$work/pid")"
	wait $vm || true
	[ $acknowledged -lt $changes ] || break
	cuts=$((cuts + 1))
	acknowledged=$(last)
done
echo "# $acknowledged changes and $cuts cuts"
echo 'ok 1 power_cut'
