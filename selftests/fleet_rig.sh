# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Three hosts, each a machine of tools/vm with its own kernel, and an etcd with TLS and
# users, all of them on this machine's loopback. A test sources this in the tree, with
# $kernel set, and defines functions test_NAME, which run in their order.

# shellcheck source=selftests/expect.sh
. selftests/expect.sh
# shellcheck disable=SC2154 # $kernel
work=$PWD/build/$kernel/fleet
hosts=(alpha beta gamma)
machine=() # more arguments for tools/vm
export ETCDCTL_API=3
PATH=$PATH:$(tools/kernel --cache)/tools # where etcd is

# shellcheck disable=SC2329,SC2317 # the trap calls it
end_fleet() {
	local host
	[ ! -e "$work/etcd.pid" ] || kill -9 "$(<"$work/etcd.pid")" 2>/dev/null
	for host in "${hosts[@]}"; do
		[ ! -e "$work/$host.pid" ] || kill -9 "$(<"$work/$host.pid")" 2>/dev/null
	done
	wait
}

eventually() {
	local i
	for ((i = 0; i < ${patience:-300}; i++)); do
		"$@" >"$work/eventually" 2>&1 && return
		sleep 0.2
	done
	echo "never came true: $*"
	cat "$work/eventually"
	return 1
}

has() {
	local words=$1 said
	shift
	said=$("$@" 2>&1) || {
		echo "failed: $* (it said: $said)"
		return 1
	}
	[[ $said == *"$words"* ]] || {
		echo "lacks '$words': $* (it said: $said)"
		return 1
	}
}

# A port of 127.0.0.1 that nobody has.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# --- etcd ---

make_certificates() {
	local tls=$work/tls
	mkdir -p "$tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=fleet-ca \
		-keyout "$tls/ca.key" -out "$tls/ca.pem" 2>/dev/null
	certificate server /CN=server 2 'IP:127.0.0.1,IP:10.0.2.2'
	# With one, etcd's gateway would not have it.
	certificate host / 2 DNS:host
	certificate named /CN=root 2 DNS:host
}

# certificate NAME SUBJECT DAYS SAN
certificate() {
	local tls=$work/tls
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" \
		-keyout "$tls/$1.key" -out "$tls/$1.csr" 2>/dev/null
	openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial \
		-days "$3" -out "$tls/$1.pem" -extfile <(echo "subjectAltName=$4") 2>/dev/null
}

# Any more arguments are etcd's.
start_etcd() {
	start_etcd_unchecked "$@"
	eventually ctl endpoint health
}

start_etcd_unchecked() {
	etcd --name fleet --data-dir "$work/etcd" --logger zap --log-outputs "$work/etcd.log" \
		--listen-client-urls "https://127.0.0.1:$etcd_port" \
		--advertise-client-urls "https://127.0.0.1:$etcd_port" \
		--listen-peer-urls "http://127.0.0.1:$peer_port" \
		--initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
		--initial-cluster "fleet=http://127.0.0.1:$peer_port" \
		--cert-file "$work/tls/server.pem" --key-file "$work/tls/server.key" \
		--client-cert-auth --trusted-ca-file "$work/tls/ca.pem" "$@" >"$work/etcd.out" 2>&1 &
	echo $! >"$work/etcd.pid"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

stop_etcd() {
	kill -9 "$(<"$work/etcd.pid")"
	eventually gone "$(<"$work/etcd.pid")"
	rm "$work/etcd.pid"
}

as_root() { [ ! -e "$work/has-users" ] || echo --user root:secret; }

# etcdctl as etcd's own root.
ctl() {
	# shellcheck disable=SC2046 # words
	etcdctl --endpoints "https://127.0.0.1:$etcd_port" --cacert "$work/tls/ca.pem" \
		--cert "$work/tls/host.pem" --key "$work/tls/host.key" $(as_root) "$@"
}

# --- hosts ---

# shellcheck disable=SC2153 # set by start_host
on() {
	local host=$1
	shift
	selftests/remote.py run "127.0.0.1:$(<"$work/$host.port")" "$@"
}

is_up() { on "$1" true; }

# start_host HOST [DEVICE OF QEMU]; $forward may have another port of it, as QEMU forwards it.
start_host() {
	local host=$1 port more=()
	[ $# -eq 1 ] || more=(--qemu-arg -device --qemu-arg "$2")
	port=$(free_port)
	echo "$port" >"$work/$host.port"
	tools/vm --kernel "$kernel" --name "fleet-$host" --timeout 3600 \
		--qemu-arg -netdev --qemu-arg "user,id=orders,net=10.0.1.0/24,hostfwd=tcp:127.0.0.1:$port-10.0.1.15:2222${forward:-}" \
		--qemu-arg -device --qemu-arg virtio-net-pci,netdev=orders,mac=52:54:00:00:01:01,addr=1d,romfile= \
		--qemu-arg -netdev --qemu-arg user,id=fleet,net=10.0.2.0/24 \
		--qemu-arg -device --qemu-arg virtio-net-pci,netdev=fleet,mac=52:54:00:00:02:01,addr=1e,romfile= \
		--qemu-arg -pidfile --qemu-arg "$work/$host.pid" "${more[@]}" "${machine[@]}" \
		run selftests/fleet_guest.sh "$host" >"$work/$host.out" 2>&1 &
}

# What an admin gives each host.
set_up_host() {
	local file
	for file in ca.pem host.pem host.key; do
		on "$1" "cat >/etc/gpuspec/$file <<'END'
$(<"$work/tls/$file")
END
chmod 600 /etc/gpuspec/$file"
	done
	on "$1" "cat >/etc/gpuspec/gpuspec.conf <<'END'
etcd = https://10.0.2.2:$etcd_port
etcd_ca = /etc/gpuspec/ca.pem
etcd_certificate = /etc/gpuspec/host.pem
etcd_key = /etc/gpuspec/host.key
END
printf 'root\nsecret\n' >/root/etcd.login; chmod 600 /root/etcd.login; modprobe gpuspec"
}

start_agent() { on "$1" 'setsid gpuspec agent >>/var/log/agent.log 2>&1 & echo $! >/run/agent.pid'; }
# It says that it goes, unless it is killed: stop_agent HOST [-9]
stop_agent() { on "$1" "kill ${2:-} \$(</run/agent.pid); while kill -0 \$(</run/agent.pid) 2>/dev/null; do sleep 0.1; done"; }

all() {
	local host
	for host in "${hosts[@]}"; do
		"$1" "$host" "${@:2}" || return
	done
}

# --- tests ---

run_tests() {
	local tests name status number=0
	rm -rf "$work"
	mkdir -p "$work"
	trap end_fleet EXIT
	etcd_port=$(free_port) peer_port=$(free_port)
	mapfile -t tests < <(sed -n 's/^\(test_[a-z_]*\)().*/\1/p' "$0")
	if [ $# -gt 0 ]; then
		# shellcheck disable=SC2154 # whoever sources this says what all others need
		tests=("${first[@]}")
		for name in "$@"; do
			[[ " ${first[*]} " == *" $name "* ]] || tests+=("$name")
		done
	fi
	echo 'TAP version 13'
	echo "1..${#tests[@]}"
	for name in "${tests[@]}"; do
		number=$((number + 1))
		[ ! -e "$work/etcd.pid" ] || kill -CONT "$(<"$work/etcd.pid")"
		attempt "$name" >"$work/said" 2>&1
		status=$?
		if [ $status -eq 0 ]; then
			echo "ok $number $name"
		else
			sed 's/^/# /' "$work/said"
			echo "not ok $number $name"
			failed=yes
		fi
	done
	[ ! "${failed:-}" ]
}
