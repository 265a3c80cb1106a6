// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

/*
 * Rows that are sorted by a string in each: where the one of this name is, or
 * would be.
 */
static size_t find(const void *rows, size_t count, size_t size, size_t offset, const char *name,
		   bool *found)
{
	size_t low = 0, high = count, middle;
	int order;

	*found = false;
	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(name, (const char *)rows + middle * size + offset);
		if (!order) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Make room for a row, all zero, at @at. */
static int insert(void **rows, size_t *count, size_t size, size_t at)
{
	char *more = *rows;

	/* A power of two is full. */
	if (!(*count & (*count - 1))) {
		more = reallocarray(more, *count ? *count * 2 : 1, size);
		if (!more)
			return -ENOMEM;
		*rows = more;
	}
	memmove(more + (at + 1) * size, more + at * size, (*count - at) * size);
	memset(more + at * size, 0, size);
	(*count)++;
	return 0;
}

static void erase(void *rows, size_t *count, size_t size, size_t at)
{
	(*count)--;
	memmove((char *)rows + at * size, (char *)rows + (at + 1) * size, (*count - at) * size);
}

static size_t find_spec(const struct gpuspec_policy *policy, const char *id, bool *found)
{
	return find(policy->specs, policy->spec_count, sizeof(policy->specs[0]),
		    offsetof(struct gpuspec_policy_spec, id), id, found);
}

static size_t find_account(const struct gpuspec_policy *policy, const char *name, bool *found)
{
	return find(policy->accounts, policy->account_count, sizeof(policy->accounts[0]),
		    offsetof(struct gpuspec_account, name), name, found);
}

static size_t find_share(const struct gpuspec_policy_spec *spec, const char *account, bool *found)
{
	return find(spec->shares, spec->share_count, sizeof(spec->shares[0]),
		    offsetof(struct gpuspec_policy_share, account), account, found);
}

void gpuspec_policy_free(struct gpuspec_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->spec_count; i++)
		free(policy->specs[i].shares);
	free(policy->specs);
	gpuspec_accounts_free(policy->accounts, policy->account_count);
	json_decref(policy->document);
	memset(policy, 0, sizeof(*policy));
}

struct gpuspec_policy_spec *gpuspec_policy_spec(const struct gpuspec_policy *policy,
						const char *id)
{
	bool found;
	size_t at = find_spec(policy, id, &found);

	return found ? &policy->specs[at] : NULL;
}

struct gpuspec_account *gpuspec_policy_account(const struct gpuspec_policy *policy,
					       const char *name)
{
	bool found;
	size_t at = find_account(policy, name, &found);

	return found ? &policy->accounts[at] : NULL;
}

const struct gpuspec_policy_share *gpuspec_policy_share(const struct gpuspec_policy_spec *spec,
							const char *account)
{
	bool found;
	size_t at = find_share(spec, account, &found);

	return found ? &spec->shares[at] : NULL;
}

int gpuspec_policy_name(struct gpuspec_policy *policy, const char *id,
			enum gpuspec_state state, enum gpuspec_sharing sharing)
{
	struct gpuspec_policy_spec *spec;
	bool found;
	size_t at = find_spec(policy, id, &found);

	if (found)
		return 0;
	if (insert((void **)&policy->specs, &policy->spec_count, sizeof(policy->specs[0]), at))
		return -ENOMEM;
	spec = &policy->specs[at];
	snprintf(spec->id, sizeof(spec->id), "%s", id);
	spec->state = state;
	spec->sharing = sharing;
	return 0;
}

void gpuspec_policy_set_sharing(struct gpuspec_policy_spec *spec, enum gpuspec_sharing sharing)
{
	spec->sharing = sharing;
	free(spec->shares);
	spec->shares = NULL;
	spec->share_count = 0;
}

int gpuspec_policy_share_with(struct gpuspec_policy_spec *spec, const char *account,
			      uint32_t maximum)
{
	bool found;
	size_t at = find_share(spec, account, &found);

	if (!found &&
	    insert((void **)&spec->shares, &spec->share_count, sizeof(spec->shares[0]), at))
		return -ENOMEM;
	snprintf(spec->shares[at].account, sizeof(spec->shares[at].account), "%s", account);
	spec->shares[at].maximum = maximum;
	spec->sharing = GPUSPEC_SHARING_LIST;
	return 0;
}

void gpuspec_policy_recall_from(struct gpuspec_policy_spec *spec, const char *account)
{
	bool found;
	size_t at = find_share(spec, account, &found);

	if (!found)
		return;
	erase(spec->shares, &spec->share_count, sizeof(spec->shares[0]), at);
	if (!spec->share_count)
		gpuspec_policy_set_sharing(spec, GPUSPEC_SHARING_NONE);
}

int gpuspec_policy_add_account(struct gpuspec_policy *policy, const char *name)
{
	struct gpuspec_account *account;
	bool found;
	size_t at = find_account(policy, name, &found);
	void *cgroups;

	if (found)
		return 0;
	cgroups = calloc(GPUSPEC_MARKS_MAX, sizeof(account->cgroups[0]));
	if (!cgroups || insert((void **)&policy->accounts, &policy->account_count,
			       sizeof(policy->accounts[0]), at)) {
		free(cgroups);
		return -ENOMEM;
	}
	account = &policy->accounts[at];
	account->cgroups = cgroups;
	snprintf(account->name, sizeof(account->name), "%s", name);
	return 0;
}

void gpuspec_policy_remove_account(struct gpuspec_policy *policy, const char *name)
{
	bool found;
	size_t at = find_account(policy, name, &found);

	if (!found)
		return;
	free(policy->accounts[at].cgroups);
	erase(policy->accounts, &policy->account_count, sizeof(policy->accounts[0]), at);
}

const struct gpuspec_policy_spec *gpuspec_policy_shared(const struct gpuspec_policy *policy,
							const char *account)
{
	size_t i;

	for (i = 0; i < policy->spec_count; i++)
		if (gpuspec_policy_share(&policy->specs[i], account))
			return &policy->specs[i];
	return NULL;
}

static bool has_mark(const struct gpuspec_account *account, const char *cgroup, uint32_t uid)
{
	size_t i;

	for (i = 0; cgroup && i < account->cgroup_count; i++)
		if (!strcmp(account->cgroups[i], cgroup))
			return true;
	for (i = 0; !cgroup && i < account->uid_count; i++)
		if (account->uids[i] == uid)
			return true;
	return false;
}

const struct gpuspec_account *gpuspec_policy_marked(const struct gpuspec_policy *policy,
						    const struct gpuspec_account *but,
						    const char *cgroup, uint32_t uid)
{
	size_t i;

	for (i = 0; i < policy->account_count; i++)
		if (&policy->accounts[i] != but && has_mark(&policy->accounts[i], cgroup, uid))
			return &policy->accounts[i];
	return NULL;
}

size_t gpuspec_policy_size(const struct gpuspec_policy *policy)
{
	size_t count = policy->account_count + policy->spec_count, i;

	for (i = 0; i < policy->spec_count; i++)
		count += policy->specs[i].share_count;
	return count + 1;
}

int gpuspec_policy_copy_account(struct gpuspec_policy *policy, const struct gpuspec_account *from)
{
	struct gpuspec_account *account;

	if (gpuspec_policy_add_account(policy, from->name))
		return -ENOMEM;
	account = gpuspec_policy_account(policy, from->name);
	account->cgroup_count = from->cgroup_count;
	account->uid_count = from->uid_count;
	memcpy(account->cgroups, from->cgroups, from->cgroup_count * sizeof(from->cgroups[0]));
	memcpy(account->uids, from->uids, sizeof(from->uids));
	return 0;
}

int gpuspec_policy_copy_spec(struct gpuspec_policy *policy, const struct gpuspec_policy_spec *from)
{
	struct gpuspec_policy_spec *spec;
	int error;
	size_t i;

	error = gpuspec_policy_name(policy, from->id, from->state, from->sharing);
	if (error)
		return error;
	spec = gpuspec_policy_spec(policy, from->id);
	for (i = 0; i < from->share_count && !error; i++)
		error = gpuspec_policy_share_with(spec, from->shares[i].account,
						  from->shares[i].maximum);
	return error;
}

int gpuspec_policy_copy(struct gpuspec_policy *copy, const struct gpuspec_policy *policy)
{
	int error = 0;
	size_t i;

	memset(copy, 0, sizeof(*copy));
	copy->unnamed = policy->unnamed;
	for (i = 0; i < policy->account_count && !error; i++)
		error = gpuspec_policy_copy_account(copy, &policy->accounts[i]);
	for (i = 0; i < policy->spec_count && !error; i++)
		error = gpuspec_policy_copy_spec(copy, &policy->specs[i]);
	if (error)
		gpuspec_policy_free(copy);
	return error;
}

enum gpuspec_reason gpuspec_policy_verdict(const struct gpuspec_policy *policy, const char *id,
					   const char *account, uint32_t held)
{
	const struct gpuspec_policy_spec *spec = gpuspec_policy_spec(policy, id);
	const struct gpuspec_policy_share *share;
	struct gpuspec_claim claim = { .held = held };
	struct gpuspec_rule rule = { .named = spec };

	if (spec) {
		rule.state = spec->state;
		rule.sharing = spec->sharing;
		share = account ? gpuspec_policy_share(spec, account) : NULL;
		claim.listed = share;
		claim.maximum = share ? share->maximum : 0;
	}
	return gpuspec_verdict(&rule, policy->unnamed, account ? &claim : NULL);
}
