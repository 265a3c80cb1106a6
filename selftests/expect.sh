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
