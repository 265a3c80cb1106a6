/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a verb looks and decides: on this host, or in the fleet. What works for
 * both is written once, and asks here. Functions return an exit status, and
 * have told of an error.
 */
#ifndef GPUSPEC_CLI_PLACE_H
#define GPUSPEC_CLI_PLACE_H

#include <jansson.h>

#include "cli.h"
#include "inventory.h"
#include "rom_history.h"

struct policy_change;
struct rom_change;

/*
 * A place that is not this host: what each of these does is said where it is
 * asked for, here and in policy_change.h.
 */
struct place {
	int (*read)(struct request *request, struct gpuspec_inventory *inventory);
	int (*begin)(struct request *request, struct policy_change *change);
	int (*make)(struct request *request, struct policy_change *change);
	int (*check)(struct request *request, const struct gpuspec_inventory *inventory,
		     const struct gpuspec_question *question, struct gpuspec_answer *answer);
	json_t *(*gone)(struct request *request);
	/* ROMs: see below, and rom_change.h. */
	int (*rom_history)(struct request *request, const char *spec,
			   struct gpuspec_rom_history *history);
	int (*rom_bytes)(struct request *request, const char *spec,
			 const struct gpuspec_rom_entry *entry, void **bytes);
	int (*rom_make)(struct request *request, struct rom_change *change);
	/* The whole verb: what there is to tell is something else there. */
	int (*log)(struct request *request);
};

/*
 * What there is, with the policy that is in force there. To be freed by
 * gpuspec_inventory_free() if 0.
 */
int place_read(struct request *request, struct gpuspec_inventory *inventory);
/* The same for who tells of devices: with what gpuspec_inventory_hardware() reads. */
int place_read_hardware(struct request *request, struct gpuspec_inventory *inventory);

/* The tables alone. To be freed by gpuspec_nl_free_tables() if 0. */
int place_tables(struct request *request, struct gpuspec_tables *tables);

/*
 * For the place that is not this host: the ROM of a spec that was decided there.
 * EXIT_FAILED, and told, if there is none. *@bytes is to be freed if 0.
 */
int place_rom(struct request *request, const char *spec, struct gpuspec_rom *rom, void **bytes);

/* Names of hosts that have something, but are not there to say what; NULL: no fleet. */
json_t *place_gone(struct request *request);
/* Tell people of them, if there are any. */
void place_tell_gone(json_t *gone);

/* "this host", "the fleet", for sentences; and what goes with a command for it. */
const char *place_name(const struct request *request);
const char *place_option(const struct request *request);

/*
 * Do a verb in the fleet; or, in the program without the fleet's libraries,
 * become the one with them.
 */
int use_fleet(struct request *request, int (*run)(struct request *request));

#endif /* GPUSPEC_CLI_PLACE_H */
