#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Inside the guest, for power_cut.sh: power_cut_guest.sh ACKNOWLEDGED. Checks what the last cut
# left of the policy, whose number of changes is known, and goes on changing it.
set -euo pipefail

acknowledged=$1 spec=mdev:counter file=/etc/gpuspec/policy.json

modprobe -a virtio_blk ext4 gpuspec
until [ -b /dev/vda ]; do sleep 0.1; done
mkdir -p /etc/gpuspec
# ext4 would write a file out by itself before it takes the place of another, and names after
# five seconds.
mount -o noauto_da_alloc,commit=300 /dev/vda /etc/gpuspec

count=0
if [ "$acknowledged" -gt 0 ]; then
	# A file that is not whole does not apply.
	gpuspec apply >/dev/null
	count=$(gojq -r ".specs[\"$spec\"].shared[0].max" $file)
	[ "$(gpuspec list --json | gojq ".specs[] | select(.id == \"$spec\") | .shared[0].max")" = "$count" ]
	# The last that was acknowledged, or the one in flight.
	[ "$count" -eq "$acknowledged" ] || [ "$count" -eq $((acknowledged + 1)) ] || {
		echo "lost: $acknowledged changes were acknowledged, and the file has $count"
		exit 1
	}
else
	gpuspec recall $spec --all >/dev/null
fi
echo "begins at $count"
while :; do
	count=$((count + 1))
	gpuspec share $spec --account host --max $count >/dev/null
	echo "acknowledged $count"
	# Nothing but what has been done for this one brings it to the disk.
	[ $((count % 20)) -ne 0 ] || { echo 'pauses' && sleep 2; }
done
