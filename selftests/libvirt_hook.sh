#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libvirt's hook: virsh shows why a VM is refused a GPU, for whom, and what could not be checked.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

hook=/etc/libvirt/hooks/qemu.d/gpuspec
conf=/etc/gpuspec/gpuspec.conf
block=/etc/modprobe.d/gpuspec-test.conf
# libvirt puts VMs there where it has no systemd to ask.
cgroups=/sys/fs/cgroup

virsh() { command virsh -q -c qemu:///system "$@"; }

# A VM with devices: domain NAME PARTITION ADDRESS...
domain() {
	local address
	cat <<-EOT
	<domain type='qemu'>
	  <name>$1</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
	  <resource><partition>$2</partition></resource>
	  <os><type arch='x86_64' machine='pc'>hvm</type></os>
	  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator><memballoon model='none'/>
	EOT
	for address in "${@:3}"; do
		if [[ $address == ????????-* ]]; then
			echo "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='$address'/></source></hostdev>"
		else
			echo "<hostdev mode='subsystem' type='pci' managed='yes'><source>
				<address domain='0x${address:0:4}' bus='0x${address:5:2}' slot='0x${address:8:2}' function='0x${address:11}'/></source></hostdev>"
		fi
	done
	echo '</devices></domain>'
}

# Start a VM for a moment: starts NAME PARTITION ADDRESS...
starts() {
	domain "$@" >"$work/$1.xml"
	virsh create "$work/$1.xml"
	is "$(virsh domstate "$1")" running
	virsh destroy "$1"
}

# virsh must fail with words: refused WORDS NAME PARTITION ADDRESS...
refused() {
	domain "${@:2}" >"$work/$2.xml"
	fails_with "$1" virsh create "$work/$2.xml"
}

# A VM that a failed test leaves behind would keep its card from those after it.
end_vms() {
	local vm
	for vm in $(virsh list --name); do
		virsh destroy "$vm"
	done
	rm -rf $conf $block
}

# libvirt looks for hooks when it starts.
with_libvirt() {
	trap end_vms EXIT
	rm -rf $conf $block
	[ -x $hook ]
	"$tools/guest-libvirt"
}

partitions() {
	local name
	for name in "$@"; do
		mkdir -p "$cgroups/machine/$name.partition"
	done
}

test_a_disabled_card_is_refused_in_our_words() {
	with_libvirt
	domain card /machine $card_a >"$work/card.xml"
	virsh define "$work/card.xml"
	gpuspec disable $spec_ab
	fails_with "gpuspec: GPU $card_a ($spec_ab) is disabled; gpuspec enable allows it" virsh start card
	# Before anything was touched.
	is "$(driver_of $card_a)" ''
	is "$(spec_field $spec_ab .refused)" 0
	is "$(gpuspec log --json | gojq -r '.starts[-1] | "\(.vm) \(.address) \(.spec) \(.account) \(.reason)"')" "card $card_a $spec_ab host disabled"
	gpuspec log | grep -F "VM card was not started: GPU $card_a ($spec_ab) is disabled; gpuspec enable allows it"
	is "$(stat -c %a /run/gpuspec/starts)" 700
	gpuspec enable $spec_ab
	virsh start card
	is "$(device_field $card_a .in_use)" true
	virsh destroy card
	virsh undefine card
}

test_each_refused_device_has_a_sentence() {
	local said
	with_libvirt
	gpuspec disable $spec_ab
	gpuspec recall $spec_other --all
	domain both /machine $card_a $other 0000:00:07.0 >"$work/both.xml"
	if said=$(virsh create "$work/both.xml" 2>&1); then
		return 1
	fi
	grep -qF "gpuspec: GPU $card_a ($spec_ab) is disabled" <<<"$said"
	grep -qF "gpuspec: GPU $other ($spec_other) is recalled from all accounts; gpuspec share allows it" <<<"$said"
	is "$(grep -o 'gpuspec: GPU' <<<"$said" | wc -l)" 2
}

test_without_the_hook_the_kernel_refuses() {
	with_libvirt
	gpuspec disable $spec_ab
	mv $hook /etc/libvirt/gpuspec-hook
	domain card /machine $card_a >"$work/card.xml"
	fails virsh create "$work/card.xml" || { mv /etc/libvirt/gpuspec-hook $hook; return 1; }
	mv /etc/libvirt/gpuspec-hook $hook
	logged "gpuspec $card_a: bind by "
	refused "GPU $card_a" card /machine $card_a
}

test_mdev() {
	with_libvirt
	mdev_create $uuid_a
	gpuspec disable $spec_mdev
	refused "gpuspec: GPU $uuid_a ($spec_mdev) is disabled" slice /machine $uuid_a
	is "$(spec_field $spec_mdev .refused)" 0
	gpuspec enable $spec_mdev
	starts slice /machine $uuid_a
}

test_what_is_no_gpu_is_left_alone() {
	with_libvirt
	gpuspec default closed
	# The guest's own network-like device: class 0780, which is none of gpuspec's.
	domain serial /machine 0000:00:03.0 >"$work/serial.xml"
	$hook serial prepare begin - <"$work/serial.xml"
	starts plain /machine
}

test_an_account_by_its_partition() {
	with_libvirt
	partitions blue red
	gpuspec account add blue --cgroup /machine/blue.partition
	gpuspec account add red --cgroup /machine/red.partition
	gpuspec recall $spec_ab --all
	gpuspec share $spec_ab --account blue
	refused "gpuspec: GPU $card_a ($spec_ab) is not shared with account red; gpuspec share --account allows it" vm /machine/red $card_a
	refused "is not shared with account host" vm /machine $card_a
	starts vm /machine/blue $card_a
	domain held /machine/blue $card_a >"$work/held.xml"
	virsh create "$work/held.xml"
	# The kernel has found the same account.
	is "$(device_field $card_a .holder.account)" blue
	virsh destroy held
}

test_a_maximum_counts_the_devices_of_the_vm() {
	with_libvirt
	partitions blue
	gpuspec account add blue --cgroup /machine/blue.partition
	gpuspec recall $spec_ab --all
	gpuspec share $spec_ab --account blue --max 1
	refused "GPU $card_b ($spec_ab) is more than the maximum of account blue, which may hold 1, holds 0" two /machine/blue $card_a $card_b
	starts one /machine/blue $card_a
	gpuspec share $spec_ab --account blue --max 2
	starts two /machine/blue $card_a $card_b
}

test_accounts_known_by_uid_are_left_to_the_kernel() {
	with_libvirt
	gpuspec account add vms --uid 0
	gpuspec recall $spec_ab --all
	gpuspec share $spec_ab --account vms
	# The VMs of this host run as root.
	starts vm /machine $card_a
}

# What the hook has in the system's log, of which this host has none: a socket will do.
listen_to_syslog() {
	python3 -c '
import os, socket, sys
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if os.path.lexists("/dev/log"):
    os.unlink("/dev/log")
log.bind("/dev/log")
print("listening", flush=True)
while True:
    print(log.recv(4096).decode(), flush=True)
' >"$work/syslog" &
	echo $! >"$work/syslog.pid"
	eventually grep -q listening "$work/syslog"
}

test_without_the_module() {
	with_libvirt
	listen_to_syslog
	rmmod gpuspec
	# It would load itself.
	echo 'install gpuspec /bin/false' >$block
	starts vm /machine $card_a
	eventually grep -q 'VM vm starts unchecked: the kernel module gpuspec is not loaded' "$work/syslog"
	mkdir -p ${conf%/*}
	echo 'libvirt_hook_on_error = refuse' >$conf
	refused 'gpuspec: VM vm cannot be checked, and is refused: the kernel module gpuspec is not loaded (see what modprobe gpuspec says); libvirt_hook_on_error = pass in /etc/gpuspec/gpuspec.conf would let it start' vm /machine $card_a
	# Of no device of the host there is nothing to check.
	starts plain /machine
	rm -f $block $conf
	modprobe gpuspec
	kill "$(<"$work/syslog.pid")"
}

test_settings_that_are_wrong_are_told() {
	with_libvirt
	gpuspec disable $spec_ab
	mkdir -p ${conf%/*}
	printf '# ours\nlibvirt_hook_on_error = refsue\n' >$conf
	refused "gpuspec: $conf line 2: libvirt_hook_on_error is pass or refuse, and not 'refsue'" card /machine $card_a
	refused "GPU $card_a ($spec_ab) is disabled" card /machine $card_a
	rm -f $conf
}

# A VM with a card cannot be saved; but what is done first at a restore is the same.
test_a_restore_begins_with_prepare_on_the_xml() {
	with_libvirt
	cat >$hook.log <<-EOT
		#!/bin/sh
		echo "\$*" >>$work/operations
		grep -c '<domain' >>$work/operations
	EOT
	chmod +x $hook.log
	domain saved /machine >"$work/saved.xml"
	virsh create "$work/saved.xml"
	virsh save saved "$work/saved.state"
	rm "$work/operations"
	virsh restore "$work/saved.state"
	rm $hook.log
	virsh destroy saved
	is "$(head -n 4 "$work/operations")" $'saved restore begin -\n1\nsaved prepare begin -\n1'
}

run_tests
