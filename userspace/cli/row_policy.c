// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "row.h"
#include "row_policy.h"
#include "row_rule.h"

static json_t *row_account(const struct gpuspec_account *account)
{
	json_t *row, *cgroups, *uids;
	size_t i;

	if (!account)
		return NULL;
	row = json_object();
	cgroups = json_array();
	uids = json_array();
	for (i = 0; i < account->cgroup_count; i++)
		json_array_append_new(cgroups, row_string(account->cgroups[i]));
	for (i = 0; i < account->uid_count; i++)
		json_array_append_new(uids, json_integer(account->uids[i]));
	output_set(row, "cgroups", cgroups);
	output_set(row, "uids", uids);
	return row;
}

static void add_account(json_t *rows, const struct gpuspec_account *before,
			const struct gpuspec_account *after)
{
	json_t *row;

	if (before && after && gpuspec_policy_same_account(before, after))
		return;
	row = json_object();
	output_set(row, "name", row_string(before ? before->name : after->name));
	output_set(row, "before", row_account(before));
	output_set(row, "after", row_account(after));
	json_array_append_new(rows, row);
}

static void add_spec(json_t *rows, const struct gpuspec_policy_spec *before,
		     const struct gpuspec_policy_spec *after)
{
	json_t *row;

	if (before && after && gpuspec_policy_same_spec(before, after))
		return;
	row = json_object();
	output_set(row, "id", row_string(before ? before->id : after->id));
	output_set(row, "before", row_rule(before));
	output_set(row, "after", row_rule(after));
	json_array_append_new(rows, row);
}

json_t *row_policy_accounts(const struct gpuspec_policy *now,
			    const struct gpuspec_policy *wanted)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < now->account_count; i++)
		add_account(rows, &now->accounts[i],
			    gpuspec_policy_account(wanted, now->accounts[i].name));
	for (i = 0; i < wanted->account_count; i++)
		if (!gpuspec_policy_account(now, wanted->accounts[i].name))
			add_account(rows, NULL, &wanted->accounts[i]);
	return rows;
}

json_t *row_policy_specs(const struct gpuspec_policy *now,
			 const struct gpuspec_policy *wanted)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < now->spec_count; i++)
		add_spec(rows, &now->specs[i], gpuspec_policy_spec(wanted, now->specs[i].id));
	for (i = 0; i < wanted->spec_count; i++)
		if (!gpuspec_policy_spec(now, wanted->specs[i].id))
			add_spec(rows, NULL, &wanted->specs[i]);
	return rows;
}

json_t *row_policy_default(const struct gpuspec_policy *now, const struct gpuspec_policy *wanted)
{
	json_t *row;

	if (now->unnamed == wanted->unnamed)
		return NULL;
	row = json_object();
	output_set(row, "before", row_string(row_default(now->unnamed)));
	output_set(row, "after", row_string(row_default(wanted->unnamed)));
	return row;
}

/* --- for people --- */

static void print_spec(json_t *row, const char *indent)
{
	char before[1200], after[1200];

	row_rule_text(output_get(row, "before"), before, sizeof(before));
	row_rule_text(output_get(row, "after"), after, sizeof(after));
	printf("%s%s: %s -> %s\n", indent, output_text(row, "id"), before, after);
}

static void print_account(json_t *row, const char *indent)
{
	json_t *after = output_get(row, "after");

	printf("%saccount %s: ", indent, output_text(row, "name"));
	if (!after)
		puts("removed");
	else
		printf("%s, with %zu cgroups and %zu uids\n",
		       output_get(row, "before") ? "changed" : "added",
		       json_array_size(output_get(after, "cgroups")),
		       json_array_size(output_get(after, "uids")));
}

void print_policy_change(json_t *row, const char *indent)
{
	json_t *accounts = output_get(row, "accounts"), *specs = output_get(row, "specs");
	json_t *unnamed = output_get(row, "default");
	size_t i;

	if (unnamed)
		printf("%sdefault: %s -> %s\n", indent, output_text(unnamed, "before"),
		       output_text(unnamed, "after"));
	for (i = 0; i < json_array_size(accounts); i++)
		print_account(json_array_get(accounts, i), indent);
	for (i = 0; i < json_array_size(specs); i++)
		print_spec(json_array_get(specs, i), indent);
}
