// SPDX-License-Identifier: GPL-2.0
/* The whole truth table, against the reasons in the order the design gives them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "verdict.h"

static const char *expected(bool named, int state, int sharing, int unnamed)
{
	if (!named && unnamed == GPUSPEC_DEFAULT_CLOSED)
		return "unknown-spec";
	if (named && state == GPUSPEC_STATE_DISABLED)
		return "disabled";
	if (named && sharing == GPUSPEC_SHARING_NONE)
		return "recalled";
	return "allowed";
}

int main(void)
{
	int bits, failed = 0;

	for (bits = 0; bits < 16; bits++) {
		struct gpuspec_rule rule = {
			.named = bits & 1, .state = bits >> 1 & 1, .sharing = bits >> 2 & 1,
		}, in_force;
		enum gpuspec_default unnamed = bits >> 3;
		enum gpuspec_reason reason = gpuspec_verdict(&rule, unnamed);
		const char *name = gpuspec_reason_name(reason);

		if (strcmp(name, expected(rule.named, rule.state, rule.sharing, unnamed)) ||
		    gpuspec_reason_errno(reason) != (strcmp(name, "allowed") ? -EPERM : 0)) {
			printf("case %d: %s\n", bits, name);
			failed = 1;
		}
		/* What is shown as in force must say yes just where the verdict does. */
		in_force = gpuspec_rule_in_force(&rule, unnamed);
		if ((in_force.state == GPUSPEC_STATE_ENABLED &&
		     in_force.sharing == GPUSPEC_SHARING_ALL) == !!gpuspec_reason_errno(reason)) {
			printf("case %d: what is in force does not fit the verdict\n", bits);
			failed = 1;
		}
	}
	return failed;
}
