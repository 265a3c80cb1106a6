#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The policy that lasts: its file, what brings it back, and what happens when that fails.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

file=/etc/gpuspec/policy.json

# All that the kernel has in force.
in_force() { gpuspec export; }

put_policy() {
	mkdir -p /etc/gpuspec
	cat >$file
	chmod 644 $file
}

test_verbs_write_it_and_apply_brings_it_back() {
	local before
	gpuspec account add blue --cgroup /blue --uid 7
	gpuspec disable $spec_ab
	gpuspec recall $spec_other --all
	gpuspec share $spec_other --account blue --max 2
	gpuspec recall mdev:not-here --all
	gpuspec default closed
	before=$(in_force)
	is "$(gojq -c '.specs["'$spec_other'"]' $file)" '{"shared":[{"account":"blue","max":2}],"state":"enabled"}'
	is "$(gojq -r .default $file)" closed
	reload
	is "$(gpuspec check $spec_ab --json | gojq -r .reason)" allowed
	gpuspec apply >"$work/said"
	grep -q "$spec_ab: not named -> disabled, shared with all" "$work/said"
	is "$(in_force)" "$before"
	is "$(gpuspec check $spec_ab --json | gojq -r .reason)" disabled
	is "$(gpuspec apply)" 'Nothing to change: the kernel has this policy in force.'
	is "$(gpuspec apply --json | gojq .changed)" false
}

test_without_a_file_nothing_is_applied() {
	[[ $(gpuspec apply) == 'There is no policy yet'* ]]
	[ ! -e $file ]
	reload closed=1
	gpuspec apply
	is "$(gpuspec status --json | gojq -r .default)" closed
}

# A module that was loaded anew has it all again with the next change.
test_next_change_brings_all_of_it_back() {
	gpuspec disable $spec_ab
	reload
	gpuspec disable $spec_other
	is "$(spec_field $spec_ab .state)" disabled
	is "$(spec_field $spec_other .state)" disabled
}

test_previous_version_and_unknown_members_are_kept() {
	put_policy <<-EOT
		{"note": "by hand", "version": 1, "default": "open", "specs": {
		  "$spec_ab": {"state": "disabled", "shared": "all", "ticket": 4711}}}
	EOT
	gpuspec apply
	is "$(spec_field $spec_ab .state)" disabled
	cp $file "$work/first"
	gpuspec enable $spec_ab
	is "$(gojq -c '[.note, .specs["'$spec_ab'"].ticket, .specs["'$spec_ab'"].state]' $file)" '["by hand",4711,"enabled"]'
	cmp $file.previous "$work/first"
	is "$(stat -c '%a %u' $file)" '644 0'
}

test_apply_file_replaces_it() {
	gpuspec disable $spec_ab
	gpuspec export | gojq 'del(.specs) | .specs["'$spec_other'"] = {"state": "disabled", "shared": "none"}' >"$work/new"
	gpuspec apply "$work/new" --dry-run >"$work/said"
	grep -q 'The kernel would get' "$work/said"
	grep -q "$spec_ab: disabled, shared with all -> not named" "$work/said"
	is "$(spec_field $spec_ab .state)" disabled
	gpuspec apply - <"$work/new"
	is "$(spec_field $spec_ab .state)" enabled
	is "$(spec_field $spec_other .shared)" none
	is "$(gojq -c '.specs | keys' $file)" "[\"$spec_other\"]"
	# A file that is not there is no empty policy.
	fails_with 'No such file' gpuspec apply "$work/nowhere"
	fails_with 'Is a directory' gpuspec apply "$work"
	is "$(spec_field $spec_other .shared)" none
}

# A file that changes who has what, all at once: each account that gains or loses is named.
test_apply_names_the_accounts_that_it_changes() {
	put_policy <<-EOT
		{"version": 1, "default": "open",
		 "accounts": {"blue": {"cgroups": ["/blue"]}, "red": {"cgroups": ["/red"]}},
		 "specs": {"$spec_ab": {"state": "enabled", "shared": [{"account": "blue", "max": 1}, {"account": "red"}]},
		  "$spec_other": {"state": "enabled", "shared": [{"account": "red"}]}}}
	EOT
	gpuspec apply
	is "$(changes | sort)" "$(sort <<-EOT
		$spec_ab: policy changed: enabled, shared with 2 accounts
		$spec_ab: shared with blue (at most 1)
		$spec_ab: shared with red
		$spec_other: policy changed: enabled, shared with 1 account
		$spec_other: shared with red
		account blue added
		account red added
	EOT
	)"
	cat >"$work/new" <<-EOT
		{"version": 1, "default": "closed",
		 "accounts": {"green": {"cgroups": ["/green"]}, "red": {"cgroups": ["/red", "/crimson"]}},
		 "specs": {"$spec_ab": {"state": "enabled", "shared": [{"account": "green"}, {"account": "red", "max": 2}]},
		  "$spec_other": {"state": "disabled", "shared": "none"}}}
	EOT
	gpuspec apply "$work/new"
	is "$(changes | sed 1,7d | sort)" "$(sort <<-EOT
		$spec_ab: shared with green
		$spec_ab: recalled from blue
		$spec_ab: shared with red (now at most 2)
		$spec_other: policy changed: disabled, shared with none
		$spec_other: recalled from red
		account green added
		account red changed
		account blue removed
	EOT
	)"
	gpuspec log >"$work/log"
	grep -q 'policy applied: default now closed, 5 other changes, by gpuspec\[' "$work/log"
	is "$(grep -c 'policy applied' "$work/log")" 1
	gpuspec default open
	gpuspec log | tail -n 1 | grep ' policy applied: default now open, by gpuspec\['
}

# Refused with these words, and nothing has changed: breaks WORDS, the file on stdin.
breaks() {
	local before
	before=$(in_force)
	put_policy
	cp $file "$work/broken"
	fails_with "$1" gpuspec apply
	fails_with "$1" gpuspec enable $spec_other
	is "$(in_force)" "$before"
	cmp $file "$work/broken"
}

test_broken_files() {
	gpuspec disable $spec_ab
	breaks 'line 2, column' <<<$'{"version": 1,\n "specs": {]}'
	breaks 'line 1, column' </dev/null
	breaks 'duplicate object key' <<<'{"version": 1, "default": "open", "specs": {"mdev:a": {"state": "enabled", "shared": "all"}, "mdev:a": {"state": "disabled", "shared": "all"}}}'
	breaks 'line 3: spec mdev:a: "state" is "enabled" or "disabled", and not "off"' <<<$'{"version": 1, "default": "open",\n"specs": {\n"mdev:a": {"state": "off", "shared": "all"}}}'
	breaks '"shared" is "all", "none" or a list' <<<'{"version": 1, "default": "open", "specs": {"mdev:a": {"state": "enabled", "shared": []}}}'
	breaks 'there is no account "green"' <<<'{"version": 1, "default": "open", "specs": {"mdev:a": {"state": "enabled", "shared": [{"account": "green"}]}}}'
	breaks 'is no spec' <<<'{"version": 1, "default": "open", "specs": {"gpu": {"state": "enabled", "shared": "all"}}}'
	breaks 'is no path of a cgroup' <<<'{"version": 1, "default": "open", "accounts": {"blue": {"cgroups": ["blue"]}}}'
	breaks 'is no uid' <<<'{"version": 1, "default": "open", "accounts": {"blue": {"uids": ["root"]}}}'
	breaks 'is given twice' <<<'{"version": 1, "default": "open", "accounts": {"blue": {"uids": [7]}, "red": {"uids": [7]}}}'
	breaks 'take a newer one' <<<'{"version": 2}'
	breaks '"version" is 1, and not nothing' <<<'{}'
	breaks '"default" is "open" or "closed"' <<<'{"version": 1, "default": 1}'
	breaks 'line 1, column' < <(printf '{"version": 1, "default": "open", "specs": '; head -c 100000 /dev/zero | tr '\0' '[')
	breaks 'larger than' < <(head -c 100000000 /dev/zero)
}

test_files_that_are_not_the_admins() {
	local mode
	gpuspec disable $spec_ab
	chown 1000 $file
	fails_with 'belongs to uid 1000' gpuspec enable $spec_ab
	chown 0 $file
	for mode in 666 664 646; do
		chmod $mode $file
		fails_with 'others than its owner could change it' gpuspec enable $spec_ab
	done
	chmod 644 $file
	mv $file "$work/elsewhere"
	ln -s "$work/elsewhere" $file
	fails_with 'symbolic link' gpuspec enable $spec_ab
	rm $file
	mkdir $file
	fails_with 'not a regular file' gpuspec enable $spec_ab
	rmdir $file
	is "$(spec_field $spec_ab .state)" disabled
}

# On a file system of its own, so that it can be full, or read-only.
test_full_and_read_only() {
	rm -rf /etc/gpuspec
	mkdir /etc/gpuspec
	mount -t tmpfs -o size=64k tmpfs /etc/gpuspec
	gpuspec disable $spec_ab
	cp $file "$work/before"
	fallocate -l 56k /etc/gpuspec/filler
	dd if=/dev/zero of=/etc/gpuspec/filler2 bs=4k 2>/dev/null || true
	fails_with 'No space left on device' gpuspec enable $spec_ab
	is "$(spec_field $spec_ab .state)" disabled
	cmp $file "$work/before"
	rm /etc/gpuspec/filler*
	mount -o remount,ro /etc/gpuspec
	fails_with 'Read-only file system' gpuspec enable $spec_ab
	is "$(spec_field $spec_ab .state)" disabled
	cmp $file "$work/before"
	# What is there can be applied all the same, and is left as it is.
	reload
	gpuspec apply
	is "$(spec_field $spec_ab .state)" disabled
	umount /etc/gpuspec
}

test_who_may_not_is_told_so() {
	local status verb
	gpuspec disable $spec_ab
	# The first by the file, the second by the kernel.
	for verb in "enable $spec_ab" list; do
		status=0
		# shellcheck disable=SC2086 # words
		setpriv --reuid 1000 --clear-groups gpuspec $verb 2>"$work/said" || status=$?
		is $status 6
		grep -q 'run it as root' "$work/said"
	done
	is "$(spec_field $spec_ab .state)" disabled
}

# A change that the kernel does not make, for any message to it that fails, is not in the file
# either, and nothing is left of it.
test_file_has_what_the_kernel_took() {
	local nth
	gpuspec recall $spec_other --all
	cp $file "$work/before"
	for ((nth = 1; ; nth++)); do
		if strace -o /dev/null -e "inject=sendmsg:error=ENOBUFS:when=$nth" \
			gpuspec disable $spec_ab >/dev/null 2>&1; then break; fi
		cmp $file "$work/before"
		is "$(ls -A /etc/gpuspec | tr '\n' ' ')" '.lock policy.json '
		is "$(spec_field $spec_ab .state)" enabled
	done
	[ $nth -gt 5 ]
	is "$(spec_field $spec_ab .state)" disabled
}

# The policy changes between two tables that are read: then they are all read anew.
test_tables_are_of_one_moment() {
	local name
	for name in blue red; do
		cat >"$work/$name" <<-EOT
			{"version": 1, "default": "open", "accounts": {"$name": {"cgroups": ["/$name"]}},
			 "specs": {"$spec_ab": {"state": "enabled", "shared": [{"account": "$name"}]}}}
		EOT
	done
	gpuspec apply "$work/blue"
	# The last request, the sixth, is for the accounts.
	stop_after 5 export
	gpuspec apply "$work/red"
	go_on
	is "$(cat "$work/stopped")" "$(in_force)"
}

# Fifty at once, each with a spec of its own: none is lost, in the file or the kernel.
test_fifty_at_once() {
	local i
	for ((i = 0; i < 50; i++)); do
		gpuspec disable "mdev:many-$i" >/dev/null &
	done
	wait
	is "$(gojq '[.specs[] | select(.state == "disabled")] | length' $file)" 50
	is "$(gpuspec list --json | gojq '[.specs[] | select(.id | startswith("mdev:many-"))] | length')" 50
}

# Killed at every system call that changes something, here or in the kernel: the file is whole,
# and old or new; after an apply the kernel has just what it says.
test_killed_at_every_system_call() {
	local kind nth kills=0 verb=enable state now
	gpuspec disable $spec_ab
	for kind in flock fchmod write fsync linkat renameat unlinkat sendmsg; do
		for ((nth = 1; ; nth++)); do
			# There are not as many: something that was left is in the way.
			[ $nth -lt 40 ]
			state=$(gojq -r '.specs["'$spec_ab'"].state' $file)
			if [ "$state" = enabled ]; then verb=disable; else verb=enable; fi
			if strace -f -o /dev/null -e "inject=$kind:signal=KILL:when=$nth" \
				gpuspec $verb $spec_ab >/dev/null 2>&1; then break; fi
			kills=$((kills + 1))
			now=$(gojq -r '.specs["'$spec_ab'"].state' $file)
			[ "$now" = "$state" ] || [ "$now" = ${verb}d ]
			gpuspec apply >/dev/null
			is "$(spec_field $spec_ab .state)" "$now"
		done
	done
	echo "killed $kills times"
	[ $kills -gt 15 ]
}

test_roms_come_back() {
	make_rom $card_a one --fill one
	bind $card_a vfio-pci
	gpuspec rom set $spec_ab "$work/one.rom" --version v1
	reload
	is "$(spec_field $spec_ab .rom)" null
	gpuspec apply --no-rom
	is "$(spec_field $spec_ab .rom)" null
	gpuspec apply | grep "$spec_ab: ROM - -> $(sha256sum "$work/one.rom" | cut -c 1-8)"
	is "$(spec_field $spec_ab .rom.version)" v1
	is "$(device_field $card_a .rom)" applied
	is "$(gpuspec apply --json | gojq .changed)" false
	reload
	printf x >>"/var/lib/gpuspec/rom/$(sha256sum "$work/one.rom" | cut -d' ' -f1).rom"
	fails_with 'damaged' gpuspec apply
}

test_metrics() {
	gpuspec account add blue --cgroup /blue
	gpuspec recall $spec_ab --all
	gpuspec share $spec_ab --account blue
	bind $card_a vfio-pci
	in_cgroup /blue hold first $card_a
	bind $card_b vfio-pci
	refuses EACCES $card_b
	gpuspec metrics >"$work/metrics"
	grep -qx "gpuspec_devices_in_use{spec=\"$spec_ab\",account=\"blue\"} 1" "$work/metrics"
	grep -qx 'gpuspec_refusals_total{reason="not-shared"} 1' "$work/metrics"
	grep -q "gpuspec_spec_info{spec=\"$spec_ab\",kind=\"pgpu\",name=\"[^\"]*\",shared=\"list\"} 1" "$work/metrics"
	fails grep fleet "$work/metrics"
	"$GPUSPEC_CACHE/tools/promtool" check metrics <"$work/metrics"
	let_go first
}

run_tests
