#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The page in the newest Cockpit that Debian 12 has, on a host that systemd has booted from a
# disk, with some of the tests of cockpit.sh. Runs on the host: cockpit_newest.sh KERNEL [TEST]...
# Pictures are in build/KERNEL/newest.
set -euo pipefail
cd "$(dirname "$0")/.."

kernel=$1
shift
work=$PWD/build/$kernel/newest
disk=$work/disk
rm -rf "$work"
mkdir -p "$work"
tools/boot-disk --cockpit "$disk" "$kernel" >"$work/disk.log" 2>&1 || { tail -n 20 "$work/disk.log"; exit 1; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
orders=$(free_port) page=$(free_port)
end() {
	[ ! -e "$work/pid" ] || kill "$(<"$work/pid")" 2>/dev/null || true
	wait
	rm -f "$disk"
}
trap end EXIT
tools/vm --kernel "$kernel" --name newest --disk "$disk" --timeout 5400 \
	--qemu-arg -netdev --qemu-arg "user,id=orders,net=10.0.1.0/24,hostfwd=tcp:127.0.0.1:$orders-10.0.1.15:2222,hostfwd=tcp:127.0.0.1:$page-10.0.1.15:9090" \
	--qemu-arg -device --qemu-arg virtio-net-pci,netdev=orders,addr=1d,romfile= \
	--qemu-arg -pidfile --qemu-arg "$work/pid" \
	run selftests/cockpit_newest_guest.sh >"$work/out" 2>&1 &
machine=$!

# Minutes, where there is no KVM.
until curl -s -m 20 -o "$work/login.html" "http://127.0.0.1:$page/"; do
	kill -0 $machine 2>/dev/null || { sed 's/^/# /' "$work/out"; echo 'Bail out! the host ended'; exit 1; }
	sleep 2
done
sed 's/^/# /' "$work/out"
export GPUSPEC_HOST=127.0.0.1:$orders GPUSPEC_PAGE=http://127.0.0.1:$page
export GPUSPEC_MODULES=$PWD/build/cockpit/tree/ GPUSPEC_PICTURES=$work
# It is several times as slow as the tests' own machine: nothing here is about time.
export GPUSPEC_PATIENCE=10
[ $# -gt 0 ] || set -- disable_shows_who_holds_a_card_and_spares_them recall_and_share_to_all \
	sharing_with_chosen_accounts a_bad_rom_is_refused_with_its_finding \
	a_finding_is_waived_only_by_hand a_vm_that_libvirts_hook_refuses_appears_by_its_name \
	a_rom_is_rolled_back_and_cleared_after_it_is_said_who_keeps_it \
	an_unprivileged_login_sees_and_cannot_change without_the_program_it_says_what_to_do
node selftests/cockpit/run.mjs "$@"
