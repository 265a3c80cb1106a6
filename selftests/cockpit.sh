#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The page of Cockpit, in a browser: all that it shows and does, held against the kernel of
# a machine. Runs on the host: cockpit.sh KERNEL [TEST]... Pictures are in build/KERNEL/fleet.
# Before: tools/setup cockpit; make cockpit; make stage-KERNEL, which takes the page along.
cd "$(dirname "$0")/.." || exit
kernel=$1
shift
# shellcheck source=selftests/fleet_rig.sh
. selftests/fleet_rig.sh

# The one of the browser, and what the host is told by, see fleet_rig.sh.
page_port=$(free_port)
forward=,hostfwd=tcp:127.0.0.1:$page_port-10.0.1.15:9090
# shellcheck disable=SC2034 # of fleet_rig.sh
hosts=(alpha)

for file in build/cockpit/tree/node_modules "build/$kernel/root/usr/share/cockpit/gpuspec/index.html" "build/$kernel/root/usr/sbin/gpuspec"; do
	[ -e "$file" ] || { echo "Bail out! there is no $file: tools/setup cockpit; make cockpit; make stage-$kernel"; exit 1; }
done

eventually_up() { eventually is_up "$1"; }
serves() { curl -s -o "$work/login.html" "http://127.0.0.1:$page_port/"; }

# The tests are those of the browser; this is their rig.
rm -rf "$work"
mkdir -p "$work"
trap end_fleet EXIT
etcd_port=$(free_port) peer_port=$(free_port)
{
	make_certificates
	start_etcd
	ctl user add root:secret
	ctl user grant-role root root
	start_host alpha
	patience=600 eventually_up alpha
	on alpha mkdir -p /usr/share/cockpit
	set_up_host alpha
	on alpha selftests/cockpit_guest.sh
	eventually serves
} >"$work/said" 2>&1 || {
	sed 's/^/# /' "$work/said" "$work/alpha.out"
	echo 'Bail out! there is no host'
	exit 1
}
GPUSPEC_HOST=127.0.0.1:$(<"$work/alpha.port")
export GPUSPEC_HOST GPUSPEC_PAGE=http://127.0.0.1:$page_port
export GPUSPEC_MODULES=$PWD/build/cockpit/tree/ GPUSPEC_PICTURES=$work GPUSPEC_ETCD_PID=$work/etcd.pid
# Before the fleet is made etcd has no users, and does not mind one.
GPUSPEC_ETCDCTL="etcdctl --endpoints https://127.0.0.1:$etcd_port --cacert $work/tls/ca.pem --cert $work/tls/host.pem --key $work/tls/host.key --user root:secret"
export GPUSPEC_ETCDCTL
node selftests/cockpit/run.mjs "$@"
