#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In a guest of fleet_rig.sh: Cockpit, with two users: admin, who may become root, and viewer.
set -euo pipefail

for user in admin viewer; do
	useradd --create-home --shell /bin/bash "$user"
	echo "$user:secret" | chpasswd
done
usermod -a -G sudo admin
mkdir -p /etc/cockpit /run/dbus
# Without that only browsers on the host itself may do without TLS; the forwarded port is
# one of 127.0.0.1.
cat >/etc/cockpit/cockpit.conf <<-'END'
	[WebService]
	AllowUnencrypted = true
END
dbus-daemon --system --fork
modprobe -a mtty mbochs
setsid /usr/lib/cockpit/cockpit-ws --no-tls --port 9090 >/var/log/cockpit-ws.log 2>&1 &
