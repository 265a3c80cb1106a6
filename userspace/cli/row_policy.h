/* SPDX-License-Identifier: GPL-2.0 */
/* What changes from one policy to another, as JSON and for people. */
#ifndef GPUSPEC_ROW_POLICY_H
#define GPUSPEC_ROW_POLICY_H

#include <jansson.h>

#include "policy.h"

/* [{"name", "before", "after": {"cgroups", "uids"} or null}], of those that differ. */
json_t *row_policy_accounts(const struct gpuspec_policy *now,
			    const struct gpuspec_policy *wanted);
/* [{"id", "before", "after": a rule or null}], of those that differ. */
json_t *row_policy_specs(const struct gpuspec_policy *now,
			 const struct gpuspec_policy *wanted);
/* {"before", "after"}; null if it is the same. */
json_t *row_policy_default(const struct gpuspec_policy *now,
			   const struct gpuspec_policy *wanted);

/* A line for each, from the members "default", "accounts" and "specs" of a row. */
void print_policy_change(json_t *row, const char *indent);

#endif /* GPUSPEC_ROW_POLICY_H */
