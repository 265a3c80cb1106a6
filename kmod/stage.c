// SPDX-License-Identifier: GPL-2.0
#include <linux/lockdep.h>
#include <net/sock.h>

#include "spec.h"
#include "stage.h"

static LIST_HEAD(stages);

struct gpuspec_stage *gpuspec_stage_find(const struct sock *sk,
					 void (*free)(struct gpuspec_stage *stage))
{
	struct gpuspec_stage *stage;

	lockdep_assert_held(&gpuspec_lock);
	list_for_each_entry(stage, &stages, node)
		if (stage->sk == sk && stage->free == free)
			return stage;
	return NULL;
}

void gpuspec_stage_begin(struct gpuspec_stage *stage, struct sock *sk,
			 void (*free)(struct gpuspec_stage *stage))
{
	lockdep_assert_held(&gpuspec_lock);
	sock_hold(sk);
	stage->sk = sk;
	stage->free = free;
	list_add(&stage->node, &stages);
}

void gpuspec_stage_end(struct gpuspec_stage *stage)
{
	lockdep_assert_held(&gpuspec_lock);
	list_del(&stage->node);
	sock_put(stage->sk);
}

static void drop(bool all)
{
	struct gpuspec_stage *stage, *next;
	LIST_HEAD(dropped);

	mutex_lock(&gpuspec_lock);
	list_for_each_entry_safe(stage, next, &stages, node) {
		if (!all && !sock_flag(stage->sk, SOCK_DEAD))
			continue;
		gpuspec_stage_end(stage);
		list_add(&stage->node, &dropped);
	}
	mutex_unlock(&gpuspec_lock);
	/* It may be much, which the gates need not wait for. */
	list_for_each_entry_safe(stage, next, &dropped, node)
		stage->free(stage);
}

void gpuspec_stage_drop_closed(void)
{
	/*
	 * Any netlink socket of the host may be the one that closes: most have none. What
	 * the one that closes has staged stands in the list since before, lock or not.
	 */
	if (!list_empty(&stages))
		drop(false);
}

void gpuspec_stage_exit(void)
{
	drop(true);
}
