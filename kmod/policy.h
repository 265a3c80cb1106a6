/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of policy: made at once, or staged by a client to be made together
 * or not at all. What is staged belongs to the client's socket, and dies with it.
 * None of this is called under gpuspec_lock. Those who change policy wait for one
 * another; the gates wait for the moment only in which a change comes into force.
 */
#ifndef GPUSPEC_POLICY_H
#define GPUSPEC_POLICY_H

#include <linux/gpuspec.h>
#include <linux/list.h>
#include <linux/netlink.h>

#include "account.h"
#include "spec.h"

struct sock;

struct gpuspec_change {
	struct list_head node;
	enum gpuspec_change_what {
		GPUSPEC_SET_SPEC,
		GPUSPEC_FORGET_SPEC,
		GPUSPEC_SHARE_SPEC,
		GPUSPEC_RECALL_SPEC,
		GPUSPEC_SET_DEFAULT,
		GPUSPEC_SET_ACCOUNT,
		GPUSPEC_REMOVE_ACCOUNT,
	} what;
	bool has_state, has_sharing;		/* of GPUSPEC_SET_SPEC */
	bool if_unused;				/* of that, and of GPUSPEC_RECALL_SPEC */
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;		/* with all or with nobody */
	enum gpuspec_default unnamed;		/* of GPUSPEC_SET_DEFAULT */
	u32 maximum;				/* of GPUSPEC_SHARE_SPEC; 0: any number */
	/* The account that it is about: by name, but for GPUSPEC_SET_ACCOUNT. */
	char account_name[GPUSPEC_ACCOUNT_SIZE];
	struct gpuspec_account *account;
	/* Names the spec, and goes into the table if that has none of the name. */
	struct gpuspec_spec *spec;
	/* The spec that it is planned for, while if_unused may have to be asked again. */
	struct gpuspec_spec *planned;
};

/* @id: a well-formed one, or NULL for what is not of a spec. NULL without memory. */
struct gpuspec_change *gpuspec_change_alloc(enum gpuspec_change_what what,
					    const char *id);
void gpuspec_change_free(struct gpuspec_change *change);

/*
 * Make @change, or stage it if @sk has a transaction. Takes @change over.
 * -EINVAL: a whole policy is staged, and the change gives half a rule; or the
 * spec to be shared with an account is shared with all;
 * -ENOENT: policy does not name the spec to forget, or it is not shared with
 * the account; there is no such account to remove; -EBUSY: a device of the
 * spec is in use (by the account), and the change is only for an unused one;
 * -EEXIST: accounts have a cgroup or uid in common; -ENOSPC: too many specs,
 * shares, accounts or changes.
 */
int gpuspec_policy_change(struct sock *sk, struct gpuspec_change *change,
			  struct netlink_ext_ack *extack);

/* -EBUSY: the socket has a transaction. */
int gpuspec_policy_begin(struct sock *sk, bool replace, struct netlink_ext_ack *extack);
/*
 * Apply all of the @expected changes that are staged, or none; the
 * transaction is over either way. -EINVAL: there is none, or it has another
 * number of changes; otherwise as gpuspec_policy_change().
 */
int gpuspec_policy_commit(struct sock *sk, u32 expected, struct netlink_ext_ack *extack);

/* Forget the accounts, when no client and no gate is left. */
void gpuspec_policy_exit(void);

#endif /* GPUSPEC_POLICY_H */
