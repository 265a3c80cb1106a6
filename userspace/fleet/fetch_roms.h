/* SPDX-License-Identifier: GPL-2.0 */
/* The fleet's ROMs, fetched into the ROM store of this host. */
#ifndef GPUSPEC_FLEET_FETCH_ROMS_H
#define GPUSPEC_FLEET_FETCH_ROMS_H

#include "decided.h"
#include "fleet_file.h"
#include "rom_refusals.h"

/*
 * Add to @next the ROMs that were decided, once their bytes are in the store
 * and the parser has nothing against them. One that is no good is left as it
 * was in @last, *@why says so, and it is among @refusals, and not fetched as long
 * as these have it. 0, -ENOMEM, or as etcd.h has it.
 */
int fetch_roms(struct fleet_etcd *fleet, const struct decided *decided,
	       const struct gpuspec_fleet *last, struct gpuspec_fleet *next,
	       struct rom_refusals *refusals, char *why, size_t why_size);

#endif /* GPUSPEC_FLEET_FETCH_ROMS_H */
