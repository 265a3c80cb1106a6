#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Stock QEMU, libvirt and mdevctl: each works when allowed, and fails when refused.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"


# --- a stock QEMU: a monitor on pipes, no display ---

qemu_start() {
	local name=$1
	shift
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

qemu_read() { tail -c "+$2" "$work/$1.answers" | grep -q 'portl\[0x0cfc\] = 0x'; }

qemu_stop() {
	kill "$(<"$work/$1.pid")"
	eventually gone "$(<"$work/$1.pid")"
	kill "$(<"$work/$1.keeper")"
	kill "$(<"$work/$1.reader")" 2>/dev/null || true
	rm -f "$work/$1".*
}

test_stock_qemu_with_a_card() {
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	qemu_start first -device vfio-pci,host=$card_a,addr=4
	is "$(device_field $card_a .holder.comm)" qemu-system-x86
	gpuspec disable $spec_ab
	qemu_answers first
	fails qemu_start second -device vfio-pci,host=$card_b,addr=4
	grep -q 'Operation not permitted' "$work/second.said"
	logged "gpuspec $card_b: open by qemu-system-x86["
	qemu_answers first
	qemu_stop first
	gpuspec enable $spec_ab
	rm -f "$work"/second.*
	qemu_start second -device vfio-pci,host=$card_b,addr=4
	qemu_answers second
	qemu_stop second
}

test_stock_qemu_with_an_mdev() {
	mdev_create $uuid_a
	qemu_start first -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/$uuid_a,addr=4
	qemu_answers first
	qemu_stop first
	gpuspec recall $spec_mdev --all
	fails qemu_start second -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/$uuid_a,addr=4
	grep -q 'Operation not permitted' "$work/second.said"
}

test_vm_survives_unload() {
	bind $card_a vfio-pci
	qemu_start first -device vfio-pci,host=$card_a,addr=4
	rmmod gpuspec
	qemu_answers first
	modprobe gpuspec
	qemu_answers first
	is "$(device_field $card_a .in_use)" true
	qemu_stop first
	is "$(device_field $card_a .in_use)" false
}

test_mdevctl() {
	gpuspec disable $spec_mdev
	fails_with 'Operation not permitted' mdevctl start -u $uuid_a -p mtty -t mtty-2
	logged "refused: $spec_mdev is disabled"
	gpuspec enable $spec_mdev
	mdevctl start -u $uuid_a -p mtty -t mtty-2
	mdevctl list | grep -q $uuid_a
	mdevctl stop -u $uuid_a
}

# --- libvirt ---

domain() {
	cat <<-EOT
	<domain type='qemu'>
	  <name>$1</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
	  <os><type arch='x86_64' machine='pc'>hvm</type></os>
	  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>$2<memballoon model='none'/></devices>
	</domain>
	EOT
}

domain_with_card() {
	domain "$1" "<hostdev mode='subsystem' type='pci' managed='yes'><source>
		<address domain='0x0000' bus='0x00' slot='0x${2:8:2}' function='0x0'/></source></hostdev>"
}

domain_with_mdev() {
	domain "$1" "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>
		<address uuid='$2'/></source></hostdev>"
}

virsh() { command virsh -q -c qemu:///system "$@"; }

test_libvirt_managed_card() {
	"$tools/guest-libvirt"
	domain_with_card card $card_a >"$work/card.xml"
	gpuspec disable $spec_ab
	fails virsh create "$work/card.xml"
	logged "gpuspec $card_a: bind by "
	is "$(driver_of $card_a)" ''
	gpuspec enable $spec_ab
	virsh create "$work/card.xml"
	is "$(device_field $card_a .in_use)" true
	gpuspec disable $spec_ab
	is "$(virsh domstate card)" running
	virsh destroy card
	is "$(device_field $card_a .in_use)" false
}

test_libvirt_card_bound_before() {
	"$tools/guest-libvirt"
	bind $card_a vfio-pci
	domain_with_card bound $card_a | sed "s/managed='yes'/managed='no'/" >"$work/bound.xml"
	gpuspec recall $spec_ab --all
	fails_with 'Operation not permitted' virsh create "$work/bound.xml"
	gpuspec share $spec_ab --all
	virsh create "$work/bound.xml"
	virsh destroy bound
}

test_libvirt_mdev() {
	"$tools/guest-libvirt"
	mdev_create $uuid_a
	domain_with_mdev slice $uuid_a >"$work/slice.xml"
	gpuspec disable $spec_mdev
	fails_with 'Operation not permitted' virsh create "$work/slice.xml"
	logged "gpuspec $uuid_a: open by "
	gpuspec enable $spec_mdev
	virsh create "$work/slice.xml"
	is "$(device_field $uuid_a .in_use)" true
	virsh destroy slice
}

run_tests
