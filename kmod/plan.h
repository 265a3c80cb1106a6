/* SPDX-License-Identifier: GPL-2.0 */
/* What changes of policy come to: worked out, put in force at once, and told. */
#ifndef GPUSPEC_PLAN_H
#define GPUSPEC_PLAN_H

#include <linux/list.h>
#include <linux/netlink.h>

/*
 * Make all of the @changes, a list of struct gpuspec_change, or none; with @replace policy is
 * then nothing else. Listeners are told of a policy as such if it is one, by @announce, or if
 * the default or accounts changed. The changes stay the caller's, in another order. Errors
 * are those of gpuspec_policy_change(). Not under gpuspec_lock.
 */
int gpuspec_plan_apply(struct list_head *changes, bool replace, bool announce,
		       struct netlink_ext_ack *extack);

#endif /* GPUSPEC_PLAN_H */
