#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Refusals and changes are audit records, that auditd takes and ausearch finds.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

programs=$GPUSPEC_CACHE/tools

start_auditd() {
	mkdir -p "$work/audit"
	cat >"$work/audit/auditd.conf" <<-EOT
		log_file = $work/audit/audit.log
		log_format = RAW
		flush = NONE
		max_log_file_action = IGNORE
		space_left = 2
		admin_space_left = 1
		space_left_action = IGNORE
		admin_space_left_action = IGNORE
		disk_full_action = IGNORE
		disk_error_action = IGNORE
		plugin_dir = $work/audit
	EOT
	chmod 640 "$work/audit/auditd.conf"
	"$programs/auditd" -n -c "$work/audit" >"$work/audit.said" 2>&1 &
	echo $! >"$work/auditd.pid"
	eventually grep -q 'type=DAEMON_START' "$work/audit/audit.log"
}

# As an admin with this login uid: as_login UID COMMAND [ARG]...
as_login() {
	(echo "$1" >/proc/self/loginuid && "${@:2}")
}

found() { "$programs/ausearch" -if "$work/audit/audit.log" -m KERNEL_OTHER "$@" 2>/dev/null; }

# One record has all of these words: has_record [OPTION OF AUSEARCH]... -- WORD...
has_record() {
	local options=() records word
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	shift
	records=$(found "${options[@]}" | grep '^type=KERNEL_OTHER')
	for word in "$@"; do
		records=$(grep -F -- "$word" <<<"$records") || {
			echo "no record has $word"
			return 1
		}
	done
}

# First, by its name: what auditd has switched on stays on.
test_a_host_without_auditd_records_nothing() {
	gpuspec disable $spec_ab
	fails bind $card_a vfio-pci
	fails grep -q op=gpuspec <<<"$(log)"
}

test_ausearch_finds_refusal_and_change_by_login() {
	start_auditd
	as_login 4711 gpuspec account add blue --cgroup /blue
	as_login 4711 gpuspec recall $spec_ab --all
	as_login 4712 gpuspec share $spec_ab --account blue --max 2
	bind $card_a vfio-pci
	in_cgroup /red as_login 4713 refuses EACCES $card_a
	eventually has_record -ul 4713 -- op=gpuspec-open "device=$card_a" "spec=$spec_ab" account=host reason=not-shared 'comm="vfio_open"' res=0
	has_record -ul 4711 -- op=gpuspec-account-set account=blue res=1
	has_record -ul 4711 -- op=gpuspec-policy "spec=$spec_ab" state=enabled shared=none 'comm="gpuspec"' res=1
	has_record -ul 4712 -- op=gpuspec-share "spec=$spec_ab" account=blue max=2
	as_login 4711 gpuspec recall $spec_ab --account blue
	as_login 4711 gpuspec default closed
	eventually has_record -ul 4711 -- op=gpuspec-default default=closed
	has_record -ul 4711 -- op=gpuspec-recall "spec=$spec_ab" account=blue
	fails has_record -ul 4714 -- op=gpuspec
}

test_each_account_has_a_record() {
	start_auditd
	as_login 4711 gpuspec account add blue --cgroup /blue
	as_login 4711 gpuspec account add red --cgroup /red
	as_login 4711 gpuspec recall $spec_ab --all
	as_login 4711 gpuspec share $spec_ab --account blue --max 2
	as_login 4711 gpuspec share $spec_ab --account red
	as_login 4712 gpuspec recall $spec_ab --all
	as_login 4713 gpuspec account remove red
	eventually has_record -ul 4713 -- op=gpuspec-account-remove account=red res=1
	has_record -ul 4712 -- op=gpuspec-recall "spec=$spec_ab" account=blue
	has_record -ul 4712 -- op=gpuspec-recall "spec=$spec_ab" account=red
	is "$(found -ul 4712 | grep -c op=gpuspec)" 2
}

test_refused_bind_and_rom() {
	start_auditd
	make_rom $card_a one --fill one
	as_login 4711 gpuspec rom set $spec_ab "$work/one.rom"
	as_login 4711 gpuspec disable $spec_ab
	as_login 4712 fails bind $card_a vfio-pci
	eventually has_record -ul 4712 -- op=gpuspec-bind reason=disabled res=0
	has_record -ul 4711 -- op=gpuspec-rom "spec=$spec_ab" "sha256=$(sha256sum "$work/one.rom" | cut -d' ' -f1)"
	as_login 4711 gpuspec rom clear $spec_ab
	eventually has_record -ul 4711 -- op=gpuspec-rom sha256=none
}

run_tests
