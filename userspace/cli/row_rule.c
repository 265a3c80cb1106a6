// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "output.h"
#include "row.h"
#include "row_rule.h"

json_t *row_rule_shared(const struct gpuspec_policy_spec *spec)
{
	json_t *rows;
	size_t i;

	if (spec->sharing != GPUSPEC_SHARING_LIST)
		return row_string(row_sharing(spec->sharing));
	rows = json_array();
	for (i = 0; i < spec->share_count; i++)
		json_array_append_new(rows, row_share(spec->shares[i].account,
						      spec->shares[i].maximum));
	return rows;
}

json_t *row_rule(const struct gpuspec_policy_spec *spec)
{
	json_t *row;

	if (!spec)
		return NULL;
	row = json_object();
	output_set(row, "state", row_string(row_state(spec->state)));
	output_set(row, "shared", row_rule_shared(spec));
	return row;
}

void row_rule_text(json_t *rule, char *text, size_t size)
{
	char shared[1024];

	if (!rule) {
		snprintf(text, size, "not named");
		return;
	}
	row_shared_text(rule, shared, sizeof(shared));
	snprintf(text, size, "%s, shared with %s", output_text(rule, "state"), shared);
}
