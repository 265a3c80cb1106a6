// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "event_log.h"
#include "request.h"
#include "spec.h"

struct entry {
	struct list_head node;
	u64 seq;
	u16 length;
	u8 command;
	u8 attributes[] __aligned(4);
};

/* The oldest first. */
struct queue {
	struct list_head entries;
	u32 count;
};

static struct queue refusals = { .entries = LIST_HEAD_INIT(refusals.entries) };
static struct queue changes = { .entries = LIST_HEAD_INIT(changes.entries) };

static struct queue *queue_of(u8 command)
{
	switch (command) {
	case GPUSPEC_CMD_REFUSED:
		return &refusals;
	case GPUSPEC_CMD_SPEC_CHANGED:
	case GPUSPEC_CMD_ACCOUNT_CHANGED:
	case GPUSPEC_CMD_POLICY_APPLIED:
	case GPUSPEC_CMD_ROM_CHANGED:
		return &changes;
	default:
		return NULL;
	}
}

bool gpuspec_event_log_keeps(u8 command)
{
	return queue_of(command);
}

static void drop_oldest(struct queue *queue)
{
	struct entry *entry = list_first_entry(&queue->entries, struct entry, node);

	list_del(&entry->node);
	queue->count--;
	kfree(entry);
}

void gpuspec_event_log_add(u8 command, u64 seq, const void *attributes, size_t length)
{
	struct queue *queue = queue_of(command);
	struct entry *entry;

	lockdep_assert_held(&gpuspec_lock);
	entry = kmalloc(struct_size(entry, attributes, length), GFP_KERNEL | __GFP_NOWARN);
	if (!entry)
		return;
	entry->seq = seq;
	entry->command = command;
	entry->length = length;
	memcpy(entry->attributes, attributes, length);
	list_add_tail(&entry->node, &queue->entries);
	if (++queue->count > GPUSPEC_LOG_MAX)
		drop_oldest(queue);
}

static const struct entry *next_in(const struct queue *queue, u64 seq)
{
	const struct entry *entry;

	list_for_each_entry(entry, &queue->entries, node)
		if (entry->seq > seq)
			return entry;
	return NULL;
}

/* The oldest entry that is newer than @seq. */
static const struct entry *next_entry(u64 seq)
{
	const struct entry *refusal = next_in(&refusals, seq), *change = next_in(&changes, seq);

	if (!refusal || !change)
		return refusal ? refusal : change;
	return refusal->seq < change->seq ? refusal : change;
}

static int put_entry(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct entry *entry)
{
	void *header = gpuspec_dump_begin(skb, cb);

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(skb, GPUSPEC_A_EVENT, entry->command) ||
	    nla_append(skb, entry->length, entry->attributes)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

int gpuspec_event_log_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	/* In the callback's own memory: entries may come and go between its calls. */
	u64 *told = (u64 *)cb->ctx;
	const struct entry *entry;

	mutex_lock(&gpuspec_lock);
	while ((entry = next_entry(*told)) && !put_entry(skb, cb, entry))
		*told = entry->seq;
	mutex_unlock(&gpuspec_lock);
	return skb->len;
}

void gpuspec_event_log_exit(void)
{
	while (refusals.count)
		drop_oldest(&refusals);
	while (changes.count)
		drop_oldest(&changes);
}
