// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

static int add(struct gpuspec_policy_diff *diff, const struct gpuspec_change *change)
{
	struct gpuspec_change *more;

	if (diff->count == diff->room) {
		more = reallocarray(diff->changes, diff->room * 2 + 16, sizeof(*more));
		if (!more)
			return -ENOMEM;
		diff->changes = more;
		diff->room = diff->room * 2 + 16;
	}
	diff->changes[diff->count++] = *change;
	return 0;
}

bool gpuspec_policy_same_account(const struct gpuspec_account *a,
				 const struct gpuspec_account *b)
{
	size_t i;

	if (a->cgroup_count != b->cgroup_count || a->uid_count != b->uid_count ||
	    memcmp(a->uids, b->uids, a->uid_count * sizeof(a->uids[0])))
		return false;
	for (i = 0; i < a->cgroup_count; i++)
		if (strcmp(a->cgroups[i], b->cgroups[i]))
			return false;
	return true;
}

bool gpuspec_policy_same_spec(const struct gpuspec_policy_spec *a,
			      const struct gpuspec_policy_spec *b)
{
	size_t i;

	if (a->state != b->state || a->sharing != b->sharing || a->share_count != b->share_count)
		return false;
	for (i = 0; i < a->share_count; i++)
		if (strcmp(a->shares[i].account, b->shares[i].account) ||
		    a->shares[i].maximum != b->shares[i].maximum)
			return false;
	return true;
}

static int diff_accounts(struct gpuspec_policy_diff *diff, const struct gpuspec_policy *from,
			 const struct gpuspec_policy *to)
{
	const struct gpuspec_account *account, *other;
	int error = 0;
	size_t i;

	for (i = 0; i < from->account_count && !error; i++) {
		account = &from->accounts[i];
		if (!gpuspec_policy_account(to, account->name))
			error = add(diff, &(struct gpuspec_change){
				.what = GPUSPEC_REMOVE_ACCOUNT, .account = account->name,
			});
	}
	for (i = 0; i < to->account_count && !error; i++) {
		account = &to->accounts[i];
		other = gpuspec_policy_account(from, account->name);
		if (!other || !gpuspec_policy_same_account(account, other))
			error = add(diff, &(struct gpuspec_change){
				.what = GPUSPEC_SET_ACCOUNT, .marks = account,
			});
	}
	return error;
}

/* @from is also by list, or has nobody on its list. */
static int diff_shares(struct gpuspec_policy_diff *diff, const struct gpuspec_policy_spec *from,
		       const struct gpuspec_policy_spec *to)
{
	const struct gpuspec_policy_share *share, *other;
	int error = 0;
	size_t i;

	for (i = 0; from && i < from->share_count && !error; i++)
		if (!gpuspec_policy_share(to, from->shares[i].account))
			error = add(diff, &(struct gpuspec_change){
				.what = GPUSPEC_RECALL_SPEC, .id = to->id,
				.account = from->shares[i].account,
			});
	for (i = 0; i < to->share_count && !error; i++) {
		share = &to->shares[i];
		other = from ? gpuspec_policy_share(from, share->account) : NULL;
		if (!other || other->maximum != share->maximum)
			error = add(diff, &(struct gpuspec_change){
				.what = GPUSPEC_SHARE_SPEC, .id = to->id,
				.account = share->account, .maximum = share->maximum,
			});
	}
	return error;
}

static int diff_spec(struct gpuspec_policy_diff *diff, const struct gpuspec_policy_spec *from,
		     const struct gpuspec_policy_spec *to)
{
	struct gpuspec_change change = { .what = GPUSPEC_SET_SPEC, .id = to->id };
	bool by_list = to->sharing == GPUSPEC_SHARING_LIST;
	int error = 0;

	if (from && gpuspec_policy_same_spec(from, to))
		return 0;
	change.has_state = !from || from->state != to->state;
	change.state = to->state;
	change.has_sharing = !from || from->sharing != to->sharing;
	/* A list begins with nobody on it. */
	change.sharing = by_list ? GPUSPEC_SHARING_NONE : to->sharing;
	if (change.has_state || change.has_sharing)
		error = add(diff, &change);
	if (!error && by_list)
		error = diff_shares(diff, change.has_sharing ? NULL : from, to);
	return error;
}

int gpuspec_policy_diff(struct gpuspec_policy_diff *diff, const struct gpuspec_policy *from,
			const struct gpuspec_policy *to)
{
	const struct gpuspec_policy_spec *spec;
	int error;
	size_t i;

	memset(diff, 0, sizeof(*diff));
	error = diff_accounts(diff, from, to);
	if (!error && to->unnamed != from->unnamed)
		error = add(diff, &(struct gpuspec_change){
			.what = GPUSPEC_SET_DEFAULT, .unnamed = to->unnamed,
		});
	for (i = 0; i < from->spec_count && !error; i++) {
		spec = &from->specs[i];
		if (!gpuspec_policy_spec(to, spec->id))
			error = add(diff, &(struct gpuspec_change){
				.what = GPUSPEC_FORGET_SPEC, .id = spec->id,
			});
	}
	for (i = 0; i < to->spec_count && !error; i++)
		error = diff_spec(diff, gpuspec_policy_spec(from, to->specs[i].id), &to->specs[i]);
	if (error) {
		free(diff->changes);
		memset(diff, 0, sizeof(*diff));
	}
	return error;
}
