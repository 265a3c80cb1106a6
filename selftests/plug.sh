#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Cards that come and go: hot-plug, while held, while judged, while listed.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

# A card that comes and goes. QEMU can take out and put in again its NVMe, which counts as
# a GPU here (match_class=0108); of its GPUs it keeps the memory, and puts in none twice.
spec_plugged=pci:1b36:0010:1af4:1100
plug() { "$tools/qmp" device_add driver=nvme serial=plugged bus=hotplug0 id=plugged >/dev/null; }
unplug() { "$tools/qmp" device_del id=plugged >/dev/null; }

plugged_address() { card_behind 0b | grep .; }
is_plugged() { plugged_address >/dev/null; }
is_unplugged() { ! is_plugged; }

test_plugged_card_is_judged_from_its_first_moment() {
	local card
	gpuspec disable $spec_ab
	"$tools/qmp" device_add driver=bochs-display bus=hotplug1 id=gpu
	eventually eval 'card_behind 0c | grep .'
	card=$(card_behind 0c)
	is "$(device_field "$card" .spec)" $spec_ab
	fails_with 'Operation not permitted' bind "$card" vfio-pci
	gpuspec enable $spec_ab
	unbind "$card"
	bind "$card" vfio-pci
	opens "$card"
	unbind "$card"
	"$tools/qmp" device_del id=gpu
	eventually eval '! card_behind 0c | grep .'
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
	gpuspec disable $spec_plugged
	unplug
	sleep 2
	let_go first
	eventually is_unplugged
	is "$(device_field "$card" .spec)" ''
	is "$(spec_field $spec_plugged .in_use)" 0
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

list_all() {
	gpuspec devices --json
	gpuspec list --json
}

ask_for() {
	vfio_open "$1" </dev/null
	write /sys/bus/pci/drivers/vfio-pci/bind "$1"
}

test_unplugged_while_judged_and_listed() {
	local card i asking listing
	plug
	eventually is_plugged
	card=$(plugged_address)
	unplug
	eventually is_unplugged
	forever list_all &
	listing=$!
	forever ask_for "$card" &
	asking=$!
	for ((i = 0; i < 4; i++)); do
		if ((i % 2)); then gpuspec disable $spec_plugged; else gpuspec enable $spec_plugged; fi
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
	is "$(spec_field $spec_plugged .devices)" 1
	is "$(spec_field $spec_plugged .in_use)" 0
}

run_tests
