#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest of boot.sh, which systemd has booted: one boot's part of the test. Prints
# "ok NAME" or "not ok NAME" for each thing that is to hold.
part=$1 next=$2
export LC_ALL=C.UTF-8
systemctl is-system-running --wait >/dev/null

# cards: ati-vga, which vfio-pci is told to take in the initramfs; bochs-display; virtio-gpu
ati=0000:00:06.0 bochs=0000:00:05.0 virtio=0000:00:07.0

virsh() { command virsh -q -c qemu:///system "$@"; }

holds() {
	local name=$1 status=0
	shift
	(exec {BASH_XTRACEFD}>&2; set -exo pipefail; "$@") >/tmp/log 2>&1 </dev/null & wait $! || status=$?
	if [ $status -eq 0 ]; then
		echo "ok $name"
	else
		echo "not ok $name"
		tail -n 40 /tmp/log | sed 's/^/# /'
	fi
}
no() { ! "$@"; }
spec_of() { gpuspec devices --json | gojq -r --arg a "$1" '.devices[] | select(.address == $a) | .spec'; }
field() { gpuspec devices --json | gojq -r --arg a "$1" ".devices[] | select(.address == \$a) | $2"; }
driver_of() { basename "$(readlink "/sys/bus/pci/devices/$1/driver" || echo none)"; }
# Words, and a command that must fail with them.
fails_with() {
	local words=$1 said
	shift
	said=$("$@" 2>&1) && return 1
	echo "$said"
	[[ $said == *"$words"* ]]
}

domain() {
	cat <<-EOT
	<domain type='qemu'>
	  <name>$1</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
	  <os><type arch='x86_64' machine='pc'>hvm</type></os>
	  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator><memballoon model='none'/>
	    <hostdev mode='subsystem' type='pci' managed='yes'><source>
	      <address domain='0x0000' bus='0x00' slot='0x${2:8:2}' function='0x0'/></source></hostdev>
	</devices></domain>
	EOT
}

# --- the first boot: closed, without a policy ---

systemd_is_1() {
	[ "$(</proc/1/comm)" = systemd ]
	[ "$(findmnt -n -o SOURCE,FSTYPE /)" = '/dev/vda ext4' ]
	systemctl --failed
	no systemctl is-failed 'gpuspec*'
}

# Its driver came in the initramfs, before there was a systemd.
refused_from_the_first() {
	local refused started
	dmesg >/tmp/dmesg
	refused=$(grep -n -m 1 "gpuspec $ati: bind by .* refused" /tmp/dmesg)
	started=$(grep -n -m 1 'systemd\[1\]: systemd ' /tmp/dmesg)
	echo "$refused / $started"
	[ "${refused%%:*}" -lt "${started%%:*}" ]
	[ "$(driver_of $ati)" != vfio-pci ]
}

refused_without_policy() {
	no test -e /etc/gpuspec/policy.json
	[ "$(gpuspec status --json | gojq -r .default)" = closed ]
	fails_with 'closed' gpuspec check $ati
	echo vfio-pci >/sys/bus/pci/devices/$ati/driver_override
	fails_with 'not permitted' bash -c "echo $ati >/sys/bus/pci/drivers/vfio-pci/bind"
	echo >/sys/bus/pci/devices/$ati/driver_override
	domain card $ati >/tmp/card.xml
	fails_with gpuspec virsh create /tmp/card.xml
}

# A unit that cannot apply the policy says so loudly, and nothing is handed out.
broken_policy() {
	printf '{"version": 1,\n"default": closed}\n' >/etc/gpuspec/policy.json
	trap 'rm -f /etc/gpuspec/policy.json' EXIT
	fails_with 'gpuspec.service' systemctl restart gpuspec.service
	[ "$(systemctl is-failed gpuspec.service)" = failed ]
	journalctl -u gpuspec.service | grep 'policy.json: line 2'
	fails_with '' gpuspec check $ati
	rm /etc/gpuspec/policy.json
	systemctl restart gpuspec.service
	systemctl is-active gpuspec.service
}

decide() {
	local spec
	spec=$(spec_of $ati)
	gpuspec enable "$spec"
	gpuspec share "$spec" --all
	spec=$(spec_of $bochs)
	gpuspec disable "$spec"
	gpuspec share "$spec" --all
	domain allowed $ati >/tmp/allowed.xml
	domain refused $bochs >/tmp/refused.xml
	domain unnamed $virtio >/tmp/unnamed.xml
	for vm in allowed refused unnamed; do
		virsh define /tmp/$vm.xml
		virsh autostart $vm
	done
	mkdir -p /var/lib/prometheus/node-exporter
	systemctl enable gpuspec-metrics.timer
}

# --- the second: the policy in place ---

policy_is_back() {
	no systemctl is-failed 'gpuspec*'
	[ "$(gpuspec status --json | gojq -r .default)" = closed ]
	gpuspec list --json | gojq -e --arg s "$(spec_of $ati)" '.specs[] | select(.id == $s) | .state == "enabled" and .shared == "all"'
	gpuspec list --json | gojq -e --arg s "$(spec_of $bochs)" '.specs[] | select(.id == $s) | .state == "disabled"'
	# The sandboxed unit does what it is for.
	systemctl reload gpuspec.service
	journalctl -u gpuspec.service | grep 'policy'
}

# When a unit's work began and ended, in microseconds since the boot.
began() { systemctl show -P ExecMainStartTimestampMonotonic "$1"; }
ended() { systemctl show -P ExecMainExitTimestampMonotonic "$1"; }

in_order() {
	journalctl -b -o short-monotonic _PID=1 --grep 'policy of gpuspec|Policy of gpuspec|GPU policy|udev|Virtualization daemon'
	[ "$(ended gpuspec-early.service)" -gt 0 ]
	[ "$(ended gpuspec-early.service)" -le "$(began systemd-udevd.service)" ]
	[ "$(ended gpuspec-early.service)" -le "$(began gpuspec.service)" ]
	systemctl start libvirtd.service
	[ "$(ended gpuspec.service)" -le "$(began libvirtd.service)" ]
}

autostarted() {
	for _ in {1..120}; do
		[ "$(virsh domstate allowed)" != running ] || break
		sleep 1
	done
	virsh list --all
	[ "$(virsh domstate allowed)" = running ]
	[ "$(field $ati .in_use)" = true ]
	[ "$(field $ati .holder.comm)" = qemu-system-x86 ]
	[ "$(virsh domstate refused)" = 'shut off' ]
	[ "$(virsh domstate unnamed)" = 'shut off' ]
	journalctl -u libvirtd.service | grep -F "GPU $bochs ($(spec_of $bochs)) is disabled"
	journalctl -u libvirtd.service | grep "GPU $virtio "
}

kernel_too() {
	mv /etc/libvirt/hooks/qemu.d/gpuspec /srv/hook
	trap 'mv /srv/hook /etc/libvirt/hooks/qemu.d/gpuspec; systemctl restart libvirtd.service' EXIT
	systemctl restart libvirtd.service
	fails_with '' virsh start refused
	[ "$(virsh domstate refused)" = 'shut off' ]
	dmesg | grep "gpuspec $bochs: .* refused"
}

metrics_are_written() {
	for _ in {1..60}; do
		[ ! -s /var/lib/prometheus/node-exporter/gpuspec.prom ] || break
		sleep 1
	done
	cat /var/lib/prometheus/node-exporter/gpuspec.prom
	grep '^gpuspec_' /var/lib/prometheus/node-exporter/gpuspec.prom
	no systemctl is-failed gpuspec-metrics.service
}

qemu_pid() { cat /run/libvirt/qemu/allowed.pid; }

# As apt would, with a VM that holds a card all the while.
upgrade() {
	local pid
	pid=$(qemu_pid)
	[ "$(</sys/module/gpuspec/version)" != "$next" ]
	dpkg -i /srv/next/*.deb
	[ "$(</sys/module/gpuspec/version)" = "$next" ]
	[ "$(gpuspec --version)" = "gpuspec $next" ]
	[ "$(qemu_pid)" = "$pid" ]
	kill -0 "$pid"
	[ "$(virsh domstate allowed)" = running ]
	[ "$(field $ati .in_use)" = true ]
	[ "$(gpuspec status --json | gojq -r .default)" = closed ]
	fails_with disabled gpuspec check $bochs
	fails_with gpuspec virsh start refused
}

holder_goes() {
	virsh destroy allowed
	[ "$(field $ati .in_use)" = false ]
	virsh start allowed
	[ "$(field $ati .holder.comm)" = qemu-system-x86 ]
}

purge() {
	local pid
	pid=$(qemu_pid)
	dpkg --purge gpuspec gpuspec-dkms
	no test -e /sys/module/gpuspec
	find /etc /usr /var -xdev -name '*gpuspec*' >/tmp/left
	cat /tmp/left
	no test -s /tmp/left
	kill -0 "$pid"
	[ "$(virsh domstate allowed)" = running ]
	virsh destroy allowed
}

case $part in
first)
	holds 'systemd boots from a disk, and no unit of ours fails' systemd_is_1
	holds 'closed, a card is refused from the first moment, in the initramfs' refused_from_the_first
	holds 'closed, nothing is handed out without a policy' refused_without_policy
	holds 'a policy that cannot be read: the unit fails, and nothing is handed out' broken_policy
	holds 'an admin decides' decide
	;;
second)
	holds 'the policy is in force again' policy_is_back
	holds 'before udev and before libvirt' in_order
	holds 'libvirt starts the VM that may have its card, and no other' autostarted
	holds 'without the hook the kernel refuses' kernel_too
	holds 'metrics are written for the exporter' metrics_are_written
	holds 'an upgrade leaves the VM its card, and the policy in force' upgrade
	holds 'then the card comes and goes as before' holder_goes
	holds 'a purge leaves nothing behind, and the VM its card' purge
	;;
esac
