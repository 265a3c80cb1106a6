#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module goes and comes while devices are held, bound and opened.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

test_holder_never_notices() {
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	hold first $card_a
	rmmod gpuspec
	# What memory it had is taken away for good as another one comes.
	modprobe pci-stub
	modprobe -r pci-stub
	answers first
	modprobe gpuspec
	answers first
	is "$(device_field $card_a .in_use)" true
	is "$(device_field $card_a .holder)" null
	is "$(spec_field $spec_ab .in_use)" 1
	gpuspec disable $spec_ab
	answers first
	refuses EPERM $card_b
	let_go first
	is "$(device_field $card_a .in_use)" false
	refuses EPERM $card_a
}

test_holder_may_let_go_while_unloaded() {
	local users
	bind $card_a vfio-pci
	users=$(cat /sys/module/vfio_pci/refcnt)
	hold first $card_a
	rmmod gpuspec
	let_go first
	is "$(cat /sys/module/vfio_pci/refcnt)" "$users"
	modprobe gpuspec
	is "$(device_field $card_a .in_use)" false
	opens $card_a
}

test_unload_forgets_policy_and_gates() {
	bind $card_a vfio-pci
	gpuspec disable $spec_ab
	refuses EPERM $card_a
	rmmod gpuspec
	opens $card_a
	unbind $card_a
	bind $card_a vfio-pci
	modprobe gpuspec
	opens $card_a
}

test_autoload_by_family_name() {
	local block=/etc/modprobe.d/gpuspec-test.conf status=0
	rmmod gpuspec
	is "$(gpuspec list --json | gojq '.specs | length > 3')" true
	[ -d /sys/module/gpuspec ]
	rmmod gpuspec
	echo 'install gpuspec /bin/false' >$block
	gpuspec list 2>"$work/said" || status=$?
	rm $block
	is "$status" 5
	grep -q 'could not be loaded by itself' "$work/said"
}

# What keeps it away: absent STATE WORDS
absent() {
	local status=0 answer
	answer=$(gpuspec status --json 2>"$work/said") || status=$?
	is "$status" 5
	is "$(gojq -r '"\(.module) \(.kernel) \(.module_version)"' <<<"$answer")" "$1 $(uname -r) null"
	grep -q "$2" <(gojq -r .module_problem <<<"$answer")
	grep -qF "$(gojq -r .module_problem <<<"$answer")" "$work/said"
}

# Another in its place, of the same length.
replace() { xzcat -f "$work/kept" | sed "$1" | if [[ $file == *.xz ]]; then xz --check=crc32; else cat; fi >"$file"; }

test_status_tells_why_it_is_not_loaded() {
	# Not local: the trap comes after the function.
	block=/etc/modprobe.d/gpuspec-test.conf modules=/lib/modules/$(uname -r)
	file=$(modinfo -n gpuspec)
	cp "$file" "$work/kept"
	trap '! mountpoint -q $modules || umount $modules; rm -f $block; cp "$work/kept" "$file"; modprobe gpuspec' EXIT
	is "$(gpuspec status --json | gojq -r .module)" loaded
	rmmod gpuspec
	echo 'install gpuspec /bin/false' >$block
	absent barred 'install gpuspec'
	echo 'blacklist gpuspec' >$block
	absent barred 'blacklist gpuspec'
	rm $block
	replace 's/vfio-dev/vfio-new/g'
	absent unsupported "refuses the kernel $(uname -r)"
	replace 's/ mod_unload / mod_upload /'
	absent unfit 'dkms install --force'
	cp "$work/kept" "$file"
	# A kernel for which nothing was built.
	mkdir "$work/none"
	mount --bind "$work/none" "$modules"
	absent absent 'headers of this kernel'
	umount "$modules"
	# It loads it, where nothing hinders.
	is "$(gpuspec status --json | gojq -r .module)" loaded
}

test_bad_parameters_are_refused() {
	rmmod gpuspec
	fails modprobe gpuspec match_class=display
	fails modprobe gpuspec match_class=0300,123
	fails modprobe gpuspec match_class=00,01,02,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11
	logged "match_class: 'display' is not a PCI class"
	modprobe gpuspec match_class=0108,0b
	is "$(cat /sys/module/gpuspec/parameters/match_class)" 0108,0b
	is "$(gpuspec list --json | gojq -r '.specs[] | select(.id | startswith("pci:1b36:0010")) | .devices')" 1
}

bind_and_unbind() {
	bind $card_a vfio-pci
	unbind $card_a
}

make_and_open_mdev() {
	mdev_create $uuid_a
	vfio_open $uuid_a </dev/null
	mdev_remove $uuid_a
}

test_module_comes_and_goes_under_way() {
	local i module binding opening creating rounds
	rounds=$(rounds 200)
	bind $card_b vfio-pci
	forever bind_and_unbind &
	binding=$!
	forever vfio_open $card_b </dev/null &
	opening=$!
	forever make_and_open_mdev &
	creating=$!
	rmmod gpuspec
	module=$(modinfo -n gpuspec)
	for ((i = 0; i < rounds; i++)); do
		insmod "$module" closed=$((i % 2))
		rmmod gpuspec
	done
	kill $binding $opening $creating
	wait
	modprobe gpuspec
	is "$(gpuspec status --json | gojq .in_use)" 0
	opens $card_b
}

run_tests
