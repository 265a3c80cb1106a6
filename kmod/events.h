/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What listeners, the log and audit are told. All of it under gpuspec_lock,
 * which keeps the order of events that of the changes; but those of a policy
 * are told after it is in force, and what it led to may be told first.
 */
#ifndef GPUSPEC_EVENTS_H
#define GPUSPEC_EVENTS_H

#include <linux/gpuspec.h>
#include <net/genetlink.h>

#include "message.h"
#include "shares.h"

struct ratelimit_state;

/* The one multicast group of the family. */
extern const struct genl_multicast_group gpuspec_events_group;

/* From now on events go to the group of the registered @family; NULL: nowhere. */
void gpuspec_events_set_family(const struct genl_family *family);

/* Sequence number of the newest event. */
u64 gpuspec_events_seq(void);

/*
 * True if nobody hears of such an event and the log does not keep it: then it has taken its
 * number, and there is no need to describe what it would tell of.
 */
bool gpuspec_event_unheard(u8 command);

/* @command: spec-changed or rom-changed; @by is who changed it */
void gpuspec_event_spec(u8 command, const struct gpuspec_spec_info *spec,
			const struct gpuspec_process *by);
/* @share is new, has another maximum, or is gone, and @spec is what came of it. */
void gpuspec_event_share(const struct gpuspec_spec_info *spec, const struct gpuspec_share *share,
			 enum gpuspec_account_change change, const struct gpuspec_process *by);
void gpuspec_event_account(const char *account, enum gpuspec_account_change change,
			   const struct gpuspec_process *by);
/* @command: device-added, device-removed, opened, closed or device-rom */
void gpuspec_event_device(u8 command,
			  const struct gpuspec_device_info *device);
/* Told to the log too, as often as @log_limit allows. */
void gpuspec_event_refused(const struct gpuspec_device_info *device,
			   const struct gpuspec_process *process,
			   enum gpuspec_gate gate, enum gpuspec_reason reason,
			   struct ratelimit_state *log_limit);
/* @unnamed: the default, if that is another now; else NULL. */
void gpuspec_event_policy_applied(const enum gpuspec_default *unnamed, u32 changes,
				  const struct gpuspec_process *by);

#endif /* GPUSPEC_EVENTS_H */
