/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions for the fleet, each with a line in its log: made as a whole, or not at all. */
#ifndef GPUSPEC_FLEET_DECIDE_H
#define GPUSPEC_FLEET_DECIDE_H

#include "decided.h"
#include "rom_pieces.h"

/* Lines that the log of the fleet keeps. */
#define DECIDE_LOG_MAX	1000

/*
 * Put @wanted in the place of what was read. 0, *@revision being that of the
 * decision, or 0 if it is the same; -EAGAIN: somebody else has decided
 * meanwhile, nothing was changed; another negative errno, of etcd.h; or an exit
 * status, told for the request's verb.
 */
int decide_policy(struct request *request, struct fleet_etcd *fleet,
		  const struct decided *decided, const struct gpuspec_policy *wanted,
		  int64_t *revision);

/*
 * The same for the ROMs of a spec, whose last change was at the revision
 * @changed (0: there was none), of which the last entry is new. @pieces have to be there
 * still (-EAGAIN); NULL: there is no ROM any more.
 */
int decide_rom(struct request *request, struct fleet_etcd *fleet,
	       const struct gpuspec_rom_history *history, int64_t changed,
	       const struct rom_pieces *pieces, int64_t *revision);

#endif /* GPUSPEC_FLEET_DECIDE_H */
