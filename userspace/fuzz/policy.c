// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer's target for the readers of policies, a host's and a fleet's; what they take is
 * written and read again, and met with itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet_file.h"
#include "policy_meet.h"

static void expect_same(const struct gpuspec_policy *a, const struct gpuspec_policy *b)
{
	struct gpuspec_policy_diff diff;

	if (gpuspec_policy_diff(&diff, a, b) || diff.count)
		abort();
	free(diff.changes);
}

static void meet_itself(const struct gpuspec_policy *policy)
{
	struct gpuspec_policy met;

	if (gpuspec_policy_meet(&met, policy, policy))
		abort();
	expect_same(policy, &met);
	gpuspec_policy_free(&met);
}

int fuzz_policy(const unsigned char *data, size_t size);
int fuzz_policy(const unsigned char *data, size_t size)
{
	struct gpuspec_policy policy, again;
	struct gpuspec_fleet fleet;
	char *text = malloc(size + 1), *written, why[640];

	memcpy(text, data, size);
	text[size] = '\0';
	if (!gpuspec_policy_parse(&policy, text, size, why, sizeof(why))) {
		written = gpuspec_policy_text(&policy);
		if (!written || gpuspec_policy_parse(&again, written, strlen(written), why,
						     sizeof(why)))
			abort();
		expect_same(&policy, &again);
		meet_itself(&policy);
		free(written);
		gpuspec_policy_free(&again);
		gpuspec_policy_free(&policy);
	}
	if (!gpuspec_fleet_parse(&fleet, text, size, why, sizeof(why)))
		gpuspec_fleet_free(&fleet);
	free(text);
	return 0;
}
