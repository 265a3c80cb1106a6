/* SPDX-License-Identifier: GPL-2.0 */
/* Who decided what for the fleet, and when. */
#ifndef GPUSPEC_FLEET_LOG_H
#define GPUSPEC_FLEET_LOG_H

#include "cli.h"

/* The verb log, in the fleet: what decide.h has put there, the oldest first. */
int fleet_log(struct request *request);

#endif /* GPUSPEC_FLEET_LOG_H */
