// SPDX-License-Identifier: GPL-2.0
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "events.h"
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
	kfree(change->spec);
	kfree(change);
}

static void free_changes(struct list_head *changes)
{
	struct gpuspec_change *change, *next;

	list_for_each_entry_safe(change, next, changes, node)
		gpuspec_change_free(change);
}

/* What the changes come to, before any of it is in force. */
struct plan {
	struct list_head touched;	/* specs, by their member touched */
	enum gpuspec_default unnamed;
};

static void touch(struct plan *plan, struct gpuspec_spec *spec,
		  const struct gpuspec_rule *next)
{
	if (!list_empty(&spec->touched))
		return;
	spec->next = *next;
	list_add_tail(&spec->touched, &plan->touched);
}

static int plan_set(struct plan *plan, struct gpuspec_change *change,
		    struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(change->spec->id);

	if (spec && spec->in_use && change->if_unused) {
		NL_SET_ERR_MSG(extack,
			       "a device of the spec is in use; change it without if-unused");
		return -EBUSY;
	}
	if (!spec) {
		if (gpuspec_spec_count() >= GPUSPEC_CHANGES_MAX) {
			NL_SET_ERR_MSG(extack,
				       "the table of specs is full, those in force included");
			return -ENOSPC;
		}
		spec = change->spec;
		change->spec = NULL;
		gpuspec_spec_insert(spec);
	}
	touch(plan, spec, &spec->rule);
	spec->next = gpuspec_rule_in_force(&spec->next, plan->unnamed);
	spec->next.named = true;
	if (change->has_state)
		spec->next.state = change->state;
	if (change->has_sharing)
		spec->next.sharing = change->sharing;
	return 0;
}

static int plan_forget(struct plan *plan, struct gpuspec_change *change,
		       struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(change->spec->id);

	if (spec)
		touch(plan, spec, &spec->rule);
	if (!spec || !spec->next.named) {
		NL_SET_ERR_MSG(extack, "policy does not name this spec");
		return -ENOENT;
	}
	spec->next = (struct gpuspec_rule){};
	return 0;
}

static int plan_change(struct plan *plan, struct gpuspec_change *change,
		       struct netlink_ext_ack *extack)
{
	switch (change->what) {
	case GPUSPEC_SET_SPEC:
		return plan_set(plan, change, extack);
	case GPUSPEC_FORGET_SPEC:
		return plan_forget(plan, change, extack);
	case GPUSPEC_SET_DEFAULT:
		plan->unnamed = change->unnamed;
		return 0;
	}
	return -EINVAL;
}

static bool differs(const struct gpuspec_rule *a, const struct gpuspec_rule *b)
{
	return a->named != b->named || a->state != b->state || a->sharing != b->sharing;
}

/* Put the plan in force, or with @error just clear it away. */
static u32 finish(struct plan *plan, int error)
{
	struct gpuspec_spec *spec, *next;
	struct gpuspec_spec_info info;
	u32 changed = 0;

	if (!error)
		gpuspec_spec_set_default(plan->unnamed);
	list_for_each_entry_safe(spec, next, &plan->touched, touched) {
		list_del_init(&spec->touched);
		if (!error && differs(&spec->rule, &spec->next)) {
			spec->rule = spec->next;
			gpuspec_spec_changed();
			gpuspec_spec_describe(spec, &info);
			gpuspec_event_spec(GPUSPEC_CMD_SPEC_CHANGED, &info);
			changed++;
		}
		gpuspec_spec_release(spec);
		cond_resched();
	}
	return changed;
}

static int apply(struct list_head *changes, bool replace, bool announce,
		 struct netlink_ext_ack *extack)
{
	static const struct gpuspec_rule unnamed_rule;
	struct plan plan = {
		.touched = LIST_HEAD_INIT(plan.touched),
		.unnamed = gpuspec_spec_default(),
	};
	struct gpuspec_change *change;
	struct gpuspec_spec *spec;
	u32 changed;
	int error = 0;

	lockdep_assert_held(&gpuspec_lock);
	if (replace)
		for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec))
			touch(&plan, spec, &unnamed_rule);
	list_for_each_entry(change, changes, node) {
		error = plan_change(&plan, change, extack);
		if (error)
			break;
		cond_resched();
	}
	announce |= plan.unnamed != gpuspec_spec_default();
	changed = finish(&plan, error);
	if (!error && announce)
		gpuspec_event_policy_applied(plan.unnamed, changed);
	return error;
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

int gpuspec_policy_change(struct sock *sk, struct gpuspec_change *change,
			  struct netlink_ext_ack *extack)
{
	struct transaction *transaction;
	LIST_HEAD(changes);
	int error = 0;

	list_add(&change->node, &changes);
	mutex_lock(&gpuspec_lock);
	transaction = find_transaction(sk);
	if (!transaction) {
		error = apply(&changes, false, false, extack);
	} else if (transaction->count == GPUSPEC_CHANGES_MAX) {
		NL_SET_ERR_MSG(extack, "the transaction is full; commit it and begin another");
		error = -ENOSPC;
	} else if (transaction->replace && change->what == GPUSPEC_SET_SPEC &&
		   !(change->has_state && change->has_sharing)) {
		/* The other half would be the default's, and not what is in force. */
		NL_SET_ERR_MSG(extack, "a whole policy gives both state and sharing of a spec");
		error = -EINVAL;
	} else {
		list_move_tail(&change->node, &transaction->changes);
		transaction->count++;
	}
	mutex_unlock(&gpuspec_lock);
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
	if (!transaction) {
		NL_SET_ERR_MSG(extack, "this socket has no transaction open; begin one first");
		error = -EINVAL;
	} else if (transaction->count != expected) {
		NL_SET_ERR_MSG(extack,
			       "a change of the transaction was refused or lost; none is made");
		error = -EINVAL;
	} else {
		error = apply(&transaction->changes, transaction->replace, true, extack);
	}
	mutex_unlock(&gpuspec_lock);
	if (transaction)
		free_transaction(&transaction->stage);
	return error;
}
