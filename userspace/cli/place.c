// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "row.h"

int place_read(struct request *request, struct gpuspec_inventory *inventory)
{
	int error;

	if (request->place)
		return request->place->read(request, inventory);
	error = gpuspec_inventory_read(request->nl, "/sys", inventory);
	return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
}

int place_read_hardware(struct request *request, struct gpuspec_inventory *inventory)
{
	int result = place_read(request, inventory);

	if (result || !gpuspec_inventory_hardware(inventory))
		return result;
	gpuspec_inventory_free(inventory);
	return fail(EXIT_FAILED, request->verb, "out of memory");
}

int place_tables(struct request *request, struct gpuspec_tables *tables)
{
	struct gpuspec_inventory inventory;
	int error, result;

	if (!request->place) {
		error = gpuspec_nl_tables(request->nl, tables);
		return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
	}
	result = request->place->read(request, &inventory);
	if (result)
		return result;
	*tables = inventory.tables;
	memset(&inventory.tables, 0, sizeof(inventory.tables));
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}

int place_rom(struct request *request, const char *spec, struct gpuspec_rom *rom, void **bytes)
{
	const struct gpuspec_rom_entry *current;
	struct gpuspec_rom_history history;
	int result;

	memset(rom, 0, sizeof(*rom));
	*bytes = NULL;
	result = request->place->rom_history(request, spec, &history);
	if (result)
		return result;
	current = gpuspec_rom_history_current(&history);
	if (current)
		result = request->place->rom_bytes(request, spec, current, bytes);
	else
		result = fail(EXIT_FAILED, request->verb, "the fleet has no ROM for %s; devices show their own, or their host's",
			      spec);
	if (!result) {
		rom->size = current->size;
		gpuspec_sha256_parse(current->sha256, rom->sha256);
		snprintf(rom->version, sizeof(rom->version), "%s", current->version);
	}
	gpuspec_rom_history_free(&history);
	return result;
}

json_t *place_gone(struct request *request)
{
	return request->place ? request->place->gone(request) : NULL;
}

void place_tell_gone(json_t *gone)
{
	char names[512];
	json_t *row;

	if (!json_array_size(gone))
		return;
	row = json_pack("{sO}", "gone", gone);
	row_words_text(row, "gone", ", ", names, sizeof(names));
	printf("Not counted, since gone: %s; gpuspec hosts tells more.\n", names);
	json_decref(row);
}

const char *place_name(const struct request *request)
{
	return request->place ? "the fleet" : "this host";
}

const char *place_option(const struct request *request)
{
	return request->place ? " --fleet" : "";
}
