/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ROMs of the fleet that this host has refused for what they are: they are not
 * fetched again each time that the host looks, until another is decided for the
 * spec, or for a longer and longer time, up to an hour. In memory alone.
 */
#ifndef GPUSPEC_FLEET_ROM_REFUSALS_H
#define GPUSPEC_FLEET_ROM_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

struct rom_refusal;

struct rom_refusals {
	struct rom_refusal *all;
	size_t count;
};

/*
 * Why the ROM of a spec that was decided at @revision is not to be fetched at
 * @now, in s; NULL: it is to be. The text lasts until the next change.
 */
const char *rom_refusals_find(const struct rom_refusals *refusals, const char *spec,
			      int64_t revision, uint64_t now);
/* It was fetched, and refused; 0 or -ENOMEM. */
int rom_refusals_add(struct rom_refusals *refusals, const char *spec, int64_t revision,
		     const char *why, uint64_t now);
/* It was fetched, and is good. */
void rom_refusals_drop(struct rom_refusals *refusals, const char *spec);
void rom_refusals_free(struct rom_refusals *refusals);

#endif /* GPUSPEC_FLEET_ROM_REFUSALS_H */
