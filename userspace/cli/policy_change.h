/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A change of policy, in the kernel and in its file: in both, or in neither.
 * In between nobody else changes it. Where the kernel has something else than
 * the file, because the module was loaded anew, it gets that, too.
 */
#ifndef GPUSPEC_POLICY_CHANGE_H
#define GPUSPEC_POLICY_CHANGE_H

#include "cli.h"
#include "inventory.h"
#include "policy_file.h"

struct policy_change {
	struct gpuspec_policy_file file;
	struct gpuspec_inventory inventory;	/* before the change */
	struct gpuspec_policy now;		/* what the kernel has in force */
	struct gpuspec_policy wanted;		/* begins as what the file says */
	bool keeps_file;			/* it is the file's own policy that is made */
	bool written;				/* the file was */
};

/* Exit statuses; errors were told. With --dry-run nobody is kept from changing it. */
int policy_change_begin(struct request *request, struct policy_change *change);
/*
 * Make it, or with --dry-run nothing. With --if-unused, only if of the specs
 * @ids, @count of them, no device is in use.
 */
int policy_change_make(struct request *request, struct policy_change *change,
		       const char *const *ids, int count);
/* In any case. */
void policy_change_end(struct policy_change *change);

#endif /* GPUSPEC_POLICY_CHANGE_H */
