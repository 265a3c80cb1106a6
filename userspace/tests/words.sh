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

mapfile -t verbs < <("$program" --words)
[ ${#verbs[@]} -gt 5 ] || fail "the program names ${#verbs[@]} verbs only"
section() { sed -n "/^\.SH $1\$/,/^\.SH /p" man/gpuspec.8; }

for verb in "${verbs[@]}"; do
	section VERBS | grep -qwE "^\.(B|BR|BI) .*$verb" || fail "the man page does not tell of the verb $verb"
	for option in $("$program" --words "$verb"); do
		section OPTIONS | sed 's/\\-/-/g' | grep -qFx ".B $option" ||
			fail "the man page does not tell of the option $option"
	done
	case $verb in
	list | status | monitor) ;;
	*) grep -qw -- "$verb" completion/gpuspec.bash || fail "the completion does not know what follows $verb" ;;
	esac
done

# And the other way round: nothing is documented that is not there.
for word in $(section VERBS | sed -n '/^\.TP/ { n; s/^\.B[RI]* //; p }' |
	grep -oE '^[a-z]+|, " [a-z]+' | tr -d ',"'); do
	printf '%s\n' "${verbs[@]}" | grep -qx "$word" || fail "the man page tells of a verb $word that there is not"
done
for option in $(section OPTIONS | sed 's/\\-/-/g' | sed -n 's/^\.B \(--.*\)/\1/p'); do
	for verb in "${verbs[@]}"; do
		"$program" --words "$verb"
	done | grep -qFx -- "$option" || fail "the man page tells of an option $option that there is not"
done
echo "words: ${#verbs[@]} verbs in step"
