// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fleet.h"
#include "interruption.h"
#include "login.h"
#include "output.h"
#include "place.h"
#include "rom_change.h"
#include "rom_findings.h"
#include "row.h"
#include "row_device.h"
#include "utc_time.h"

/* How long another one may take to change ROMs. */
#define PATIENCE	30
/* Who waits for less does not need to see how far it is, in ms. */
#define UNSEEN		500

/* --- how far it is --- */

struct progress {
	size_t size;
	struct timespec start;
	bool shown;
};

static long long elapsed(const struct progress *progress)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - progress->start.tv_sec) * 1000LL +
	       (now.tv_nsec - progress->start.tv_nsec) / 1000000;
}

static bool go_on(size_t sent, void *data)
{
	struct progress *progress = data;

	if (interruption())
		return false;
	if (isatty(STDERR_FILENO) && elapsed(progress) > UNSEEN) {
		progress->shown = true;
		fprintf(stderr, "\rgpuspec: %zu of %zu KiB uploaded", sent >> 10,
			progress->size >> 10);
	}
	return true;
}

static bool always_go_on(size_t sent, void *data)
{
	(void)sent;
	(void)data;
	return true;
}

/* --- the kernel --- */

/* What was in force. */
struct old_rom {
	struct gpuspec_rom rom;		/* size 0: none */
	void *bytes;
};

static int get_old(const struct request *request, const char *spec, struct old_rom *old)
{
	int error;

	*old = (struct old_rom){};
	error = gpuspec_nl_rom_get(request->nl, spec, &old->rom, &old->bytes);
	return error && error != -ENOENT ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
}

static int upload(const struct request *request, const struct rom_change *change)
{
	struct progress progress = { .size = change->entry.size };
	struct gpuspec_rom rom = { .size = change->entry.size };
	int error;

	gpuspec_sha256_parse(change->entry.sha256, rom.sha256);
	snprintf(rom.version, sizeof(rom.version), "%s", change->entry.version);
	clock_gettime(CLOCK_MONOTONIC, &progress.start);
	error = gpuspec_nl_rom_set(request->nl, change->spec, &rom, change->bytes, go_on,
				   &progress);
	if (progress.shown)
		fputs("\r\033[K", stderr);
	return error;
}

static int change_kernel(const struct request *request, const struct rom_change *change,
			 const struct old_rom *old)
{
	int error;

	if (change->bytes)
		error = upload(request, change);
	else
		/* It need not be there, after the module was loaded anew. */
		error = old->bytes ? gpuspec_nl_rom_clear(request->nl, change->spec) : 0;
	if (error == -ECANCELED)
		return fail(EXIT_FAILED, request->verb, "SIG%s came before the new ROM was in force; nothing was changed",
			    sigabbrev_np(interruption()));
	return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
}

/* The store could not take it: back to what was. */
static int change_back(const struct request *request, const struct rom_change *change,
		       const struct old_rom *old)
{
	int error;

	if (old->bytes)
		error = gpuspec_nl_rom_set(request->nl, change->spec, &old->rom, old->bytes,
					   always_go_on, NULL);
	else
		error = change->bytes ? gpuspec_nl_rom_clear(request->nl, change->spec) : 0;
	if (error)
		return fail(EXIT_FAILED, request->verb, "%s; and in the kernel it could not be undone: %s; gpuspec rom show tells what is in force",
			    change->store.folder.sentence, gpuspec_nl_sentence(request->nl));
	return fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
		    change->store.folder.sentence);
}

/* --- the store --- */

int rom_change_allowed(const struct request *request, const char *spec)
{
	const struct gpuspec_fleet_rom *rom;
	struct gpuspec_fleet fleet;
	int result;

	if (request->place)
		return EXIT_DONE;
	result = fleet_read(request, &fleet);
	rom = gpuspec_fleet_rom(&fleet, spec);
	if (rom)
		result = fail(EXIT_FAILED, request->verb, "%s has the fleet's ROM %s%.8s, which goes before this host's; gpuspec %s --fleet changes it, on all hosts",
			      spec, *rom->version ? rom->version : "", *rom->version ? "" :
			      rom->sha256, request->verb);
	gpuspec_fleet_free(&fleet);
	return result;
}

int rom_change_begin(struct request *request, const char *spec, struct rom_change *change)
{
	int error;

	*change = (struct rom_change){ .store = GPUSPEC_ROM_STORE_CLOSED };
	snprintf(change->spec, sizeof(change->spec), "%s", spec);
	if (request->place)
		return request->place->rom_history(request, spec, &change->before);
	error = gpuspec_rom_store_change(&change->store, GPUSPEC_ROM_STORE, PATIENCE);
	if (!error)
		error = gpuspec_rom_store_history(&change->store, spec, &change->before);
	/* Who brings in the fleet's ROM afterwards has to wait, and has the last word. */
	if (!error)
		return rom_change_allowed(request, spec);
	return fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
		    change->store.folder.sentence);
}

int rom_change_get(struct request *request, struct rom_change *change,
		   const struct gpuspec_rom_entry *entry, void **bytes)
{
	size_t size;

	if (request->place)
		return request->place->rom_bytes(request, change->spec, entry, bytes);
	if (!gpuspec_rom_store_get(&change->store, entry->sha256, bytes, &size))
		return EXIT_DONE;
	return fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
		    change->store.folder.sentence);
}

void rom_change_end(struct rom_change *change)
{
	gpuspec_rom_history_free(&change->before);
	gpuspec_rom_store_close(&change->store);
}

int rom_change_history(const struct rom_change *change, struct gpuspec_rom_history *after)
{
	int error = gpuspec_rom_history_copy(after, &change->before);

	if (!error)
		error = gpuspec_rom_history_add(after, &change->entry);
	if (error)
		gpuspec_rom_history_free(after);
	return error;
}

static int record(struct rom_change *change)
{
	struct gpuspec_rom_history after = {};
	int error;

	error = rom_change_history(change, &after);
	if (error)
		snprintf(change->store.folder.sentence, sizeof(change->store.folder.sentence), "out of memory");
	else
		error = gpuspec_rom_store_record(&change->store, &after, &change->before);
	gpuspec_rom_history_free(&after);
	return error;
}

static void sign(struct gpuspec_rom_entry *entry)
{
	gpuspec_utc_time(entry->when, time(NULL));
	gpuspec_login_name(entry->who, sizeof(entry->who));
}

/* --- both --- */

int rom_change_make(struct request *request, struct rom_change *change)
{
	struct old_rom old;
	bool added = false;
	int result;

	sign(&change->entry);
	if (request->place)
		return request->place->rom_make(request, change);
	interruption_hold();
	result = get_old(request, change->spec, &old);
	if (result)
		return result;
	if (change->bytes &&
	    gpuspec_rom_store_put(&change->store, change->entry.sha256, change->bytes,
				  change->entry.size, &added))
		result = fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
			      change->store.folder.sentence);
	if (!result)
		result = change_kernel(request, change, &old);
	if (!result && record(change))
		result = change_back(request, change, &old);
	if (result && added)
		gpuspec_rom_store_drop(&change->store, change->entry.sha256);
	free(old.bytes);
	return result;
}

/* --- what it came to --- */

static json_t *row_forced(uint64_t forced)
{
	json_t *rows = json_array();
	unsigned int check;

	for (check = GPUSPEC_ROM_E01; check <= GPUSPEC_ROM_W18; check++)
		if (forced & 1ULL << check)
			json_array_append_new(rows, row_string(rom_finding_name(check)));
	return rows;
}

json_t *row_rom_change(const struct request *request, const struct rom_change *change,
		       const struct gpuspec_inventory *inventory)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, change->spec);
	const struct gpuspec_rom *rom = model ? &model->spec.rom : NULL;
	const struct gpuspec_rom_entry *entry = &change->entry;
	json_t *row = json_object();

	output_set(row, "spec", row_string(change->spec));
	output_set(row, "action", row_string(gpuspec_rom_action_name(entry->action)));
	output_set(row, "dry_run", json_boolean(request->dry_run));
	output_set(row, "sha256", row_string_or_null(entry->sha256));
	output_set(row, "version", row_string_or_null(entry->version));
	output_set(row, "size",
		   entry->size ? json_integer(entry->size) : NULL);
	output_set(row, "forced", row_forced(entry->forced));
	output_set(row, "applied", json_integer(rom ? rom->applied : 0));
	output_set(row, "pending", json_integer(rom ? rom->pending : 0));
	output_set(row, "devices", row_devices(inventory, change->spec, false));
	return row;
}

/* The state that a device would come into, as the kernel would decide. */
static const char *foresee(json_t *device)
{
	if (json_is_true(output_get(device, "in_use")))
		return "pending";
	return strstr(output_text(device, "driver"), "vfio") ? "applied" : "waiting";
}

static void print_device(json_t *device, bool dry_run, bool cleared)
{
	const char *state = dry_run ? foresee(device) : output_text(device, "rom");
	const char *address = output_text(device, "address");
	const char *what = cleared ? "its own" : "it";
	const char *shows = dry_run ? "would show" : "shows";
	char holder[256];

	row_holder_text(device, holder, sizeof(holder));
	if (!strcmp(state, "pending"))
		printf("  %s %s %s once its holder releases it: %s\n", address, shows, what,
		       holder);
	else if (!strcmp(state, "waiting"))
		printf("  %s %s %s once it is given to a VFIO driver\n", address, shows, what);
	else if (!strcmp(state, "failed"))
		printf("  %s could not be made to show %s, for want of memory; set it again\n",
		       address, what);
	else if (!strcmp(state, "unsupported"))
		printf("  %s cannot show %s: its VFIO driver has no place for a ROM; gpuspec rom show tells another way\n",
		       address, what);
	else if (!strcmp(state, "applied") || cleared)
		printf("  %s %s %s\n", address, shows, what);
}

/* "v1 (64 KiB, 8f3a1c2d)", or "8f3a1c2d (64 KiB)" */
static void rom_text(json_t *row, char *text, size_t size)
{
	char bytes[64];

	output_bytes(row, "size", bytes, sizeof(bytes));
	if (output_get(row, "version"))
		snprintf(text, size, "%s (%s, %.8s)", output_text(row, "version"), bytes,
			 output_text(row, "sha256"));
	else
		snprintf(text, size, "%.8s (%s)", output_text(row, "sha256"), bytes);
}

void print_rom_change(json_t *row)
{
	json_t *devices = output_get(row, "devices");
	bool dry_run = json_is_true(output_get(row, "dry_run"));
	bool cleared = !output_get(row, "sha256");
	char rom[256];
	size_t i;

	rom_text(row, rom, sizeof(rom));
	if (cleared)
		printf("%s has no ROM any more\n", output_text(row, "spec"));
	else
		printf("%s %s the ROM %s\n", output_text(row, "spec"),
		       dry_run ? "would have" : "has", rom);
	/* Hosts have not heard of it, or not yet said what they made of it. */
	if (output_get(json_array_get(devices, 0), "host")) {
		printf("  %zu devices of the fleet have it to show; gpuspec rom show %s --fleet tells what became of it\n",
		       json_array_size(devices), output_text(row, "spec"));
		return;
	}
	if (!json_array_size(devices) && !cleared)
		puts("  there is no device of it yet; one that comes shows it");
	for (i = 0; i < json_array_size(devices); i++)
		print_device(json_array_get(devices, i), dry_run, cleared);
}

int rom_change_tell(struct request *request, const struct rom_change *change)
{
	struct gpuspec_inventory inventory;
	json_t *row;
	int result;

	result = place_read_hardware(request, &inventory);
	if (result)
		return result;
	row = row_rom_change(request, change, &inventory);
	if (request->json)
		output_json(row);
	else
		print_rom_change(row);
	json_decref(row);
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}
