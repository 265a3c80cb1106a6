#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The unit tests of the module's pure parts in the kernel itself, where it has KUnit.
set -euo pipefail

# KUnit's results are nested: suites, their cases, and these with each parameter. Flat, and
# with what those that failed had to say; what has results inside counts only by them.
flat() {
	awk '
	{ depth = match($0, /[^ ]/) }
	/^ *(KTAP version|1\.\.)/ { next }
	/^ *# Subtest: / { name[depth] = $3 " "; said = ""; next }
	!/^ *(not )?ok / { said = said "#   " $0 "\n"; next }
	{
		fails = $1 == "not"
		if (depth >= last || (fails && !told)) {
			path = ""
			for (i = 1; i <= depth; i++)
				path = path name[i]
			sub(/^ *(not )?ok [0-9]+ /, "")
			tests = tests (fails ? said "not ok " : "ok ") ++count " " path $0 "\n"
			told = told || fails
			failed = failed || fails
		}
		if (depth == 1)
			told = 0
		last = depth
		said = ""
	}
	END {
		printf "1..%d\n%s", count, tests
		exit failed || !count
	}'
}

echo 'TAP version 13'
if ! modinfo kunit >/dev/null 2>&1; then
	echo '1..0'
	exit
fi
# Not every kernel that has it lets it run what comes.
modprobe kunit enable=1
modprobe gpuspec_kunit ${GPUSPEC_THOROUGH:+thorough=1}
status=0
cat /sys/kernel/debug/kunit/gpuspec_*/results | flat || status=$?
modprobe -r gpuspec_kunit
exit $status
