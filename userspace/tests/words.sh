#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The program, its man pages and its completion speak of the same verbs, options, metrics
# and checks.
# usage: tests/words.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1

fail() {
	echo "words: $*" >&2
	exit 1
}

section() { sed -n "/^\.SH $2\$/,/^\.SH /p" "man/$1" | sed 's/\\-/-/g'; }

# The verbs, of one word or two.
verbs=()
while read -r first; do
	mapfile -t second < <("$program" --words "$first" | grep -v ^--)
	[ ${#second[@]} -gt 0 ] || verbs+=("$first")
	verbs+=("${second[@]/#/$first }")
done < <("$program" --words)
[ ${#verbs[@]} -gt 12 ] || fail "the program names ${#verbs[@]} verbs only"
# shellcheck disable=SC2086 # two words are two arguments
options=$(for verb in "${verbs[@]}"; do "$program" --words $verb; done | sort -u)

# In the man page: what follows .TP, which may name several, or two words in quotes.
documented_verbs=$(section gpuspec.8 VERBS | sed -n '/^\.TP/ { n; s/^\.B[RI]* //; p }' |
	grep -oE '^"[a-z]+ [a-z]+"|^[a-z]+|, " [a-z]+' | sed 's/^, " //; s/"//g' | sort)
documented_options=$(section gpuspec.8 OPTIONS | sed -n 's/^\.B \(--.*\)/\1/p' | sort)

is_same() {
	diff <(echo "$2") <(echo "$3") >&2 ||
		fail "the program (<) and its man page (>) have other $1"
}

is_same verbs "$(printf '%s\n' "${verbs[@]}" | sort)" "$documented_verbs"
is_same options "$options" "$documented_options"

# The completion asks the program for both, but knows itself what follows a verb.
for verb in "${verbs[@]}"; do
	case $verb in
	list | status | monitor | export | log | metrics | hosts | agent | fleet\ * | 'account list') ;;
	*) grep -qw -- "$verb" completion/gpuspec.bash || fail "the completion does not know what follows $verb" ;;
	esac
done

metrics=$(grep -oE '"gpuspec_[a-z_]+"' cli/metrics.c | tr -d '"' | sort -u)
documented_metrics=$(section gpuspec.8 METRICS | sed -n 's/^\.B \(gpuspec_.*\)/\1/p' | sort)
is_same metrics "$metrics" "$documented_metrics"

# The checks of ROMs, in the parser's order; and which of them the program lets one waive.
checks=$(grep -oE '\<GPUSPEC_ROM_[EW][0-9]{2}\>' ../kmod/rom_image.h | sed 's/.*_//')
[ "$(wc -w <<<"$checks")" -gt 40 ] || fail "rom_image.h names $(wc -w <<<"$checks") checks only"
documented_checks=$(for part in ERRORS WARNINGS; do section gpuspec-rom.7 $part; done | sed -n 's/^\.B \([EW][0-9]*\)$/\1/p')
is_same checks "$checks" "$documented_checks"

waived=$(for check in $checks; do
	# Only what can be waived gets further than that, to the missing arguments.
	said=$("$program" rom set --force "$check" 2>&1) || true
	[[ $said == *'no other finding can be waived'* ]] || echo "$check"
done)
documented_waived=$(section gpuspec-rom.7 DESCRIPTION | grep -oE '^(is an error|E[0-9]{2}).*waived by$' |
	grep -oE 'E[0-9]{2}')
is_same 'checks that can be waived' "$waived" "$documented_waived"

echo "words: ${#verbs[@]} verbs and $(wc -w <<<"$checks") checks in step"
