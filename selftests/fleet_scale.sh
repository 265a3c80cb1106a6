#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A fleet of a thousand hosts with eight cards each, published by the code of their agents, and
# an etcd with TLS: how long a list takes, and a decision until all watchers have heard of it;
# and what an agent takes that has nothing to do, and one change. Runs on the host, as root:
# fleet_scale.sh [HOSTS]. Prints figures, as bench/run.py does.
cd "$(dirname "$0")/.." || exit

# Files are where they always are: in a mount namespace, /etc and /var/lib are its own.
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
mount -t tmpfs tmpfs /var/lib
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

# figure NAME WHAT GOAL UNIT VALUE...; the goal may be null
figure() {
	gojq -nc --arg how "${how:-time}" --arg name "$1" --arg what "$2" --argjson goal "$3" --arg unit "$4" \
		'{how: $how, $name, $what, against: "", $goal, $unit, ours: $ARGS.positional, theirs: []}' \
		--jsonargs "${@:5}"
}

# The nanoseconds and the bytes of memory that a command took, whose output is kept.
measure() {
	python3 - "$work/list" "$@" <<-'EOT'
		import resource, subprocess, sys, time
		begin = time.monotonic_ns()
		with open(sys.argv[1], "wb") as said:
		    subprocess.run(sys.argv[2:], stdout=said, check=True)
		print(time.monotonic_ns() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10)
	EOT
}

# In the host: the instructions that its agent took, and the bytes that etcd and it exchanged,
# once there are no more of them for a while.
busy() { on alpha "cut -d ' ' -f 1 /proc/\$(</run/agent.pid)/schedstat"; }
exchanged() {
	local now='' before=none tries=20
	while [ "$now" != "$before" ]; do
		((tries--)) || {
			echo 'what the agent and etcd say to each other does not come to an end' >&2
			return 1
		}
		sleep 3
		before=$now
		now=$(on alpha "ss -tinO 'dport = :$etcd_port' | grep -oE 'bytes_(sent|received):[0-9]+' | cut -d : -f 2 | paste -sd + | bc") || return
	done
	echo "$now"
}

"$gpuspec" fleet init >/dev/null 2>&1
mkfifo "$work/end"
"$build/fleet_load" "$count" 8 <"$work/end" >"$work/load" &
load=$!
exec 9>"$work/end"
patience=600 eventually grep -q publish_s "$work/load"

times=() sizes=()
for _ in 1 2 3 4 5; do
	read -r time size < <(measure "$gpuspec" list --all-hosts --json)
	times+=("$time") sizes+=("$size")
done
is "$(gojq '.specs | map(.devices) | add' "$work/list")" $((count * 8))
figure fleet-list "gpuspec list --all-hosts, $count hosts of 8 cards" 1e9 ns "${times[@]}"
figure fleet-list-memory 'its memory' null bytes "${sizes[@]}"

for state in disable enable disable enable; do
	"$gpuspec" $state pci:10de:2235:10de:0001 --fleet >/dev/null
	sleep 2
done
mapfile -t times < <(gojq -s '.[] | select(.heard_ms) | .heard_ms * 1e6' "$work/load")
figure fleet-heard "a decision, from the first of $count watchers that hears it to the last" null ns "${times[@]}"
figure fleet-etcd "what $count hosts have in etcd" null bytes \
	"$(ctl endpoint status -w json | gojq '.[0].Status.dbSizeInUse')"

export GPUSPEC_ACCEL=tcg
# shellcheck disable=SC2034,SC2054 # of the rig; the comma is QEMU's
kernel=6.12 machine=(--qemu-arg -icount --qemu-arg shift=0,sleep=on)
start_host alpha 9>&-	# which would keep it open
eventually is_up alpha
set_up_host alpha
on alpha gpuspec fleet join >/dev/null
start_agent alpha
sleep 20
before=$(busy)
sleep 60
after=$(busy)
how=instructions figure fleet-idle 'an agent with nothing to do, in an hour' 1e9 ns $((60 * (after - before)))
for specs in 1 1000; do
	gojq -n --argjson specs "$specs" '{version: 1, default: "open", accounts: {}, specs: [range($specs) |
		{key: "mdev:model-\(.)", value: {state: "enabled", shared: "all"}}] | from_entries}' >"$work/policy"
	"$gpuspec" apply "$work/policy" --fleet >/dev/null
	before=$(exchanged)
	"$gpuspec" disable mdev:model-0 --fleet >/dev/null
	after=$(exchanged)
	[ "$after" -gt "$before" ]
	figure "fleet-change-$specs" "one change, to each host, in a policy of $specs" null bytes $((after - before))
done
exec 9>&-
wait $load
