#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SR-IOV: virtual functions are of a spec of their own, and come and go.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

test_vfs_are_devices_of_a_vf_spec() {
	make_vfs
	is "$(spec_field $spec_vf .devices)" 2
	is "$(spec_field $spec_vf .kind)" vgpu
	is "$(device_field "$vf_a" .spec)" $spec_vf
	is "$(device_field "$pf" .spec)" $spec_pf
	is "$(spec_field $spec_pf .devices)" 1
	remove_vfs
	# The card can have some again.
	is "$(spec_field $spec_vf .devices)" 0
	is "$(device_field "$vf_a" .spec)" ''
}

test_disabled_vfs_are_refused_and_their_pf_is_not() {
	make_vfs
	bind "$vf_a" vfio-pci
	opens "$vf_a"
	gpuspec disable $spec_vf
	refuses EPERM "$vf_a"
	fails_with 'Operation not permitted' bind "$vf_b" vfio-pci
	logged "gpuspec $vf_b: bind by "
	is "$(spec_field $spec_vf .refused)" 2
	# Those that are made later, too.
	remove_vfs
	is "$(spec_field $spec_vf .devices)" 0
	make_vfs
	fails bind "$vf_a" vfio-pci
	remove_vfs
	bind "$pf" vfio-pci
	opens "$pf"
}

test_disabled_pf_is_refused_and_its_vfs_are_not() {
	gpuspec disable $spec_pf
	# Its driver in the host has it all the same.
	unbind "$pf"
	fails_with 'Operation not permitted' bind "$pf" vfio-pci
	unbind "$pf"
	make_vfs
	is "$(driver_of "$pf")" nvme
	bind "$vf_a" vfio-pci
	opens "$vf_a"
	hold first "$vf_a"
	is "$(spec_field $spec_vf .in_use)" 1
	is "$(spec_field $spec_pf .in_use)" 0
	answers first
}

change_mind() {
	gpuspec disable $spec_vf
	gpuspec enable $spec_vf
}

take() {
	write "/sys/bus/pci/devices/$1/driver_override" vfio-pci
	write /sys/bus/pci/drivers/vfio-pci/bind "$1"
	vfio_open "$1" </dev/null
}

test_vfs_come_and_go_under_way() {
	local i jobs=() rounds
	rounds=$(rounds 100)
	make_vfs
	forever change_mind &
	jobs+=($!)
	forever take "$vf_a" &
	jobs+=($!)
	forever take "$vf_b" &
	jobs+=($!)
	remove_vfs
	for ((i = 0; i < rounds; i++)); do
		write "/sys/bus/pci/devices/$pf/sriov_numvfs" 2
		write "/sys/bus/pci/devices/$pf/sriov_numvfs" 0
	done
	kill "${jobs[@]}"
	wait
	is "$(spec_field $spec_vf .devices)" 0
	is "$(spec_field $spec_vf .in_use)" 0
	gpuspec enable $spec_vf
	make_vfs
	bind "$vf_a" vfio-pci
	opens "$vf_a"
}

run_tests
