// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "device_table.h"
#include "fleet_file.h"
#include "output.h"
#include "place.h"
#include "rom_findings.h"
#include "rom_input.h"
#include "rom_report.h"
#include "rom_store.h"
#include "row.h"
#include "row_device.h"

/* What is in force for a spec, and what the store says of it. */
struct view {
	const char *spec;
	struct gpuspec_rom rom;		/* size 0: none */
	uint8_t *bytes;
	struct gpuspec_rom_store store;
	struct gpuspec_rom_history history;
	const struct gpuspec_rom_entry *current;	/* NULL: none */
	struct gpuspec_fleet fleet;
	const struct gpuspec_fleet_rom *fleet_rom;	/* goes before that; NULL: there is none */
	char path[PATH_MAX];		/* for libvirt; empty: there is none */
	bool broken;			/* the store cannot say; its sentence says why */
};

/* Is what the store calls the current one in force? */
static bool is_recorded(const struct view *view)
{
	char sha256[GPUSPEC_SHA256_HEX_SIZE];

	gpuspec_sha256_hex(view->rom.sha256, sha256);
	return view->rom.size && view->current && !strcmp(view->current->sha256, sha256);
}

/* W18, if QEMU's user may not be able to read what libvirt would be given. */
static void hint_hidden(const char *path, char *text, size_t size)
{
	const struct gpuspec_rom_finding hidden = {
		.check = GPUSPEC_ROM_W18, .warning = true, .image = -1,
	};
	char finding[ROM_FINDING_MAX], obstacle[PATH_MAX];

	if (gpuspec_rom_store_is_public(path, obstacle, sizeof(obstacle)))
		return;
	rom_finding_text(&hidden, finding, sizeof(finding));
	snprintf(text, size, "%s: %s, by the permission bits of %s; chmod o+%s opens it",
		 rom_finding_name(hidden.check), finding, obstacle,
		 strstr(obstacle, ".rom") ? "r" : "x");
}

static bool is_fleets(const struct view *view)
{
	char sha256[GPUSPEC_SHA256_HEX_SIZE];

	gpuspec_sha256_hex(view->rom.sha256, sha256);
	return view->rom.size && view->fleet_rom && !strcmp(view->fleet_rom->sha256, sha256);
}

/* What an admin should know, and do. */
static void hint(const struct view *view, char *text, size_t size)
{
	const struct gpuspec_rom_entry *current = view->current;

	*text = '\0';
	if (!view->store.folder.path[0])
		return;
	if (view->broken)
		snprintf(text, size, "%s", view->store.folder.sentence);
	else if (view->fleet_rom && !is_fleets(view))
		snprintf(text, size, "the fleet's ROM %.8s ought to be in force; gpuspec apply puts it there, and gpuspec-agent, started again, fetches it if its bytes are gone",
			 view->fleet_rom->sha256);
	else if (view->fleet_rom && !*view->path)
		snprintf(text, size, "the path for libvirt leads elsewhere; gpuspec apply mends it, and gpuspec-agent, started again, fetches the ROM if its bytes are gone");
	else if (view->fleet_rom)
		snprintf(text, size, "it is the fleet's, which goes before this host's; gpuspec rom set --fleet changes it, on all hosts");
	else if (current && !is_recorded(view))
		snprintf(text, size, "by its history, %.8s%s%s ought to be in force since %s; gpuspec rom set %s %s/%s.rom puts it there",
			 current->sha256, *current->version ? ", version " : "",
			 current->version, current->when, view->spec, view->store.folder.path,
			 current->sha256);
	else if (view->rom.size && !current)
		snprintf(text, size, "its history does not know it, so there is no path for libvirt; gpuspec rom get and gpuspec rom set make up for that");
	else if (view->rom.size && !*view->path)
		snprintf(text, size, "the path for libvirt leads elsewhere; gpuspec rom set %s %s/%s.rom mends it",
			 view->spec, view->store.folder.path, current->sha256);
	else if (*view->path)
		hint_hidden(view->path, text, size);
}

static json_t *row_recorded(const struct gpuspec_rom_entry *entry)
{
	json_t *row;

	if (!entry)
		return NULL;
	row = json_object();
	output_set(row, "when", row_string(entry->when));
	output_set(row, "who", row_string_or_null(entry->who));
	output_set(row, "file", row_string_or_null(entry->file));
	return row;
}

static json_t *row_fleet_rom(const struct gpuspec_fleet_rom *rom)
{
	json_t *row;

	if (!rom)
		return NULL;
	row = json_object();
	output_set(row, "sha256", row_string(rom->sha256));
	output_set(row, "version", row_string_or_null(rom->version));
	output_set(row, "size", json_integer(rom->size));
	return row;
}

static json_t *row_view(const struct view *view,
			const struct gpuspec_inventory *inventory)
{
	json_t *row = json_object();
	struct gpuspec_rom_contents rom = {};
	char text[2 * PATH_MAX];

	output_set(row, "spec", row_string(view->spec));
	output_set(row, "rom", row_rom(&view->rom));
	if (view->rom.size)
		gpuspec_rom_parse(view->bytes, view->rom.size, NULL, &rom);
	row_add_guests(row, &rom);
	output_set(row, "images", row_images(&rom, view->bytes));
	output_set(row, "devices", row_devices(inventory, view->spec, false));
	output_set(row, "recorded",
		   row_recorded(is_recorded(view) && !view->fleet_rom ? view->current : NULL));
	output_set(row, "fleet", row_fleet_rom(view->fleet_rom));
	output_set(row, "path", row_string_or_null(view->path));
	snprintf(text, sizeof(text), "<rom file='%s'/>", view->path);
	output_set(row, "libvirt", *view->path ? row_string(text) : NULL);
	hint(view, text, sizeof(text));
	output_set(row, "hint", row_string_or_null(text));
	return row;
}

static void print_rom(json_t *row)
{
	json_t *rom = output_get(row, "rom");
	json_t *recorded = output_get(row, "recorded");
	char size[64];

	output_bytes(rom, "size", size, sizeof(size));
	printf("%-9s %s\n", "Spec", output_text(row, "spec"));
	printf("%-9s %s\n", "Version", output_text(rom, "version"));
	printf("%-9s %s\n", "SHA-256", output_text(rom, "sha256"));
	printf("%-9s %s\n", "Size", size);
	printf("%-9s %s\n", "Suits", guests_text(row));
	printf("%-9s %s, pending %s\n", "Applied", output_text(rom, "applied"),
	       output_text(rom, "pending"));
	if (recorded)
		printf("%-9s %s by %s, from %s\n", "Set", output_text(recorded, "when"),
		       output_text(recorded, "who"), output_text(recorded, "file"));
}

static int print_view(json_t *row)
{
	json_t *images = output_get(row, "images");
	json_t *devices = output_get(row, "devices");

	if (!output_get(row, "rom")) {
		printf("%s has no ROM; its devices show their own.\n", output_text(row, "spec"));
	} else {
		print_rom(row);
		puts("");
		if (print_images(images))
			return fail(EXIT_FAILED, "rom show", "out of memory");
		puts("");
		if (json_array_size(devices) && print_devices(devices))
			return fail(EXIT_FAILED, "rom show", "out of memory");
		if (output_get(row, "libvirt"))
			printf("\nVMs need no option to get it. Where a device cannot show it, libvirt takes\n  %s\n",
			       output_text(row, "libvirt"));
	}
	if (output_get(row, "hint"))
		printf("\n%s\n", output_text(row, "hint"));
	return EXIT_DONE;
}

/* The fleet's: there is no store here that would say more. */
static int read_place(struct request *request, const struct gpuspec_model *model,
		      struct view *view)
{
	void *bytes;
	int result;

	result = request->place->rom_history(request, view->spec, &view->history);
	if (result)
		return result;
	view->current = gpuspec_rom_history_current(&view->history);
	if (!view->current)
		return EXIT_DONE;
	result = place_rom(request, view->spec, &view->rom, &bytes);
	view->bytes = bytes;
	if (model && !memcmp(model->spec.rom.sha256, view->rom.sha256, sizeof(view->rom.sha256))) {
		view->rom.applied = model->spec.rom.applied;
		view->rom.pending = model->spec.rom.pending;
	}
	return result;
}

static int read_view(struct request *request, const struct gpuspec_inventory *inventory,
		     struct view *view)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, view->spec);
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	void *bytes = NULL;
	int error;

	if (request->place)
		return read_place(request, model, view);
	error = gpuspec_nl_rom_get(request->nl, view->spec, &view->rom, &bytes);
	if (error && error != -ENOENT)
		return fail_nl(request->nl, error, request->verb);
	view->bytes = bytes;
	if (model) {
		view->rom.applied = model->spec.rom.applied;
		view->rom.pending = model->spec.rom.pending;
	}
	/* What is in force can be told without. */
	if (gpuspec_fleet_file_open(&file, GPUSPEC_POLICY_FOLDER, 0, &view->fleet))
		fail(EXIT_DONE, request->verb, "what the fleet has cannot be told: %s",
		     file.folder.sentence);
	gpuspec_policy_file_close(&file);
	view->fleet_rom = gpuspec_fleet_rom(&view->fleet, view->spec);
	view->broken = gpuspec_rom_store_read(&view->store, GPUSPEC_ROM_STORE) ||
		       gpuspec_rom_store_history(&view->store, view->spec, &view->history);
	if (view->broken)
		return EXIT_DONE;
	view->current = gpuspec_rom_history_current(&view->history);
	if (!gpuspec_rom_store_path(&view->store, view->spec, view->fleet_rom ?
				    view->fleet_rom->sha256 : view->current ?
				    view->current->sha256 : "", view->path, sizeof(view->path)))
		*view->path = '\0';
	return EXIT_DONE;
}

static int tell(const struct request *request, const struct view *view,
		const struct gpuspec_inventory *inventory)
{
	json_t *row = row_view(view, inventory);
	int result = EXIT_DONE;

	if (request->json)
		output_json(row);
	else
		result = print_view(row);
	json_decref(row);
	return result;
}

int rom_show(struct request *request)
{
	struct view view = { .store = GPUSPEC_ROM_STORE_CLOSED };
	struct gpuspec_inventory inventory;
	int result;

	result = place_read_hardware(request, &inventory);
	if (result)
		return result;
	view.spec = rom_input_spec(request, &inventory, request->argv[0], &result);
	if (view.spec)
		result = read_view(request, &inventory, &view);
	if (!result)
		result = tell(request, &view, &inventory);
	gpuspec_rom_history_free(&view.history);
	gpuspec_rom_store_close(&view.store);
	gpuspec_fleet_free(&view.fleet);
	free(view.bytes);
	gpuspec_inventory_free(&inventory);
	return result;
}
