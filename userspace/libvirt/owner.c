// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "accounts.h"
#include "owner.h"
#include "partition.h"

/*
 * Whether systemd is to make the cgroup only libvirtd knows; but an account
 * has been given the path that there is on this host.
 */
static const struct gpuspec_account *by_partition(const char *partition,
						  const struct gpuspec_tables *tables)
{
	const struct gpuspec_account *accounts = tables->accounts, *account = NULL;
	char cgroup[PARTITION_CGROUP_SIZE];

	if (partition_slice(partition, cgroup))
		account = gpuspec_account_by_cgroup(accounts, tables->account_count, cgroup);
	if (!account && partition_folder(partition, cgroup))
		account = gpuspec_account_by_cgroup(accounts, tables->account_count, cgroup);
	return account;
}

static const struct gpuspec_account *by_project(const struct domain *domain,
						const struct gpuspec_tables *tables)
{
	const struct gpuspec_account *account;

	account = gpuspec_account_by_name(tables->accounts, tables->account_count,
					  domain->project_id);
	if (!account)
		account = gpuspec_account_by_name(tables->accounts, tables->account_count,
						  domain->project_name);
	return account;
}

static bool has_uids(const struct gpuspec_tables *tables)
{
	size_t i;

	for (i = 0; i < tables->account_count; i++)
		if (tables->accounts[i].uid_count)
			return true;
	return false;
}

void owner_of(const struct domain *domain, const struct gpuspec_tables *tables,
	      struct owner *owner)
{
	const struct gpuspec_account *account = NULL;

	/* libvirt writes its default into the XML of a VM that has run, too. */
	if (*domain->partition && strcmp(domain->partition, PARTITION_DEFAULT))
		account = by_partition(domain->partition, tables);
	if (!account)
		account = by_project(domain, tables);
	if (!account && (!*domain->partition || !strcmp(domain->partition, PARTITION_DEFAULT)))
		account = by_partition(PARTITION_DEFAULT, tables);
	owner->certain = account || !has_uids(tables);
	snprintf(owner->account, sizeof(owner->account), "%s",
		 account ? account->name : GPUSPEC_ACCOUNT_HOST);
}
