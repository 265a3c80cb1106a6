// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "compat.h"
#include "device.h"
#include "netlink_tables.h"
#include "request.h"
#include "spec.h"

/* Puts one row into a message: 0 or -EMSGSIZE. */
typedef int put_row(struct sk_buff *skb, const void *row);

struct row_kind {
	size_t size;
	put_row *put;
	void (*end)(void *row);		/* lets go of what it refers to; or NULL */
};

/* With references to the spec and its ROM. */
struct spec_row {
	struct gpuspec_spec *spec;
	struct gpuspec_spec_info info;
};

struct share_row {
	char spec[GPUSPEC_ID_SIZE];
	struct gpuspec_share share;
	u32 held;
};

static void take_spec_row(struct spec_row *row, struct gpuspec_spec *spec)
{
	row->spec = gpuspec_spec_get(spec);
	gpuspec_spec_describe(spec, &row->info);
	gpuspec_rom_get(row->info.rom);
}

static void end_spec_row(void *data)
{
	struct spec_row *row = data;

	gpuspec_rom_put(row->info.rom);
	gpuspec_spec_put(row->spec);
}

static int put_spec_row(struct sk_buff *skb, const void *data)
{
	const struct spec_row *row = data;

	return gpuspec_message_put_spec(skb, &row->info);
}

static const struct row_kind spec_rows = { sizeof(struct spec_row), put_spec_row, end_spec_row };

static int put_device_row(struct sk_buff *skb, const void *row)
{
	return gpuspec_message_put_device(skb, row);
}

static const struct row_kind device_rows = {
	sizeof(struct gpuspec_device_info), put_device_row
};

static int put_share_row(struct sk_buff *skb, const void *row)
{
	const struct share_row *share = row;

	if (nla_put_string(skb, GPUSPEC_A_ID, share->spec) ||
	    nla_put_string(skb, GPUSPEC_A_ACCOUNT, share->share.account) ||
	    (share->share.maximum &&
	     nla_put_u32(skb, GPUSPEC_A_MAXIMUM, share->share.maximum)) ||
	    nla_put_u32(skb, GPUSPEC_A_HELD, share->held))
		return -EMSGSIZE;
	return 0;
}

static const struct row_kind share_rows = { sizeof(struct share_row), put_share_row };

static void take_account_row(struct gpuspec_account **row, struct gpuspec_account *account)
{
	kref_get(&account->users);
	*row = account;
}

static void end_account_row(void *row)
{
	gpuspec_account_put(*(struct gpuspec_account **)row);
}

static int put_account_row(struct sk_buff *skb, const void *row)
{
	const struct gpuspec_account *account = *(struct gpuspec_account *const *)row;
	u32 i;

	if (nla_put_string(skb, GPUSPEC_A_ACCOUNT, account->name))
		return -EMSGSIZE;
	for (i = 0; i < account->cgroup_count; i++)
		if (nla_put_string(skb, GPUSPEC_A_CGROUP, account->cgroups[i]))
			return -EMSGSIZE;
	for (i = 0; i < account->uid_count; i++)
		if (nla_put_u32(skb, GPUSPEC_A_UID, account->uids[i]))
			return -EMSGSIZE;
	return 0;
}

static const struct row_kind account_rows = {
	sizeof(struct gpuspec_account *), put_account_row, end_account_row
};

/* Room for the largest row: an account with all of its cgroups. */
#define ROW_MAX	(GPUSPEC_MARKS_MAX * (GPUSPEC_CGROUP_MAX + 16) + 1024)

static int reply_row(struct genl_info *info, u32 generation, put_row *put, const void *row)
{
	struct sk_buff *skb;
	void *header;
	int error = 0;

	skb = gpuspec_reply_begin(info, ROW_MAX, &header);
	if (!skb)
		return -ENOMEM;
	if (nla_put_u32(skb, GPUSPEC_A_GENERATION, generation) || put(skb, row))
		error = -EMSGSIZE;
	return gpuspec_reply_end(skb, header, info, error);
}

int gpuspec_netlink_spec_get(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_spec *spec;
	struct spec_row row;
	u32 generation;
	const char *id;
	bool found;
	int error;

	id = gpuspec_request_spec(info);
	if (!id)
		return -EINVAL;
	if (gpuspec_device_look_again(NULL))
		return -ENOMEM;
	mutex_lock(&gpuspec_lock);
	generation = gpuspec_spec_generation();
	spec = gpuspec_spec_find(id);
	found = spec && spec->listed;
	if (found)
		take_spec_row(&row, spec);
	mutex_unlock(&gpuspec_lock);
	if (found) {
		error = reply_row(info, generation, put_spec_row, &row);
		end_spec_row(&row);
		return error;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ID],
			    "no device of this host has this spec, policy does not name it, and no ROM was set for it");
	return -ENOENT;
}

int gpuspec_netlink_account_get(struct sk_buff *request, struct genl_info *info)
{
	struct gpuspec_accounts *accounts;
	struct gpuspec_account *account;
	int error = -ENOENT;
	u32 generation;
	const char *name;

	if (gpuspec_request_misses(info, GPUSPEC_A_ACCOUNT))
		return -EINVAL;
	name = gpuspec_request_account(info->attrs, info->extack);
	if (!name)
		return -EINVAL;
	mutex_lock(&gpuspec_lock);
	generation = gpuspec_spec_generation();
	accounts = gpuspec_accounts_get(gpuspec_accounts_in_force());
	mutex_unlock(&gpuspec_lock);
	account = gpuspec_accounts_find(accounts, name);
	if (account)
		error = reply_row(info, generation, put_account_row, &account);
	else
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[GPUSPEC_A_ACCOUNT],
				    "there is no account of this name");
	gpuspec_accounts_put(accounts);
	return error;
}

/* A table as it was at one moment, on its way to a client. */
struct snapshot {
	const struct row_kind *kind;
	u32 generation;
	u32 count;
	u32 next;
	u8 rows[] __aligned(8);
};

static struct snapshot *get_snapshot(struct netlink_callback *cb)
{
	return *(struct snapshot **)cb->ctx;
}

/* Room for @count rows, to be freed by gpuspec_netlink_end_dump(). */
static struct snapshot *take_snapshot(struct netlink_callback *cb, const struct row_kind *kind,
				      u32 count)
{
	struct snapshot *snapshot;

	lockdep_assert_held(&gpuspec_lock);
	snapshot = kvmalloc(struct_size(snapshot, rows, size_mul(count, kind->size)),
			    GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!snapshot)
		return NULL;
	snapshot->kind = kind;
	snapshot->generation = gpuspec_spec_generation();
	snapshot->count = 0;
	snapshot->next = 0;
	*(struct snapshot **)cb->ctx = snapshot;
	return snapshot;
}

static void *get_row(struct snapshot *snapshot, u32 number)
{
	return snapshot->rows + snapshot->kind->size * number;
}

static void *new_row(struct snapshot *snapshot)
{
	return get_row(snapshot, snapshot->count++);
}

static int admit(struct netlink_callback *cb)
{
	return gpuspec_request_admit(cb->skb, nlmsg_data(cb->nlh), cb->extack);
}

/* A table that is not to be had in parts: the command takes @attribute, but not here. */
static int refuse_part(struct netlink_callback *cb, int attribute)
{
	struct nlattr *attr = gpuspec_dump_attrs(cb)[attribute];

	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, attr,
			    "a dump is of all; ask for one without the dump flag");
	return -EINVAL;
}

/* A table that is to be had for one spec, too: *@id is that, or NULL for all. */
static int admit_for_spec(struct netlink_callback *cb, const char **id)
{
	int error = admit(cb);

	*id = NULL;
	if (error || !gpuspec_dump_attrs(cb)[GPUSPEC_A_ID])
		return error;
	*id = gpuspec_request_id(gpuspec_dump_attrs(cb), cb->extack);
	return *id ? 0 : -EINVAL;
}

int gpuspec_netlink_start_specs(struct netlink_callback *cb)
{
	struct snapshot *snapshot;
	struct gpuspec_spec *spec;
	int error;

	error = admit(cb);
	if (!error)
		error = refuse_part(cb, GPUSPEC_A_ID);
	if (!error)
		error = gpuspec_device_look_again(NULL);
	if (error)
		return error;
	mutex_lock(&gpuspec_lock);
	snapshot = take_snapshot(cb, &spec_rows, gpuspec_spec_count());
	if (snapshot)
		for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec))
			take_spec_row(new_row(snapshot), spec);
	mutex_unlock(&gpuspec_lock);
	return snapshot ? 0 : -ENOMEM;
}

int gpuspec_netlink_start_devices(struct netlink_callback *cb)
{
	struct gpuspec_device_totals totals;
	struct gpuspec_device *device;
	struct snapshot *snapshot;
	const char *id;
	int error;

	error = admit_for_spec(cb, &id);
	if (!error)
		error = gpuspec_device_look_again(NULL);
	if (error)
		return error;
	mutex_lock(&gpuspec_lock);
	gpuspec_device_count(&totals);
	snapshot = take_snapshot(cb, &device_rows, totals.devices);
	if (snapshot)
		list_for_each_entry(device, &gpuspec_devices, node)
			if (!id || !strcmp(id, device->spec->id))
				gpuspec_device_describe(device, new_row(snapshot));
	mutex_unlock(&gpuspec_lock);
	return snapshot ? 0 : -ENOMEM;
}

static void add_shares(struct snapshot *snapshot, const struct gpuspec_spec *spec)
{
	struct share_row *row;
	u32 i;

	for (i = 0; i < gpuspec_shares_count(spec->shares); i++) {
		row = new_row(snapshot);
		strscpy(row->spec, spec->id, sizeof(row->spec));
		row->share = spec->shares->rows[i];
		row->held = gpuspec_device_held(spec, row->share.account);
	}
}

int gpuspec_netlink_start_shares(struct netlink_callback *cb)
{
	struct snapshot *snapshot;
	struct gpuspec_spec *spec;
	const char *id;
	int error;

	error = admit_for_spec(cb, &id);
	if (error)
		return error;
	mutex_lock(&gpuspec_lock);
	snapshot = take_snapshot(cb, &share_rows, gpuspec_spec_share_count());
	if (snapshot)
		for (spec = gpuspec_spec_first(); spec; spec = gpuspec_spec_next(spec))
			if (!id || !strcmp(id, spec->id))
				add_shares(snapshot, spec);
	mutex_unlock(&gpuspec_lock);
	return snapshot ? 0 : -ENOMEM;
}

int gpuspec_netlink_start_accounts(struct netlink_callback *cb)
{
	struct gpuspec_accounts *accounts;
	struct snapshot *snapshot;
	int error;
	u32 i;

	error = admit(cb);
	if (!error)
		error = refuse_part(cb, GPUSPEC_A_ACCOUNT);
	if (error)
		return error;
	mutex_lock(&gpuspec_lock);
	accounts = gpuspec_accounts_in_force();
	snapshot = take_snapshot(cb, &account_rows, accounts ? accounts->count : 0);
	if (snapshot)
		for (i = 0; accounts && i < accounts->count; i++)
			take_account_row(new_row(snapshot), accounts->accounts[i]);
	mutex_unlock(&gpuspec_lock);
	/* What the client's buffer is guessed to be may be less. */
	cb->min_dump_alloc = ROW_MAX;
	return snapshot ? 0 : -ENOMEM;
}

int gpuspec_netlink_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct snapshot *snapshot = get_snapshot(cb);

	for (; snapshot->next < snapshot->count; snapshot->next++) {
		const void *row = get_row(snapshot, snapshot->next);
		void *header = gpuspec_dump_begin(skb, cb);

		if (!header)
			break;
		if (nla_put_u32(skb, GPUSPEC_A_GENERATION, snapshot->generation) ||
		    snapshot->kind->put(skb, row)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

int gpuspec_netlink_end_dump(struct netlink_callback *cb)
{
	struct snapshot *snapshot = get_snapshot(cb);
	u32 i;

	for (i = 0; snapshot && snapshot->kind->end && i < snapshot->count; i++)
		snapshot->kind->end(get_row(snapshot, i));
	kvfree(snapshot);
	return 0;
}
