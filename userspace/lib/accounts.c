// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "accounts.h"

const struct gpuspec_account *gpuspec_account_by_name(const struct gpuspec_account *accounts,
						      size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(accounts[i].name, name))
			return &accounts[i];
	return NULL;
}

static bool has_cgroup(const struct gpuspec_account *account, const char *path, size_t length)
{
	size_t i;

	for (i = 0; i < account->cgroup_count; i++)
		if (strlen(account->cgroups[i]) == length &&
		    !memcmp(account->cgroups[i], path, length))
			return true;
	return false;
}

const struct gpuspec_account *gpuspec_account_by_cgroup(const struct gpuspec_account *accounts,
							size_t count, const char *path)
{
	size_t length, i;

	for (length = strlen(path); length; length = gpuspec_cgroup_parent(path, length))
		for (i = 0; i < count; i++)
			if (has_cgroup(&accounts[i], path, length))
				return &accounts[i];
	return NULL;
}
