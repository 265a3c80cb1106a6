#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three hosts and an etcd: one list, one decision for all, and what goes wrong between them.
# Runs on the host: fleet.sh KERNEL [TEST]..., which come after those that make a fleet.
cd "$(dirname "$0")/.." || exit
kernel=$1
shift
# shellcheck source=selftests/fleet_rig.sh
. selftests/fleet_rig.sh

# Of all hosts two cards; of gamma three, and beta has one more model.
spec=pci:1234:1111:1af4:1100 card=0000:00:05.0
spec_beta=pci:1002:5159:1af4:1100
vfio_open=$PWD/build/kselftest/gpuspec/vfio_open

take_card() { on "$1" "echo vfio-pci >/sys/bus/pci/devices/$card/driver_override; echo $card >/sys/bus/pci/drivers/vfio-pci/bind"; }
# What the kernel says of an open.
open_card() { on "$1" "$vfio_open $card </dev/null"; }
opens() { is "$(open_card "$1")" open; }
refuses() { is "$(open_card "$1")" EPERM; }
applied() { on "$1" gpuspec fleet status --json | gojq .applied; }
field() { on "$1" "gpuspec list --json" | gojq -r --arg id "$2" ".specs[] | select(.id == \$id) | $3"; }

first=(test_hosts_come_up test_fleet_is_made_and_joined)

test_hosts_come_up() {
	make_certificates
	start_etcd
	start_host alpha
	start_host beta ati-vga,model=rv100,addr=1c
	start_host gamma bochs-display,addr=1c
	patience=600 all eventually_up
	all set_up_host
	all take_card
}

eventually_up() { eventually is_up "$1"; }

test_fleet_is_made_and_joined() {
	fails_with 'nothing was decided for this fleet yet' on alpha gpuspec fleet join
	ctl user add root:secret
	ctl user grant-role root root
	touch "$work/has-users"
	on alpha gpuspec fleet init --login /root/etcd.login
	fails_with 'wants a user and a password' on beta gpuspec hosts
	all join
	all start_agent
	eventually all_up
	has 'of the fleet; its agent is up' on gamma gpuspec fleet status
}

join() { on "$1" gpuspec fleet join --login /root/etcd.login; }
all_up() { is "$(on alpha gpuspec hosts --json | gojq '[.hosts[] | select(.alive and .current)] | length')" 3; }

# For longer than a lease lasts that is not renewed; and metrics have it.
test_idle_hosts_stay_up() {
	sleep 45
	all_up
	on beta gpuspec metrics >"$work/metrics"
	grep -qx 'gpuspec_fleet_problem 0' "$work/metrics"
	grep -qx "gpuspec_fleet_revision $(applied beta)" "$work/metrics"
	[ $(($(date +%s) - $(sed -n 's/^gpuspec_fleet_heard_timestamp_seconds //p' "$work/metrics"))) -le 20 ]
	promtool check metrics <"$work/metrics"
}

test_any_host_lists_all() {
	local host
	for host in "${hosts[@]}"; do
		is "$(on "$host" gpuspec list --all-hosts --json | gojq --arg id $spec '.specs[] | select(.id == $id) | .devices, .hosts')" $'10\n3'
		is "$(on "$host" gpuspec devices --all-hosts --json | gojq -r --arg id $spec_beta '.devices[] | select(.spec == $id) | .host')" beta
	done
}

# Beta's VM: a process that holds a card.
hold() { on "$1" "mkfifo /run/hold; sleep infinity >/run/hold & setsid $vfio_open $card </run/hold >/run/held 2>&1 & echo \$! >/run/holder; sleep 2; cat /run/held"; }
still_holds() { on "$1" 'kill -0 $(</run/holder)' && is "$(on "$1" gpuspec devices --json | gojq -c --arg a $card '.devices[] | select(.address == $a) | .in_use')" true; }

test_disable_takes_effect_on_all_and_spares_holders() {
	is "$(hold beta)" open
	fails_with "is held by vfio_open" on alpha gpuspec disable $spec --fleet --if-unused
	has 'All 3 hosts that are up have it in force' on alpha gpuspec disable $spec --fleet --wait
	refuses alpha
	refuses gamma
	still_holds beta
	is "$(on gamma gpuspec devices --all-hosts --json | gojq -r '.devices[] | select(.in_use) | .host, .holder.comm')" $'beta\nvfio_open'
	has "$spec is disabled, by the fleet's policy" on gamma "gpuspec check $spec; true"
	on beta 'kill $(</run/holder); rm /run/hold'
	eventually refuses beta
	on alpha gpuspec enable $spec --fleet --wait
	all opens
}

test_host_may_be_stricter_and_never_laxer() {
	on beta gpuspec disable $spec
	refuses beta
	opens alpha
	eventually differs 1
	on alpha gpuspec disable $spec --fleet --wait
	on beta gpuspec enable $spec
	refuses beta
	on alpha gpuspec enable $spec --fleet --wait
	all opens
	eventually differs 0
}

differs() { is "$(on alpha gpuspec list --fleet --json | gojq --arg id $spec '.specs[] | select(.id == $id) | .differing')" "$1"; }

test_sharing_is_of_all_hosts() {
	on alpha gpuspec account add blue --cgroup /blue --fleet
	on alpha gpuspec recall $spec --all --fleet
	on alpha gpuspec share $spec --account blue --max 1 --fleet --wait
	is "$(open_card gamma)" EACCES
	is "$(on gamma "mkdir -p /sys/fs/cgroup/blue; echo \$\$ >/sys/fs/cgroup/blue/cgroup.procs; $vfio_open $card </dev/null")" open
	is "$(on gamma gpuspec account list --fleet --json | gojq -r '.accounts[0].name')" blue
	is "$(on gamma gpuspec account list --json | gojq -r '.accounts[0] | .name, .from')" $'blue\nfleet'
	on alpha gpuspec recall $spec --account blue --fleet
	on alpha gpuspec share $spec --all --fleet
	on alpha gpuspec account remove blue --fleet --wait
	all opens
}

# --- ROMs ---

make_rom() { on alpha "tools/mkrom --marker $2 --size $3 1234:1111 /root/$1.rom"; }
shows() { is "$(on "$1" "gpuspec devices --json" | gojq -r --arg a $card '.devices[] | select(.address == $a) | .rom, .rom_sha256')" "applied"$'\n'"$2"; }
digest() { on alpha sha256sum "/root/$1.rom" | cut -d ' ' -f 1; }
in_etcd() { is "$(ctl get --prefix --keys-only /gpuspec/rom/ | grep -o '[0-9a-f]\{64\}' | sort -u | wc -l)" "$1"; }

test_rom_is_shown_on_all_hosts() {
	make_rom one one 65536
	make_rom two two 1048576
	make_rom three three 65536
	on alpha gpuspec rom set $spec /root/one.rom --version v1 --fleet --wait
	all shows "$(digest one)"
	fails_with "goes before this host's" on gamma 'echo x >/root/x; gpuspec rom clear '$spec
	on alpha gpuspec rom set $spec - --version v2 --fleet --wait '</root/two.rom'
	all shows "$(digest two)"
	in_etcd 2
	on alpha gpuspec rom rollback $spec --fleet --wait
	all shows "$(digest one)"
	on alpha gpuspec rom set $spec /root/three.rom --fleet --wait
	on gamma gpuspec rom get $spec --fleet /root/back.rom
	is "$(on gamma sha256sum /root/back.rom | cut -d ' ' -f 1)" "$(digest three)"
	is "$(on gamma gpuspec rom history $spec --fleet --json | gojq '.history | length')" 4
	on alpha gpuspec rom clear $spec --fleet --wait
	is "$(on beta gpuspec devices --json | gojq -r --arg a $card '.devices[] | select(.address == $a) | .rom')" none
}

# --- hosts that were away ---

test_host_that_was_off_has_it_before_guests_start() {
	stop_agent gamma
	eventually is_gone gamma
	has 'Not counted, since gone: gamma' on alpha gpuspec list --all-hosts
	on gamma rmmod gpuspec
	on alpha gpuspec disable $spec --fleet --wait
	# The host boots: what it had kept is in force first, then what it has missed.
	on gamma 'modprobe gpuspec && gpuspec apply'
	opens gamma
	is "$(on gamma python3 selftests/notified.py /run/notify gpuspec agent)" READY
	refuses gamma
	eventually all_up
	on alpha gpuspec enable $spec --fleet --wait
}

is_gone() { is "$(on alpha gpuspec hosts --json | gojq -r --arg h "$1" '.hosts[] | select(.name == $h) | .alive')" false; }

test_module_loaded_anew_gets_the_policy() {
	on alpha gpuspec disable $spec --fleet --wait
	on beta 'rmmod gpuspec; sleep 1; modprobe gpuspec'
	patience=500 eventually refuses beta
	on alpha gpuspec enable $spec --fleet --wait
}

# While it has no memory, say.
test_kernel_that_cannot_be_asked_has_what_it_had() {
	local before
	before=$(devices_of beta)
	on beta 'setsid strace -f -o /dev/null -p $(</run/agent.pid) -e trace=sendmsg -e inject=sendmsg:error=ENOMEM </dev/null >/dev/null 2>&1 & echo $! >/run/strace.pid; sleep 2'
	opens beta
	eventually told_by_hosts 1
	is "$(devices_of beta)" "$before"
	on beta 'kill $(</run/strace.pid)'
	eventually told_by_hosts 0
	is "$(devices_of beta)" "$before"
}

devices_of() { on alpha gpuspec devices --all-hosts --json | gojq -r --arg h "$1" '.devices[] | select(.host == $h) | .address'; }

# --- etcd in trouble ---

test_etcd_killed() {
	on alpha gpuspec disable $spec --fleet --wait
	stop_etcd
	fails_with 'nothing listens there; is etcd running' on alpha gpuspec enable $spec --fleet
	all refuses
	# Its agent brings in what was kept.
	on beta 'rmmod gpuspec; modprobe gpuspec'
	eventually refuses beta
	# It tries again if it could not, and says so meanwhile.
	on beta 'mv /etc/gpuspec/policy.json /root/; echo "{" >/etc/gpuspec/policy.json; rmmod gpuspec; modprobe gpuspec'
	eventually has 'gpuspec_fleet_problem 1' on beta gpuspec metrics
	opens beta
	on beta mv /root/policy.json /etc/gpuspec/
	eventually refuses beta
	eventually has 'gpuspec_fleet_problem 0' on beta gpuspec metrics
	start_etcd
	patience=600 eventually all_up
	on alpha gpuspec enable $spec --fleet --wait
	all opens
}

test_etcd_paused() {
	kill -STOP "$(<"$work/etcd.pid")"
	fails_with ' within ' on alpha gpuspec disable $spec --fleet
	opens alpha
	kill -CONT "$(<"$work/etcd.pid")"
	patience=600 eventually all_up
	on alpha gpuspec disable $spec --fleet --wait --timeout 120
	all refuses
	on alpha gpuspec enable $spec --fleet --wait
}

test_one_host_is_cut_off() {
	on gamma ip link set fleet down
	patience=600 eventually is_gone gamma
	on alpha gpuspec disable $spec --fleet --wait
	refuses alpha
	opens gamma
	fails_with 'there is no way to it' on gamma gpuspec hosts
	on gamma ip link set fleet up
	patience=600 eventually refuses gamma
	eventually all_up
	on alpha gpuspec enable $spec --fleet --wait
}

test_etcd_restored_from_a_snapshot() {
	on alpha gpuspec disable $spec --fleet --wait
	ctl snapshot save "$work/snapshot"
	on alpha gpuspec enable $spec --fleet --wait
	on alpha gpuspec default closed --fleet --wait
	all opens
	stop_etcd
	rm -rf "$work/etcd"
	etcdctl snapshot restore "$work/snapshot" --name fleet --data-dir "$work/etcd" \
		--initial-cluster "fleet=http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port"
	start_etcd
	# What the fleet has is what its etcd has.
	patience=600 all eventually_refuses
	on alpha gpuspec enable $spec --fleet --wait --timeout 120
	all opens
}

eventually_refuses() { eventually refuses "$1"; }

test_etcd_compacted_under_a_watch() {
	local revision
	on beta 'kill -STOP $(</run/agent.pid)'
	on alpha gpuspec disable $spec --fleet
	on alpha gpuspec disable $spec_beta --fleet
	revision=$(ctl get / -w json | gojq .header.revision)
	ctl compact "$revision"
	ctl defrag
	on beta 'kill -CONT $(</run/agent.pid)'
	patience=600 eventually refuses beta
	on alpha gpuspec enable $spec $spec_beta --fleet --wait
}

test_etcd_full() {
	stop_etcd
	start_etcd --quota-backend-bytes $((4 << 20))
	patience=600 eventually all_up
	while fill; do
		:
	done
	fails_with 'its database is full (alarm NOSPACE)' on alpha gpuspec disable $spec --fleet
	all opens
	ctl del /filler || true
	ctl compact "$(ctl get / -w json | gojq .header.revision)"
	ctl defrag
	ctl alarm disarm
	on alpha gpuspec disable $spec --fleet --wait --timeout 120
	all refuses
	on alpha gpuspec enable $spec --fleet --wait
}

fill() { head -c 200000 /dev/zero | tr '\0' x | ctl put /filler >/dev/null 2>&1; }

test_certificate_has_expired() {
	certificate server /CN=server 0 'IP:127.0.0.1,IP:10.0.2.2'
	stop_etcd
	start_etcd_unchecked
	patience=200 eventually fails_with 'has expired' on alpha gpuspec hosts
	opens alpha
	certificate server /CN=server 2 'IP:127.0.0.1,IP:10.0.2.2'
	stop_etcd
	start_etcd
	patience=600 eventually all_up
}

test_certificate_with_a_name() {
	on beta "cat >/root/named.pem <<'END'
$(<"$work/tls/named.pem")
END
cat >/root/named.key <<'END'
$(<"$work/tls/named.key")
END
cp /etc/gpuspec/gpuspec.conf /root/; sed -i 's|/etc/gpuspec/host|/root/named|' /etc/gpuspec/gpuspec.conf"
	fails_with 'takes no certificate that has a CommonName' on beta gpuspec hosts
	on beta cp /root/gpuspec.conf /etc/gpuspec/
}

# --- who may what ---

test_host_may_write_of_itself_only() {
	fails_with 'may not decide for the fleet' on beta gpuspec disable $spec --fleet --login /etc/gpuspec/fleet.login
	fails_with 'permission denied' as_host beta put /gpuspec/decided/policy x
	fails_with 'permission denied' as_host beta put /gpuspec/hosts/alpha/status x
	fails_with 'permission denied' as_host beta put /gpuspec/specs/alpha/x x
	as_host beta put /gpuspec/hosts/beta/x x
	as_host beta del /gpuspec/hosts/beta/x
}

# What decides for one decides nothing for the other.
test_two_fleets_in_one_etcd() {
	on gamma 'cp /etc/gpuspec/gpuspec.conf /root/; printf "etcd_prefix = /other\netcd_admin_login = /root/other.login\n" >>/etc/gpuspec/gpuspec.conf'
	has "etcd's user gpuspec-admin@/other decides" on gamma gpuspec fleet init --login /root/etcd.login
	has "$spec is now disabled" on gamma gpuspec disable $spec --fleet
	on gamma cp /root/gpuspec.conf /etc/gpuspec/
	fails_with 'the user gpuspec-admin@/other has no permission for that' on gamma gpuspec disable $spec --fleet --login /root/other.login
	is "$(on alpha gpuspec list --fleet --json | gojq -r --arg id $spec '.specs[] | select(.id == $id) | .state')" enabled
	# The login of who decides for the first is not lost to the second.
	on alpha 'cp /etc/gpuspec/gpuspec.conf /etc/gpuspec/fleet-admin.login /root/; echo etcd_prefix = /third >>/etc/gpuspec/gpuspec.conf'
	fails_with 'set etcd_admin_login' on alpha gpuspec fleet init --login /root/etcd.login
	on alpha 'cp /root/gpuspec.conf /etc/gpuspec/; cmp /root/fleet-admin.login /etc/gpuspec/fleet-admin.login'
	ctl del --prefix /other/
	ctl del --prefix /third/
}

as_host() {
	local login
	mapfile -t login < <(on "$1" cat /etc/gpuspec/fleet.login)
	etcdctl --endpoints "https://127.0.0.1:$etcd_port" --cacert "$work/tls/ca.pem" --cert "$work/tls/host.pem" \
		--key "$work/tls/host.key" --user "${login[0]}:${login[1]}" "${@:2}"
}

# --- what is wrong ---

test_bad_values_are_refused_and_told() {
	local value good
	good=$(ctl get --print-value-only /gpuspec/decided/policy)
	for value in ' ' '{' '[]' '7' '{"version":1}x' '{"version":2}' '{"version":1,"default":"ajar"}' \
		'{"version":1,"default":"open","specs":{"pci:x":{}}}' "$(head -c 300000 /dev/zero | tr '\0' '[')"; do
		echo -n "$value" | ctl put /gpuspec/decided/policy
		eventually told_by_hosts 3
		has 'No host takes what was decided' on beta gpuspec hosts
		is "$(on beta gpuspec hosts --json | gojq .takes_none)" true
		opens gamma
	done
	fails_with "puts a good policy in its place" on alpha gpuspec disable $spec --fleet
	echo "$good" | ctl put /gpuspec/decided/policy
	eventually told_by_hosts 0
	echo '{' | ctl put /gpuspec/decided/policy
	on alpha 'echo "{\"version\":1,\"default\":\"open\"}" | gpuspec apply - --fleet --wait'
	eventually told_by_hosts 0
}

told_by_hosts() { is "$(on alpha gpuspec hosts --json | gojq '[.hosts[] | select(.problem != null)] | length')" "$1"; }

test_rom_that_does_not_match_is_refused() {
	local key
	make_rom one one 65536
	make_rom two two 1048576
	on alpha gpuspec rom set $spec /root/one.rom --version v1 --fleet --wait
	stop_agent gamma
	on gamma rm -rf /var/lib/gpuspec/rom
	on alpha gpuspec rom set $spec /root/two.rom --version v2 --fleet
	key=$(ctl get --prefix --keys-only --limit 1 /gpuspec/rom/"$(digest two)"/ | sed /^$/d)
	# As long as it was: only its digest tells.
	head -c $((512 << 10)) /dev/zero | tr '\0' x | ctl put "$key"
	start_agent gamma
	eventually told_by_hosts 1
	has 'its bytes do not match' on alpha gpuspec hosts --json
	# The policy is followed all the same.
	on alpha gpuspec disable $spec --fleet
	eventually refuses gamma
	on alpha gpuspec enable $spec --fleet
	on alpha gpuspec rom set $spec /root/two.rom --version v2 --fleet --wait
	all shows "$(digest two)"
	on alpha gpuspec rom clear $spec --fleet --wait
}

test_rom_history_that_is_broken_begins_anew() {
	make_rom one one 65536
	make_rom two two 1048576
	on alpha gpuspec rom set $spec /root/one.rom --fleet --wait
	echo '{' | ctl put /gpuspec/decided/rom/$spec
	eventually told_by_hosts 3
	has 'No host takes one of the ROMs' on beta gpuspec hosts
	is "$(on beta gpuspec hosts --json | gojq .takes_none)" false
	has 'gpuspec_fleet_problem 1' on beta gpuspec metrics
	# All else is followed, and told to be.
	on alpha gpuspec disable $spec --fleet --wait
	all refuses
	on alpha gpuspec enable $spec --fleet --wait
	all opens
	all_up
	is "$(on alpha gpuspec fleet status --json | gojq .hosts_current)" 3
	told_by_hosts 3
	all shows "$(digest one)"
	fails_with 'gpuspec rom set --fleet sets one' on alpha gpuspec rom clear $spec --fleet
	has 'its history begins anew' on alpha gpuspec rom set $spec /root/two.rom --fleet --wait
	all shows "$(digest two)"
	is "$(on gamma gpuspec rom history $spec --fleet --json | gojq '.history | length')" 1
	on alpha gpuspec rom clear $spec --fleet --wait
}

test_host_of_another_machine_by_the_same_name() {
	on beta "cat >/root/alpha.login <<'END'
$(on alpha cat /etc/gpuspec/fleet.login)
END
chmod 600 /root/alpha.login; cp /etc/gpuspec/gpuspec.conf /root/; echo host_name = alpha >>/etc/gpuspec/gpuspec.conf"
	stop_agent beta
	start_agent beta
	# It has the wrong login for that, and then the right one.
	eventually has 'has no permission for that' on beta cat /var/log/agent.log
	on beta 'echo etcd_login = /root/alpha.login >>/etc/gpuspec/gpuspec.conf'
	stop_agent beta
	start_agent beta
	eventually has 'another machine is there by the name alpha' on beta cat /var/log/agent.log
	on beta cp /root/gpuspec.conf /etc/gpuspec/
	stop_agent beta
	start_agent beta
	eventually all_up
}

# --- two admins ---

test_two_admins_race() {
	on alpha "for i in \$(seq 50); do gpuspec disable $spec --fleet >/dev/null || exit; gpuspec enable $spec --fleet >/dev/null || exit; done" &
	# The other has no login of those who decide: give it alpha's.
	on beta "cat >/root/admin.login <<'END'
$(on alpha cat /etc/gpuspec/fleet-admin.login)
END
chmod 600 /root/admin.login; for i in \$(seq 50); do gpuspec share $spec --all --fleet --login /root/admin.login >/dev/null || exit; gpuspec recall $spec --all --fleet --login /root/admin.login >/dev/null || exit; done"
	wait $!
	is "$(on alpha gpuspec log --fleet --json | gojq '[.decisions[] | select(.verb == "enable" or .verb == "disable" or .verb == "share" or .verb == "recall")] | .[-200:] | length')" 200
	is "$(on alpha gpuspec list --fleet --json | gojq -r --arg id $spec '.specs[] | select(.id == $id) | .state, .shared')" $'enabled\nnone'
	# Each line begins where the one before it has ended.
	is "$(on alpha gpuspec log --fleet --json | gojq -c '[.decisions[-150:][].specs[0]] | [.[:-1], .[1:]] | transpose | map(select(.[0].after != .[1].before)) | length')" 0
	on alpha gpuspec share $spec --all --fleet --wait
}

agent_has_ended() { fails_with '' on "$1" 'kill -0 $(</run/agent.pid)'; }

test_leave() {
	on gamma gpuspec disable $spec
	on alpha gpuspec disable $spec_beta --fleet --wait
	on gamma gpuspec fleet leave --login /root/etcd.login
	# Nobody stops it: it finds that out.
	on alpha gpuspec enable $spec_beta --fleet
	patience=600 eventually agent_has_ended gamma
	on alpha gpuspec disable $spec_beta --fleet
	is "$(on alpha gpuspec hosts --json | gojq '.hosts | length')" 2
	refuses gamma
	is "$(field gamma $spec_beta .state)" ''
	on gamma gpuspec enable $spec
	on alpha gpuspec disable $spec --fleet --wait
	opens gamma
	fails_with 'wants a user and a password' on gamma gpuspec hosts
}

run_tests "$@"
