#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gpuspec vgpu: slices are made and removed, or nothing is changed.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

pf=$(basename "$(dirname "$(echo /sys/bus/pci/devices/*/sriov_totalvfs)")")
numvfs=/sys/bus/pci/devices/$pf/sriov_numvfs
spec_pf=pci:1b36:0010:1af4:1100 spec_vf=vf:1b36:0010:0010

exits_with() {
	local wanted=$1 status=0
	shift
	"$@" >"$work/said" 2>&1 || status=$?
	is "$status" "$wanted" || {
		cat "$work/said"
		return 1
	}
}

no_vfs() {
	local name
	for name in "$work"/*.pid; do
		[ ! -e "$name" ] || let_go "$(basename "$name" .pid)"
	done
	write "$numvfs" 0
	modprobe vfio-pci
}

nvme_without_vfs() {
	trap no_vfs EXIT
	modprobe nvme
	bind "$pf" nvme
	is "$(cat "$numvfs")" 0
}

mdevs() { find /sys/bus/mdev/devices -mindepth 1 | wc -l; }

test_mdev() {
	local uuid
	uuid=$(gpuspec vgpu create mbochs-small | cut -d ' ' -f 1)
	is "$(device_field "$uuid" '"\(.spec) \(.parent)"')" 'mdev:mbochs-small mbochs'
	hold holder "$uuid"
	fails_with "$uuid is in use, held by vfio_open[" gpuspec vgpu remove "$uuid"
	let_go holder
	is "$(gpuspec vgpu remove "$uuid" --dry-run)" "$uuid would be removed"
	is "$(mdevs)" 1
	is "$(gpuspec vgpu remove "$uuid")" "$uuid is removed"
	is "$(mdevs)" 0
	exits_with 4 gpuspec vgpu remove "$uuid"
}

test_mdev_of_a_uuid() {
	is "$(gpuspec vgpu create mtty-2 --uuid "${uuid_a^^}" --parent mtty --json | gojq -c '[.address, .spec, .parent, .persistent]')" \
		"[\"$uuid_a\",\"mdev:mtty-2\",\"mtty\",false]"
	exits_with 1 gpuspec vgpu create mtty-2 --uuid $uuid_a
	grep -q "there is an mdev $uuid_a already; nothing was changed" "$work/said"
	exits_with 2 gpuspec vgpu create mtty-2 --uuid 0815
	exits_with 4 gpuspec vgpu create mtty-2 --parent mbochs
	grep -q 'mbochs cannot be sliced into mdev:mtty-2' "$work/said"
	exits_with 2 gpuspec vgpu create $spec_ab
	exits_with 4 gpuspec vgpu create mdev:not-here
	is "$(gpuspec vgpu create mtty-1 --dry-run)" 'mdev:mtty-1 would be made on mtty'
	is "$(mdevs)" 1
}

test_refused_by_policy() {
	gpuspec disable $spec_mdev
	exits_with 3 gpuspec vgpu create $spec_mdev
	grep -qx "gpuspec: vgpu create: $spec_mdev is disabled; gpuspec enable allows it" "$work/said"
	gpuspec enable $spec_mdev
	gpuspec recall $spec_mdev --all
	exits_with 3 gpuspec vgpu create $spec_mdev
	is "$(mdevs)" 0
	# Whose it is, is asked when it is opened.
	gpuspec account add blue --uid 4711
	gpuspec share $spec_mdev --account blue
	gpuspec vgpu create $spec_mdev --uuid $uuid_a
	refuses EACCES $uuid_a
	# To be removed, nobody has to be asked.
	gpuspec disable $spec_mdev
	gpuspec vgpu remove $uuid_a
	is "$(mdevs)" 0
}

test_no_room() {
	local i
	for ((i = 0; i < 4; i++)); do
		gpuspec vgpu create mbochs-large
	done
	exits_with 1 gpuspec vgpu create mbochs-large
	grep -qx 'gpuspec: vgpu create: no parent has room for mdev:mbochs-large; nothing was changed' "$work/said"
	is "$(mdevs)" 4
}

test_persistent_mdev() {
	trap 'rm -rf /etc/mdevctl.d/mtty' EXIT
	gpuspec vgpu create $spec_mdev --uuid $uuid_a --persistent >"$work/said"
	grep -qx "$uuid_a is a $spec_mdev on mtty, and will be after each boot" "$work/said"
	is "$(mdevctl list -d --dumpjson | gojq -c '[.. | .start? // empty]')" '["auto"]'
	is "$(device_field $uuid_a .spec)" $spec_mdev
	gpuspec vgpu remove $uuid_a >"$work/said"
	grep -q 'mdevctl will make it again' "$work/said"
	mdevctl start -u $uuid_a -p mtty
	# One that is started by hand only.
	mdevctl modify -u $uuid_a -p mtty --manual
	gpuspec vgpu remove $uuid_a >"$work/said"
	grep -q 'it stays defined, but mdevctl does not start it at boot' "$work/said"
	mdevctl start -u $uuid_a -p mtty
	is "$(gpuspec vgpu remove $uuid_a --dry-run --json | gojq -c '[.persistent, .defined]')" '[false,true]'
	gpuspec vgpu remove $uuid_a --persistent
	is "$(mdevs)" 0
	is "$(mdevctl list -d)" ''
	# Refused between definition and start, it leaves neither.
	mkdir -p /etc/mdevctl.d/scripts.d/callouts
	printf '#!/bin/sh\ncase "$*" in *"-e pre -a start"*) exit 1 ;; esac\n' \
		>/etc/mdevctl.d/scripts.d/callouts/no
	chmod +x /etc/mdevctl.d/scripts.d/callouts/no
	exits_with 1 gpuspec vgpu create $spec_mdev --persistent
	rm /etc/mdevctl.d/scripts.d/callouts/no
	grep -q 'mdevctl start failed: .*; nothing was changed' "$work/said"
	is "$(mdevctl list -d)" ''
	is "$(mdevs)" 0
}

test_vf() {
	local vf second
	nvme_without_vfs
	is "$(gpuspec vgpu create $spec_vf --dry-run)" "$spec_vf would be made on $pf"
	is "$(cat "$numvfs")" 0
	gpuspec vgpu create $spec_vf >"$work/said"
	vf=$(head -n 1 "$work/said" | cut -d ' ' -f 1)
	grep -q "$pf had no VFs, and has all of them now" "$work/said"
	is "$(cat "$numvfs")" 16
	is "$(cat "/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe")" 1
	is "$(driver_of "$vf")" vfio-pci
	opens "$vf"
	is "$(spec_field $spec_vf .available)" 15
	second=$(gpuspec vgpu create $spec_vf --parent "${pf#0000:}" --json | gojq -r .address)
	[ "$second" != "$vf" ]
	hold holder "$vf"
	fails_with "$vf is in use" gpuspec vgpu remove "$vf"
	let_go holder
	gpuspec vgpu remove "$vf"
	is "$(driver_of "$vf")" ''
	is "$(cat "/sys/bus/pci/devices/$vf/driver_override")" '(null)'
	fails_with "$vf was not given to VFIO" gpuspec vgpu remove "$vf"
	exits_with 2 gpuspec vgpu remove "$pf"
	exits_with 2 gpuspec vgpu create $spec_vf --uuid $uuid_a
	# That one is had again.
	is "$(gpuspec vgpu create $spec_vf --json | gojq -r .address)" "$vf"
}

# Each of many who come at once gets one, and its own; and one more gets none.
test_many_at_once() {
	local i vf
	nvme_without_vfs
	for ((i = 0; i < 17; i++)); do
		gpuspec vgpu create $spec_vf --json >"$work/made.$i" 2>"$work/error.$i" &
	done
	for ((i = 0; i < 10; i++)); do
		gpuspec vgpu create mtty-1 --json >"$work/mdev.$i" &
	done
	wait
	cat "$work"/error.*
	is "$(cat "$work"/error.*)" "gpuspec: vgpu create: no parent has room for $spec_vf; nothing was changed"
	is "$(cat "$work"/made.* | gojq -r .address | sort -u | wc -l)" 16
	is "$(cat "$work"/mdev.* | gojq -r .address | sort -u | wc -l)" 10
	is "$(cat "$work"/made.* | gojq -r 'select(.raised_vfs) | .address' | wc -l)" 1
	is "$(mdevs)" 10
	for vf in $(cat "$work"/made.* | gojq -r .address); do
		is "$(driver_of "$vf")" vfio-pci
	done
	# Those that go, and those that come.
	for ((i = 0; i < 4; i++)); do
		gpuspec vgpu remove "$(vf $i)" &
		gpuspec vgpu create $spec_vf --json >"$work/again.$i" 2>&1 || : &
	done
	wait
	is "$(spec_field $spec_vf .available)" $((4 - $(grep -l address "$work"/again.* | wc -l)))
}

test_vf_without_a_driver_comes_first() {
	nvme_without_vfs
	make_vfs
	modprobe pci-stub
	bind "$vf_a" pci-stub
	is "$(gpuspec vgpu create $spec_vf --json | gojq -c '[.address, .taken_from]')" "[\"$vf_b\",null]"
	is "$(driver_of "$vf_a")" pci-stub
	gpuspec vgpu create $spec_vf --dry-run >"$work/said"
	grep -q 'no VF was without a driver: it would be taken from pci-stub' "$work/said"
	gpuspec vgpu create $spec_vf >"$work/said"
	grep -q 'no VF was without a driver: it was taken from pci-stub' "$work/said"
	is "$(driver_of "$vf_a")" vfio-pci
}

test_vf_that_cannot_be_had_leaves_no_vfs() {
	nvme_without_vfs
	# (modprobe -r would take gpuspec along.)
	rmmod vfio-pci
	exits_with 1 gpuspec vgpu create $spec_vf
	grep -q 'could not be given to vfio-pci: No such file or directory; is it loaded?' "$work/said"
	is "$(cat "$numvfs")" 0
	modprobe vfio-pci
	gpuspec disable $spec_vf
	exits_with 3 gpuspec vgpu create $spec_vf
	is "$(cat "$numvfs")" 0
}

test_vf_that_vfio_does_not_take_is_given_back() {
	nvme_without_vfs
	make_vfs 1
	modprobe pci-stub
	bind "$vf_a" pci-stub
	rmmod vfio-pci
	exits_with 1 gpuspec vgpu create $spec_vf
	grep -q 'could not be given to vfio-pci: .*; nothing was changed' "$work/said"
	is "$(driver_of "$vf_a")" pci-stub
	is "$(cat "/sys/bus/pci/devices/$vf_a/driver_override")" pci-stub
	is "$(cat "$numvfs")" 1
}

test_vf_of_a_card_that_is_held() {
	trap no_vfs EXIT
	bind "$pf" vfio-pci
	hold whole "$pf"
	exits_with 1 gpuspec vgpu create $spec_vf
	grep -q "no parent has room for $spec_vf: $pf is held as a whole by vfio_open\[" "$work/said"
	is "$(spec_field $spec_pf .in_use)" 1
	let_go whole
}

run_tests
