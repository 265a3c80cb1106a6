/* SPDX-License-Identifier: GPL-2.0 */
/* The accounts that a spec is shared with by name, each with its maximum. */
#ifndef GPUSPEC_SHARES_H
#define GPUSPEC_SHARES_H

#include <linux/netlink.h>
#include <linux/types.h>

#include "account_name.h"

struct gpuspec_share {
	char account[GPUSPEC_ACCOUNT_SIZE];
	u32 maximum;	/* 0: any number */
};

/* Sorted by account, and never empty: no share is NULL. */
struct gpuspec_shares {
	u32 count, room;
	struct gpuspec_share rows[];
};

/* NULL without memory; freed by kvfree(). */
struct gpuspec_shares *gpuspec_shares_copy(const struct gpuspec_shares *shares);

/* NULL if the account has no share. */
const struct gpuspec_share *gpuspec_shares_find(const struct gpuspec_shares *shares,
						const char *account);
/* Add a share, or change its maximum. -ENOSPC: too many; -ENOMEM. */
int gpuspec_shares_set(struct gpuspec_shares **shares, const char *account, u32 maximum,
		       struct netlink_ext_ack *extack);
/* -ENOENT: the account has none. */
int gpuspec_shares_del(struct gpuspec_shares **shares, const char *account);

bool gpuspec_shares_equal(const struct gpuspec_shares *a, const struct gpuspec_shares *b);
u32 gpuspec_shares_count(const struct gpuspec_shares *shares);

#endif /* GPUSPEC_SHARES_H */
