#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The gate where a VM takes a device, with one VFIO user after another.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

test_disabled_spec_refuses_opens_but_not_its_holder() {
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	hold first $card_a
	gpuspec disable $spec_ab
	refuses EPERM $card_b
	answers first
	is "$(device_field $card_a .in_use)" true
	let_go first
	refuses EPERM $card_a
	gpuspec enable $spec_ab
	opens $card_a
	opens $card_b
}

test_recalled_spec_refuses_opens_but_not_its_holder() {
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	hold first $card_a
	gpuspec recall $spec_ab --all
	refuses EPERM $card_b
	answers first
	let_go first
	refuses EPERM $card_a
	gpuspec share $spec_ab --all
	opens $card_a
}

test_specs_do_not_mix() {
	bind $card_a vfio-pci
	bind $other vfio-pci
	gpuspec disable $spec_ab
	refuses EPERM $card_a
	opens $other
	gpuspec enable $spec_ab
	gpuspec disable $spec_other
	opens $card_a
	refuses EPERM $other
}

test_two_cards_of_one_spec_count_apart() {
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	hold first $card_a
	hold second $card_b
	is "$(spec_field $spec_ab .in_use)" 2
	let_go first
	is "$(spec_field $spec_ab .in_use)" 1
	is "$(device_field $card_a .in_use)" false
	is "$(device_field $card_b .in_use)" true
}

test_mdev_is_gated_like_a_card() {
	mdev_create $uuid_a
	mdev_create $uuid_b
	hold first $uuid_a
	gpuspec disable $spec_mdev
	refuses EPERM $uuid_b
	answers first
	let_go first
	refuses EPERM $uuid_a
	gpuspec enable $spec_mdev
	opens $uuid_a
}

# The distribution kernels have no iommufd.
if [ -e /dev/iommu ]; then
test_cdev_path_is_gated() {
	bind $card_a vfio-pci
	opens --cdev $card_a
	gpuspec disable $spec_ab
	refuses EPERM --cdev $card_a
	gpuspec enable $spec_ab
	hold first --cdev $card_a
	gpuspec disable $spec_ab
	answers first
	let_go first
	refuses EPERM --cdev $card_a
}
fi

test_unknown_spec_is_refused_when_closed() {
	bind $card_a vfio-pci
	gpuspec default closed
	refuses EPERM $card_a
	logged "$spec_ab is not named by the policy, whose default is closed"
	gpuspec enable $spec_ab
	refuses EPERM $card_a
	gpuspec share $spec_ab --all
	opens $card_a
	gpuspec default open
	opens $card_a
}

test_closed_by_parameter() {
	bind $card_a vfio-pci
	rmmod gpuspec
	modprobe gpuspec closed=1
	is "$(cat /sys/module/gpuspec/parameters/closed)" Y
	fails write /sys/module/gpuspec/parameters/closed 0
	refuses EPERM $card_a
	gpuspec default open
	is "$(cat /sys/module/gpuspec/parameters/closed)" N
	opens $card_a
}

generation() { gpuspec status --json | gojq .generation; }

test_holder_is_known() {
	local before
	bind $card_a vfio-pci
	mkdir -p /sys/fs/cgroup/blue
	(
		write /sys/fs/cgroup/blue/cgroup.procs "$BASHPID"
		hold first $card_a
	)
	is "$(device_field $card_a .holder.pid)" "$(<"$work/first.pid")"
	is "$(device_field $card_a .holder.uid)" 0
	is "$(device_field $card_a .holder.comm)" vfio_open
	is "$(device_field $card_a .holder.cgroup)" /blue
	before=$(generation)
	let_go first
	[ "$(generation)" != "$before" ]
	is "$(device_field $card_a .holder)" null
	# Who has ended is of it until all of him is gone.
	eventually rmdir /sys/fs/cgroup/blue
}

test_refusal_is_logged_counted_and_told() {
	local monitor
	bind $card_a vfio-pci
	gpuspec disable $spec_ab
	gpuspec monitor --json >"$work/events" &
	monitor=$!
	sleep 1
	refuses EPERM $card_a
	logged "gpuspec $card_a: open by vfio_open["
	logged "refused: $spec_ab is disabled"
	is "$(spec_field $spec_ab .refused)" 1
	eventually grep -q refused "$work/events"
	kill -INT $monitor
	wait $monitor
	is "$(gojq -r 'select(.event == "refused") | "\(.device.address) \(.gate) \(.reason) \(.process.comm)"' "$work/events")" \
		"$card_a open disabled vfio_open"
}

test_log_is_limited_and_the_count_is_not() {
	local i
	write "$(pci $card_a)/driver_override" vfio-pci
	gpuspec disable $spec_ab
	# To bind takes no process, so that all come within the five seconds of the limit.
	for ((i = 0; i < 30; i++)); do
		fails write /sys/bus/pci/drivers/vfio-pci/bind $card_a
	done
	is "$(spec_field $spec_ab .refused)" 30
	[ "$(log | grep -c 'refused: ')" -lt 25 ]
}

# A second opener fails in VFIO, which lets a group have one.
test_failed_open_leaves_the_holder_alone() {
	bind $card_a vfio-pci
	hold first $card_a
	fails vfio_open $card_a
	is "$(spec_field $spec_ab .in_use)" 1
	let_go first
	is "$(spec_field $spec_ab .in_use)" 0
}

run_tests
