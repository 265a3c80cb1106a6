#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Virtual functions that stay with their driver in the host, which makes each a vGPU of a
# type (nvidia_vf/nvidia_vf.c stands in for it): each type is a spec.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

spec_557=$spec_vf/nvidia-557 spec_558=$spec_vf/nvidia-558 spec_559=$spec_vf/nvidia-559

# The driver has both VFs; one without parameters that an earlier test set.
give_vfs() {
	local vf
	make_vfs
	[ ! -d /sys/module/nvidia_vf ] || rmmod nvidia_vf
	modprobe nvidia_vf
	for vf in "$vf_a" "$vf_b"; do
		bind "$vf" nvidia
	done
}

current_type() { echo "$(pci "$1")/nvidia/current_vgpu_type"; }
set_type() { write "$(current_type "$1")" "$2"; }
driver_set() { write "/sys/module/nvidia_vf/parameters/$1" "$2"; }
# The type reads as this text; '' is the type again.
driver_says() {
	printf '%s\0' "$1" >"$work/text"
	# In one write, which the shell makes two of if there is an end of line in it.
	cat "$work/text" >/sys/module/nvidia_vf/parameters/says
}

# Those that there are devices of.
ids() {
	gpuspec list --json | gojq -r '.specs[] | select(.devices > 0) | .id' | grep ^vf: | tr '\n' ' '
}

test_each_type_is_a_spec() {
	give_vfs
	is "$(ids)" "$spec_vf "
	set_type "$vf_a" 559
	set_type "$vf_b" 558
	is "$(ids)" "$spec_558 $spec_559 "
	is "$(device_field "$vf_a" .spec)" $spec_559
	is "$(device_field "$vf_b" .spec)" $spec_558
	is "$(spec_field $spec_559 .devices)" 1
	is "$(spec_field $spec_559 .kind)" vgpu
	set_type "$vf_a" 558
	is "$(spec_field $spec_558 .devices)" 2
	is "$(spec_field $spec_559 .devices)" 0
	set_type "$vf_a" 0
	is "$(device_field "$vf_a" .spec)" $spec_vf
	is "$(ids)" "$spec_vf $spec_558 "
	unbind "$vf_b"
	is "$(device_field "$vf_b" .spec)" $spec_vf
	remove_vfs
	is "$(ids)" ''
}

test_types_are_there_when_the_module_comes() {
	give_vfs
	rmmod gpuspec
	set_type "$vf_a" 559
	modprobe gpuspec match_class=0108
	is "$(device_field "$vf_a" .spec)" $spec_559
	gpuspec disable $spec_559
	refuses EPERM "$vf_a"
}

test_allowed_type_opens_and_disabled_type_does_not() {
	give_vfs
	gpuspec disable $spec_558
	set_type "$vf_a" 559
	set_type "$vf_b" 558
	opens "$vf_a"
	refuses EPERM "$vf_b"
	logged "gpuspec $vf_b: open by vfio_open["
	logged "refused: $spec_558 is disabled"
	is "$(spec_field $spec_558 .refused)" 1
	is "$(spec_field $spec_558 .in_use)" 0
	# Nor does one that nobody has listed since it got its type.
	set_type "$vf_a" 0
	set_type "$vf_a" 558
	refuses EPERM "$vf_a"
	is "$(spec_field $spec_558 .refused)" 2
	gpuspec enable $spec_558
	opens "$vf_b"
}

if [ -e /dev/iommu ]; then
test_cdev_path_is_gated() {
	give_vfs
	set_type "$vf_a" 559
	opens --cdev "$vf_a"
	gpuspec disable $spec_559
	refuses EPERM --cdev "$vf_a"
}
fi

test_type_changed_between_two_opens_is_judged_anew() {
	give_vfs
	gpuspec disable $spec_558
	set_type "$vf_a" 559
	opens "$vf_a"
	# The VFIO device stays; only its type is another.
	set_type "$vf_a" 558
	refuses EPERM "$vf_a"
	set_type "$vf_a" 557
	opens "$vf_a"
	is "$(device_field "$vf_a" .spec)" $spec_557
}

test_type_changed_while_it_opens() {
	give_vfs
	gpuspec disable $spec_558
	set_type "$vf_a" 559
	driver_set at_open 558
	refuses EAGAIN "$vf_a"
	driver_set at_open 0
	logged "$vf_a: closed again: its vGPU type changed as it was opened"
	is "$(gpuspec status --json | gojq .in_use)" 0
	is "$(device_field "$vf_a" .spec)" $spec_558
	refuses EPERM "$vf_a"
	# It was closed, or this would say that it is busy.
	set_type "$vf_a" 559
	opens "$vf_a"
}

test_recall_leaves_the_holder_alone() {
	give_vfs
	set_type "$vf_a" 559
	set_type "$vf_b" 559
	hold first "$vf_a"
	gpuspec recall $spec_559 --all
	answers first
	refuses EPERM "$vf_b"
	is "$(spec_field $spec_559 .in_use)" 1
	is "$(device_field "$vf_a" .holder.comm)" vfio_open
	fails_with 'Device or resource busy' set_type "$vf_a" 558
	# Whatever its driver says, it stays what it was judged as.
	driver_says 558
	is "$(device_field "$vf_a" .spec)" $spec_559
	is "$(device_field "$vf_b" .spec)" $spec_558
	driver_says ''
	answers first
	let_go first
	is "$(spec_field $spec_559 .in_use)" 0
	refuses EPERM "$vf_a"
	set_type "$vf_a" 558
	opens "$vf_a"
}

test_maximum_is_of_the_type() {
	give_vfs
	gpuspec account add blue --cgroup /blue
	gpuspec recall $spec_559 --all
	gpuspec share $spec_559 --account blue --max 1
	set_type "$vf_a" 559
	set_type "$vf_b" 559
	in_cgroup /blue hold first "$vf_a"
	in_cgroup /blue refuses EUSERS "$vf_b"
	refuses EACCES "$vf_b"
	set_type "$vf_b" 558
	in_cgroup /blue hold second "$vf_b"
	is "$(spec_field $spec_559 .in_use)" 1
	is "$(spec_field $spec_558 .in_use)" 1
	let_go first
	let_go second
	set_type "$vf_b" 559
	in_cgroup /blue opens "$vf_b"
}

# Without a type, or with one that makes no sense, it is of the spec without a type: which
# the policy here does not name.
test_closed_refuses_what_has_no_type() {
	local text
	give_vfs
	gpuspec default closed
	gpuspec enable $spec_559
	gpuspec share $spec_559 --all
	set_type "$vf_a" 559
	opens "$vf_a"
	driver_set show_error 5
	refuses EPERM "$vf_a"
	is "$(device_field "$vf_a" .spec)" $spec_vf
	driver_set show_error 0
	for text in 0 $'0\n' 00 x -1 -559 '559 ' ' 559' 559x $'559\n\n' $'559\n1' '559 560' 0x22f 559.0 \
		4294967296 4294967855 0000000000000559 00000000000005599 ../559 nvidia-559 \
		'NVIDIA A40-48Q' '559/nvidia-559' $'\xff' '%s%n' \
		999999999999999999999999999999999999999999999999999999999999999; do
		driver_says "$text"
		refuses EPERM "$vf_a"
		is "$(device_field "$vf_a" .spec)" $spec_vf
	done
	is "$(ids)" "$spec_vf "
	# No number is too large for a type, but for one of more than 32 bits.
	driver_says 4294967295
	is "$(device_field "$vf_a" .spec)" $spec_vf/nvidia-4294967295
	refuses EPERM "$vf_a"
	driver_says ''
	opens "$vf_a"
	set_type "$vf_a" 0
	[ ! -e "$(pci "$vf_a")/vfio-dev" ]
	driver_says 0
	set_type "$vf_a" 559
	refuses EPERM "$vf_a"
	gpuspec enable $spec_vf
	gpuspec share $spec_vf --all
	opens "$vf_a"
}

# Then it may be of any: of one that is refused, too.
test_type_that_is_not_told_may_be_any() {
	give_vfs
	set_type "$vf_a" 557
	gpuspec disable $spec_558
	opens "$vf_a"
	driver_says 'NVIDIA A40-48Q'
	refuses EPERM "$vf_a"
	logged "gpuspec $vf_a: its driver does not tell its vGPU type as a number"
	logged "refused: $spec_558 is disabled"
	is "$(spec_field $spec_558 .refused)" 1
	is "$(gpuspec check "$vf_a" --json | gojq -r '.spec + " " + .reason')" "$spec_558 disabled"
	driver_says ''
	driver_set show_error 5
	refuses EPERM "$vf_a"
	gpuspec enable $spec_558
	opens "$vf_a"
	# Or of one that the policy does not name.
	gpuspec enable $spec_vf
	gpuspec share $spec_vf --all
	gpuspec default closed
	refuses EPERM "$vf_a"
	driver_set show_error 0
	refuses EPERM "$vf_a"
	gpuspec enable $spec_557
	gpuspec share $spec_557 --all
	opens "$vf_a"
}

test_drivers_that_hang_are_waited_for_once() {
	local from
	give_vfs
	driver_set store_ms 30000
	set_type "$vf_a" 559 &
	set_type "$vf_b" 559 &
	sleep 1
	from=$SECONDS
	gpuspec list >/dev/null
	gpuspec devices >/dev/null
	gpuspec list >/dev/null
	gpuspec check "$vf_b" >/dev/null
	echo "it took $((SECONDS - from)) s"
	[ $((SECONDS - from)) -lt 15 ]
	wait
	driver_set store_ms 0
	is "$(device_field "$vf_a" .spec)" $spec_559
	is "$(device_field "$vf_b" .spec)" $spec_559
}

# What an opener has at /sys is not what is judged.
test_opener_cannot_tell_another_type() {
	give_vfs
	gpuspec disable $spec_558
	set_type "$vf_a" 558
	echo 559 >"$work/fake"
	# shellcheck disable=SC2016 # the shell inside is to expand them
	unshare --mount sh -c 'mount --bind "$1" "$2" && [ "$(cat "$2")" = 559 ] && vfio_open "$3" </dev/null' \
		- "$work/fake" "$(readlink -f "$(current_type "$vf_a")")" "$vf_a" >"$work/answer" || true
	is "$(<"$work/answer")" EPERM
}

# The driver lets reads of the type wait while it takes the VFIO device away, for which the
# open in progress has to end. The open goes without the type, and in the end all have theirs.
test_driver_that_is_busy_does_not_block_for_ever() {
	give_vfs
	gpuspec default closed
	gpuspec enable $spec_559
	gpuspec share $spec_559 --all
	set_type "$vf_a" 559
	driver_set store_ms 4000
	set_type "$vf_a" 0 &
	sleep 1
	refuses EPERM "$vf_a"
	logged "gpuspec $vf_a: its driver does not tell its vGPU type in time"
	wait $!
	is "$(cat "$(current_type "$vf_a")")" 0
	driver_set store_ms 0
	set_type "$vf_a" 559
	opens "$vf_a"
}

test_listeners_are_told() {
	give_vfs
	gpuspec monitor --json >"$work/events" &
	echo $! >"$work/monitor.pid"
	sleep 1
	set_type "$vf_a" 559
	opens "$vf_a"
	eventually grep -q closed "$work/events"
	is "$(gojq -r '"\(.event) \(.device.spec)"' "$work/events" | tr '\n' ' ')" \
		"device-removed $spec_vf device-added $spec_559 opened $spec_559 closed $spec_559 "
}

test_check_of_an_address_is_of_its_type_now() {
	give_vfs
	gpuspec disable $spec_558
	set_type "$vf_a" 558
	python3 "$GPUSPEC_KSRC/tools/net/ynl/cli.py" --no-schema --spec "$GPUSPEC_TREE/kmod/gpuspec.yaml" \
		--do check --json "{\"address\": \"$vf_a\"}" >"$work/answer"
	grep -qF "'$spec_558'" "$work/answer"
	grep -qF "'disabled'" "$work/answer"
	fails_with "$spec_558 is disabled" gpuspec check "$vf_a"
	set_type "$vf_a" 559
	gpuspec check "$vf_a"
}

# Given to vfio-pci, it is a VF like others.
test_type_ends_with_the_driver() {
	give_vfs
	gpuspec disable $spec_559
	set_type "$vf_a" 559
	is "$(device_field "$vf_a" .spec)" $spec_559
	bind "$vf_a" vfio-pci
	opens "$vf_a"
	is "$(device_field "$vf_a" .spec)" $spec_vf
	gpuspec disable $spec_vf
	refuses EPERM "$vf_a"
	# Its driver in the host has it all the same, and then it is of the type again.
	bind "$vf_a" nvidia
	gpuspec enable $spec_559
	set_type "$vf_a" 559
	opens "$vf_a"
	fails bind "$vf_a" vfio-pci
}

test_unbound_while_held() {
	give_vfs
	set_type "$vf_a" 559
	hold first "$vf_a"
	unbind "$vf_a" &
	sleep 2
	is "$(device_field "$vf_a" .in_use)" true
	is "$(device_field "$vf_a" .spec)" $spec_559
	answers first
	let_go first
	wait $!
	is "$(device_field "$vf_a" .spec)" $spec_vf
	is "$(gpuspec status --json | gojq .in_use)" 0
}

test_unload_while_held() {
	give_vfs
	set_type "$vf_a" 559
	set_type "$vf_b" 559
	hold first "$vf_a"
	rmmod gpuspec
	answers first
	modprobe gpuspec match_class=0108
	is "$(device_field "$vf_a" .spec)" $spec_559
	is "$(device_field "$vf_a" .in_use)" true
	is "$(device_field "$vf_a" .holder)" null
	is "$(spec_field $spec_559 .in_use)" 1
	gpuspec disable $spec_559
	answers first
	refuses EPERM "$vf_b"
	let_go first
	refuses EPERM "$vf_a"
	rmmod gpuspec
	opens "$vf_a"
	modprobe gpuspec match_class=0108
}

make_and_unmake() {
	set_type "$1" 559
	set_type "$1" 558
	set_type "$1" 0
}

test_types_change_under_way() {
	local i jobs=() module
	give_vfs
	forever make_and_unmake "$vf_a" &
	jobs+=($!)
	forever make_and_unmake "$vf_b" &
	jobs+=($!)
	forever vfio_open "$vf_a" </dev/null &
	jobs+=($!)
	forever vfio_open "$vf_b" </dev/null &
	jobs+=($!)
	for ((i = 0; i < 6; i++)); do
		gpuspec list >/dev/null
		gpuspec disable $spec_558
		gpuspec devices >/dev/null
		gpuspec enable $spec_558
	done
	rmmod gpuspec
	module=$(modinfo -n gpuspec)
	for ((i = 0; i < 15; i++)); do
		insmod "$module" match_class=0108 closed=$((i % 2))
		rmmod gpuspec
	done
	kill "${jobs[@]}"
	wait
	modprobe gpuspec match_class=0108
	eventually set_type "$vf_a" 559
	eventually set_type "$vf_b" 559
	is "$(spec_field $spec_559 .devices)" 2
	is "$(gpuspec status --json | gojq .in_use)" 0
	opens "$vf_a"
	opens "$vf_b"
}

run_tests
