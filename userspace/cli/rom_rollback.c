// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "cli.h"
#include "rom_change.h"
#include "rom_input.h"

/* Fill in the change that goes back; *@bytes is to be freed. */
static int go_back(struct request *request, struct rom_change *change, void **bytes)
{
	const struct gpuspec_rom_entry *before = gpuspec_rom_history_before(&change->before);
	int result;

	if (!before && !change->before.count)
		return fail(EXIT_FAILED, request->verb, "%s never had a ROM", change->spec);
	if (!before)
		return fail(EXIT_FAILED, request->verb, "%s had no other ROM before this one; gpuspec rom clear gives its devices their own again",
			    change->spec);
	result = rom_change_get(request, change, before, bytes);
	if (result)
		return result;
	change->entry = *before;
	change->entry.action = GPUSPEC_ROM_ROLLBACK;
	change->bytes = *bytes;
	return EXIT_DONE;
}

static int rollback(struct request *request, const char *spec)
{
	struct rom_change change;
	void *bytes = NULL;
	int result;

	result = rom_change_begin(request, spec, &change);
	if (!result)
		result = go_back(request, &change, &bytes);
	if (!result)
		result = rom_change_make(request, &change);
	if (!result)
		result = rom_change_tell(request, &change);
	rom_change_end(&change);
	free(bytes);
	return result;
}

int rom_rollback(struct request *request)
{
	char spec[GPUSPEC_ID_MAX + 1];
	int result;

	result = rom_input_spec_alone(request, request->argv[0], spec);
	return result ? result : rollback(request, spec);
}
