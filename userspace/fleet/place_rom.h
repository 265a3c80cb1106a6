/* SPDX-License-Identifier: GPL-2.0 */
/* ROMs in the fleet, as a place has them: place.h says what these do. */
#ifndef GPUSPEC_FLEET_PLACE_ROM_H
#define GPUSPEC_FLEET_PLACE_ROM_H

#include "fleet_place.h"

int fleet_rom_history(struct request *request, const char *spec,
		      struct gpuspec_rom_history *history);
int fleet_rom_bytes(struct request *request, const char *spec,
		    const struct gpuspec_rom_entry *entry, void **bytes);
int fleet_rom_make(struct request *request, struct rom_change *change);

#endif /* GPUSPEC_FLEET_PLACE_ROM_H */
