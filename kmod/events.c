// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) "gpuspec " fmt

#include <linux/lockdep.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "events.h"
#include "spec.h"
#include "verdict.h"

const struct genl_multicast_group gpuspec_events_group = {
	.name = GPUSPEC_MCGRP_EVENTS,
	.flags = GENL_MCAST_CAP_SYS_ADMIN,
};

static const struct genl_family *family;
static u64 seq;

void gpuspec_events_set_family(const struct genl_family *new_family)
{
	lockdep_assert_held(&gpuspec_lock);
	family = new_family;
}

u64 gpuspec_events_seq(void)
{
	lockdep_assert_held(&gpuspec_lock);
	return seq;
}

/*
 * Start an event. NULL if nobody listens or there is no memory: its number is
 * spent all the same, so that a listener sees the gap.
 */
static struct sk_buff *begin(u8 command, void **header)
{
	struct sk_buff *skb;

	lockdep_assert_held(&gpuspec_lock);
	seq++;
	if (!family || !genl_has_listeners(family, &init_net, 0))
		return NULL;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, 0, 0, family, 0, command);
	if (!*header || nla_put_u64_64bit(skb, GPUSPEC_A_SEQ, seq, GPUSPEC_A_PAD)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static void end(struct sk_buff *skb, void *header)
{
	genlmsg_end(skb, header);
	genlmsg_multicast(family, skb, 0, 0, GFP_KERNEL);
}

void gpuspec_event_spec(u8 command, const struct gpuspec_spec_info *spec)
{
	void *header;
	struct sk_buff *skb = begin(command, &header);

	if (!skb)
		return;
	if (gpuspec_message_put_spec(skb, spec))
		nlmsg_free(skb);
	else
		end(skb, header);
}

void gpuspec_event_device(u8 command, const struct gpuspec_device_info *device)
{
	void *header;
	struct sk_buff *skb = begin(command, &header);

	if (!skb)
		return;
	if (gpuspec_message_put_device(skb, device))
		nlmsg_free(skb);
	else
		end(skb, header);
}

void gpuspec_event_refused(const struct gpuspec_device_info *device,
			   const struct gpuspec_process *process,
			   enum gpuspec_gate gate, enum gpuspec_reason reason,
			   struct ratelimit_state *log_limit)
{
	void *header;
	struct sk_buff *skb = begin(GPUSPEC_CMD_REFUSED, &header);

	if (__ratelimit(log_limit))
		pr_notice("%s: %s by %*pE[%u] refused: %s %s\n", device->address,
			  gate == GPUSPEC_GATE_BIND ? "bind" : "open",
			  (int)strlen(process->comm), process->comm, process->pid,
			  device->spec, gpuspec_reason_phrase(reason));
	if (!skb)
		return;
	if (gpuspec_message_put_device(skb, device) ||
	    gpuspec_message_put_process(skb, GPUSPEC_A_PROCESS, process) ||
	    nla_put_u32(skb, GPUSPEC_A_GATE, gate) ||
	    nla_put_u32(skb, GPUSPEC_A_REASON, reason))
		nlmsg_free(skb);
	else
		end(skb, header);
}

void gpuspec_event_policy_applied(enum gpuspec_default unnamed, u32 changes)
{
	void *header;
	struct sk_buff *skb = begin(GPUSPEC_CMD_POLICY_APPLIED, &header);

	if (!skb)
		return;
	if (nla_put_u32(skb, GPUSPEC_A_DEFAULT, unnamed) ||
	    nla_put_u32(skb, GPUSPEC_A_CHANGES, changes))
		nlmsg_free(skb);
	else
		end(skb, header);
}
