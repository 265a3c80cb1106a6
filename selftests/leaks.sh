#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# After all the others: what the module has allocated since the machine started, and not freed.
# shellcheck source=selftests/host.sh
. "$(dirname "$0")/host.sh"

leaks=/sys/kernel/debug/kmemleak
[ -e $leaks ] || { echo '1..0'; exit; }

test_nothing_is_lost() {
	rmmod gpuspec
	# What is younger than five seconds is not looked at; and a pointer can be in a register.
	sleep 6
	echo scan >$leaks
	echo scan >$leaks
	cat $leaks >"$work/leaks"
	echo clear >$leaks
	head -n 60 "$work/leaks"
	is "$(grep -c '^unreferenced object' "$work/leaks")" 0
}

run_tests
