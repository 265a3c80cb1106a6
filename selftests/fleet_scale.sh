#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A fleet of a thousand hosts with eight cards each, published by the code of their agents, and
# an etcd with TLS: how long a list takes, and a decision until all watchers have heard of it.
# Runs on the host, as root: fleet_scale.sh [HOSTS]. Prints figures, and fails where a list
# takes more than a second.
cd "$(dirname "$0")/.." || exit

# gpuspec.conf is where it always is: in a mount namespace, /etc is this test's own.
if [ "${1:-}" != --inside ]; then
	exec unshare --mount --propagation private "$0" --inside "${1:-1000}"
fi
count=$2 kernel=scale
# shellcheck source=selftests/fleet_rig.sh
. selftests/fleet_rig.sh
set -euo pipefail
rm -rf "$work"
mkdir -p "$work/etc"
trap end_fleet EXIT
mount -t tmpfs tmpfs "$work/etc"
mkdir "$work"/etc/{changes,work}
mount -t overlay -o "lowerdir=/etc,upperdir=$work/etc/changes,workdir=$work/etc/work" overlay /etc
etcd_port=$(free_port) peer_port=$(free_port)
make_certificates
start_etcd

rm -rf /etc/gpuspec
mkdir /etc/gpuspec
cat >/etc/gpuspec/gpuspec.conf <<-EOT
	etcd = https://127.0.0.1:$etcd_port
	etcd_ca = $work/tls/ca.pem
	etcd_certificate = $work/tls/host.pem
	etcd_key = $work/tls/host.key
EOT
build=$PWD/build/userspace
make -s -C userspace BUILD="$build" all "$build/fleet_load"
mkdir -p build/lib/gpuspec
ln -sf "$build/gpuspec-fleet" build/lib/gpuspec
gpuspec=$build/gpuspec
ulimit -n 20000

# The seconds and the KiB that a command took, whose output is kept.
measure() {
	python3 - "$work/list" "$@" <<-'EOT'
		import resource, subprocess, sys, time
		begin = time.monotonic()
		with open(sys.argv[1], "wb") as said:
		    subprocess.run(sys.argv[2:], stdout=said, check=True)
		print(round(time.monotonic() - begin, 3), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
	EOT
}

"$gpuspec" fleet init >/dev/null 2>&1
mkfifo "$work/end"
"$build/fleet_load" "$count" 8 <"$work/end" >"$work/load" &
exec {end}>"$work/end"
patience=600 eventually grep -q publish_s "$work/load"
cat "$work/load"

slowest=0
for _ in 1 2 3 4 5; do
	read -r seconds memory < <(measure "$gpuspec" list --all-hosts --json)
	echo "{\"list_s\": $seconds, \"memory_kib\": $memory}"
	slowest=$(printf '%s\n' "$seconds" "$slowest" | sort -g | tail -n 1)
done
is "$(gojq '.specs | map(.devices) | add' "$work/list")" $((count * 8))
for state in disable enable; do
	"$gpuspec" $state pci:10de:2235:10de:0001 --fleet >/dev/null
	sleep 2
done
tail -n 2 "$work/load"
ctl endpoint status -w json | gojq -c '.[0].Status | {etcd_bytes: .dbSizeInUse}'
exec {end}>&-
[ "$(gojq -n "$slowest <= 1")" = true ]
