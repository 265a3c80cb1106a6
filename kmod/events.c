// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) "gpuspec " fmt

#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "audit.h"
#include "event_log.h"
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

static bool is_heard(void)
{
	return family && genl_has_listeners(family, &init_net, 0);
}

bool gpuspec_event_unheard(u8 command)
{
	lockdep_assert_held(&gpuspec_lock);
	if (family && (gpuspec_event_log_keeps(command) || is_heard()))
		return false;
	seq++;
	return true;
}

/* An event on its way: to whom, and what it says so far. */
struct event {
	struct sk_buff *skb;
	void *header;
	u8 command;
	bool heard;
};

/*
 * Start an event. False if nobody is to be told or there is no memory: its
 * number is spent all the same, so that a listener sees the gap.
 */
static bool begin(struct event *event, u8 command)
{
	if (gpuspec_event_unheard(command))
		return false;
	seq++;
	event->command = command;
	event->heard = is_heard();
	event->skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!event->skb)
		return false;
	event->header = genlmsg_put(event->skb, 0, 0, family, 0, command);
	if (event->header &&
	    !nla_put_u64_64bit(event->skb, GPUSPEC_A_SEQ, seq, GPUSPEC_A_PAD) &&
	    !nla_put_u64_64bit(event->skb, GPUSPEC_A_TIME, ktime_get_real_ns(), GPUSPEC_A_PAD))
		return true;
	nlmsg_free(event->skb);
	return false;
}

/* Tell it, or with an @error drop it. */
static void end(struct event *event, bool error)
{
	if (error) {
		nlmsg_free(event->skb);
		return;
	}
	genlmsg_end(event->skb, event->header);
	if (gpuspec_event_log_keeps(event->command))
		gpuspec_event_log_add(event->command, seq, event->header,
				      skb_tail_pointer(event->skb) - (u8 *)event->header);
	if (event->heard)
		genlmsg_multicast(family, event->skb, 0, 0, GFP_KERNEL);
	else
		nlmsg_free(event->skb);
}

void gpuspec_event_spec(u8 command, const struct gpuspec_spec_info *spec,
			const struct gpuspec_process *by)
{
	struct event event;

	if (command == GPUSPEC_CMD_ROM_CHANGED)
		gpuspec_audit_rom(spec);
	else
		gpuspec_audit_spec(spec);
	if (begin(&event, command))
		end(&event, gpuspec_message_put_spec(event.skb, spec) ||
		    gpuspec_message_put_process(event.skb, GPUSPEC_A_PROCESS, by));
}

void gpuspec_event_share(const struct gpuspec_spec_info *spec, const struct gpuspec_share *share,
			 enum gpuspec_account_change change, const struct gpuspec_process *by)
{
	bool removed = change == GPUSPEC_ACCOUNT_CHANGE_REMOVED;
	struct event event;

	if (removed)
		gpuspec_audit_recall(spec->id, share->account);
	else
		gpuspec_audit_share(spec->id, share->account, share->maximum);
	if (begin(&event, GPUSPEC_CMD_SPEC_CHANGED))
		end(&event, gpuspec_message_put_spec(event.skb, spec) ||
		    nla_put_string(event.skb, GPUSPEC_A_ACCOUNT, share->account) ||
		    (share->maximum && !removed &&
		     nla_put_u32(event.skb, GPUSPEC_A_MAXIMUM, share->maximum)) ||
		    nla_put_u32(event.skb, GPUSPEC_A_ACCOUNT_CHANGE, change) ||
		    gpuspec_message_put_process(event.skb, GPUSPEC_A_PROCESS, by));
}

void gpuspec_event_account(const char *account, enum gpuspec_account_change change,
			   const struct gpuspec_process *by)
{
	struct event event;

	gpuspec_audit_account(account, change == GPUSPEC_ACCOUNT_CHANGE_REMOVED);
	if (begin(&event, GPUSPEC_CMD_ACCOUNT_CHANGED))
		end(&event, nla_put_string(event.skb, GPUSPEC_A_ACCOUNT, account) ||
		    nla_put_u32(event.skb, GPUSPEC_A_ACCOUNT_CHANGE, change) ||
		    gpuspec_message_put_process(event.skb, GPUSPEC_A_PROCESS, by));
}

void gpuspec_event_device(u8 command, const struct gpuspec_device_info *device)
{
	struct event event;

	if (begin(&event, command))
		end(&event, gpuspec_message_put_device(event.skb, device));
}

static void print_refusal(const struct gpuspec_device_info *device,
			  const struct gpuspec_process *process,
			  enum gpuspec_gate gate, enum gpuspec_reason reason)
{
	char phrase[GPUSPEC_PHRASE_SIZE];

	gpuspec_reason_phrase(reason, process->account, phrase);
	pr_notice("%s: %s by %*pE[%u] refused: %s %s\n", device->address,
		  gate == GPUSPEC_GATE_BIND ? "bind" : "open",
		  (int)strlen(process->comm), process->comm, process->pid, device->spec, phrase);
}

void gpuspec_event_refused(const struct gpuspec_device_info *device,
			   const struct gpuspec_process *process,
			   enum gpuspec_gate gate, enum gpuspec_reason reason,
			   struct ratelimit_state *log_limit)
{
	struct event event;

	if (__ratelimit(log_limit))
		print_refusal(device, process, gate, reason);
	gpuspec_audit_refused(device, process, gate, reason);
	if (begin(&event, GPUSPEC_CMD_REFUSED))
		end(&event, gpuspec_message_put_device(event.skb, device) ||
		    gpuspec_message_put_process(event.skb, GPUSPEC_A_PROCESS, process) ||
		    nla_put_u32(event.skb, GPUSPEC_A_GATE, gate) ||
		    nla_put_u32(event.skb, GPUSPEC_A_REASON, reason));
}

void gpuspec_event_policy_applied(const enum gpuspec_default *unnamed, u32 changes,
				  const struct gpuspec_process *by)
{
	struct event event;

	if (begin(&event, GPUSPEC_CMD_POLICY_APPLIED))
		end(&event, (unnamed && nla_put_u32(event.skb, GPUSPEC_A_DEFAULT, *unnamed)) ||
		    nla_put_u32(event.skb, GPUSPEC_A_CHANGES, changes) ||
		    gpuspec_message_put_process(event.skb, GPUSPEC_A_PROCESS, by));
}
