// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "rom_apply.h"
#include "rom_store.h"
#include "row.h"

/* How long another one may take to change ROMs, in s. */
#define PATIENCE	30

struct applying {
	struct request *request;
	const struct gpuspec_inventory *inventory;
	const struct gpuspec_fleet *fleet;
	struct gpuspec_rom_store store;
	json_t *rows;
	int result;
};

static const struct gpuspec_rom *kernel_rom(const struct applying *applying, const char *spec)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(applying->inventory, spec);

	return model && model->spec.rom.size ? &model->spec.rom : NULL;
}

static void add_row(struct applying *applying, const char *spec, const char *after,
		    const char *error)
{
	const struct gpuspec_rom *before = kernel_rom(applying, spec);
	json_t *row = json_object();

	output_set(row, "spec", row_string(spec));
	output_set(row, "before", before ? row_sha256(before->sha256) : NULL);
	if (error)
		output_set(row, "after", before ? row_sha256(before->sha256) : NULL);
	else
		output_set(row, "after", row_string_or_null(after));
	output_set(row, "error", error ? row_string(error) : NULL);
	json_array_append_new(applying->rows, row);
	if (error)
		applying->result = fail(EXIT_FAILED, applying->request->verb, "the ROM of %s: %s",
					spec, error);
}

static bool always_go_on(size_t sent, void *data)
{
	(void)sent;
	(void)data;
	return true;
}

/* NULL, or why it could not be set. */
static const char *set(struct applying *applying, const char *spec, const char *sha256,
		       const char *version)
{
	struct gpuspec_rom rom = {};
	const char *error = NULL;
	void *bytes = NULL;
	size_t size;

	if (gpuspec_rom_store_get(&applying->store, sha256, &bytes, &size))
		return applying->store.folder.sentence;
	rom.size = size;
	gpuspec_sha256_parse(sha256, rom.sha256);
	snprintf(rom.version, sizeof(rom.version), "%s", version);
	if (!applying->request->dry_run &&
	    gpuspec_nl_rom_set(applying->request->nl, spec, &rom, bytes, always_go_on, NULL))
		error = gpuspec_nl_sentence(applying->request->nl);
	free(bytes);
	return error;
}

static bool is_in_force(const struct applying *applying, const char *spec, const char *sha256,
			const char *version)
{
	const struct gpuspec_rom *rom = kernel_rom(applying, spec);
	uint8_t wanted[GPUSPEC_ROM_SHA256_LEN];

	gpuspec_sha256_parse(sha256, wanted);
	return rom && !memcmp(rom->sha256, wanted, sizeof(wanted)) &&
	       !strcmp(rom->version, version);
}

/* What is in force has it; unless the kernel alone has it. */
static void set_path(struct applying *applying, const char *spec, const char *sha256)
{
	int error = applying->store.links < 0 ? 0 :
		    gpuspec_rom_store_link(&applying->store, spec, sha256);

	if (error && error != -ENOENT)
		applying->result = fail(EXIT_FAILED, applying->request->verb, "%s",
					applying->store.folder.sentence);
}

static void apply_one(struct applying *applying, const char *spec, const char *sha256,
		      const char *version)
{
	const char *error = NULL;

	if (!is_in_force(applying, spec, sha256, version)) {
		error = set(applying, spec, sha256, version);
		add_row(applying, spec, sha256, error);
	}
	if (!error)
		set_path(applying, spec, sha256);
}

static int take(const char *spec, const struct gpuspec_rom_entry *entry, void *data)
{
	struct applying *applying = data;

	if (gpuspec_fleet_rom(applying->fleet, spec))
		return 0;
	if (entry)
		apply_one(applying, spec, entry->sha256, entry->version);
	else
		add_row(applying, spec, "", applying->store.folder.sentence);
	return 0;
}

static void take_fleets(struct applying *applying)
{
	const struct gpuspec_fleet_rom *rom;
	size_t i;

	for (i = 0; i < applying->fleet->rom_count; i++) {
		rom = &applying->fleet->roms[i];
		apply_one(applying, rom->spec, rom->sha256, rom->version);
	}
}

/*
 * Has the fleet a ROM for the spec, or the store; or a history that is broken,
 * which is no reason to clear?
 */
static bool may_have_rom(const char *spec, void *data)
{
	struct applying *applying = data;
	struct gpuspec_rom_history history;
	bool has;

	if (gpuspec_fleet_rom(applying->fleet, spec))
		return true;
	if (gpuspec_rom_store_history(&applying->store, spec, &history))
		return true;
	has = gpuspec_rom_history_current(&history);
	gpuspec_rom_history_free(&history);
	return has;
}

/* NULL, or why it could not be cleared; somebody else may just have done it. */
static const char *clear(struct applying *applying, const char *spec)
{
	int error = applying->request->dry_run ? 0 :
		    gpuspec_nl_rom_clear(applying->request->nl, spec);

	return error && error != -ENOENT ? gpuspec_nl_sentence(applying->request->nl) : NULL;
}

static void clear_others(struct applying *applying)
{
	const char *spec;
	size_t i;

	for (i = 0; i < applying->inventory->model_count; i++) {
		spec = applying->inventory->models[i].spec.id;
		if (kernel_rom(applying, spec) && !may_have_rom(spec, applying))
			add_row(applying, spec, "", clear(applying, spec));
	}
	if (applying->store.links >= 0 &&
	    gpuspec_rom_store_unlink(&applying->store, may_have_rom, applying))
		applying->result = fail(EXIT_FAILED, applying->request->verb, "%s",
					applying->store.folder.sentence);
}

/* A store that never was is not made for this; one that cannot be written to will do. */
static int open_store(struct applying *applying)
{
	int error;

	error = gpuspec_rom_store_read(&applying->store, GPUSPEC_ROM_STORE);
	if (error || applying->store.folder.fd < 0 || applying->request->dry_run)
		return error;
	error = gpuspec_folder_lock(&applying->store.folder, PATIENCE);
	if (error || applying->store.folder.lock < 0)
		return error;
	/* Without its links the kernel gets its ROMs all the same. */
	if (gpuspec_rom_store_open_links(&applying->store))
		applying->result = fail(EXIT_FAILED, applying->request->verb, "%s",
					applying->store.folder.sentence);
	return 0;
}

int rom_apply(struct request *request, const struct gpuspec_inventory *inventory,
	      const struct gpuspec_fleet *fleet, json_t *rows)
{
	struct applying applying = {
		.request = request, .inventory = inventory, .fleet = fleet, .rows = rows,
		.result = EXIT_DONE, .store = GPUSPEC_ROM_STORE_CLOSED,
	};

	if (open_store(&applying) || gpuspec_rom_store_each(&applying.store, take, &applying)) {
		applying.result = fail(EXIT_FAILED, request->verb, "%s",
				       applying.store.folder.sentence);
	} else {
		take_fleets(&applying);
		clear_others(&applying);
	}
	gpuspec_rom_store_close(&applying.store);
	return applying.result;
}
