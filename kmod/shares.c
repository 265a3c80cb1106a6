// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "shares.h"

u32 gpuspec_shares_count(const struct gpuspec_shares *shares)
{
	return shares ? shares->count : 0;
}

static struct gpuspec_shares *with_room(const struct gpuspec_shares *shares, u32 room)
{
	struct gpuspec_shares *copy;

	copy = kvmalloc(struct_size(copy, rows, room), GFP_KERNEL_ACCOUNT);
	if (!copy)
		return NULL;
	copy->room = room;
	copy->count = gpuspec_shares_count(shares);
	if (copy->count)
		memcpy(copy->rows, shares->rows, copy->count * sizeof(copy->rows[0]));
	return copy;
}

struct gpuspec_shares *gpuspec_shares_copy(const struct gpuspec_shares *shares)
{
	return with_room(shares, shares->count);
}

/* Where the account's share is, or would be. */
static u32 find(const struct gpuspec_shares *shares, const char *account, bool *found)
{
	u32 low = 0, high = gpuspec_shares_count(shares), middle;
	int order;

	*found = false;
	while (low < high && !*found) {
		middle = low + (high - low) / 2;
		order = strcmp(account, shares->rows[middle].account);
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
		if (!order) {
			low = middle;
			*found = true;
		}
	}
	return low;
}

const struct gpuspec_share *gpuspec_shares_find(const struct gpuspec_shares *shares,
						const char *account)
{
	bool found;
	u32 at = find(shares, account, &found);

	return found ? &shares->rows[at] : NULL;
}

int gpuspec_shares_set(struct gpuspec_shares **shares, const char *account, u32 maximum,
		       struct netlink_ext_ack *extack)
{
	struct gpuspec_shares *grown;
	struct gpuspec_share *row;
	bool found;
	u32 at = find(*shares, account, &found);

	if (!found && gpuspec_shares_count(*shares) == GPUSPEC_SHARES_MAX) {
		NL_SET_ERR_MSG(extack,
			       "the spec is shared with too many accounts; share it with all");
		return -ENOSPC;
	}
	if (!found && (!*shares || (*shares)->count == (*shares)->room)) {
		grown = with_room(*shares, *shares ? (*shares)->count * 2 : 1);
		if (!grown)
			return -ENOMEM;
		kvfree(*shares);
		*shares = grown;
	}
	row = &(*shares)->rows[at];
	if (!found) {
		memmove(row + 1, row, ((*shares)->count - at) * sizeof(*row));
		memset(row, 0, sizeof(*row));
		strscpy(row->account, account, sizeof(row->account));
		(*shares)->count++;
	}
	row->maximum = maximum;
	return 0;
}

int gpuspec_shares_del(struct gpuspec_shares **shares, const char *account)
{
	struct gpuspec_share *row;
	bool found;
	u32 at = find(*shares, account, &found);

	if (!found)
		return -ENOENT;
	row = &(*shares)->rows[at];
	(*shares)->count--;
	memmove(row, row + 1, ((*shares)->count - at) * sizeof(*row));
	if (!(*shares)->count) {
		kvfree(*shares);
		*shares = NULL;
	}
	return 0;
}

bool gpuspec_shares_equal(const struct gpuspec_shares *a, const struct gpuspec_shares *b)
{
	u32 count = gpuspec_shares_count(a), i;

	if (count != gpuspec_shares_count(b))
		return false;
	for (i = 0; i < count; i++)
		if (strcmp(a->rows[i].account, b->rows[i].account) ||
		    a->rows[i].maximum != b->rows[i].maximum)
			return false;
	return true;
}
