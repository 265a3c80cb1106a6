/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fleet's decisions, kept on this host, where they hold without the
 * network, and brought into the kernel.
 */
#ifndef GPUSPEC_FLEET_FOLLOW_H
#define GPUSPEC_FLEET_FOLLOW_H

#include "fleet_etcd.h"
#include "rom_refusals.h"

struct follower {
	struct fleet_etcd *fleet;
	int64_t applied;	/* the revision that is in force here; 0: none */
	char problem[512];	/* why the newest is not; or empty */
	char rom_problem[512];	/* why one of the ROMs is not, though the policy may be; or empty */
	struct rom_refusals refusals;	/* to be freed in the end */
};

/*
 * Read what was decided, and have it in force. 0: it is, or the follower's
 * problems say what is not, and that stays as it was; else as etcd.h has it,
 * and all stays as it was. @seen is the revision of etcd, from which on to
 * watch. Without a module the decisions are kept for when there is one.
 */
int follow(struct follower *follower, struct request *request, int64_t *seen);
/*
 * Have in force what this host has kept, and its own, in a module that has just
 * come; for that it takes no etcd. An exit status, told by the follower's problems.
 */
int follow_kept(struct follower *follower, struct request *request);
/* The one that matters more; or empty. */
const char *follow_problem(const struct follower *follower);

#endif /* GPUSPEC_FLEET_FOLLOW_H */
