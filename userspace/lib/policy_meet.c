// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "policy_meet.h"

/* Which of two sorted lists has the next name, < 0 the first, 0 both? Not at the end of both. */
static int order(const char *fleet, const char *host)
{
	if (!fleet || !host)
		return fleet ? -1 : 1;
	return strcmp(fleet, host);
}

/* --- accounts --- */

/* The host's account, without what the fleet knows others by. */
static int add_account(struct gpuspec_policy *effective, const struct gpuspec_policy *fleet,
		       const struct gpuspec_account *host)
{
	struct gpuspec_account *account;
	size_t i;

	if (gpuspec_policy_add_account(effective, host->name))
		return -ENOMEM;
	account = gpuspec_policy_account(effective, host->name);
	for (i = 0; i < host->cgroup_count; i++)
		if (!gpuspec_policy_marked(fleet, NULL, host->cgroups[i], 0))
			memcpy(account->cgroups[account->cgroup_count++], host->cgroups[i],
			       sizeof(host->cgroups[i]));
	for (i = 0; i < host->uid_count; i++)
		if (!gpuspec_policy_marked(fleet, NULL, NULL, host->uids[i]))
			account->uids[account->uid_count++] = host->uids[i];
	return 0;
}

static int meet_accounts(struct gpuspec_policy *effective, const struct gpuspec_policy *fleet,
			 const struct gpuspec_policy *host)
{
	size_t f = 0, h = 0;
	int first, error = 0;

	/* In order, so that each goes to the end. */
	while (!error && (f < fleet->account_count || h < host->account_count)) {
		first = order(f < fleet->account_count ? fleet->accounts[f].name : NULL,
			      h < host->account_count ? host->accounts[h].name : NULL);
		if (first <= 0)
			error = gpuspec_policy_copy_account(effective, &fleet->accounts[f]);
		else
			error = add_account(effective, fleet, &host->accounts[h]);
		f += first <= 0;
		h += first >= 0;
	}
	return error;
}

/* --- specs --- */

/* 0 is any number. */
static uint32_t smaller(uint32_t a, uint32_t b)
{
	if (!a || !b)
		return a + b;
	return a < b ? a : b;
}

/* Those who are on both lists; @spec begins as shared with nobody. */
static int meet_lists(struct gpuspec_policy_spec *spec, const struct gpuspec_policy_spec *fleet,
		      const struct gpuspec_policy_spec *host)
{
	const struct gpuspec_policy_share *share, *other;
	int error = 0;
	size_t i;

	for (i = 0; i < fleet->share_count && !error; i++) {
		share = &fleet->shares[i];
		other = gpuspec_policy_share(host, share->account);
		if (other)
			error = gpuspec_policy_share_with(spec, share->account,
							  smaller(share->maximum, other->maximum));
	}
	return error;
}

static int meet_spec(struct gpuspec_policy *effective, const struct gpuspec_policy_spec *fleet,
		     const struct gpuspec_policy_spec *host)
{
	struct gpuspec_policy_spec *spec;
	int error;

	/* All is no limit: the other's holds. */
	error = gpuspec_policy_copy_spec(effective, fleet->sharing == GPUSPEC_SHARING_ALL ?
					 host : fleet);
	if (error)
		return error;
	spec = gpuspec_policy_spec(effective, fleet->id);
	if (fleet->state != GPUSPEC_STATE_ENABLED || host->state != GPUSPEC_STATE_ENABLED)
		spec->state = GPUSPEC_STATE_DISABLED;
	if (fleet->sharing == GPUSPEC_SHARING_ALL || host->sharing == GPUSPEC_SHARING_ALL)
		return 0;
	gpuspec_policy_set_sharing(spec, GPUSPEC_SHARING_NONE);
	return meet_lists(spec, fleet, host);
}

static int meet_specs(struct gpuspec_policy *effective, const struct gpuspec_policy *fleet,
		      const struct gpuspec_policy *host)
{
	size_t f = 0, h = 0;
	int first, error = 0;

	while (!error && (f < fleet->spec_count || h < host->spec_count)) {
		first = order(f < fleet->spec_count ? fleet->specs[f].id : NULL,
			      h < host->spec_count ? host->specs[h].id : NULL);
		if (!first)
			error = meet_spec(effective, &fleet->specs[f], &host->specs[h]);
		else if (first < 0)
			error = gpuspec_policy_copy_spec(effective, &fleet->specs[f]);
		else if (fleet->unnamed == GPUSPEC_DEFAULT_OPEN)
			error = gpuspec_policy_copy_spec(effective, &host->specs[h]);
		f += first <= 0;
		h += first >= 0;
	}
	return error;
}

int gpuspec_policy_meet(struct gpuspec_policy *effective, const struct gpuspec_policy *fleet,
			const struct gpuspec_policy *host)
{
	int error;

	memset(effective, 0, sizeof(*effective));
	effective->unnamed = fleet->unnamed == GPUSPEC_DEFAULT_OPEN ? host->unnamed :
								      fleet->unnamed;
	error = meet_accounts(effective, fleet, host);
	if (!error)
		error = meet_specs(effective, fleet, host);
	if (!error && gpuspec_policy_size(effective) > GPUSPEC_CHANGES_MAX)
		error = -E2BIG;
	if (error)
		gpuspec_policy_free(effective);
	return error;
}

enum gpuspec_reason gpuspec_policy_host_verdict(const struct gpuspec_policy *fleet,
						const struct gpuspec_policy *host,
						const char *id, const char *account,
						uint32_t held)
{
	if (!gpuspec_policy_spec(host, id) && gpuspec_policy_spec(fleet, id))
		return GPUSPEC_REASON_ALLOWED;
	return gpuspec_policy_verdict(host, id, account, held);
}
