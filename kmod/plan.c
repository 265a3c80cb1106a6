// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "audit.h"
#include "device.h"
#include "events.h"
#include "plan.h"
#include "policy.h"

/*
 * Changes of policy are made one after another, each in three steps, so that the gates wait
 * for gpuspec_lock for moments, however much is changed. While the old policy is in force the
 * new one is planned; then it is in force, all of it in one section of gpuspec_lock; then it
 * is told. What is in force changes under both locks, so that here either will do to read it.
 */
static DEFINE_MUTEX(policy_lock);	/* gpuspec_lock is taken inside it */

/* What the changes come to. */
struct plan {
	bool replace;			/* a whole policy */
	struct gpuspec_process by;	/* who wants it */
	struct list_head touched;	/* specs, by their member touched */
	struct list_head conditional;	/* changes that are only for what is not in use */
	enum gpuspec_default old_unnamed, unnamed;
	bool has_accounts;		/* a draft of all accounts: */
	struct gpuspec_accounts_draft draft;
	struct gpuspec_accounts *old_accounts, *accounts;	/* the latter NULL: no others */
	u32 changed;			/* specs, and when told accounts */
};

/* Take the spec into the plan, as it is or as unnamed. False: it has been in it before. */
static bool touch(struct plan *plan, struct gpuspec_spec *spec, bool anew)
{
	lockdep_assert_held(&gpuspec_lock);
	if (!list_empty(&spec->touched))
		return false;
	spec->next = anew ? (struct gpuspec_rule){} : spec->rule;
	list_add_tail(&spec->touched, &plan->touched);
	return true;
}

static void touch_all(struct plan *plan)
{
	struct gpuspec_spec *spec;

	mutex_lock(&gpuspec_lock);
	for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec)) {
		touch(plan, spec, true);
		/* Now it stays. One that a device brings meanwhile is unnamed anyway. */
		mutex_unlock(&gpuspec_lock);
		cond_resched();
		mutex_lock(&gpuspec_lock);
	}
	mutex_unlock(&gpuspec_lock);
}

static void set_next_sharing(struct gpuspec_spec *spec, enum gpuspec_sharing sharing)
{
	spec->next.sharing = sharing;
	kvfree(spec->next_shares);
	spec->next_shares = NULL;
}

/*
 * The spec of the change, from now on in the plan. If the table has none it is that which
 * the change brings, or unless it is to @insert that NULL. Or an error.
 */
static struct gpuspec_spec *plan_spec(struct plan *plan, struct gpuspec_change *change,
				      bool insert)
{
	struct gpuspec_spec *spec;
	bool is_new;

	mutex_lock(&gpuspec_lock);
	spec = gpuspec_spec_find(change->spec->id);
	if (!spec && insert && gpuspec_spec_table_is_full()) {
		mutex_unlock(&gpuspec_lock);
		return ERR_PTR(-ENOSPC);
	}
	if (!spec && insert) {
		spec = change->spec;
		change->spec = NULL;
		gpuspec_spec_insert(spec);
	}
	is_new = spec && touch(plan, spec, false);
	mutex_unlock(&gpuspec_lock);
	if (is_new && spec->shares) {
		spec->next_shares = gpuspec_shares_copy(spec->shares);
		if (!spec->next_shares)
			return ERR_PTR(-ENOMEM);
	}
	return spec;
}

/* The spec of the change, named in the plan; or an error. */
static struct gpuspec_spec *plan_name(struct plan *plan, struct gpuspec_change *change,
				      struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = plan_spec(plan, change, true);

	if (spec == ERR_PTR(-ENOSPC))
		NL_SET_ERR_MSG(extack, "the table of specs is full, those in force included");
	if (IS_ERR(spec))
		return spec;
	spec->next = gpuspec_rule_in_force(&spec->next, plan->unnamed);
	spec->next.named = true;
	return spec;
}

/* -EBUSY: what the change is about is in use, and it is only for what is not. */
static int refuse_in_use(const struct gpuspec_change *change, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&gpuspec_lock);
	if (change->what == GPUSPEC_SET_SPEC && change->planned->in_use) {
		NL_SET_ERR_MSG(extack,
			       "a device of the spec is in use; change it without if-unused");
		return -EBUSY;
	}
	if (change->what == GPUSPEC_RECALL_SPEC &&
	    gpuspec_device_held(change->planned, change->account_name)) {
		NL_SET_ERR_MSG(extack,
			       "the account holds a device of the spec; recall it without if-unused");
		return -EBUSY;
	}
	return 0;
}

/* Ask at once whether @spec is in use, and keep the change to be asked again. */
static int plan_if_unused(struct plan *plan, struct gpuspec_change *change,
			  struct gpuspec_spec *spec, struct netlink_ext_ack *extack)
{
	int error;

	change->planned = spec;
	list_move_tail(&change->node, &plan->conditional);
	mutex_lock(&gpuspec_lock);
	error = refuse_in_use(change, extack);
	mutex_unlock(&gpuspec_lock);
	return error;
}

static int plan_set(struct plan *plan, struct gpuspec_change *change,
		    struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = plan_name(plan, change, extack);
	int error;

	if (IS_ERR(spec))
		return PTR_ERR(spec);
	if (change->if_unused) {
		error = plan_if_unused(plan, change, spec, extack);
		if (error)
			return error;
	}
	if (change->has_state)
		spec->next.state = change->state;
	if (change->has_sharing)
		set_next_sharing(spec, change->sharing);
	return 0;
}

static int plan_forget(struct plan *plan, struct gpuspec_change *change,
		       struct netlink_ext_ack *extack)
{
	struct gpuspec_spec *spec = plan_spec(plan, change, false);

	if (IS_ERR(spec))
		return PTR_ERR(spec);
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
	struct gpuspec_spec *spec;
	int error;

	if (plan->replace) {
		spec = plan_spec(plan, change, false);
		if (IS_ERR(spec))
			return PTR_ERR(spec);
		if (!spec || !spec->next.named) {
			NL_SET_ERR_MSG(extack,
				       "a whole policy gives state and sharing of a spec before its accounts");
			return -EINVAL;
		}
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
	struct gpuspec_spec *spec = plan_spec(plan, change, false);
	int error;

	if (IS_ERR(spec))
		return PTR_ERR(spec);
	if (spec && change->if_unused) {
		error = plan_if_unused(plan, change, spec, extack);
		if (error)
			return error;
	}
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
		gpuspec_accounts_draft_begin(&plan->draft, plan->old_accounts);
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

/*
 * Does more change than the accounts that it is shared with? These two are the same before
 * the plan is in force and after it, when the next rule and shares are those of before.
 */
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

/* Make a table of the accounts, if there is anything new in it. */
static int plan_accounts(struct plan *plan, struct netlink_ext_ack *extack)
{
	int error;

	if (!plan->has_accounts)
		return 0;
	error = gpuspec_accounts_draft_finish(&plan->draft, &plan->accounts, extack);
	if (!error && gpuspec_accounts_equal(plan->accounts, plan->old_accounts)) {
		gpuspec_accounts_put(plan->accounts);
		plan->accounts = NULL;
	}
	return error;
}

static void begin(struct plan *plan, bool replace)
{
	*plan = (struct plan){
		.replace = replace,
		.touched = LIST_HEAD_INIT(plan->touched),
		.conditional = LIST_HEAD_INIT(plan->conditional),
		.has_accounts = replace,
		.draft.accounts = RB_ROOT,
	};
	mutex_lock(&gpuspec_lock);
	plan->old_unnamed = gpuspec_spec_default();
	plan->old_accounts = gpuspec_accounts_get(gpuspec_accounts_in_force());
	mutex_unlock(&gpuspec_lock);
	plan->unnamed = plan->old_unnamed;
	gpuspec_process_current(&plan->by);
	gpuspec_accounts_recognise(plan->old_accounts, &plan->by);
}

static int plan_all(struct plan *plan, struct list_head *changes, struct netlink_ext_ack *extack)
{
	struct gpuspec_change *change, *next;
	struct gpuspec_spec *spec;
	int error;

	if (plan->replace)
		touch_all(plan);
	list_for_each_entry_safe(change, next, changes, node) {
		error = plan_change(plan, change, extack);
		if (error)
			return error;
		cond_resched();
	}
	list_for_each_entry(spec, &plan->touched, touched) {
		plan->changed += differs(spec);
		cond_resched();
	}
	return plan_accounts(plan, extack);
}

/* All of it at once; while the gates wait, and so nothing that can be done before or after. */
static int put_in_force(struct plan *plan, struct netlink_ext_ack *extack)
{
	struct gpuspec_change *change;
	struct gpuspec_accounts *old;
	struct gpuspec_spec *spec;
	int error = 0;

	mutex_lock(&gpuspec_lock);
	/* What was not in use when it was planned may have been opened since. */
	list_for_each_entry(change, &plan->conditional, node) {
		error = refuse_in_use(change, extack);
		if (error)
			goto out;
	}
	list_for_each_entry(spec, &plan->touched, touched) {
		swap(spec->rule, spec->next);
		spec->next_shares = gpuspec_spec_replace_shares(spec, spec->next_shares);
		gpuspec_spec_update(spec);
	}
	gpuspec_spec_set_default(plan->unnamed);
	if (plan->accounts) {
		old = gpuspec_accounts_replace(gpuspec_accounts_get(plan->accounts));
		/* Not the last reference: that is the plan's. */
		gpuspec_accounts_put(old);
	}
	if (plan->accounts || plan->changed)
		gpuspec_spec_changed();
out:
	mutex_unlock(&gpuspec_lock);
	return error;
}

static void tell_rule(const struct gpuspec_spec *spec, const struct gpuspec_process *by)
{
	struct gpuspec_spec_info info;

	mutex_lock(&gpuspec_lock);
	gpuspec_spec_describe(spec, &info);
	gpuspec_event_spec(GPUSPEC_CMD_SPEC_CHANGED, &info, by);
	mutex_unlock(&gpuspec_lock);
}

static void tell_share(const struct gpuspec_spec *spec, const struct gpuspec_share *share,
		       enum gpuspec_account_change change, const struct gpuspec_process *by)
{
	struct gpuspec_spec_info info;

	mutex_lock(&gpuspec_lock);
	gpuspec_spec_describe(spec, &info);
	gpuspec_event_share(&info, share, change, by);
	mutex_unlock(&gpuspec_lock);
}

/* Tell who has it now and had not, and the other way round; both lists are sorted. */
static void tell_shares(const struct gpuspec_spec *spec, const struct gpuspec_process *by)
{
	const struct gpuspec_shares *old = spec->next_shares, *new = spec->shares;
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
			tell_share(spec, &old->rows[i], GPUSPEC_ACCOUNT_CHANGE_REMOVED, by);
		else if (order > 0)
			tell_share(spec, &new->rows[j], GPUSPEC_ACCOUNT_CHANGE_ADDED, by);
		else if (old->rows[i].maximum != new->rows[j].maximum)
			tell_share(spec, &new->rows[j], GPUSPEC_ACCOUNT_CHANGE_CHANGED, by);
		i += order <= 0;
		j += order >= 0;
		cond_resched();
	}
}

static void tell_account(struct plan *plan, const char *name, enum gpuspec_account_change change)
{
	plan->changed++;
	mutex_lock(&gpuspec_lock);
	gpuspec_event_account(name, change, &plan->by);
	mutex_unlock(&gpuspec_lock);
}

/* Tell which accounts are not what they were. */
static void tell_accounts(struct plan *plan)
{
	const struct gpuspec_accounts *old = plan->old_accounts, *new = plan->accounts;
	const struct gpuspec_account *before;
	u32 i;

	for (i = 0; old && i < old->count; i++) {
		if (!gpuspec_accounts_find(new, old->accounts[i]->name))
			tell_account(plan, old->accounts[i]->name, GPUSPEC_ACCOUNT_CHANGE_REMOVED);
		cond_resched();
	}
	for (i = 0; i < new->count; i++) {
		before = gpuspec_accounts_find(old, new->accounts[i]->name);
		if (!gpuspec_account_equal(before, new->accounts[i]))
			tell_account(plan, new->accounts[i]->name,
				     before ? GPUSPEC_ACCOUNT_CHANGE_CHANGED :
					      GPUSPEC_ACCOUNT_CHANGE_ADDED);
		cond_resched();
	}
}

/* Each in a section of its own: other events may come between. */
static void tell(struct plan *plan, bool announce)
{
	bool new_default = plan->unnamed != plan->old_unnamed;
	const struct gpuspec_spec *spec;

	if (new_default)
		gpuspec_audit_default(plan->unnamed);
	list_for_each_entry(spec, &plan->touched, touched) {
		if (rule_differs(spec))
			tell_rule(spec, &plan->by);
		tell_shares(spec, &plan->by);
		cond_resched();
	}
	if (plan->accounts)
		tell_accounts(plan);
	if (!announce && !plan->accounts && !new_default)
		return;
	mutex_lock(&gpuspec_lock);
	gpuspec_event_policy_applied(new_default ? &plan->unnamed : NULL, plan->changed, &plan->by);
	mutex_unlock(&gpuspec_lock);
}

/* What is not in force, or not any more, goes. */
static void end(struct plan *plan)
{
	struct gpuspec_spec *spec, *next;

	list_for_each_entry_safe(spec, next, &plan->touched, touched) {
		kvfree(spec->next_shares);
		spec->next_shares = NULL;
		mutex_lock(&gpuspec_lock);
		list_del_init(&spec->touched);
		gpuspec_spec_update(spec);
		mutex_unlock(&gpuspec_lock);
		cond_resched();
	}
	if (plan->has_accounts)
		gpuspec_accounts_draft_end(&plan->draft);
	gpuspec_accounts_put(plan->accounts);
	gpuspec_accounts_put(plan->old_accounts);
}

int gpuspec_plan_apply(struct list_head *changes, bool replace, bool announce,
		       struct netlink_ext_ack *extack)
{
	struct plan plan;
	int error;

	mutex_lock(&policy_lock);
	begin(&plan, replace);
	error = plan_all(&plan, changes, extack);
	if (!error)
		error = put_in_force(&plan, extack);
	if (!error)
		tell(&plan, announce);
	end(&plan);
	mutex_unlock(&policy_lock);
	list_splice(&plan.conditional, changes);
	return error;
}
