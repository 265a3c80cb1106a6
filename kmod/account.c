// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "account.h"
#include "spec.h"

/* A cgroup or uid by which processes of an account are known. */
struct mark {
	struct hlist_node node;
	const struct gpuspec_account *account;
	const char *cgroup;	/* NULL: a uid */
	u32 length;
	u32 uid;
};

static struct gpuspec_accounts *in_force;

struct gpuspec_account *gpuspec_account_alloc(const char *name)
{
	struct gpuspec_account *account = kzalloc(sizeof(*account), GFP_KERNEL_ACCOUNT);

	if (!account)
		return NULL;
	kref_init(&account->users);
	strscpy(account->name, name, sizeof(account->name));
	return account;
}

static void free_account(struct kref *users)
{
	struct gpuspec_account *account = container_of(users, struct gpuspec_account, users);
	u32 i;

	for (i = 0; i < account->cgroup_count; i++)
		kfree(account->cgroups[i]);
	kfree(account);
}

void gpuspec_account_put(struct gpuspec_account *account)
{
	kref_put(&account->users, free_account);
}

int gpuspec_account_add_cgroup(struct gpuspec_account *account, const char *path,
			       struct netlink_ext_ack *extack)
{
	char *copy;

	if (!gpuspec_cgroup_is_valid(path)) {
		NL_SET_ERR_MSG(extack,
			       "not a cgroup: give a path from the root of the hierarchy, below it, like /machine.slice/blue.slice");
		return -EINVAL;
	}
	if (account->cgroup_count == GPUSPEC_MARKS_MAX) {
		NL_SET_ERR_MSG(extack, "too many cgroups for one account; give one above them");
		return -EINVAL;
	}
	copy = kstrdup(path, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	account->cgroups[account->cgroup_count++] = copy;
	return 0;
}

int gpuspec_account_add_uid(struct gpuspec_account *account, u32 uid,
			    struct netlink_ext_ack *extack)
{
	if (uid == U32_MAX) {
		NL_SET_ERR_MSG(extack, "this uid is no user's");
		return -EINVAL;
	}
	if (account->uid_count == GPUSPEC_MARKS_MAX) {
		NL_SET_ERR_MSG(extack, "too many uids for one account; know it by a cgroup");
		return -EINVAL;
	}
	account->uids[account->uid_count++] = uid;
	return 0;
}

bool gpuspec_account_equal(const struct gpuspec_account *a, const struct gpuspec_account *b)
{
	u32 i;

	if (a == b)
		return true;
	if (!a || !b || strcmp(a->name, b->name) || a->cgroup_count != b->cgroup_count ||
	    a->uid_count != b->uid_count ||
	    memcmp(a->uids, b->uids, a->uid_count * sizeof(a->uids[0])))
		return false;
	for (i = 0; i < a->cgroup_count; i++)
		if (strcmp(a->cgroups[i], b->cgroups[i]))
			return false;
	return true;
}

/* --- tables --- */

struct gpuspec_accounts *gpuspec_accounts_get(struct gpuspec_accounts *accounts)
{
	if (accounts)
		kref_get(&accounts->users);
	return accounts;
}

static void free_accounts(struct kref *users)
{
	struct gpuspec_accounts *accounts = container_of(users, struct gpuspec_accounts, users);
	u32 i;

	for (i = 0; i < accounts->count; i++)
		gpuspec_account_put(accounts->accounts[i]);
	kvfree(accounts->marks);
	kvfree(accounts->mark_rows);
	kvfree(accounts);
}

void gpuspec_accounts_put(struct gpuspec_accounts *accounts)
{
	if (accounts)
		kref_put(&accounts->users, free_accounts);
}

struct gpuspec_account *gpuspec_accounts_find(const struct gpuspec_accounts *accounts,
					      const char *name)
{
	u32 low = 0, high = accounts ? accounts->count : 0, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(name, accounts->accounts[middle]->name);
		if (!order)
			return accounts->accounts[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static struct hlist_head *bucket(const struct gpuspec_accounts *accounts, const char *cgroup,
				 u32 length, u32 uid)
{
	u32 hash = cgroup ? jhash(cgroup, length, 0) : uid;

	return &accounts->marks[hash_32(hash, accounts->bits)];
}

static const struct mark *find_mark(const struct gpuspec_accounts *accounts,
				    const char *cgroup, u32 length, u32 uid)
{
	const struct mark *mark;

	hlist_for_each_entry(mark, bucket(accounts, cgroup, length, uid), node) {
		if (!cgroup != !mark->cgroup)
			continue;
		if (cgroup ? mark->length == length && !memcmp(mark->cgroup, cgroup, length) :
			     mark->uid == uid)
			return mark;
	}
	return NULL;
}

void gpuspec_accounts_recognise(const struct gpuspec_accounts *accounts,
				struct gpuspec_process *process)
{
	const struct mark *mark = NULL;
	size_t length;

	if (accounts) {
		for (length = strlen(process->cgroup); length && !mark;
		     length = gpuspec_cgroup_parent(process->cgroup, length))
			mark = find_mark(accounts, process->cgroup, length, 0);
		if (!mark)
			mark = find_mark(accounts, NULL, 0, process->uid);
	}
	strscpy(process->account, mark ? mark->account->name : GPUSPEC_ACCOUNT_HOST,
		sizeof(process->account));
}

struct gpuspec_accounts *gpuspec_accounts_in_force(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return in_force;
}

struct gpuspec_accounts *gpuspec_accounts_replace(struct gpuspec_accounts *accounts)
{
	struct gpuspec_accounts *old = in_force;

	lockdep_assert_held(&gpuspec_lock);
	in_force = accounts;
	return old;
}

/* --- drafts --- */

static int compare_name(const void *name, const struct rb_node *node)
{
	return strcmp(name, rb_entry(node, struct gpuspec_account, draft)->name);
}

static bool is_before(struct rb_node *node, const struct rb_node *other)
{
	return compare_name(rb_entry(node, struct gpuspec_account, draft)->name, other) < 0;
}

static void insert(struct gpuspec_accounts_draft *draft, struct gpuspec_account *account)
{
	rb_add(&account->draft, &draft->accounts, is_before);
	draft->count++;
}

static void erase(struct gpuspec_accounts_draft *draft, struct gpuspec_account *account)
{
	rb_erase(&account->draft, &draft->accounts);
	draft->count--;
	gpuspec_account_put(account);
}

static struct gpuspec_account *find(const struct gpuspec_accounts_draft *draft,
				    const char *name)
{
	return rb_entry_safe(rb_find(name, &draft->accounts, compare_name),
			     struct gpuspec_account, draft);
}

void gpuspec_accounts_draft_begin(struct gpuspec_accounts_draft *draft,
				  const struct gpuspec_accounts *from)
{
	u32 i;

	*draft = (struct gpuspec_accounts_draft){ .accounts = RB_ROOT };
	for (i = 0; from && i < from->count; i++) {
		kref_get(&from->accounts[i]->users);
		insert(draft, from->accounts[i]);
	}
}

void gpuspec_accounts_draft_end(struct gpuspec_accounts_draft *draft)
{
	struct gpuspec_account *account, *next;

	rbtree_postorder_for_each_entry_safe(account, next, &draft->accounts, draft)
		gpuspec_account_put(account);
}

int gpuspec_accounts_draft_set(struct gpuspec_accounts_draft *draft,
			       struct gpuspec_account *account,
			       struct netlink_ext_ack *extack)
{
	struct gpuspec_account *old = find(draft, account->name);

	if (!old && draft->count == GPUSPEC_ACCOUNTS_MAX) {
		NL_SET_ERR_MSG(extack, "there are too many accounts");
		return -ENOSPC;
	}
	if (old)
		erase(draft, old);
	kref_get(&account->users);
	insert(draft, account);
	return 0;
}

int gpuspec_accounts_draft_del(struct gpuspec_accounts_draft *draft, const char *name,
			       struct netlink_ext_ack *extack)
{
	struct gpuspec_account *account = find(draft, name);

	if (!account) {
		NL_SET_ERR_MSG(extack, "there is no account of this name");
		return -ENOENT;
	}
	erase(draft, account);
	return 0;
}

static int add_mark(struct gpuspec_accounts *accounts, struct mark *mark,
		    struct netlink_ext_ack *extack)
{
	if (find_mark(accounts, mark->cgroup, mark->length, mark->uid)) {
		NL_SET_ERR_MSG(extack, "two accounts have this cgroup or uid, or one has it twice");
		return -EEXIST;
	}
	hlist_add_head(&mark->node, bucket(accounts, mark->cgroup, mark->length, mark->uid));
	return 0;
}

static int add_marks(struct gpuspec_accounts *accounts, struct mark **next,
		     const struct gpuspec_account *account, struct netlink_ext_ack *extack)
{
	int error = 0;
	u32 i;

	for (i = 0; i < account->cgroup_count && !error; i++) {
		**next = (struct mark){
			.account = account,
			.cgroup = account->cgroups[i],
			.length = strlen(account->cgroups[i]),
		};
		error = add_mark(accounts, (*next)++, extack);
	}
	for (i = 0; i < account->uid_count && !error; i++) {
		**next = (struct mark){ .account = account, .uid = account->uids[i] };
		error = add_mark(accounts, (*next)++, extack);
	}
	return error;
}

static int make_marks(struct gpuspec_accounts *accounts, struct netlink_ext_ack *extack)
{
	struct mark *next;
	int error = 0;
	u32 i, n = 0;

	for (i = 0; i < accounts->count; i++)
		n += accounts->accounts[i]->cgroup_count + accounts->accounts[i]->uid_count;
	accounts->bits = max(1, ilog2(n + 1));
	accounts->marks = kvcalloc(1 << accounts->bits, sizeof(*accounts->marks),
				   GFP_KERNEL_ACCOUNT);
	accounts->mark_rows = kvcalloc(n + 1, sizeof(*accounts->mark_rows), GFP_KERNEL_ACCOUNT);
	if (!accounts->marks || !accounts->mark_rows)
		return -ENOMEM;
	next = accounts->mark_rows;
	for (i = 0; i < accounts->count && !error; i++)
		error = add_marks(accounts, &next, accounts->accounts[i], extack);
	return error;
}

int gpuspec_accounts_draft_finish(const struct gpuspec_accounts_draft *draft,
				  struct gpuspec_accounts **result,
				  struct netlink_ext_ack *extack)
{
	struct gpuspec_accounts *accounts;
	struct rb_node *node;
	int error;

	accounts = kvzalloc(struct_size(accounts, accounts, draft->count), GFP_KERNEL_ACCOUNT);
	if (!accounts)
		return -ENOMEM;
	kref_init(&accounts->users);
	for (node = rb_first(&draft->accounts); node; node = rb_next(node)) {
		accounts->accounts[accounts->count] =
			rb_entry(node, struct gpuspec_account, draft);
		kref_get(&accounts->accounts[accounts->count++]->users);
	}
	error = make_marks(accounts, extack);
	if (error)
		gpuspec_accounts_put(accounts);
	else
		*result = accounts;
	return error;
}

bool gpuspec_accounts_equal(const struct gpuspec_accounts *a, const struct gpuspec_accounts *b)
{
	u32 count = a ? a->count : 0, i;

	if (count != (b ? b->count : 0))
		return false;
	for (i = 0; i < count; i++)
		if (!gpuspec_account_equal(a->accounts[i], b->accounts[i]))
			return false;
	return true;
}
