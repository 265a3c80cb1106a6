#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A host in a fleet: the fleet's policy, as the host has it in a file, and the host's own
# hold both. The host may be stricter, never laxer.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

file=/etc/gpuspec/policy.json fleet=/etc/gpuspec/fleet.json store=/var/lib/gpuspec/rom

in_force() { gpuspec export; }
reason() { gpuspec check "$@" --json | gojq -r '"\(.reason) \(.refused_by)"'; }
sentence() { gpuspec check "$@" --json | gojq -r .sentence; }
own() { gojq -c "$1" $file; }

# The fleet's policy, without what all of them have: put_fleet MEMBERS, as in
#   put_fleet '"default": "open", "specs": {...}'
put_fleet() {
	mkdir -p /etc/gpuspec
	cat >$fleet <<-EOT
		{"version": 1, "fleet": {"revision": 7, "when": "2026-11-26T03:25:00Z"}, $1}
	EOT
	chmod 644 $fleet
}

# Of one spec: fleet_rule STATE SHARED
fleet_rule() { put_fleet '"default": "open", "accounts": {"blue": {"cgroups": ["/blue"]}, "green": {"cgroups": ["/green"]}}, "specs": {"'$spec_ab'": {"state": "'"$1"'", "shared": '"$2"'}}'; }

test_without_a_fleet_nothing_is_said_of_one() {
	gpuspec disable $spec_ab >"$work/said"
	gpuspec enable $spec_ab >>"$work/said"
	gpuspec apply >>"$work/said"
	gpuspec status >>"$work/said"
	gpuspec show $spec_ab >>"$work/said"
	gpuspec default open >>"$work/said"
	fails grep -iE 'fleet| here$|this host' "$work/said"
	is "$(gpuspec show $spec_ab --json | gojq -c '[.fleet, .host, .fleet_default]')" '[null,null,null]'
	is "$(gpuspec status --json | gojq .fleet)" null
	is "$(reason $spec_ab)" 'allowed null'
}

# By the kernel, at both gates.
test_the_fleet_refuses() {
	fleet_rule disabled '"all"'
	gpuspec apply >"$work/said"
	grep -q 'revision 7' "$work/said"
	grep -q "$spec_ab: not named -> disabled" "$work/said"
	fails bind $card_a vfio-pci
	unbind $card_a
	is "$(reason $spec_ab)" 'disabled fleet'
	is "$(sentence $spec_ab)" "$spec_ab is disabled, by the fleet's policy; gpuspec enable --fleet allows it"
	# The host has not written that down as its own.
	[ ! -e $file ]
	gpuspec enable $spec_ab >"$work/said"
	grep -qx "$spec_ab is now enabled here" "$work/said"
	grep -qx '  it is refused all the same: for the fleet it is disabled; gpuspec enable --fleet allows it' "$work/said"
	is "$(own '[.accounts, .specs]')" "[{},{\"$spec_ab\":{\"shared\":\"all\",\"state\":\"enabled\"}}]"
	is "$(spec_field $spec_ab .state)" disabled
	fails bind $card_a vfio-pci
	unbind $card_a
	fleet_rule enabled '"all"'
	gpuspec apply
	bind $card_a vfio-pci
	opens $card_a
}

test_the_host_refuses() {
	fleet_rule enabled '"all"'
	gpuspec apply
	bind $card_a vfio-pci
	opens $card_a
	gpuspec disable $spec_ab
	refuses EPERM $card_a
	is "$(reason $spec_ab)" 'disabled host'
	is "$(sentence $spec_ab)" "$spec_ab is disabled, by this host's policy; gpuspec enable allows it"
	fleet_rule disabled '"none"'
	gpuspec apply
	is "$(reason $spec_ab)" 'disabled both'
	fleet_rule enabled '"all"'
	gpuspec apply
	refuses EPERM $card_a
	gpuspec enable $spec_ab >"$work/said"
	is "$(cat "$work/said")" "$spec_ab is now enabled here"
	opens $card_a
}

# Accounts of the fleet: on both lists, up to the smaller maximum.
test_shares_of_both() {
	fleet_rule enabled '[{"account": "blue", "max": 1}, {"account": "green"}]'
	gpuspec apply
	bind $card_a vfio-pci
	bind $card_b vfio-pci
	in_cgroup /blue opens $card_a
	in_cgroup /green opens $card_a
	in_cgroup /red refuses EACCES $card_a
	gpuspec recall $spec_ab --all >/dev/null
	in_cgroup /blue refuses EPERM $card_a
	# One that only the fleet has: it has no cgroups of its own here.
	gpuspec share $spec_ab --account blue --max 2 >"$work/said"
	grep -q 'account blue may hold 1 at once all the same: that is its maximum in the fleet' "$work/said"
	is "$(own .accounts)" '{"blue":{"cgroups":[],"uids":[]}}'
	in_cgroup /green refuses EACCES $card_a
	is "$(reason $spec_ab --account green)" 'not-shared host'
	in_cgroup /blue hold first $card_a
	in_cgroup /blue refuses EUSERS $card_b
	is "$(reason $spec_ab --account blue)" 'quota fleet'
	let_go first
	# Nobody is on both lists.
	gpuspec account add red --cgroup /red
	gpuspec share $spec_ab --account red >"$work/said"
	grep -q 'for the fleet it is not shared with account red; gpuspec share --fleet --account allows it' "$work/said"
	in_cgroup /red refuses EACCES $card_a
	gpuspec recall $spec_ab --account blue
	is "$(spec_field $spec_ab .shared)" none
	is "$(reason $spec_ab --account red)" 'recalled fleet'
	gpuspec enable $spec_ab | grep "the fleet shares it with others than this host; gpuspec show $spec_ab has both"
	is "$(reason $spec_ab --account blue)" 'recalled host'
	fails_with "that is this host's own policy" gpuspec share $spec_other --account blue
}

test_accounts_that_clash() {
	fleet_rule enabled '"all"'
	gpuspec apply
	fails_with "account blue is the fleet's; gpuspec account add --fleet blue" gpuspec account add blue --cgroup /azure
	fails_with "/blue is account blue's in the fleet" gpuspec account add red --cgroup /blue
	fails_with 'gpuspec account remove --fleet green' gpuspec account remove green
	[ ! -e $file ]
	# What became the fleet's later is the fleet's.
	gpuspec account add red --cgroup /red
	put_fleet '"default": "open", "accounts": {"blue": {"cgroups": ["/blue", "/red"]}}'
	gpuspec apply
	is "$(gpuspec account list --json | gojq -c '.accounts | map(.cgroups)')" '[["/blue","/red"],[],[]]'
	is "$(gpuspec account list --json | gojq -c '.accounts | map(.from)')" '["fleet","host",null]'
	gpuspec account list | grep '^ACCOUNT *FROM '
	rm $fleet
	gpuspec apply
	is "$(gpuspec account list --json | gojq -c '.accounts | map(.cgroups)')" '[["/red"],[]]'
	gpuspec account list | grep '^ACCOUNT *CGROUPS '
}

test_defaults() {
	put_fleet '"default": "closed", "specs": {"'$spec_other'": {"state": "enabled", "shared": "all"}}'
	gpuspec apply
	is "$(reason $spec_ab)" 'unknown-spec fleet'
	is "$(reason $spec_other)" 'allowed null'
	gpuspec default open >"$work/said"
	grep -q 'The default is closed' "$work/said"
	grep -q "The fleet's is closed, this host's own open" "$work/said"
	# What the fleet does not know, a host cannot allow.
	gpuspec enable $spec_ab >"$work/said"
	grep -q "the fleet's policy does not name it, and its default is closed; gpuspec enable --fleet and gpuspec share --fleet --all name it" "$work/said"
	is "$(reason $spec_ab)" 'unknown-spec fleet'
	is "$(sentence $spec_ab)" "$spec_ab is not named by the fleet's policy, whose default is closed; gpuspec enable --fleet and gpuspec share --fleet --all name it"
	# The host's says nothing of what the fleet names.
	gpuspec default closed
	put_fleet '"default": "open", "specs": {"'$spec_other'": {"state": "enabled", "shared": "all"}}'
	gpuspec apply
	is "$(reason $spec_other)" 'allowed null'
	is "$(reason $spec_ab)" 'allowed null'
	is "$(reason $spec_mdev)" 'unknown-spec host'
	gpuspec disable $spec_other
	gpuspec enable $spec_other
	is "$(reason $spec_other)" 'allowed null'
}

test_both_are_shown() {
	fleet_rule disabled '[{"account": "blue", "max": 2}]'
	gpuspec enable $spec_ab
	is "$(gpuspec show $spec_ab --json | gojq -c '[.fleet_default, .fleet, .host]')" '["open",{"shared":[{"account":"blue","max":2}],"state":"disabled"},{"shared":"all","state":"enabled"}]'
	gpuspec show $spec_ab >"$work/said"
	grep -qx 'Fleet            disabled, shared with blue:2' "$work/said"
	grep -qx 'This host        enabled, shared with all' "$work/said"
	gpuspec show $spec_other >"$work/said"
	grep -qx 'Fleet            does not name this spec; its default is open' "$work/said"
	gpuspec status | grep -x 'Fleet     revision 7 of its policy, since 2026-11-26T03:25:00Z'
	is "$(gpuspec status --json | gojq -c .fleet)" '{"problem":null,"revision":7,"when":"2026-11-26T03:25:00Z"}'
	gpuspec apply | grep 'Nothing to change'
}

# By what the host knows itself: there is no etcd.
test_metrics() {
	local word=/run/gpuspec/agent/word.json
	fleet_rule disabled '"all"'
	gpuspec metrics >"$work/metrics"
	"$GPUSPEC_CACHE/tools/promtool" check metrics <"$work/metrics"
	grep -qx 'gpuspec_fleet_info{prefix="/gpuspec",host="[^"]*"} 1' "$work/metrics"
	grep -qx 'gpuspec_fleet_revision 7' "$work/metrics"
	grep -qx 'gpuspec_fleet_problem 0' "$work/metrics"
	fails grep '^gpuspec_fleet_heard' "$work/metrics"
	mkdir -p "${word%/*}"
	echo '{"heard": 1764127500}' >$word
	gpuspec metrics >"$work/metrics"
	grep -qx 'gpuspec_fleet_heard_timestamp_seconds 1764127500' "$work/metrics"
	grep -qx 'gpuspec_fleet_problem 0' "$work/metrics"
	echo '{"heard": 1764127500, "problem": "the policy is broken"}' >$word
	gpuspec metrics >"$work/metrics"
	"$GPUSPEC_CACHE/tools/promtool" check metrics <"$work/metrics"
	grep -qx 'gpuspec_fleet_problem 1' "$work/metrics"
	rm $word
	: >$fleet
	gpuspec metrics | grep -x 'gpuspec_fleet_problem 1'
}

# A module that was loaded anew gets both again.
test_it_comes_back() {
	local before verb
	fleet_rule disabled '"all"'
	gpuspec disable $spec_other
	before=$(in_force)
	for verb in apply "recall $spec_other --all" 'default open' 'account add red'; do
		reload
		is "$(spec_field $spec_ab .state)" enabled
		# shellcheck disable=SC2086 # words
		gpuspec $verb
		is "$(spec_field $spec_ab .state)" disabled
		is "$(spec_field $spec_other .state)" disabled
	done
	reload
	gpuspec apply --dry-run | grep "$spec_ab: not named -> disabled"
	is "$(spec_field $spec_ab .state)" enabled
	is "$(gpuspec disable $spec_ab --dry-run --json | gojq -c '.changes[0] | [.state, .fleet.state, .host.state]')" '["disabled","disabled","disabled"]'
	[ "$before" ]
}

# A file that is applied is the host's own, and what is exported changes nothing.
test_apply_file_and_export() {
	local before
	fleet_rule enabled '[{"account": "blue"}, {"account": "green", "max": 1}]'
	gpuspec recall $spec_ab --all
	gpuspec share $spec_ab --account green
	before=$(in_force)
	echo "$before" >"$work/exported"
	is "$(gojq -c '.specs["'$spec_ab'"].shared' "$work/exported")" '[{"account":"green","max":1}]'
	gpuspec apply "$work/exported" >"$work/said"
	grep -q 'Nothing to change: the kernel has this policy in force' "$work/said"
	is "$(in_force)" "$before"
	echo '{"version": 1, "default": "open", "specs": {"'$spec_ab'": {"state": "enabled", "shared": "all"}}}' >"$work/lax"
	gpuspec apply "$work/lax"
	is "$(spec_field $spec_ab '.shared | map(.account) | join(",")')" blue,green
	is "$(own '.specs["'$spec_ab'"].shared')" '"all"'
}

# Refused with these words, and nothing has changed: breaks WORDS, the file on stdin.
breaks() {
	local before
	before=$(in_force)
	cat >$fleet
	chmod 644 $fleet
	fails_with "$1" gpuspec apply
	fails_with "$1" gpuspec enable $spec_other
	fails_with "$1" gpuspec account add red
	fails_with "$1" gpuspec rom clear $spec_ab
	is "$(in_force)" "$before"
	# What is in force can be told.
	gpuspec status | grep 'Fleet     not known: '
	gpuspec show $spec_ab >/dev/null
	fails gpuspec check $spec_ab
}

test_broken_files() {
	fleet_rule disabled '"all"'
	gpuspec apply
	breaks 'fleet.json: line 1, column' </dev/null
	breaks '"fleet" is an object with "revision"' <<<'{"version": 1, "default": "open"}'
	breaks '"fleet" is an object with "when"' <<<'{"version": 1, "default": "open", "fleet": {"revision": 7}}'
	breaks 'there is no account "green"' <<<'{"version": 1, "default": "open", "fleet": {"revision": 7, "when": "2026-11-26T03:25:00Z"}, "specs": {"mdev:a": {"state": "enabled", "shared": [{"account": "green"}]}}}'
	breaks '"sha256" is 64' <<<'{"version": 1, "default": "open", "fleet": {"revision": 7, "when": "2026-11-26T03:25:00Z"}, "roms": {"'$spec_ab'": {"size": 1}}}'
	fleet_rule disabled '"all"'
	chmod 666 $fleet
	fails_with 'others than its owner could change it' gpuspec apply
	chmod 644 $fleet
	reload closed=1
	: >$fleet
	fails gpuspec apply
	is "$(reason $spec_ab)" 'unknown-spec null'
}

# Who takes the fleet's file away has the host's own policy, and nothing of the fleet's.
test_undone_by_removing_it() {
	gpuspec disable $spec_other
	cp $file "$work/own"
	put_fleet '"default": "closed", "accounts": {"blue": {"cgroups": ["/blue"]}}, "specs": {"'$spec_ab'": {"state": "disabled", "shared": "all"}, "'$spec_other'": {"state": "enabled", "shared": "none"}}'
	gpuspec apply
	is "$(reason $spec_ab)" 'disabled fleet'
	cmp $file "$work/own"
	rm $fleet
	gpuspec apply
	cmp $file "$work/own"
	is "$(reason $spec_ab)" 'allowed null'
	is "$(in_force | gojq -c '[.default, .accounts, .specs]')" "[\"open\",{},{\"$spec_other\":{\"shared\":\"all\",\"state\":\"disabled\"}}]"
}

# A change that could not be written is not in force.
test_nothing_half_done() {
	fleet_rule enabled '"all"'
	gpuspec disable $spec_ab
	cp $file "$work/before"
	fails strace -o /dev/null -e inject=renameat:error=EIO gpuspec enable $spec_ab
	is "$(spec_field $spec_ab .state)" disabled
	cmp $file "$work/before"
	fails strace -o /dev/null -e inject=fsync:error=EIO:when=2 gpuspec enable $spec_ab
	is "$(spec_field $spec_ab .state)" disabled
	cmp $file "$work/before"
}

sha_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

test_roms() {
	local one two
	make_rom $card_a one --fill one
	make_rom $card_a two --fill two
	one=$(sha_of "$work/one.rom") two=$(sha_of "$work/two.rom")
	bind $card_a vfio-pci
	gpuspec rom set $spec_ab "$work/one.rom" --version v1
	put_fleet '"default": "open", "roms": {"'$spec_ab'": {"sha256": "'"$two"'", "version": "f2", "size": '"$(stat -c %s "$work/two.rom")"'}}'
	# Its bytes are not there yet: the old one stays.
	fails_with 'No such file' gpuspec apply
	is "$(spec_field $spec_ab .rom.version)" v1
	cp "$work/two.rom" "$store/$two.rom"
	gpuspec apply --dry-run | grep "ROM ${one:0:8} -> ${two:0:8}"
	gpuspec apply
	is "$(spec_field $spec_ab .rom.sha256)" "$two"
	is "$(spec_field $spec_ab .rom.version)" f2
	is "$(device_field $card_a .rom)" applied
	gpuspec apply | grep 'Nothing to change'
	gpuspec rom show $spec_ab >"$work/said"
	grep -q "it is the fleet's, which goes before this host's; gpuspec rom set --fleet changes it" "$work/said"
	is "$(gpuspec rom show $spec_ab --json | gojq -r .fleet.version)" f2
	# For libvirt, by the path that stays.
	is "$(gpuspec rom show $spec_ab --json | gojq -r .path)" "$store/by-spec/$spec_ab.rom"
	cmp "$store/by-spec/$spec_ab.rom" "$work/two.rom"
	fails_with "has the fleet's ROM f2, which goes before this host's; gpuspec rom set --fleet changes it" gpuspec rom set $spec_ab "$work/one.rom"
	fails_with 'gpuspec rom set --fleet' gpuspec rom set $spec_ab "$work/one.rom" --dry-run
	fails_with 'gpuspec rom clear --fleet' gpuspec rom clear $spec_ab
	fails_with 'gpuspec rom rollback --fleet' gpuspec rom rollback $spec_ab
	is "$(spec_field $spec_ab .rom.version)" f2
	reload
	gpuspec apply
	is "$(spec_field $spec_ab .rom.version)" f2
	# The host's own history is as it was, and in force again without the fleet's.
	put_fleet '"default": "open"'
	gpuspec apply
	is "$(spec_field $spec_ab .rom.version)" v1
	cmp "$store/by-spec/$spec_ab.rom" "$work/one.rom"
	# Of a spec that the host has none of its own for, the path goes with the fleet's.
	gpuspec rom clear $spec_ab
	put_fleet '"default": "open", "roms": {"'$spec_ab'": {"sha256": "'"$two"'", "size": '"$(stat -c %s "$work/two.rom")"'}}'
	gpuspec apply
	cmp "$store/by-spec/$spec_ab.rom" "$work/two.rom"
	reload
	put_fleet '"default": "open"'
	gpuspec apply
	[ ! -e "$store/by-spec/$spec_ab.rom" ]
}

run_tests
