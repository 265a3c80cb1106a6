/* SPDX-License-Identifier: GPL-2.0 */
/* The ROMs that the store has in force, brought into the kernel. */
#ifndef GPUSPEC_ROM_APPLY_H
#define GPUSPEC_ROM_APPLY_H

#include <jansson.h>

#include "cli.h"
#include "fleet_file.h"
#include "inventory.h"

/*
 * Set what the kernel lacks, and clear what the store does not have; with
 * --dry-run only say so. The fleet's ROM of a spec goes before the host's. To
 * @rows is added what was done of each spec: {"spec", "before", "after":
 * sha256 or null, "error": a sentence or null}. One that fails does not keep
 * the others. An exit status; errors were told.
 */
int rom_apply(struct request *request, const struct gpuspec_inventory *inventory,
	      const struct gpuspec_fleet *fleet, json_t *rows);

#endif /* GPUSPEC_ROM_APPLY_H */
