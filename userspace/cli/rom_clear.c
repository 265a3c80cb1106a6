// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cli.h"
#include "place.h"
#include "rom_change.h"
#include "rom_input.h"

/* Is there one, in the kernel or by the record? */
static int check_any(struct request *request, const struct rom_change *change)
{
	struct gpuspec_tables tables;
	bool any = gpuspec_rom_history_current(&change->before);
	size_t i;
	int result;

	result = place_tables(request, &tables);
	if (result)
		return result;
	for (i = 0; i < tables.spec_count; i++)
		any |= tables.specs[i].rom.size && !strcmp(tables.specs[i].id, change->spec);
	gpuspec_nl_free_tables(&tables);
	return any ? EXIT_DONE :
		fail(EXIT_FAILED, request->verb, "%s has no ROM; its devices show their own",
		     change->spec);
}

int rom_clear(struct request *request)
{
	char spec[GPUSPEC_ID_MAX + 1];
	struct rom_change change;
	int result;

	result = rom_input_spec_alone(request, request->argv[0], spec);
	if (result)
		return result;
	result = rom_change_begin(request, spec, &change);
	if (!result)
		result = check_any(request, &change);
	change.entry.action = GPUSPEC_ROM_CLEAR;
	if (!result)
		result = rom_change_make(request, &change);
	if (!result)
		result = rom_change_tell(request, &change);
	rom_change_end(&change);
	return result;
}
