#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest of cockpit_newest.sh, which systemd has booted: Cockpit as its packages have it,
# with the two users of the tests.
set -euo pipefail

modprobe virtio_net
for nic in /sys/class/net/e*; do
	ip address add 10.0.1.15/24 dev "${nic##*/}"
	ip link set "${nic##*/}" up
done
for user in admin viewer; do
	useradd --create-home --shell /bin/bash "$user"
	echo "$user:secret" | chpasswd
done
usermod -a -G sudo admin
# The forwarded port is one of 127.0.0.1.
printf '[WebService]\nAllowUnencrypted = true\n' >/etc/cockpit/cockpit.conf
dpkg-query -W cockpit-ws cockpit-bridge cockpit-system cockpit-gpuspec
uname -r
systemctl is-system-running || systemctl --failed
systemctl start libvirtd.service cockpit.socket
# It has booted closed.
gpuspec default open
exec selftests/remote.py serve 2222
