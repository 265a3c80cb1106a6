# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What has to be so, for shell tests: each says what is not.

is() {
	[ "$1" = "$2" ] || {
		echo "is '$1', and not '$2' as it should be"
		return 1
	}
}

# The command must fail, and what it says must have the words.
fails_with() {
	local words=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "succeeded, but should not have: $* (it said: $said)"
		return 1
	fi
	[[ $said == *"$words"* ]] || {
		echo "failed with other words than '$words': $* (it said: $said)"
		return 1
	}
}

# Run a function: the first error ends it, and is told, since few commands say that they
# failed. Only where bash is not asked how it went: attempt NAME; status=$?
attempt() {
	(
		# Not into what a $( ) of it takes.
		exec 8>&1
		set -Eeu -o pipefail
		trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: status $? (${PIPESTATUS[*]}) of: $BASH_COMMAND" >&8' ERR
		"$1"
	)
}
