# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The GPU host that a shell test runs on, the guest of tools/vm: its cards, its mdev
# parents, and those who take devices. A test file sources this, defines functions
# test_NAME, each of which begins with a line ": what holds", and ends with run_tests:
# all of them, or those whose names it was given.
#
# Every test starts on a host with no policy, no mdev and no card bound to VFIO.
#
# In a pipe grep has no -q: kselftest's runner makes all that runs write each line by itself,
# and who writes another to a grep that has found its line ends by SIGPIPE.

# shellcheck disable=SC1091 # kselftest's, installed beside the tests
. "$(dirname "$0")/../kselftest/ktap_helpers.sh"
# shellcheck source=selftests/expect.sh
. "$(dirname "$0")/expect.sh"
export PATH=$PWD:$PATH

# Two cards of one spec, and one of another (tools/vm); an mdev type.
# shellcheck disable=SC2034 # for the tests
{
card_a=0000:00:05.0 card_b=0000:00:09.0 other=0000:00:08.0
spec_ab=pci:1234:1111:1af4:1100 spec_other=pci:1b36:0100:1af4:1100
mdev_parent=/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2
spec_mdev=mdev:mtty-2
uuid_a=11111111-2222-3333-4444-00000000000a
uuid_b=11111111-2222-3333-4444-00000000000b
}

wanted_tests=("$@")
# shellcheck disable=SC2034 # for the tests
tools=${GPUSPEC_TREE:?}/tools
work=$(mktemp -d)
trap 'cleanup_host; rm -rf "$work"' EXIT

# Wait up to thirty seconds for a command to succeed.
eventually() {
	local i
	for ((i = 0; i < 300; i++)); do
		"$@" && return
		sleep 0.1
	done
	echo "never came true: $*"
	return 1
}

# Do something again and again, whatever comes of it: forever COMMAND... &
forever() {
	set +e
	trap - ERR
	while :; do
		"$@"
		# Two emulated CPUs are to get something else done, too.
		sleep 0.1
	done >/dev/null 2>&1
}

# How often to do what may go wrong: as often as said where there is time, a fifth of it in
# a run of all, a tenth everyday.
rounds() {
	local part=10
	[ ! "${GPUSPEC_ALL:-}" ] || part=5
	[ ! "${GPUSPEC_THOROUGH:-}" ] || part=1
	echo $((($1 + part - 1) / part))
}

fails() { fails_with '' "$@"; }

write() { echo "$2" >"$1"; }

# --- cards ---

driver_of() { basename "$(readlink "/sys/bus/pci/devices/$1/driver")"; }

bind() {
	[ "$(driver_of "$1")" != "$2" ] || return 0
	[ ! -e "/sys/bus/pci/devices/$1/driver" ] || write "/sys/bus/pci/devices/$1/driver/unbind" "$1"
	write "/sys/bus/pci/devices/$1/driver_override" "$2"
	write "/sys/bus/pci/drivers/$2/bind" "$1"
}

unbind() {
	write "/sys/bus/pci/devices/$1/driver_override" ''
	[ ! -e "/sys/bus/pci/devices/$1/driver" ] || write "/sys/bus/pci/devices/$1/driver/unbind" "$1"
}

# The card behind a root port that QEMU can plug into: card_behind 0b
card_behind() {
	local card
	for card in /sys/bus/pci/devices/0000:00:"$1".0/0000:*; do
		[ ! -e "$card/vendor" ] || basename "$card"
	done
}

# --- virtual functions: $vf_a, $vf_b, ... of the NVMe, which counts as a GPU here ---

pf=$(basename "$(dirname "$(echo /sys/bus/pci/devices/*/sriov_totalvfs)")")
# shellcheck disable=SC2034 # for the tests
spec_pf=pci:1b36:0010:1af4:1100 spec_vf=vf:1b36:0010:0010

vf() { basename "$(readlink "/sys/bus/pci/devices/$pf/virtfn$1")"; }

# Two, or as many as said, without a driver; of the card with the driver that it has, or nvme.
# shellcheck disable=SC2034,SC2120 # for the tests
make_vfs() {
	[ "$(driver_of "$pf")" = vfio-pci ] || {
		modprobe nvme
		bind "$pf" nvme
	}
	# No driver of the host is to take them.
	write "/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe" 0
	write "/sys/bus/pci/devices/$pf/sriov_numvfs" "${1:-2}"
	vf_a=$(vf 0) vf_b=$(vf 1)
}

remove_vfs() {
	write "/sys/bus/pci/devices/$pf/sriov_numvfs" 0
	write "/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe" 1
}

# --- mediated devices ---

mdev_create() { write "$mdev_parent/create" "$1"; }
mdev_remove() { write "/sys/bus/mdev/devices/$1/remove" 1; }
mdevs_available() { cat "$mdev_parent/available_instances"; }

# --- holders: one process of vfio_open for each name ---

# Open a device and hold it: hold NAME [--cdev] ADDRESS
hold() {
	local name=$1
	shift
	mkfifo "$work/$name.in"
	vfio_open "$@" <"$work/$name.in" >"$work/$name.out" 2>&1 &
	echo $! >"$work/$name.pid"
	sleep infinity >"$work/$name.in" 2>/dev/null &
	echo $! >"$work/$name.keeper"
	eventually test -s "$work/$name.out"
	is "$(head -n 1 "$work/$name.out")" open
}

# The device that NAME holds answers.
answers() {
	local before
	before=$(wc -l <"$work/$1.out")
	echo >"$work/$1.in"
	eventually said_more_than "$work/$1.out" "$before"
	[[ $(tail -n 1 "$work/$1.out") =~ ^[0-9a-f]{4}:[0-9a-f]{4}$ ]] || cat "$work/$1.out"
}

said_more_than() { [ "$(wc -l <"$1")" -gt "$2" ]; }
gone() { ! kill -0 "$1" 2>/dev/null; }

let_go() {
	kill "$(<"$work/$1.keeper")" "$(<"$work/$1.pid")" 2>/dev/null
	eventually gone "$(<"$work/$1.pid")"
	rm -f "$work/$1".*
}

# An open that is allowed: it is closed again at once.
opens() { is "$(vfio_open "$@" </dev/null 2>&1)" open; }

# An open that is refused with this errno: refuses ERRNO [--cdev] ADDRESS
refuses() {
	local errno=$1
	shift
	is "$(vfio_open "$@" </dev/null 2>&1)" "$errno"
}

# --- accounts: a cgroup each, and processes in it ---

cgroups=/sys/fs/cgroup

# Run something as a process of a cgroup: in_cgroup /blue/vms COMMAND [ARG]...
in_cgroup() {
	local path=$1
	shift
	mkdir -p "$cgroups$path"
	# The function may be one of this file, so the shell itself goes there for it.
	(echo "$BASHPID" >"$cgroups$path/cgroup.procs" && "$@")
}

move_to_cgroup() {
	mkdir -p "$cgroups$1"
	echo "$2" >"$cgroups$1/cgroup.procs"
}

# --- ROMs ---

pci() { echo "/sys/bus/pci/devices/$1"; }
id_of() { sed s/0x// "$(pci "$1")/$2"; }
spec_of() { device_field "$1" .spec; }

# A ROM for the model of a card, $work/NAME.rom: make_rom CARD NAME [OPTION OF MKROM]...
# Each is made once in the life of a guest.
make_rom() {
	local name=$2 made
	set -- "${@:3}" "$(id_of "$1" vendor):$(id_of "$1" device)"
	made="/run/mkrom/$*"
	mkdir -p /run/mkrom
	[ -e "$made" ] || "$tools/mkrom" "$@" "$made"
	cp "$made" "$work/$name.rom"
}

# --- what gpuspec says ---

# Run gpuspec and stop it once it has sent so many requests, the next of which is then for
# go_on: stop_after NUMBER VERB [ARG]... What it says is in $work/stopped.
stop_after() {
	# What the one before said is not to be taken for this one's.
	rm -f "$work/trace"
	strace -o "$work/trace" -e "inject=sendmsg:signal=STOP:when=$1" gpuspec "${@:2}" >"$work/stopped" 2>&1 &
	stopped=$!
	eventually grep -qs 'stopped by SIGSTOP' "$work/trace"
}

go_on() {
	kill -CONT "$(pgrep -P "$stopped")"
	wait "$stopped"
}

# One field of a spec, or of a device, as gojq names it: spec_field ID .in_use
spec_field() {
	gpuspec list --json | gojq -r --arg id "$1" ".specs[] | select(.id == \$id) | $2"
}

device_field() {
	gpuspec devices --json | gojq -r --arg address "$1" ".devices[] | select(.address == \$address) | $2"
}

# What changed for specs and accounts, as gpuspec's log has it.
changes() {
	gpuspec log --json |
		gojq -r '.events[] | select(.event | IN("spec-changed", "account-changed")).sentence'
}

# The kernel log since the test began.
log() { dmesg | sed "1,/test begins: $test_name\$/d"; }
logged() {
	grep -qF "$1" <<<"$(log)" || {
		echo "the kernel log lacks: $1"
		return 1
	}
}

# shellcheck disable=SC2120 # a test may give parameters
reload() {
	[ ! -d /sys/module/gpuspec ] || rmmod gpuspec
	modprobe gpuspec match_class=0108 "$@"
}

# --- tests ---

cleanup_host() {
	local file device
	for file in "$work"/*.{keeper,reader,pid}; do
		[ ! -e "$file" ] || kill -9 "$(<"$file")" 2>/dev/null
	done
	for file in "$work"/*.pid; do
		[ ! -e "$file" ] || eventually gone "$(<"$file")"
	done
	rm -rf "${work:?}"/*
	umount /etc/gpuspec 2>/dev/null
	rm -rf /var/lib/gpuspec /etc/gpuspec /run/gpuspec/starts
	[ ! -e /sys/module/gpuspec ] || gpuspec default open >/dev/null
	rm -rf /etc/gpuspec
	for device in /sys/bus/mdev/devices/*; do
		[ ! -e "$device" ] || write "$device/remove" 1
	done
	for device in /sys/bus/pci/drivers/vfio-pci/*:*; do
		[ ! -e "$device" ] || unbind "${device##*/}"
	done
	[ "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")" = 0 ] || remove_vfs
}

run_test() {
	local status
	test_name=$1
	cleanup_host
	reload
	echo "gpuspec test begins: $test_name" >/dev/kmsg
	attempt "$test_name" >"$work.said" 2>&1
	status=$?
	if [ $status -eq 0 ]; then
		ktap_test_pass "$test_name"
	else
		sed 's/^/#   /' "$work.said"
		log | tail -n 15 | sed 's/^/#   log: /'
		ktap_test_fail "$test_name"
	fi
}

run_tests() {
	local tests test
	tests=("${wanted_tests[@]}")
	[ ${#wanted_tests[@]} -gt 0 ] || mapfile -t tests < <(compgen -A function test_)
	modprobe -a vfio-pci mtty mbochs
	ktap_print_header
	ktap_set_plan ${#tests[@]}
	for test in "${tests[@]}"; do
		run_test "$test"
	done
	ktap_finished
}
