# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A stock QEMU, for tests that source this after host.sh: a monitor on pipes, no display.

qemu_start() {
	local name=$1
	shift
	# shellcheck disable=SC2154 # of host.sh
	mkfifo "$work/$name.monitor.in" "$work/$name.monitor.out"
	qemu-system-x86_64 -name "$name" -accel tcg -m 64 -nodefaults -display none \
		-monitor "pipe:$work/$name.monitor" "$@" >"$work/$name.said" 2>&1 &
	echo $! >"$work/$name.pid"
	# Both ends held open, for QEMU and for us, as long as the test runs; but not what
	# this function says, for which its caller may be waiting.
	sleep infinity <>"$work/$name.monitor.in" >/dev/null 2>&1 &
	echo $! >"$work/$name.keeper"
	cat "$work/$name.monitor.out" >"$work/$name.answers" 2>/dev/null &
	echo $! >"$work/$name.reader"
	# The monitor answers when all devices are there.
	echo 'info status' >"$work/$name.monitor.in"
	eventually qemu_settled "$name"
	! gone "$(<"$work/$name.pid")"
}

qemu_settled() { gone "$(<"$work/$1.pid")" || grep -q 'VM status: running' "$work/$1.answers"; }

# Ids that the guest reads from config space of its PCI slot 4, where the device is: all
# the way through VFIO.
qemu_answers() {
	local before
	before=$(wc -c <"$work/$1.answers")
	printf 'o/w 0xcf8 0x80002000\ni/w 0xcfc\n' >"$work/$1.monitor.in"
	eventually qemu_read "$1" "$before"
}

qemu_read() { grep -q 'portl\[0x0cfc\] = 0x' <(tail -c "+$2" "$work/$1.answers"); }

qemu_stop() {
	kill "$(<"$work/$1.pid")"
	eventually gone "$(<"$work/$1.pid")"
	kill "$(<"$work/$1.keeper")"
	kill "$(<"$work/$1.reader")" 2>/dev/null || true
	rm -f "$work/$1".*
}
