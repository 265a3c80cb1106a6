// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "audit.h"
#include "device.h"
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
	if (change->account)
		gpuspec_account_put(change->account);
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
	bool replace;			/* a whole policy */
	struct list_head touched;	/* specs, by their member touched */
	enum gpuspec_default unnamed;
	bool has_accounts;		/* a draft of all accounts: */
	struct gpuspec_accounts_draft draft;
	struct gpuspec_accounts *accounts;	/* in the end */
};

/* Take the spec into the plan, as it is or as unnamed. */
static int touch(struct plan *plan, struct gpuspec_spec *spec, bool anew)
{
	struct gpuspec_shares *shares = NULL;

	if (!list_empty(&spec->touched))
		return 0;
	if (!anew && spec->shares) {
		shares = gpuspec_shares_copy(spec->shares);
		if (!shares)
			return -ENOMEM;
	}
	spec->next = anew ? (struct gpuspec_rule){} : spec->rule;
	spec->next_shares = shares;
	list_add_tail(&spec->touched, &plan->touched);
	return 0;
}

static void set_next_sharing(struct gpuspec_spec *spec, enum gpuspec_sharing sharing)
{
	spec->next.sharing = sharing;
	kvfree(spec->next_shares);
	spec->next_shares = NULL;
}

/* The spec of the change, named in the plan; or an error. */
static struct gpuspec_spec *plan_name(struct plan *plan, struct gpuspec_change *change,
				      struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(change->spec->id);

	if (!spec) {
		if (gpuspec_spec_count() >= GPUSPEC_CHANGES_MAX) {
			NL_SET_ERR_MSG(extack,
				       "the table of specs is full, those in force included");
			return ERR_PTR(-ENOSPC);
		}
		spec = change->spec;
		change->spec = NULL;
		gpuspec_spec_insert(spec);
	}
	if (touch(plan, spec, false)) {
		gpuspec_spec_release(spec);
		return ERR_PTR(-ENOMEM);
	}
	spec->next = gpuspec_rule_in_force(&spec->next, plan->unnamed);
	spec->next.named = true;
	return spec;
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
	spec = plan_name(plan, change, extack);
	if (IS_ERR(spec))
		return PTR_ERR(spec);
	if (change->has_state)
		spec->next.state = change->state;
	if (change->has_sharing)
		set_next_sharing(spec, change->sharing);
	return 0;
}

static int plan_forget(struct plan *plan, struct gpuspec_change *change,
		       struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(change->spec->id);

	if (spec && touch(plan, spec, false))
		return -ENOMEM;
	if (!spec || !spec->next.named) {
		NL_SET_ERR_MSG(extack, "policy does not name this spec");
		return -ENOENT;
	}
	set_next_sharing(spec, GPUSPEC_SHARING_ALL);
	spec->next = (struct gpuspec_rule){};
	return 0;
}

static int plan_share(struct plan *plan, struct gpuspec_change *change,
		      struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(change->spec->id);
	int error;

	if (plan->replace && !(spec && spec->next.named)) {
		NL_SET_ERR_MSG(extack,
			       "a whole policy gives state and sharing of a spec before its accounts");
		return -EINVAL;
	}
	spec = plan_name(plan, change, extack);
	if (IS_ERR(spec))
		return PTR_ERR(spec);
	/* To share with one more may not take it away from the others. */
	if (spec->next.sharing == GPUSPEC_SHARING_ALL) {
		NL_SET_ERR_MSG(extack,
			       "the spec is shared with all accounts already; recall it from all first");
		return -EINVAL;
	}
	error = gpuspec_shares_set(&spec->next_shares, change->account_name, change->maximum,
				   extack);
	if (!error)
		spec->next.sharing = GPUSPEC_SHARING_LIST;
	return error;
}

static int plan_recall(struct plan *plan, struct gpuspec_change *change,
		       struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = gpuspec_spec_find(change->spec->id);

	if (spec && change->if_unused && gpuspec_device_held(spec, change->account_name)) {
		NL_SET_ERR_MSG(extack,
			       "the account holds a device of the spec; recall it without if-unused");
		return -EBUSY;
	}
	if (spec && touch(plan, spec, false))
		return -ENOMEM;
	if (!spec || gpuspec_shares_del(&spec->next_shares, change->account_name)) {
		NL_SET_ERR_MSG(extack, "the spec is not shared with this account by name");
		return -ENOENT;
	}
	if (!spec->next_shares)
		spec->next.sharing = GPUSPEC_SHARING_NONE;
	return 0;
}

static int plan_account(struct plan *plan, struct gpuspec_change *change,
			struct netlink_ext_ack *extack)
{
	if (!plan->has_accounts)
		gpuspec_accounts_draft_begin(&plan->draft, false);
	plan->has_accounts = true;
	return change->account ?
		gpuspec_accounts_draft_set(&plan->draft, change->account, extack) :
		gpuspec_accounts_draft_del(&plan->draft, change->account_name, extack);
}

static int plan_change(struct plan *plan, struct gpuspec_change *change,
		       struct netlink_ext_ack *extack)
{
	switch (change->what) {
	case GPUSPEC_SET_SPEC:
		return plan_set(plan, change, extack);
	case GPUSPEC_FORGET_SPEC:
		return plan_forget(plan, change, extack);
	case GPUSPEC_SHARE_SPEC:
		return plan_share(plan, change, extack);
	case GPUSPEC_RECALL_SPEC:
		return plan_recall(plan, change, extack);
	case GPUSPEC_SET_DEFAULT:
		plan->unnamed = change->unnamed;
		return 0;
	case GPUSPEC_SET_ACCOUNT:
	case GPUSPEC_REMOVE_ACCOUNT:
		return plan_account(plan, change, extack);
	}
	return -EINVAL;
}

/* Does more change than the accounts that it is shared with? */
static bool rule_differs(const struct gpuspec_spec *spec)
{
	const struct gpuspec_rule *a = &spec->rule, *b = &spec->next;

	return a->named != b->named || a->state != b->state ||
	       (a->sharing == GPUSPEC_SHARING_ALL) != (b->sharing == GPUSPEC_SHARING_ALL);
}

/* Sharing with nobody becomes sharing by a list, and the other way round, by shares. */
static bool differs(const struct gpuspec_spec *spec)
{
	return rule_differs(spec) || !gpuspec_shares_equal(spec->shares, spec->next_shares);
}

/* Tell who has it now and had not, and the other way round; both lists are sorted. */
static void tell_shares(const struct gpuspec_spec_info *info, const struct gpuspec_shares *old,
			const struct gpuspec_shares *new, const struct gpuspec_process *by)
{
	u32 i = 0, j = 0;
	int order;

	while (i < gpuspec_shares_count(old) || j < gpuspec_shares_count(new)) {
		if (i == gpuspec_shares_count(old))
			order = 1;
		else if (j == gpuspec_shares_count(new))
			order = -1;
		else
			order = strcmp(old->rows[i].account, new->rows[j].account);
		if (order < 0)
			gpuspec_event_share(info, &old->rows[i],
					    GPUSPEC_ACCOUNT_CHANGE_REMOVED, by);
		else if (order > 0)
			gpuspec_event_share(info, &new->rows[j],
					    GPUSPEC_ACCOUNT_CHANGE_ADDED, by);
		else if (old->rows[i].maximum != new->rows[j].maximum)
			gpuspec_event_share(info, &new->rows[j],
					    GPUSPEC_ACCOUNT_CHANGE_CHANGED, by);
		i += order <= 0;
		j += order >= 0;
		cond_resched();
	}
}

/* The shares that the spec had are its next ones then, for finish() to free. */
static void put_in_force(struct gpuspec_spec *spec, const struct gpuspec_process *by)
{
	bool more_than_shares = rule_differs(spec);
	struct gpuspec_spec_info info;

	spec->rule = spec->next;
	spec->next_shares = gpuspec_spec_replace_shares(spec, spec->next_shares);
	gpuspec_spec_changed();
	gpuspec_spec_describe(spec, &info);
	if (more_than_shares)
		gpuspec_event_spec(GPUSPEC_CMD_SPEC_CHANGED, &info, by);
	tell_shares(&info, spec->next_shares, spec->shares, by);
}

/* Put the plan in force, or with @error just clear it away. How many specs changed? */
static u32 finish(struct plan *plan, int error, const struct gpuspec_process *by)
{
	struct gpuspec_spec *spec, *next;
	u32 changed = 0;

	if (!error && plan->unnamed != gpuspec_spec_default()) {
		gpuspec_audit_default(plan->unnamed);
		gpuspec_spec_set_default(plan->unnamed);
	}
	list_for_each_entry_safe(spec, next, &plan->touched, touched) {
		list_del_init(&spec->touched);
		if (!error && differs(spec)) {
			put_in_force(spec, by);
			changed++;
		}
		kvfree(spec->next_shares);
		spec->next_shares = NULL;
		gpuspec_spec_release(spec);
		cond_resched();
	}
	return changed;
}

/* Make a table of the accounts, if there is anything new in it. */
static int plan_end(struct plan *plan, struct netlink_ext_ack *extack)
{
	int error;

	if (!plan->has_accounts)
		return 0;
	error = gpuspec_accounts_draft_finish(&plan->draft, &plan->accounts, extack);
	if (!error && gpuspec_accounts_equal(plan->accounts, gpuspec_accounts_in_force())) {
		gpuspec_accounts_put(plan->accounts);
		plan->accounts = NULL;
	}
	return error;
}

/* Tell which accounts are not what they were. How many? */
static u32 tell_accounts(const struct gpuspec_accounts *old, const struct gpuspec_accounts *new,
			 const struct gpuspec_process *by)
{
	const struct gpuspec_account *before;
	u32 i, changed = 0;

	for (i = 0; old && i < old->count; i++) {
		if (gpuspec_accounts_find(new, old->accounts[i]->name))
			continue;
		gpuspec_event_account(old->accounts[i]->name, GPUSPEC_ACCOUNT_CHANGE_REMOVED, by);
		changed++;
		cond_resched();
	}
	for (i = 0; i < new->count; i++) {
		before = gpuspec_accounts_find(old, new->accounts[i]->name);
		if (gpuspec_account_equal(before, new->accounts[i]))
			continue;
		gpuspec_event_account(new->accounts[i]->name,
				      before ? GPUSPEC_ACCOUNT_CHANGE_CHANGED :
					       GPUSPEC_ACCOUNT_CHANGE_ADDED, by);
		changed++;
		cond_resched();
	}
	return changed;
}

static u32 replace_accounts(struct gpuspec_accounts *accounts, const struct gpuspec_process *by)
{
	struct gpuspec_accounts *old = gpuspec_accounts_replace(accounts);
	u32 changed = tell_accounts(old, accounts, by);

	gpuspec_spec_changed();
	gpuspec_accounts_put(old);
	return changed;
}

static int apply(struct list_head *changes, bool replace, bool announce,
		 struct netlink_ext_ack *extack)
{
	struct plan plan = {
		.replace = replace,
		.touched = LIST_HEAD_INIT(plan.touched),
		.unnamed = gpuspec_spec_default(),
		.has_accounts = replace,
		.draft.accounts = RB_ROOT,
	};
	struct gpuspec_change *change;
	struct gpuspec_process by;
	struct gpuspec_spec *spec;
	bool new_default;
	u32 changed;
	int error = 0;

	lockdep_assert_held(&gpuspec_lock);
	gpuspec_process_current(&by);
	gpuspec_accounts_recognise(gpuspec_accounts_in_force(), &by);
	if (replace)
		for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec))
			touch(&plan, spec, true);
	list_for_each_entry(change, changes, node) {
		error = plan_change(&plan, change, extack);
		if (error)
			break;
		cond_resched();
	}
	if (!error)
		error = plan_end(&plan, extack);
	new_default = plan.unnamed != gpuspec_spec_default();
	announce |= plan.accounts || new_default;
	changed = finish(&plan, error, &by);
	if (plan.has_accounts)
		gpuspec_accounts_draft_end(&plan.draft);
	if (plan.accounts)
		changed += replace_accounts(plan.accounts, &by);
	if (!error && announce)
		gpuspec_event_policy_applied(new_default ? &plan.unnamed : NULL, changed, &by);
	return error;
}

void gpuspec_policy_exit(void)
{
	mutex_lock(&gpuspec_lock);
	gpuspec_accounts_put(gpuspec_accounts_replace(NULL));
	mutex_unlock(&gpuspec_lock);
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
