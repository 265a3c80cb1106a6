#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Specs that are shared with accounts by name: who gets a device, who does not, and why.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"
# shellcheck source=selftests/qemu.sh
. "$(dirname "$0")/qemu.sh"

two_accounts() {
	gpuspec account add blue --cgroup /blue
	gpuspec account add red --cgroup /red
}

# The spec is shared with these alone: shared_with SPEC ACCOUNT [OPTION]...
shared_with() {
	gpuspec recall "$1" --all
	gpuspec share "$1" --account "${@:2}"
}

test_list_gives_to_one_and_not_to_the_other() {
	two_accounts
	shared_with $spec_ab blue
	bind $card_a vfio-pci
	in_cgroup /blue opens $card_a
	in_cgroup /blue/vms/one opens $card_a
	in_cgroup /red refuses EACCES $card_a
	in_cgroup /bluer refuses EACCES $card_a
	refuses EACCES $card_a
	logged "gpuspec $card_a: open by vfio_open["
	logged "refused: $spec_ab is not shared with account red"
	logged "refused: $spec_ab is not shared with account host"
	gpuspec share $spec_ab --account red
	in_cgroup /red opens $card_a
	gpuspec recall $spec_ab --account blue
	in_cgroup /blue refuses EACCES $card_a
	gpuspec recall $spec_ab --account red
	is "$(spec_field $spec_ab .shared)" none
	in_cgroup /red refuses EPERM $card_a
}

test_two_qemus_in_two_slices() {
	two_accounts
	shared_with $spec_ab blue
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	gpuspec monitor --json >"$work/events" &
	echo $! >"$work/monitor.pid"
	in_cgroup /blue/machine.slice qemu_start blue -device vfio-pci,host=$card_a,addr=4
	is "$(device_field $card_a .holder.account)" blue
	in_cgroup /red/machine.slice fails qemu_start red -device vfio-pci,host=$card_b,addr=4
	grep -q 'Permission denied' "$work/red.said"
	eventually grep -q '"refused"' "$work/events"
	is "$(gojq -r 'select(.event == "refused") | [.reason, .process.account, .process.comm] | join(" ")' "$work/events")" \
		'not-shared red qemu-system-x86'
	grep -q '"opened".*"account":"blue"' "$work/events"
	gpuspec recall $spec_ab --account blue | grep -F "$card_a stays with its holder until released: qemu-system-x86["
	qemu_answers blue
	qemu_stop blue
}

test_verdict_follows_to_another_cgroup() {
	two_accounts
	shared_with $spec_ab blue
	bind $card_a vfio-pci
	mkfifo "$work/go"
	bash -c "read -r <'$work/go'; exec vfio_open $card_a </dev/null" >"$work/said" 2>&1 &
	move_to_cgroup /red $!
	is "$(gpuspec check $spec_ab --pid $! --json | gojq -r '.account + " " + .reason')" 'red not-shared'
	move_to_cgroup /blue $!
	is "$(gpuspec check $spec_ab --pid $! --json | gojq -r '.account + " " + .reason')" 'blue allowed'
	echo >"$work/go"
	wait $!
	is "$(cat "$work/said")" open
}

test_longest_path_goes_first() {
	gpuspec account add blue --cgroup /tenants
	gpuspec account add red --cgroup /tenants/red
	shared_with $spec_ab blue
	bind $card_a vfio-pci
	in_cgroup /tenants/other opens $card_a
	in_cgroup /tenants/red refuses EACCES $card_a
	in_cgroup /tenants/red/vms refuses EACCES $card_a
	in_cgroup /tenants/redder opens $card_a
}

as_user() { setpriv --reuid "$1" --clear-groups "${@:2}"; }

test_uid_after_cgroup() {
	local group
	gpuspec account add blue --uid 4001 --cgroup /blue
	gpuspec account add red --uid 4002
	shared_with $spec_mdev blue
	mdev_create $uuid_a
	group=$(basename "$(readlink /sys/bus/mdev/devices/$uuid_a/iommu_group)")
	chmod 666 "/dev/vfio/$group"
	# The program itself, where a shell function would not be found.
	is "$(as_user 4001 vfio_open $uuid_a </dev/null 2>&1)" open
	is "$(as_user 4002 vfio_open $uuid_a </dev/null 2>&1)" EACCES
	is "$(in_cgroup /blue as_user 4002 vfio_open $uuid_a </dev/null 2>&1)" open
}

test_maximum() {
	two_accounts
	shared_with $spec_ab blue --max 1
	gpuspec share $spec_ab --account red
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	in_cgroup /blue hold first $card_a
	in_cgroup /blue refuses EUSERS $card_b
	logged "refused: $spec_ab is held by account blue up to its maximum"
	in_cgroup /red opens $card_b
	is "$(spec_field $spec_ab '.shared[0] | "\(.account) \(.max) \(.held)"')" 'blue 1 1'
	fails_with 'up to its maximum' gpuspec check $spec_ab --account blue
	gpuspec share $spec_ab --account blue --max 2
	in_cgroup /blue opens $card_b
	gpuspec share $spec_ab --account blue --max 1
	let_go first
	in_cgroup /blue opens $card_b
	# What another account holds does not count.
	in_cgroup /red hold second $card_a
	in_cgroup /blue opens $card_b
	let_go second
}

open_and_wait() {
	vfio_open "$1" <"$work/hold" >"$work/race.$2" 2>&1
}

# Ten opens at once against a maximum of four: just four get through, each time.
test_maximum_is_exact_under_races() {
	local i round uuid uuids=() opened
	gpuspec account add blue --cgroup /blue
	shared_with $spec_mdev blue --max 4
	for ((i = 0; i < 10; i++)); do
		uuid=11111111-2222-3333-4444-0000000001$(printf '%02d' "$i")
		mdev_create "$uuid"
		uuids+=("$uuid")
	done
	mkfifo "$work/hold"
	for ((round = 0; round < 10; round++)); do
		rm -f "$work"/race.*
		exec 9<>"$work/hold"
		for i in "${!uuids[@]}"; do
			in_cgroup /blue open_and_wait "${uuids[i]}" "$i" 9>&- &
		done
		eventually eval '[ "$(cat "$work"/race.* 2>/dev/null | wc -l)" = 10 ]'
		opened=$(grep -lx open "$work"/race.* | wc -l)
		exec 9>&-
		wait
		is "$opened" 4
		is "$(grep -lx EUSERS "$work"/race.* | wc -l)" 6
		is "$(spec_field $spec_mdev .in_use)" 0
	done
}

test_host_is_an_account_like_others() {
	gpuspec account add blue --cgroup /blue
	shared_with $spec_ab host
	bind $card_a vfio-pci
	opens $card_a
	in_cgroup /blue refuses EACCES $card_a
	fails_with 'account host is whoever' gpuspec account add host --uid 0
}

# Who binds is the orchestrator; who opens is the VM.
test_bind_and_create_ask_for_no_account() {
	gpuspec account add blue --cgroup /blue
	shared_with $spec_ab blue
	shared_with $spec_mdev blue
	bind $card_a vfio-pci
	mdev_create $uuid_a
	refuses EACCES $card_a
	refuses EACCES $uuid_a
	in_cgroup /blue opens $uuid_a
}

test_recall_leaves_the_holder_alone() {
	gpuspec account add blue --cgroup /blue
	shared_with $spec_ab blue
	bind $card_a vfio-pci
	in_cgroup /blue hold first $card_a
	fails_with 'account blue' gpuspec recall $spec_ab --account blue --if-unused
	is "$(spec_field $spec_ab '.shared[0].account')" blue
	gpuspec recall $spec_ab --account blue
	answers first
	let_go first
	in_cgroup /blue refuses EPERM $card_a
}

# Of a device that is taken between the look and the change the kernel knows.
test_if_unused_is_asked_of_the_kernel() {
	gpuspec account add blue --cgroup /blue
	shared_with $spec_ab blue
	# Recalled from the last, it would be from all.
	gpuspec share $spec_ab --account host
	bind $card_a vfio-pci
	stop_after 6 recall $spec_ab --account blue --if-unused
	in_cgroup /blue hold first $card_a
	if go_on; then return 1; fi
	grep -q 'the account holds a device of the spec' "$work/stopped"
	is "$(spec_field $spec_ab '.shared[0].account')" blue
	stop_after 6 disable $spec_other --if-unused
	bind $other vfio-pci
	hold second $other
	if go_on; then return 1; fi
	grep -q 'a device of the spec is in use' "$work/stopped"
	is "$(spec_field $spec_other .state)" enabled
	let_go first
	let_go second
}

test_what_the_command_line_refuses() {
	local status
	gpuspec account add blue --cgroup /blue --uid 7
	fails_with 'shared with all accounts already' gpuspec share $spec_ab --account blue
	fails_with 'shared with all accounts, and not with blue' gpuspec recall $spec_ab --account blue
	gpuspec recall $spec_ab --all
	status=0
	gpuspec share $spec_ab --account green 2>"$work/said" || status=$?
	is $status 4
	grep -q 'there is no account green' "$work/said"
	fails_with '/blue is account blue' gpuspec account add red --cgroup /blue
	fails_with 'uid 7 is account blue' gpuspec account add red --uid 7
	status=0
	gpuspec check $spec_ab --account green 2>"$work/said" || status=$?
	is $status 4
	gpuspec share $spec_ab --account blue
	fails_with "$spec_ab is shared with account blue" gpuspec account remove blue
	fails_with 'no name of an account' gpuspec account add 'a b'
	fails_with 'no path of a cgroup' gpuspec account add red --cgroup blue
	fails_with 'a number from' gpuspec account add red --uid -1
	fails_with 'a number from' gpuspec share $spec_ab --account blue --max 0
	fails_with 'say with or from whom' gpuspec share $spec_ab --all --account blue
	fails_with 'there is no process' gpuspec check $spec_ab --pid 2000000000
	is "$(gpuspec account list --json | gojq -c '[.accounts[].name]')" '["blue","host"]'
	gpuspec recall $spec_ab --account blue
	gpuspec account remove blue --uid 7
	is "$(gpuspec account list --json | gojq -c '.accounts[0].uids')" '[]'
	gpuspec account remove blue
	is "$(gpuspec account list --json | gojq -c '[.accounts[].name]')" '["host"]'
}

test_log_tells_who_and_why() {
	two_accounts
	shared_with $spec_ab blue
	bind $card_a vfio-pci
	in_cgroup /red refuses EACCES $card_a
	gpuspec log >"$work/log"
	grep -q "$card_a: open by vfio_open\[[0-9]*\] refused: $spec_ab is not shared with account red" "$work/log"
	grep -q "$spec_ab: policy changed: enabled, shared with none, by gpuspec\[" "$work/log"
	grep -q "$spec_ab: shared with blue, by gpuspec\[" "$work/log"
	grep -q "account red added, by gpuspec\[" "$work/log"
}

test_each_account_is_named_in_the_log() {
	two_accounts
	gpuspec account add blue --uid 7
	shared_with $spec_ab blue --max 2
	gpuspec share $spec_ab --account red
	gpuspec share $spec_ab --account blue --max 3
	gpuspec share $spec_ab --account red --max 3
	gpuspec share $spec_ab --account red
	gpuspec recall $spec_ab --account blue
	gpuspec recall $spec_ab --account red
	is "$(changes)" "$(cat <<-EOT
		account blue added
		account red added
		account blue changed
		$spec_ab: policy changed: enabled, shared with none
		$spec_ab: shared with blue (at most 2)
		$spec_ab: shared with red
		$spec_ab: shared with blue (now at most 3)
		$spec_ab: shared with red (now at most 3)
		$spec_ab: shared with red (now any number)
		$spec_ab: recalled from blue
		$spec_ab: recalled from red
	EOT
	)"
	is "$(gpuspec log | grep -c .)" 11
	is "$(gpuspec log --json | gojq -c '[.events[] | select(.event != "policy-applied") | [.spec.shared, .account, .change, .max]] | .[1:2] + .[3:5] + .[-1:]')" \
		'[[null,"red","added",null],["none",null,null,null],["list","blue","added",2],["none","red","removed",null]]'
}

# A list that ends: each account on it is named.
test_what_ends_a_list_is_told_to_each_account() {
	two_accounts
	shared_with $spec_ab blue --max 2
	gpuspec share $spec_ab --account red
	gpuspec monitor --json >"$work/events" &
	echo $! >"$work/monitor.pid"
	sleep 1
	gpuspec recall $spec_ab --all
	gpuspec share $spec_ab --account blue
	gpuspec share $spec_ab --all
	gpuspec account remove red
	eventually grep -q '"account red removed"' "$work/events"
	is "$(gojq -r 'select(.event != "policy-applied") | .sentence' "$work/events")" "$(cat <<-EOT
		$spec_ab: recalled from blue
		$spec_ab: recalled from red
		$spec_ab: shared with blue
		$spec_ab: policy changed: enabled, shared with all
		$spec_ab: shared with blue as with all
		account red removed
	EOT
	)"
	is "$(gojq -s '[.[].missed] | add' "$work/events")" 0
}

run_tests
