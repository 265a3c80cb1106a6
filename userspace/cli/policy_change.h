/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A change of the host's own policy, in the kernel and in its file: in both,
 * or in neither. In between nobody else changes it. Where the kernel has
 * something else than the file, because the module was loaded anew, it gets
 * that, too. In a fleet the kernel gets what comes of the fleet's policy and
 * the host's, and the file has the host's alone.
 */
#ifndef GPUSPEC_POLICY_CHANGE_H
#define GPUSPEC_POLICY_CHANGE_H

#include "cli.h"
#include "fleet_file.h"
#include "inventory.h"

struct policy_change {
	struct gpuspec_policy_file file;
	struct gpuspec_inventory inventory;	/* before the change */
	struct gpuspec_policy now;		/* what the kernel has in force */
	struct gpuspec_fleet fleet;
	struct gpuspec_policy before;		/* what the file says; empty where no fleet is */
	struct gpuspec_policy wanted;		/* begins as what the file says */
	struct gpuspec_policy met;		/* with the fleet's */
	const struct gpuspec_policy *in_force;	/* what the kernel gets: wanted, or met */
	bool keeps_file;			/* it is the file's own policy that is made */
	bool written;				/* the file was */
};

/* Exit statuses; errors were told. With --dry-run nobody is kept from changing it. */
int policy_change_begin(struct request *request, struct policy_change *change);
/*
 * Find what is to be in force, and make it, or with --dry-run nothing. With
 * --if-unused, only if of the specs @ids, @count of them, no device is in use.
 */
int policy_change_make(struct request *request, struct policy_change *change,
		       const char *const *ids, int count);
/* In any case. */
void policy_change_end(struct policy_change *change);

#endif /* GPUSPEC_POLICY_CHANGE_H */
