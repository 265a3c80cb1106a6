#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Stock QEMU, libvirt and mdevctl: each works when allowed, and fails when refused.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"
# shellcheck source=selftests/qemu.sh
. "$(dirname "$0")/qemu.sh"

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
	mdevctl list | grep $uuid_a
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

# What the kernel does where nobody has asked before; of the hook, libvirt_hook.sh tells.
libvirt_without_hook() {
	"$tools/guest-libvirt"
	mv /etc/libvirt/hooks/qemu.d/gpuspec "$work/hook"
	trap 'mv "$work/hook" /etc/libvirt/hooks/qemu.d/gpuspec' EXIT
}

virsh() { command virsh -q -c qemu:///system "$@"; }

test_libvirt_managed_card() {
	libvirt_without_hook
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
	libvirt_without_hook
	bind $card_a vfio-pci
	domain_with_card bound $card_a | sed "s/managed='yes'/managed='no'/" >"$work/bound.xml"
	gpuspec recall $spec_ab --all
	fails_with 'Operation not permitted' virsh create "$work/bound.xml"
	gpuspec share $spec_ab --all
	virsh create "$work/bound.xml"
	virsh destroy bound
}

test_libvirt_mdev() {
	libvirt_without_hook
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
