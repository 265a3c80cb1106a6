// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "place.h"
#include "rom_change.h"
#include "rom_findings.h"
#include "rom_input.h"
#include "rom_report.h"
#include "rom_target.h"
#include "row.h"

/* The ROM that is to be set, and what the parser says of it. */
struct candidate {
	struct gpuspec_rom_file file;
	struct gpuspec_rom_target target;
	struct gpuspec_rom_contents rom;
};

/* The checks that were waived, and had to be. */
static uint64_t forced(const struct gpuspec_rom_contents *rom, uint64_t waived)
{
	uint64_t used = 0;
	unsigned int i;

	for (i = 0; i < rom->finding_count; i++)
		if (!rom->findings[i].warning)
			used |= waived & 1ULL << rom->findings[i].check;
	return used;
}

/* What would accept it all the same: "--force E12 --force E24". */
static void name_force(const struct gpuspec_rom_contents *rom, char *text, size_t size)
{
	uint64_t checks = forced(rom, ~0ULL);
	enum gpuspec_rom_check check;
	size_t length = 0;

	for (check = GPUSPEC_ROM_E01; check <= GPUSPEC_ROM_W18; check++)
		if (checks & 1ULL << check && length < size)
			length += snprintf(text + length, size - length, "%s--force %s",
					   length ? " " : "", rom_finding_name(check));
}

static int refuse(const struct request *request, const struct candidate *candidate)
{
	unsigned int hard, errors = rom_report_errors(&candidate->rom, &hard);
	json_t *findings = row_findings(&candidate->rom);
	char force[64];

	print_findings(stderr, findings);
	print_ids(stderr, &candidate->rom, candidate->file.bytes, &candidate->target);
	json_decref(findings);
	if (hard)
		return fail(EXIT_FAILED, request->verb, "%s has %u error%s; nothing was changed",
			    request->argv[1], errors, errors == 1 ? "" : "s");
	name_force(&candidate->rom, force, sizeof(force));
	return fail(EXIT_FAILED, request->verb, "%s has %u error%s; nothing was changed; %s accepts it all the same",
		    request->argv[1], errors, errors == 1 ? "" : "s", force);
}

static int judge(const struct request *request, struct candidate *candidate, uint64_t *used)
{
	unsigned int hard;

	gpuspec_rom_parse(candidate->file.bytes, candidate->file.size, &candidate->target,
			  &candidate->rom);
	*used = forced(&candidate->rom, request->waived);
	rom_report_waive(&candidate->rom, request->waived);
	if (rom_report_errors(&candidate->rom, &hard))
		return refuse(request, candidate);
	if (candidate->file.size > GPUSPEC_ROM_SIZE_MAX)
		return fail(EXIT_FAILED, request->verb, "%s is a ROM of %zu bytes, and devices can show %d (4 MiB) at most; libvirt's <rom file=> takes larger ones",
			    request->argv[1], candidate->file.size, GPUSPEC_ROM_SIZE_MAX);
	return EXIT_DONE;
}

/* W17: it is there already. */
static void compare(struct candidate *candidate, const struct gpuspec_inventory *inventory,
		    const char *spec)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, spec);
	struct gpuspec_rom_contents *rom = &candidate->rom;

	if (!model || !model->spec.rom.size || rom->finding_count == GPUSPEC_ROM_FINDINGS_MAX ||
	    memcmp(model->spec.rom.sha256, candidate->file.sha256, sizeof(model->spec.rom.sha256)))
		return;
	rom->findings[rom->finding_count++] = (struct gpuspec_rom_finding){
		.check = GPUSPEC_ROM_W17, .warning = true, .image = -1,
	};
}

/* Where it came from, so that it says something in another folder, too. */
static void describe(const struct request *request, const struct candidate *candidate,
		     struct gpuspec_rom_entry *entry)
{
	char path[PATH_MAX];
	bool file = strcmp(request->argv[1], "-") && realpath(request->argv[1], path);

	entry->action = GPUSPEC_ROM_SET;
	entry->size = candidate->file.size;
	gpuspec_sha256_hex(candidate->file.sha256, entry->sha256);
	snprintf(entry->version, sizeof(entry->version), "%s", request->version);
	snprintf(entry->file, sizeof(entry->file), "%s", request->from ? request->from :
		 file ? path : request->argv[1]);
}

static int tell(struct request *request, const struct candidate *candidate,
		const struct rom_change *change)
{
	struct gpuspec_inventory inventory;
	json_t *row, *findings;
	int result;

	/* Anew: what became of it, devices know now. */
	result = place_read_hardware(request, &inventory);
	if (result)
		return result;
	row = row_rom_change(request, change, &inventory);
	findings = row_findings(&candidate->rom);
	output_set(row, "file", row_string_or_null(change->entry.file));
	output_set(row, "stripped", json_integer(candidate->file.stripped));
	output_set(row, "findings", findings);
	if (request->json) {
		output_json(row);
	} else {
		print_findings(stdout, findings);
		print_rom_change(row);
	}
	json_decref(row);
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}

static int set(struct request *request, const char *spec, struct candidate *candidate,
	       uint64_t used)
{
	struct rom_change change = { .store = GPUSPEC_ROM_STORE_CLOSED };
	int result = EXIT_DONE;

	snprintf(change.spec, sizeof(change.spec), "%s", spec);
	if (!request->dry_run)
		result = rom_change_begin(request, spec, &change);
	describe(request, candidate, &change.entry);
	change.entry.forced = used;
	change.bytes = candidate->file.bytes;
	if (!result && !request->dry_run)
		result = rom_change_make(request, &change);
	if (!result)
		result = tell(request, candidate, &change);
	rom_change_end(&change);
	return result;
}

int rom_set(struct request *request)
{
	struct gpuspec_inventory inventory;
	struct candidate candidate = {};
	int result;
	const char *spec;
	uint64_t used = 0;

	result = place_read(request, &inventory);
	if (result)
		return result;
	spec = rom_input_spec(request, &inventory, request->argv[0], &result);
	if (spec)
		result = rom_change_allowed(request, spec);
	if (spec && !result)
		result = rom_input_file(request, request->argv[1], &candidate.file);
	if (!result) {
		gpuspec_rom_target("/sys", spec, &candidate.target);
		result = judge(request, &candidate, &used);
	}
	if (!result) {
		compare(&candidate, &inventory, spec);
		result = set(request, spec, &candidate, used);
	}
	gpuspec_rom_file_free(&candidate.file);
	gpuspec_inventory_free(&inventory);
	return result;
}
