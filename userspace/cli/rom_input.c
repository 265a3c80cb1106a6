// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "place.h"
#include "resolve.h"
#include "rom_input.h"
#include "spec_id.h"

/* How long a pipe may take: it may be a download. */
#define PATIENCE	60

static bool is_pgpu(const struct request *request, const char *spec, int *status)
{
	if (gpuspec_id_kind(spec) == GPUSPEC_KIND_PGPU)
		return true;
	*status = fail(EXIT_USAGE, request->verb, "%s is a vGPU spec, which has no ROM of its own; name the spec of a physical card (gpuspec list --pgpu)",
		       spec);
	return false;
}

const char *rom_input_spec(const struct request *request,
			   struct gpuspec_inventory *inventory,
			   const char *word, int *status)
{
	const char *spec = resolve_spec(request, inventory, word, status);

	return spec && is_pgpu(request, spec, status) ? spec : NULL;
}

int rom_input_spec_alone(struct request *request, const char *word,
			 char spec[GPUSPEC_ID_MAX + 1])
{
	struct gpuspec_inventory inventory = {};
	int result = EXIT_DONE;
	const char *found = word;

	if (gpuspec_id_parse(word, NULL)) {
		is_pgpu(request, word, &result);
	} else {
		if (!request->place)
			result = connect_module(request);
		if (!result)
			result = place_read(request, &inventory);
		if (result)
			return result;
		found = rom_input_spec(request, &inventory, word, &result);
	}
	if (!result)
		snprintf(spec, GPUSPEC_ID_MAX + 1, "%s", found);
	gpuspec_inventory_free(&inventory);
	return result;
}

int rom_input_file(const struct request *request, const char *path,
		   struct gpuspec_rom_file *file)
{
	if (gpuspec_rom_file_read(path, PATIENCE, file))
		return fail(EXIT_FAILED, request->verb, "%s: %s", path, file->sentence);
	if (request->strip_nvgi)
		gpuspec_rom_file_strip_nvgi(file);
	return EXIT_DONE;
}
