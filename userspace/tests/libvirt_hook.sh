#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libvirt's hook as a program, as far as it needs no module and no settings.
# usage: tests/libvirt_hook.sh PROGRAM
set -euo pipefail
hook=$1
cd "$(dirname "$0")/libvirt_corpus"

fail() {
	echo "libvirt_hook: $*" >&2
	exit 1
}

# The exit status, what it must say on standard error, and nothing on standard output:
# expect STATUS WORDS ARGUMENT... <XML
expect() {
	local status=0 wanted=$1 words=$2 out err
	shift 2
	err=$(mktemp)
	out=$("$hook" "$@" 2>"$err") || status=$?
	[ "$status" = "$wanted" ] || fail "$*: exit status $status, and not $wanted: $(<"$err")"
	[ -z "$out" ] || fail "$*: wrote to standard output: $out"
	if [ -z "$words" ]; then
		[ ! -s "$err" ] || fail "$*: said $(<"$err")"
	else
		grep -qF "$words" "$err" || fail "$*: said $(<"$err")"
		[ "$(wc -l <"$err")" -eq 1 ] || fail "$*: said more than a line: $(<"$err")"
	fi
	rm -f "$err"
}

# Other operations get no answer, whatever they are given, and it is not waited for.
for operation in 'start begin' 'started begin' 'stopped end' 'release end' 'migrate begin' \
	'restore begin' 'reconnect begin' 'attach begin' 'prepare end'; do
	# shellcheck disable=SC2086 # two words
	expect 0 '' web $operation - <billion_laughs.xml
done
timeout 5 "$hook" web migrate begin - < <(exec sleep 6) || fail 'waits for what it does not need'

expect 2 usage </dev/null
expect 0 '' web prepare begin - <none.xml
if [ ! -e /etc/gpuspec/gpuspec.conf ]; then
	expect 0 'VM web starts unchecked: its XML cannot be read: it has a document type' web prepare begin - <xxe.xml
	expect 0 'VM web starts unchecked: its XML cannot be read: there is none' web prepare begin - </dev/null
	expect 0 'it is larger than 16777216 bytes' web prepare begin - < <(head -c 17M /dev/zero)
	expect 0 'VM w?b?? starts unchecked' $'w\nb\x1b\x7f' prepare begin - <cut.xml
	# The least memory in which the dynamic linker comes to an end is too little for the XML.
	for ((memory = 20000; memory < 100000; memory += 2000)); do
		status=0
		(ulimit -v "$memory" && exec "$hook" x start begin -) 2>/dev/null || status=$?
		[ $status -ne 0 ] || break
	done
	(
		ulimit -v "$memory"
		expect 0 'VM web starts unchecked: its XML cannot be read: Cannot allocate memory' web prepare begin - <pci.xml
	) || fail "in $memory KiB of memory"
fi
