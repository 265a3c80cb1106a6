// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decide.h"
#include "place_rom.h"
#include "rom_change.h"

/* --- what there is --- */

int fleet_rom_history(struct request *request, const char *spec,
		      struct gpuspec_rom_history *history)
{
	struct fleet_place *place = request->place_data;
	const struct decided_rom *rom;
	int result;

	memset(history, 0, sizeof(*history));
	result = fleet_place_read_decided(request, place);
	if (result)
		return result;
	rom = decided_rom(&place->decided, spec);
	if (rom && rom->broken && strcmp(request->verb, "rom set"))
		return fail(EXIT_FAILED, request->verb, "what etcd has of %s's ROMs cannot be read; gpuspec rom set --fleet sets one, and begins its history anew",
			    spec);
	/* What can be read no more makes way for what is set now. */
	if (!rom || rom->broken) {
		snprintf(history->spec, sizeof(history->spec), "%s", spec);
		return EXIT_DONE;
	}
	if (gpuspec_rom_history_copy(history, &rom->history))
		return fail(EXIT_FAILED, request->verb, "out of memory");
	return EXIT_DONE;
}

int fleet_rom_bytes(struct request *request, const char *spec,
		    const struct gpuspec_rom_entry *entry, void **bytes)
{
	struct fleet_place *place = request->place_data;
	int error;

	error = rom_pieces_get(place->fleet, entry->sha256, entry->size, bytes);
	if (error == -EBADMSG)
		return fail(EXIT_FAILED, request->verb, "the bytes of %s's ROM %.8s are not, or no more, in etcd; gpuspec rom set --fleet uploads a ROM",
			    spec, entry->sha256);
	return error ? fleet_fail(place->fleet, error, request->verb) : EXIT_DONE;
}

/* --- what is decided --- */

/* One that is in force, or that a rollback goes to. */
static bool is_needed(const char *sha256, void *data)
{
	const struct gpuspec_rom_entry *current, *before;
	const struct decided *decided = data;
	size_t i;

	for (i = 0; i < decided->rom_count; i++) {
		current = gpuspec_rom_history_current(&decided->roms[i].history);
		before = gpuspec_rom_history_before(&decided->roms[i].history);
		if ((current && !strcmp(current->sha256, sha256)) ||
		    (before && !strcmp(before->sha256, sha256)))
			return true;
	}
	return false;
}

/* The bytes of those that are not. If that fails, whoever sets a ROM next does it. */
static void collect(struct fleet_place *place)
{
	struct decided decided;

	/* What a history that cannot be read needs is not known. */
	if (!decided_read(place->fleet, &decided, NULL) && !*decided.why)
		rom_pieces_collect(place->fleet, decided.revision, is_needed, &decided);
	decided_free(&decided);
}

static int decide(struct request *request, struct fleet_place *place,
		  const struct rom_change *change)
{
	const struct decided_rom *rom = decided_rom(&place->decided, change->spec);
	const struct gpuspec_rom_entry *entry = &change->entry;
	struct gpuspec_rom_history after;
	struct rom_pieces pieces;
	int error = 0;

	if (change->bytes)
		error = rom_pieces_put(place->fleet, entry->sha256, change->bytes, entry->size);
	if (!error && change->bytes)
		error = rom_pieces_hold(place->fleet, entry->sha256, entry->size, &pieces);
	/* Somebody has collected them: nobody was to know what they are for. */
	if (error == -ENOENT)
		return -EAGAIN;
	if (!error)
		error = rom_change_history(change, &after);
	if (error)
		return error;
	error = decide_rom(request, place->fleet, &after, rom ? rom->revision : 0,
			   change->bytes ? &pieces : NULL, &place->revision);
	gpuspec_rom_history_free(&after);
	return error;
}

int fleet_rom_make(struct request *request, struct rom_change *change)
{
	struct fleet_place *place = request->place_data;
	const struct decided_rom *rom = decided_rom(&place->decided, change->spec);
	int error = decide(request, place, change);

	if (error == -EAGAIN) {
		place->outrun = true;
		return EXIT_FAILED;
	}
	if (error)
		return fleet_fail_decision(place->fleet, error, request->verb);
	if (rom && rom->broken)
		fail(EXIT_DONE, request->verb, "what etcd had of %s's ROMs could not be read; its history begins anew",
		     change->spec);
	collect(place);
	return EXIT_DONE;
}
