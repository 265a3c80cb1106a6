// SPDX-License-Identifier: GPL-2.0
/* libFuzzer's target for the reader of policies; what it takes is written and read again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

int fuzz_policy(const unsigned char *data, size_t size);
int fuzz_policy(const unsigned char *data, size_t size)
{
	struct gpuspec_policy policy, again;
	struct gpuspec_policy_diff diff;
	char *text = malloc(size + 1), *written, why[640];

	memcpy(text, data, size);
	text[size] = '\0';
	if (!gpuspec_policy_parse(&policy, text, size, why, sizeof(why))) {
		written = gpuspec_policy_text(&policy);
		if (!written || gpuspec_policy_parse(&again, written, strlen(written), why,
						     sizeof(why)) ||
		    gpuspec_policy_diff(&diff, &policy, &again) || diff.count)
			abort();
		free(diff.changes);
		free(written);
		gpuspec_policy_free(&again);
		gpuspec_policy_free(&policy);
	}
	free(text);
	return 0;
}
