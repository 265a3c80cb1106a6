// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "place.h"
#include "policy.h"

int export_policy(struct request *request)
{
	struct gpuspec_policy policy;
	struct gpuspec_tables tables;
	char *text = NULL;
	int result;

	result = place_tables(request, &tables);
	if (result)
		return result;
	if (!gpuspec_policy_of_tables(&policy, &tables)) {
		text = gpuspec_policy_text(&policy);
		gpuspec_policy_free(&policy);
	}
	gpuspec_nl_free_tables(&tables);
	if (!text)
		return fail(EXIT_FAILED, "export", "out of memory");
	puts(text);
	free(text);
	return EXIT_DONE;
}
