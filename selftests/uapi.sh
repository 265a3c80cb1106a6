#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The UAPI header has the very names and numbers that the kernel's generator makes of the
# YAML. Runs on the host; GPUSPEC_KSRC is a kernel source tree.
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

echo 'TAP version 13'
echo '1..1'
if diff <(without_comments "$work/gpuspec.h") <(without_comments kmod/uapi/linux/gpuspec.h) |
	sed 's/^/# /'; then
	echo 'ok 1 uapi header'
else
	echo 'not ok 1 uapi header'
	exit 1
fi
