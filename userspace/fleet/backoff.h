/* SPDX-License-Identifier: GPL-2.0 */
/* How long to wait until something is tried again: longer each time, and each host for itself. */
#ifndef GPUSPEC_FLEET_BACKOFF_H
#define GPUSPEC_FLEET_BACKOFF_H

#include <stdint.h>

/* In any unit; begins with wait 0. */
struct backoff {
	uint64_t least, most;
	uint64_t wait;		/* before the jitter; 0: it was not tried yet */
};

/* The next wait, of at least half of what it says. */
uint64_t backoff_next(struct backoff *backoff);

/* At least half of it: hosts that lost etcd together do not come back together. */
uint64_t backoff_jitter(uint64_t wait);

#endif /* GPUSPEC_FLEET_BACKOFF_H */
