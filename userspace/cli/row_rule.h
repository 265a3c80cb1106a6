/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy says of a spec, as JSON: {"state", "shared"}; and in words. */
#ifndef GPUSPEC_ROW_RULE_H
#define GPUSPEC_ROW_RULE_H

#include <jansson.h>

#include "policy.h"

/* Null for NULL: the policy does not name it. */
json_t *row_rule(const struct gpuspec_policy_spec *spec);
/* Its member "shared". */
json_t *row_rule_shared(const struct gpuspec_policy_spec *spec);
/* "enabled, shared with all", or "not named" */
void row_rule_text(json_t *rule, char *text, size_t size);

#endif /* GPUSPEC_ROW_RULE_H */
