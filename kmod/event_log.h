/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The newest refusals and changes, kept as they were told, for those who ask
 * later. Refusals, which may come in masses, do not crowd out the changes.
 * Under gpuspec_lock.
 */
#ifndef GPUSPEC_EVENT_LOG_H
#define GPUSPEC_EVENT_LOG_H

#include <linux/types.h>

struct netlink_callback;
struct sk_buff;

/* Is an event of this command kept? */
bool gpuspec_event_log_keeps(u8 command);
/* Keep one: its attributes, @length bytes. It is lost for want of memory. */
void gpuspec_event_log_add(u8 command, u64 seq, const void *attributes, size_t length);

/* The dump operation: all that is kept, the oldest first. */
int gpuspec_event_log_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* Forget all. */
void gpuspec_event_log_exit(void);

#endif /* GPUSPEC_EVENT_LOG_H */
