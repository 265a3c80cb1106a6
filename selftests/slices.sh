#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Slices: what they are known to be before any is made, what they are slices of, and
# that a card is either passed through or sliced.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

# One of the lines that gpuspec says looks so: says PATTERN VERB [ARGUMENT]...
says() {
	gpuspec "${@:2}" >"$work/said"
	grep -q -- "$1" "$work/said" || {
		echo "nothing is like '$1' in:"
		cat "$work/said"
		return 1
	}
}

# What hangs below a line of the tree in $work/said. The lines of a tree are not ASCII everywhere.
below() {
	awk -v above="$1" '/^[0-9a-z]/ { is_below = $1 == above; next }
		is_below { sub(/^[^0-9a-z]*/, ""); printf "%s%s", sep, $1; sep = " " }' "$work/said"
}

fields() { gpuspec list --json | gojq -c --arg id "$1" ".specs[] | select(.id == \$id) | [$2]"; }

test_types_are_known_before_any_is_made() {
	is "$(fields mdev:mbochs-small '.name, .video_memory, .video_memory_from, .available, .devices')" \
		'["mbochs-small",4194304,"driver",64,0]'
	is "$(fields mdev:mbochs-medium '.video_memory, .available')" '[16777216,16]'
	is "$(fields mdev:mbochs-large '.video_memory, .available')" '[67108864,4]'
	is "$(fields mdev:mbochs-large .description)" '["virtual display, 64 MB video memory"]'
	# Those have no description, and no memory.
	is "$(fields mdev:mtty-1 '.name, .available, .video_memory, .description')" '["Single port serial",24,null,null]'
	is "$(fields mdev:mtty-2 '.name, .available, .heads, .resolution')" '["Dual port serial",12,null,null]'
	# Their parents are no cards of this host.
	is "$(fields mdev:mtty-2 '.parents, .slices, .cards, .blocked')" '[[],[],1,null]'
	is "$(gpuspec show mtty-2 --json | gojq -c '.offers')" \
		'[{"available":12,"available_at_most":false,"blocked":null,"parent":"mtty","spec":null}]'
	says '^Video memory     64 MiB$' show mdev:mbochs-large
	says '^Description      virtual display, 64 MB video memory$' show mdev:mbochs-large
}

# All types of one parent draw on the same memory.
test_available_is_what_is_left() {
	mdev_create_of mbochs large $uuid_a
	is "$(fields mdev:mbochs-large '.devices, .available')" '[1,3]'
	is "$(fields mdev:mbochs-small .available)" '[48]'
	is "$(device_field $uuid_a .parent)" mbochs
	mdev_remove $uuid_a
	is "$(fields mdev:mbochs-large '.devices, .available')" '[0,4]'
}

mdev_create_of() { write "/sys/class/mdev_bus/$1/mdev_supported_types/$1-$2/create" "$3"; }

test_vfs_are_known_before_any_is_made() {
	is "$(fields $spec_vf '.kind, .devices, .parents, .max_instances, .available, .cards')" \
		"[\"vgpu\",0,[\"$spec_pf\"],16,16,1]"
	is "$(fields $spec_pf '.slices, .parents')" "[[\"$spec_vf\"],[]]"
	# One that is not there can be disabled, and one that is made then is.
	gpuspec disable $spec_vf
	make_vfs 1
	is "$(fields $spec_vf '.devices, .state')" '[1,"disabled"]'
	fails_with 'Operation not permitted' bind "$(vf 0)" vfio-pci
}

test_vfs_are_below_their_card() {
	make_vfs 3
	is "$(device_field "$(vf 2)" .parent)" "$pf"
	is "$(device_field "$pf" '"\(.vfs) of \(.total_vfs)"')" '3 of 16'
	is "$(fields $spec_vf '.devices, .available')" '[3,3]'
	gpuspec list >"$work/said"
	is "$(below $spec_pf)" $spec_vf
	gpuspec devices >"$work/said"
	is "$(below "$pf")" "$(vf 0) $(vf 1) $(vf 2)"
}

test_card_with_a_slice_in_use_is_blocked() {
	make_vfs 2
	bind "$(vf 1)" vfio-pci
	is "$(device_field "$pf" .blocked)" null
	hold slice "$(vf 1)"
	is "$(device_field "$pf" .blocked)" \
		"$pf has a slice in use, $(vf 1), held by vfio_open[$(cat "$work/slice.pid")]"
	is "$(fields $spec_pf '.blocked_cards, .cards')" '[1,1]'
	says "^$spec_pf .* 1 of 1 " list
	says "^Blocked *$pf has a slice in use, $(vf 1), held by vfio_open" show $spec_pf
	# A slice is not in another's way; and there is one less to be had.
	is "$(device_field "$(vf 0)" .blocked)" null
	is "$(fields $spec_vf '.available, .blocked')" '[1,null]'
	# The verdict is the kernel's.
	is "$(gpuspec check "$pf" --json | gojq -r .verdict)" allowed
	[[ $(gpuspec check "$pf" --json | gojq -r .blocked) == "$pf has a slice in use"* ]]
	says "^but blocked: $pf has a slice in use, $(vf 1)" check "$pf"
	gpuspec disable $spec_pf
	is "$(gpuspec check "$pf" --json | gojq -r .verdict || :)" refused
	let_go slice
	is "$(device_field "$pf" .blocked)" null
}

# vfio-pci makes VFs of a card that it has.
test_slices_of_a_card_in_use_are_blocked() {
	echo 1 >/sys/module/vfio_pci/parameters/enable_sriov
	bind "$pf" vfio-pci
	make_vfs 2
	is "$(device_field "$(vf 0)" .blocked)" null
	hold whole "$pf"
	is "$(device_field "$(vf 0)" .blocked)" \
		"$pf is held as a whole by vfio_open[$(cat "$work/whole.pid")]"
	is "$(device_field "$pf" .blocked)" null
	is "$(fields $spec_vf '.blocked_cards, .cards, .available')" '[1,1,0]'
	says "^but blocked: $pf is held as a whole by vfio_open" check "$(vf 1)"
	says "^[^ ]*$(vf 1) .*$pf is held as a whole" devices $spec_vf
	[[ $(gpuspec show $spec_vf --json | gojq -r '.offers[0].blocked') == "$pf is held as a whole"* ]]
	let_go whole
	is "$(fields $spec_vf .blocked)" '[null]'
	# VFIO has them all; one that it has not is to be had.
	is "$(fields $spec_vf .available)" '[0]'
	unbind "$(vf 0)"
	is "$(fields $spec_vf .available)" '[1]'
}

test_with_slices() {
	gpuspec disable $spec_pf
	is "$(spec_field $spec_vf .state)" enabled
	gpuspec enable $spec_pf
	gpuspec disable $spec_pf --with-slices --dry-run >"$work/said"
	grep -qx "$spec_vf would be disabled, a slice of $spec_pf" "$work/said"
	is "$(spec_field $spec_vf .state)" enabled
	gpuspec disable $spec_pf $spec_other --with-slices >"$work/said"
	grep -qx "$spec_pf is now disabled" "$work/said"
	grep -qx "$spec_vf is now disabled, a slice of $spec_pf" "$work/said"
	is "$(wc -l <"$work/said")" 3
	is "$(spec_field $spec_pf .state) $(spec_field $spec_vf .state)" 'disabled disabled'
	is "$(gpuspec enable $spec_pf --with-slices --json | gojq -c '[.changes[] | [.id, .changed, .slice_of]]')" \
		"[[\"$spec_pf\",true,null],[\"$spec_vf\",true,[\"$spec_pf\"]]]"
	# All or nothing.
	make_vfs 1
	bind "$(vf 0)" vfio-pci
	hold slice "$(vf 0)"
	fails_with "$spec_vf is in use" gpuspec disable $spec_pf --with-slices --if-unused
	is "$(spec_field $spec_pf .state) $(spec_field $spec_vf .state)" 'enabled enabled'
	let_go slice
}

# Types that cannot be made now: those that policy names, and that there may be others.
test_with_slices_of_a_vendors_types() {
	make_vfs
	modprobe nvidia_vf
	bind "$vf_a" nvidia
	gpuspec disable $spec_vf/nvidia-999
	gpuspec enable $spec_pf --with-slices >"$work/said" 2>"$work/error"
	grep -qx "$spec_vf/nvidia-999 is now enabled, a slice of $spec_pf" "$work/said"
	grep -q "^$spec_vf/nvidia-557 is now enabled, a slice of $spec_pf" "$work/said"
	grep -q "^gpuspec: enable: types that $pf cannot make now are not known and were not changed; name each" "$work/error"
	is "$(gpuspec disable $spec_pf --with-slices --json 2>/dev/null | gojq -c .types_unknown)" "[\"$pf\"]"
	is "$(spec_field $spec_vf/nvidia-999 .state) $(spec_field $spec_vf/nvidia-557 .state)" 'disabled disabled'
	is "$(gpuspec disable $spec_other --with-slices --json | gojq -c .types_unknown)" '[]'
}

test_64_mdevs_and_16_vfs() {
	local i
	for ((i = 0; i < 40; i++)); do
		mdev_create_of mbochs small "$(printf '%08x-2222-4333-8444-00000000000b' $((i * 40503 % 65536)))"
	done
	for ((i = 0; i < 24; i++)); do
		mdev_create_of mtty 1 "$(printf '%08x-2222-4333-8444-00000000000c' $((i * 40503 % 65536)))"
	done
	make_vfs 16
	is "$(fields mdev:mbochs-small '.devices, .available')" '[40,24]'
	is "$(fields mdev:mtty-1 '.devices, .available')" '[24,0]'
	is "$(fields $spec_vf '.devices, .available')" '[16,16]'
	gpuspec devices >"$work/said"
	# Each below its own, whose name is there once.
	is "$(below mbochs | wc -w)" 40
	is "$(below mbochs | tr ' ' '\n' | grep -c '00b$')" 40
	is "$(below mtty | tr ' ' '\n' | grep -c '00c$')" 24
	is "$(below "$pf" | wc -w)" 16
	is "$(grep -c "$spec_vf" "$work/said")" 16
	is "$(grep -cE "^(mbochs|mtty|$pf) " "$work/said")" 3
	# Nothing is wider than a wide terminal.
	is "$(awk 'length > 132' "$work/said")" ''
	gpuspec list >"$work/said"
	is "$(awk 'length > 132' "$work/said")" ''
	is "$(grep -cE 'mdev:|vf:' "$work/said")" 6
}

run_tests
