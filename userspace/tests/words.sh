#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The program, its man page and its completion speak of the same verbs and options.
# usage: tests/words.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1

fail() {
	echo "words: $*" >&2
	exit 1
}

section() { sed -n "/^\.SH $1\$/,/^\.SH /p" man/gpuspec.8 | sed 's/\\-/-/g'; }

mapfile -t verbs < <("$program" --words)
[ ${#verbs[@]} -gt 5 ] || fail "the program names ${#verbs[@]} verbs only"
options=$(for verb in "${verbs[@]}"; do "$program" --words "$verb"; done | sort -u)

# In the man page: what follows .TP, which may name several.
documented_verbs=$(section VERBS | sed -n '/^\.TP/ { n; s/^\.B[RI]* //; p }' |
	grep -oE '^[a-z]+|, " [a-z]+' | tr -d ', "' | sort)
documented_options=$(section OPTIONS | sed -n 's/^\.B \(--.*\)/\1/p' | sort)

is_same() {
	diff <(echo "$2") <(echo "$3") >&2 ||
		fail "the program (<) and its man page (>) have other $1"
}

is_same verbs "$(printf '%s\n' "${verbs[@]}" | sort)" "$documented_verbs"
is_same options "$options" "$documented_options"

# The completion asks the program for both, but knows itself which verbs take a spec.
for verb in "${verbs[@]}"; do
	case $verb in
	list | status | monitor) ;;
	*) grep -qw -- "$verb" completion/gpuspec.bash || fail "the completion does not know what follows $verb" ;;
	esac
done
echo "words: ${#verbs[@]} verbs in step"
