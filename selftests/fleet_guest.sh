#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A host of the fleet: does what fleet.sh says, over the first network, and reaches etcd over
# the second. fleet_guest.sh NAME
set -euo pipefail

modprobe -a virtio_net vfio-pci
for nic in /sys/class/net/e*; do
	case $(<"$nic/address") in
	52:54:00:00:01:*) ip address add 10.0.1.15/24 dev "${nic##*/}" && ip link set "${nic##*/}" up name orders ;;
	52:54:00:00:02:*) ip address add 10.0.2.15/24 dev "${nic##*/}" && ip link set "${nic##*/}" up name fleet ;;
	esac
done
hostname "$1"
rm -rf /etc/gpuspec /var/lib/gpuspec
mkdir -p /etc/gpuspec
head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >/etc/machine-id
echo up
exec selftests/remote.py serve 2222
