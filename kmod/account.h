/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accounts: named tenants, to one of which every process belongs. By its
 * cgroup, where that is one of the account's or below one, the longest path
 * first; or by its uid; or it is of the account "host".
 */
#ifndef GPUSPEC_ACCOUNT_H
#define GPUSPEC_ACCOUNT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "account_name.h"
#include "process.h"

/* Never changed after it was put into a draft, and counted by its users. */
struct gpuspec_account {
	struct kref users;
	struct rb_node draft;		/* by name */
	u32 cgroup_count, uid_count;
	char *cgroups[GPUSPEC_MARKS_MAX];
	u32 uids[GPUSPEC_MARKS_MAX];
	char name[GPUSPEC_ACCOUNT_SIZE];
};

/* NULL without memory. @name is a valid one. */
struct gpuspec_account *gpuspec_account_alloc(const char *name);
void gpuspec_account_put(struct gpuspec_account *account);
/* -EINVAL: not a valid path, or too many; -ENOMEM. */
int gpuspec_account_add_cgroup(struct gpuspec_account *account, const char *path,
			       struct netlink_ext_ack *extack);
/* -EINVAL: -1, which is no user, or too many. */
int gpuspec_account_add_uid(struct gpuspec_account *account, u32 uid,
			    struct netlink_ext_ack *extack);

/* Do both say the same? NULL is none, and like no account. */
bool gpuspec_account_equal(const struct gpuspec_account *a, const struct gpuspec_account *b);

/* All accounts at one moment: never changed, and counted by its users. */
struct gpuspec_accounts {
	struct kref users;
	u32 count;
	unsigned int bits;
	struct hlist_head *marks;	/* 1 << bits of them: cgroups and uids */
	struct mark *mark_rows;
	struct gpuspec_account *accounts[];	/* by name */
};

struct gpuspec_accounts *gpuspec_accounts_get(struct gpuspec_accounts *accounts);
void gpuspec_accounts_put(struct gpuspec_accounts *accounts);	/* NULL: nothing */
/* NULL if there is none. */
struct gpuspec_account *gpuspec_accounts_find(const struct gpuspec_accounts *accounts,
					      const char *name);
/* Write to @process the account that it belongs to. */
void gpuspec_accounts_recognise(const struct gpuspec_accounts *accounts,
				struct gpuspec_process *process);

/*
 * The accounts in force; NULL: none was ever named. Under gpuspec_lock. A
 * new table takes the place of the old one, whose reference is the caller's.
 */
struct gpuspec_accounts *gpuspec_accounts_in_force(void);
struct gpuspec_accounts *gpuspec_accounts_replace(struct gpuspec_accounts *accounts);

/*
 * A table in the making. One at a time, which is for the caller to see to: an
 * account can be in one only.
 */
struct gpuspec_accounts_draft {
	struct rb_root accounts;
	u32 count;
};

/* From those of a table; NULL: from none. */
void gpuspec_accounts_draft_begin(struct gpuspec_accounts_draft *draft,
				  const struct gpuspec_accounts *from);
void gpuspec_accounts_draft_end(struct gpuspec_accounts_draft *draft);
/* In place of the one by its name, if there is one. -ENOSPC: too many. */
int gpuspec_accounts_draft_set(struct gpuspec_accounts_draft *draft,
			       struct gpuspec_account *account,
			       struct netlink_ext_ack *extack);
/* -ENOENT: there is none. */
int gpuspec_accounts_draft_del(struct gpuspec_accounts_draft *draft, const char *name,
			       struct netlink_ext_ack *extack);
/*
 * Make a table of it. -EEXIST: two accounts have the same cgroup or uid;
 * -ENOMEM.
 */
int gpuspec_accounts_draft_finish(const struct gpuspec_accounts_draft *draft,
				  struct gpuspec_accounts **accounts,
				  struct netlink_ext_ack *extack);
/* Do both say the same? */
bool gpuspec_accounts_equal(const struct gpuspec_accounts *a, const struct gpuspec_accounts *b);

#endif /* GPUSPEC_ACCOUNT_H */
