#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The gate at PCI bind and mdev creation, and that a refusal leaves no trace.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

# All that a failed bind might leave behind.
traces() {
	local device=/sys/bus/pci/devices/$1
	(
		cd "$device" || exit
		echo "driver: $(driver_of "$1")"
		grep -H . enable driver_override power/control power/runtime_status power/runtime_enabled
		ls
		ls /sys/bus/pci/drivers/vfio-pci
		ls "/dev/vfio"
	)
}

test_refused_bind_leaves_no_trace() {
	local before
	unbind $card_a
	write /sys/bus/pci/devices/$card_a/driver_override vfio-pci
	before=$(traces $card_a)
	gpuspec disable $spec_ab
	fails_with 'Operation not permitted' write /sys/bus/pci/drivers/vfio-pci/bind $card_a
	is "$(traces $card_a)" "$before"
	logged "gpuspec $card_a: bind by "
	logged "refused: $spec_ab is disabled"
	gpuspec enable $spec_ab
	write /sys/bus/pci/drivers/vfio-pci/bind $card_a
	is "$(driver_of $card_a)" vfio-pci
}

test_refused_bind_keeps_runtime_pm() {
	local power=/sys/bus/pci/devices/$card_a/power
	unbind $card_a
	write /sys/bus/pci/devices/$card_a/driver_override vfio-pci
	gpuspec disable $spec_ab
	write $power/control auto
	fails write /sys/bus/pci/drivers/vfio-pci/bind $card_a
	is "$(cat $power/control)" auto
	write $power/control on
	eventually is "$(cat $power/runtime_status)" active
	gpuspec enable $spec_ab
	write /sys/bus/pci/drivers/vfio-pci/bind $card_a
	opens $card_a
}

test_drivers_probe_is_refused() {
	unbind $card_a
	write /sys/bus/pci/devices/$card_a/driver_override vfio-pci
	gpuspec recall $spec_ab --all
	fails write /sys/bus/pci/drivers_probe $card_a
	is "$(driver_of $card_a)" ''
	gpuspec share $spec_ab --all
	write /sys/bus/pci/drivers_probe $card_a
	is "$(driver_of $card_a)" vfio-pci
}

test_other_drivers_bind_while_disabled() {
	gpuspec disable $spec_ab $spec_other
	modprobe pci-stub
	bind $card_a pci-stub
	is "$(driver_of $card_a)" pci-stub
	unbind $card_a
	bind $card_a pci-stub
	unbind $card_a
}

test_native_driver_binds_while_disabled() {
	# Without virtio-gpu above it: taking that down warns now and then, in Linux 6.1 itself,
	# as objects that the device has yet to let go hold what drm_mm_takedown() looks at.
	[ ! -e /sys/module/virtio_gpu ]
	gpuspec disable pci:1af4:1050:1af4:1100
	write /sys/bus/pci/drivers/virtio-pci/unbind 0000:00:07.0
	write /sys/bus/pci/drivers/virtio-pci/bind 0000:00:07.0
	is "$(driver_of 0000:00:07.0)" virtio-pci
}

test_disabled_device_can_be_unbound() {
	bind $card_a vfio-pci
	gpuspec disable $spec_ab
	unbind $card_a
	is "$(driver_of $card_a)" ''
	fails bind $card_a vfio-pci
	gpuspec enable $spec_ab
	write /sys/bus/pci/drivers/vfio-pci/bind $card_a || bind $card_a vfio-pci
	is "$(driver_of $card_a)" vfio-pci
}

test_refused_mdev_leaves_no_trace() {
	local available
	available=$(mdevs_available)
	gpuspec disable $spec_mdev
	fails_with 'Operation not permitted' mdev_create $uuid_a
	is "$(mdevs_available)" "$available"
	[ ! -e /sys/bus/mdev/devices/$uuid_a ]
	is "$(gpuspec devices --json | gojq -r '.devices[].address' | grep -c $uuid_a || true)" 0
	gpuspec enable $spec_mdev
	mdev_create $uuid_a
	is "$(mdevs_available)" $((available - 1))
	mdev_remove $uuid_a
	is "$(mdevs_available)" "$available"
}

test_other_mdev_type_is_made() {
	gpuspec disable $spec_mdev
	write /sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create $uuid_b
	is "$(device_field $uuid_b .spec)" mdev:mtty-1
}

test_refused_mdev_is_counted_and_logged() {
	gpuspec recall $spec_mdev --all
	fails mdev_create $uuid_a
	fails mdev_create $uuid_a
	is "$(spec_field $spec_mdev .refused)" 2
	logged "gpuspec $uuid_a: bind by "
	logged "refused: $spec_mdev is recalled from all accounts"
}

test_bind_and_unbind_of_other_pci_devices() {
	# Not a GPU, so no business of ours: a root port stays with its driver.
	gpuspec default closed
	write /sys/bus/pci/drivers/pcieport/unbind 0000:00:0c.0
	write /sys/bus/pci/drivers/pcieport/bind 0000:00:0c.0
}

run_tests
