#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Devices that come and go: hot-plug, SR-IOV, while held, while judged, while listed.
. "$(dirname "$0")/host.sh"

tools=${GPUSPEC_TREE:?}/tools
pf=$(basename "$(dirname "$(echo /sys/bus/pci/devices/*/sriov_totalvfs)")")

plug() { "$tools/qmp" device_add driver=bochs-display bus=hotplug0 id=plugged >/dev/null; }
unplug() { "$tools/qmp" device_del id=plugged >/dev/null; }
port_address() { basename "$(dirname "$(echo /sys/bus/pci/devices/0000:00:0b.0/0000:*/vendor)")"; }
plugged_address() {
	local address
	address=$(port_address)
	[ "$address" != '0000:*' ] && echo "$address"
}
is_plugged() { plugged_address >/dev/null; }
is_unplugged() { ! is_plugged; }

test_plugged_card_is_judged_from_its_first_moment() {
	local card
	gpuspec disable $spec_ab
	plug
	eventually is_plugged
	card=$(plugged_address)
	eventually is "$(device_field "$card" .spec)" $spec_ab
	fails_with 'Operation not permitted' bind "$card" vfio-pci
	gpuspec enable $spec_ab
	unbind "$card"
	bind "$card" vfio-pci
	opens "$card"
	unbind "$card"
	unplug
	eventually is_unplugged
	is "$(device_field "$card" .spec)" ''
}

test_policy_for_absent_hardware_waits() {
	local spec=pci:abcd:1234:0000:0000
	gpuspec disable $spec
	is "$(spec_field $spec .state)" disabled
	is "$(spec_field $spec .devices)" 0
}

test_unplugged_while_held() {
	local card
	plug
	eventually is_plugged
	card=$(plugged_address)
	bind "$card" vfio-pci
	hold first "$card"
	gpuspec disable $spec_ab
	unplug
	sleep 2
	let_go first
	eventually is_unplugged
	is "$(device_field "$card" .spec)" ''
	is "$(spec_field $spec_ab .in_use)" 0
}

test_unbound_while_held() {
	bind $card_a vfio-pci
	hold first $card_a
	write /sys/bus/pci/devices/$card_a/driver_override ''
	write /sys/bus/pci/drivers/vfio-pci/unbind $card_a &
	sleep 1
	is "$(device_field $card_a .in_use)" true
	let_go first
	wait $!
	is "$(device_field $card_a .in_use)" false
	is "$(driver_of $card_a)" ''
}

test_unplugged_while_judged_and_listed() {
	local card i asking listing
	plug
	eventually is_plugged
	card=$(plugged_address)
	unplug
	eventually is_unplugged
	while :; do gpuspec devices --json; gpuspec list --json; done >/dev/null 2>&1 &
	listing=$!
	while :; do
		vfio_open "$card" </dev/null
		write "/sys/bus/pci/drivers/vfio-pci/bind" "$card"
	done >/dev/null 2>&1 &
	asking=$!
	for ((i = 0; i < 4; i++)); do
		if ((i % 2)); then gpuspec disable $spec_ab; else gpuspec enable $spec_ab; fi
		plug
		eventually is_plugged
		write "/sys/bus/pci/devices/$card/driver_override" vfio-pci 2>/dev/null || true
		sleep 0.3
		unplug
		eventually is_unplugged
	done
	kill $asking $listing
	wait
	is "$(device_field "$card" .spec)" ''
	is "$(spec_field $spec_ab .devices)" 3
	is "$(spec_field $spec_ab .in_use)" 0
}

test_vfs_are_devices_of_a_vf_spec() {
	local vf
	write "/sys/bus/pci/devices/$pf/sriov_numvfs" 2
	is "$(spec_field vf:1b36:0010:0010 .devices)" 2
	is "$(spec_field vf:1b36:0010:0010 .kind)" vgpu
	vf=$(basename "$(readlink "/sys/bus/pci/devices/$pf/virtfn0")")
	bind "$vf" vfio-pci
	opens "$vf"
	gpuspec disable vf:1b36:0010:0010
	refuses EPERM "$vf"
	write "/sys/bus/pci/devices/$pf/sriov_numvfs" 0
	is "$(spec_field vf:1b36:0010:0010 .devices)" 0
	write "/sys/bus/pci/devices/$pf/sriov_numvfs" 2
	fails bind "$vf" vfio-pci
	write "/sys/bus/pci/devices/$pf/sriov_numvfs" 0
}

test_vfs_come_and_go_while_policy_changes() {
	local i changing
	while :; do
		gpuspec disable vf:1b36:0010:0010
		gpuspec enable vf:1b36:0010:0010
	done >/dev/null 2>&1 &
	changing=$!
	for ((i = 0; i < 20; i++)); do
		write "/sys/bus/pci/devices/$pf/sriov_numvfs" 2
		write "/sys/bus/pci/devices/$pf/sriov_numvfs" 0
	done
	kill $changing
	wait
	is "$(spec_field vf:1b36:0010:0010 .devices)" 0
}

run_tests
