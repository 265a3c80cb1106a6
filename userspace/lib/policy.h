/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy that is to last, in memory: the accounts, and what was decided
 * of each spec that is named. policy_file.h has the file, gpuspec-policy(5)
 * its form. Functions that make room return 0 or -ENOMEM.
 */
#ifndef GPUSPEC_POLICY_H
#define GPUSPEC_POLICY_H

#include <jansson.h>

#include "nl.h"

struct gpuspec_policy_share {
	char account[GPUSPEC_ACCOUNT_SIZE];
	uint32_t maximum;	/* 0: any number */
};

struct gpuspec_policy_spec {
	char id[GPUSPEC_ID_MAX + 1];
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
	struct gpuspec_policy_share *shares;	/* of sharing by list, by account */
	size_t share_count;
};

struct gpuspec_policy {
	enum gpuspec_default unnamed;	/* what holds for specs that are not named */
	struct gpuspec_account *accounts;	/* by name */
	size_t account_count;
	struct gpuspec_policy_spec *specs;	/* by id */
	size_t spec_count;
	json_t *document;	/* what it was read from, unknown members included; or NULL */
};

void gpuspec_policy_free(struct gpuspec_policy *policy);

/* NULL: it is not named, there is none. */
struct gpuspec_policy_spec *gpuspec_policy_spec(const struct gpuspec_policy *policy,
						const char *id);
struct gpuspec_account *gpuspec_policy_account(const struct gpuspec_policy *policy,
					       const char *name);
const struct gpuspec_policy_share *gpuspec_policy_share(const struct gpuspec_policy_spec *spec,
							const char *account);

/*
 * Name a spec, if it is not, with this state and sharing (not by list).
 * Pointers to other specs are void after this; for accounts likewise.
 */
int gpuspec_policy_name(struct gpuspec_policy *policy, const char *id,
			enum gpuspec_state state, enum gpuspec_sharing sharing);
/* Share with all or none; with one more, or by another maximum; with one less. */
void gpuspec_policy_set_sharing(struct gpuspec_policy_spec *spec, enum gpuspec_sharing sharing);
int gpuspec_policy_share_with(struct gpuspec_policy_spec *spec, const char *account,
			      uint32_t maximum);
void gpuspec_policy_recall_from(struct gpuspec_policy_spec *spec, const char *account);

/* A new account, without marks, if there is none by the name. */
int gpuspec_policy_add_account(struct gpuspec_policy *policy, const char *name);
void gpuspec_policy_remove_account(struct gpuspec_policy *policy, const char *name);
/* The first spec that is shared with the account by name; NULL: none is. */
const struct gpuspec_policy_spec *gpuspec_policy_shared(const struct gpuspec_policy *policy,
							const char *account);
/* The other account that has this cgroup (or with NULL, uid) already; NULL: none. */
const struct gpuspec_account *gpuspec_policy_marked(const struct gpuspec_policy *policy,
						    const struct gpuspec_account *but,
						    const char *cgroup, uint32_t uid);

/* Without its document. To be freed if 0. */
int gpuspec_policy_copy(struct gpuspec_policy *copy, const struct gpuspec_policy *policy);
/* Another policy's account, or spec with its shares, where there is none of the name yet. */
int gpuspec_policy_copy_account(struct gpuspec_policy *policy, const struct gpuspec_account *from);
int gpuspec_policy_copy_spec(struct gpuspec_policy *policy,
			     const struct gpuspec_policy_spec *from);

/*
 * The verdict of this policy alone, for an account that holds so many devices
 * of the spec; or without one, as at the bind gate.
 */
enum gpuspec_reason gpuspec_policy_verdict(const struct gpuspec_policy *policy, const char *id,
					   const char *account, uint32_t held);

/* Accounts, specs and shares: with the default, as many changes as it is from nothing. */
size_t gpuspec_policy_size(const struct gpuspec_policy *policy);

/* --- and the module's tables, policy_tables.c --- */

/* What the module has in force, as a policy. */
int gpuspec_policy_of_tables(struct gpuspec_policy *policy, const struct gpuspec_tables *tables);
/* The tables where this policy is in force, and there is no device. To be freed if 0. */
int gpuspec_policy_tables(struct gpuspec_tables *tables, const struct gpuspec_policy *policy);

/* --- as text, policy_text.c --- */

#define GPUSPEC_POLICY_VERSION	1

/*
 * Read @text, which may be anything: -EINVAL, with the line and the reason in
 * @why; or -ENOMEM. To be freed if 0.
 */
int gpuspec_policy_parse(struct gpuspec_policy *policy, const char *text, size_t length,
			 char *why, size_t why_size);
/* The text of the policy, members of its document that are not known kept; NULL: no memory. */
char *gpuspec_policy_text(const struct gpuspec_policy *policy);

/* --- what leads from one to another, policy_diff.c --- */

struct gpuspec_policy_diff {
	struct gpuspec_change *changes;	/* point into both policies */
	size_t count, room;
};

/* The changes to make of @from what @to is; to be freed by free(diff->changes). */
int gpuspec_policy_diff(struct gpuspec_policy_diff *diff, const struct gpuspec_policy *from,
			const struct gpuspec_policy *to);
bool gpuspec_policy_same_spec(const struct gpuspec_policy_spec *a,
			      const struct gpuspec_policy_spec *b);
bool gpuspec_policy_same_account(const struct gpuspec_account *a,
				 const struct gpuspec_account *b);

#endif /* GPUSPEC_POLICY_H */
