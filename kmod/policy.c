// SPDX-License-Identifier: GPL-2.0
#include <linux/mutex.h>
#include <linux/slab.h>

#include "plan.h"
#include "policy.h"
#include "stage.h"

struct transaction {
	struct gpuspec_stage stage;
	bool replace;
	u32 count;
	struct list_head changes;
};

struct gpuspec_change *gpuspec_change_alloc(enum gpuspec_change_what what,
					    const char *id)
{
	struct gpuspec_change *change = kzalloc(sizeof(*change), GFP_KERNEL_ACCOUNT);

	if (!change)
		return NULL;
	change->what = what;
	if (id) {
		change->spec = gpuspec_spec_alloc(id, GFP_KERNEL_ACCOUNT);
		if (!change->spec) {
			kfree(change);
			return NULL;
		}
	}
	return change;
}

void gpuspec_change_free(struct gpuspec_change *change)
{
	if (change->account)
		gpuspec_account_put(change->account);
	gpuspec_spec_put(change->spec);
	kfree(change);
}

static void free_changes(struct list_head *changes)
{
	struct gpuspec_change *change, *next;

	list_for_each_entry_safe(change, next, changes, node)
		gpuspec_change_free(change);
}

void gpuspec_policy_exit(void)
{
	struct gpuspec_accounts *accounts;

	mutex_lock(&gpuspec_lock);
	accounts = gpuspec_accounts_replace(NULL);
	mutex_unlock(&gpuspec_lock);
	gpuspec_accounts_put(accounts);
}

static void free_transaction(struct gpuspec_stage *stage)
{
	struct transaction *transaction = container_of(stage, struct transaction, stage);

	free_changes(&transaction->changes);
	kfree(transaction);
}

static struct transaction *find_transaction(const struct sock *sk)
{
	struct gpuspec_stage *stage = gpuspec_stage_find(sk, free_transaction);

	return stage ? container_of(stage, struct transaction, stage) : NULL;
}

static int stage(struct transaction *transaction, struct gpuspec_change *change,
		 struct netlink_ext_ack *extack)
{
	if (transaction->count == GPUSPEC_CHANGES_MAX) {
		NL_SET_ERR_MSG(extack, "the transaction is full; commit it and begin another");
		return -ENOSPC;
	}
	if (transaction->replace && change->what == GPUSPEC_SET_SPEC &&
	    !(change->has_state && change->has_sharing)) {
		/* The other half would be the default's, and not what is in force. */
		NL_SET_ERR_MSG(extack, "a whole policy gives both state and sharing of a spec");
		return -EINVAL;
	}
	list_move_tail(&change->node, &transaction->changes);
	transaction->count++;
	return 0;
}

int gpuspec_policy_change(struct sock *sk, struct gpuspec_change *change,
			  struct netlink_ext_ack *extack)
{
	struct transaction *transaction;
	LIST_HEAD(changes);
	int error = 0;

	list_add(&change->node, &changes);
	mutex_lock(&gpuspec_lock);
	transaction = find_transaction(sk);
	if (transaction)
		error = stage(transaction, change, extack);
	mutex_unlock(&gpuspec_lock);
	if (!transaction)
		error = gpuspec_plan_apply(&changes, false, false, extack);
	free_changes(&changes);
	return error;
}

int gpuspec_policy_begin(struct sock *sk, bool replace, struct netlink_ext_ack *extack)
{
	struct transaction *transaction;
	int error = 0;

	transaction = kzalloc(sizeof(*transaction), GFP_KERNEL_ACCOUNT);
	if (!transaction)
		return -ENOMEM;
	transaction->replace = replace;
	INIT_LIST_HEAD(&transaction->changes);
	mutex_lock(&gpuspec_lock);
	if (find_transaction(sk)) {
		NL_SET_ERR_MSG(extack, "this socket has a transaction open; commit it first");
		error = -EBUSY;
	} else {
		gpuspec_stage_begin(&transaction->stage, sk, free_transaction);
	}
	mutex_unlock(&gpuspec_lock);
	if (error)
		kfree(transaction);
	return error;
}

int gpuspec_policy_commit(struct sock *sk, u32 expected, struct netlink_ext_ack *extack)
{
	struct transaction *transaction;
	int error;

	mutex_lock(&gpuspec_lock);
	transaction = find_transaction(sk);
	if (transaction)
		gpuspec_stage_end(&transaction->stage);
	mutex_unlock(&gpuspec_lock);
	if (!transaction) {
		NL_SET_ERR_MSG(extack, "this socket has no transaction open; begin one first");
		error = -EINVAL;
	} else if (transaction->count != expected) {
		NL_SET_ERR_MSG(extack,
			       "a change of the transaction was refused or lost; none is made");
		error = -EINVAL;
	} else {
		error = gpuspec_plan_apply(&transaction->changes, transaction->replace,
					   true, extack);
	}
	if (transaction)
		free_transaction(&transaction->stage);
	return error;
}
