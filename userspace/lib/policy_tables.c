// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "spec_id.h"

int gpuspec_policy_of_tables(struct gpuspec_policy *policy, const struct gpuspec_tables *tables)
{
	const struct gpuspec_share *share;
	const struct gpuspec_spec *spec;
	int error = 0;
	size_t i;

	memset(policy, 0, sizeof(*policy));
	policy->unnamed = tables->info.unnamed;
	for (i = 0; i < tables->account_count && !error; i++)
		error = gpuspec_policy_copy_account(policy, &tables->accounts[i]);
	for (i = 0; i < tables->spec_count && !error; i++) {
		spec = &tables->specs[i];
		if (spec->named)
			error = gpuspec_policy_name(policy, spec->id, spec->state, spec->sharing);
	}
	for (i = 0; i < tables->share_count && !error; i++) {
		share = &tables->shares[i];
		error = gpuspec_policy_share_with(gpuspec_policy_spec(policy, share->spec),
						  share->account, share->maximum);
	}
	if (error)
		gpuspec_policy_free(policy);
	return error;
}

/* Room for all rows. */
static int make_room(struct gpuspec_tables *tables, const struct gpuspec_policy *policy)
{
	size_t i, shares = 0;

	for (i = 0; i < policy->spec_count; i++)
		shares += policy->specs[i].share_count;
	tables->specs = calloc(policy->spec_count + 1, sizeof(*tables->specs));
	tables->shares = calloc(shares + 1, sizeof(*tables->shares));
	tables->accounts = calloc(policy->account_count + 1, sizeof(*tables->accounts));
	return tables->specs && tables->shares && tables->accounts ? 0 : -ENOMEM;
}

static int add_account(struct gpuspec_tables *tables, const struct gpuspec_account *from)
{
	struct gpuspec_account *account = &tables->accounts[tables->account_count++];
	size_t size = from->cgroup_count * sizeof(*from->cgroups);

	*account = *from;
	account->cgroups = malloc(size + 1);
	if (!account->cgroups)
		return -ENOMEM;
	if (size)
		memcpy(account->cgroups, from->cgroups, size);
	return 0;
}

static void add_spec(struct gpuspec_tables *tables, const struct gpuspec_policy_spec *from)
{
	struct gpuspec_spec *spec = &tables->specs[tables->spec_count++];
	struct gpuspec_share *share;
	size_t i;

	memcpy(spec->id, from->id, sizeof(spec->id));
	spec->kind = gpuspec_id_kind(from->id);
	spec->state = from->state;
	spec->sharing = from->sharing;
	spec->named = true;
	spec->shares = from->share_count;
	for (i = 0; i < from->share_count; i++) {
		share = &tables->shares[tables->share_count++];
		memcpy(share->spec, from->id, sizeof(share->spec));
		memcpy(share->account, from->shares[i].account, sizeof(share->account));
		share->maximum = from->shares[i].maximum;
	}
}

int gpuspec_policy_tables(struct gpuspec_tables *tables, const struct gpuspec_policy *policy)
{
	size_t i;
	int error;

	memset(tables, 0, sizeof(*tables));
	tables->info.unnamed = policy->unnamed;
	error = make_room(tables, policy);
	for (i = 0; i < policy->account_count && !error; i++)
		error = add_account(tables, &policy->accounts[i]);
	for (i = 0; i < policy->spec_count && !error; i++)
		add_spec(tables, &policy->specs[i]);
	if (error)
		gpuspec_nl_free_tables(tables);
	return error;
}
