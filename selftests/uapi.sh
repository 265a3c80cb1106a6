#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is told of the family elsewhere is what the YAML says: the UAPI header has the very
# names and numbers that the kernel's generator makes of it, and the description for
# syzkaller every command and attribute. Runs on the host; GPUSPEC_KSRC is a kernel source
# tree.
set -euo pipefail
cd "$(dirname "$0")/.."
ynl=${GPUSPEC_KSRC:?}/tools/net/ynl

# The generator finds the schema beside the folder of the spec, and looks for the top of a
# kernel tree by a file of this name.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Documentation/netlink/specs"
touch "$work/MAINTAINERS"
cp "$GPUSPEC_KSRC"/Documentation/netlink/*.yaml "$work/Documentation/netlink"
cp kmod/gpuspec.yaml "$work/Documentation/netlink/specs"
/usr/bin/python3 "$ynl/ynl-gen-c.py" --mode uapi --header \
	--spec "$work/Documentation/netlink/specs/gpuspec.yaml" >"$work/gpuspec.h"

without_comments() { gcc -fpreprocessed -dD -E -P "$1"; }

number=0 failed=0
same() {
	number=$((number + 1))
	if diff "$2" "$3" | sed 's/^/# /'; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		failed=1
	fi
}

echo 'TAP version 13'
echo '1..2'
same 'uapi header' <(without_comments "$work/gpuspec.h") <(without_comments kmod/uapi/linux/gpuspec.h)
# If not: selftests/family.py syzkaller kmod/gpuspec.yaml >tools/syzkaller/gpuspec.txt
same 'syzkaller description' <(selftests/family.py syzkaller kmod/gpuspec.yaml) tools/syzkaller/gpuspec.txt
exit $failed
