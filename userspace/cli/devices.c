// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli.h"
#include "device_table.h"
#include "output.h"
#include "place.h"
#include "resolve.h"
#include "row.h"
#include "row_device.h"

int devices(struct request *request)
{
	struct gpuspec_inventory inventory;
	json_t *answer, *rows, *gone;
	const char *id = NULL;
	int result;

	result = place_read_hardware(request, &inventory);
	if (result)
		return result;
	if (request->argc) {
		id = resolve_spec(request, &inventory, request->argv[0], &result);
		if (!id)
			goto out;
	}
	answer = json_object();
	rows = row_devices(&inventory, id, false);
	gone = place_gone(request);
	output_set(answer, "devices", rows);
	output_set(answer, "gone", gone);
	if (request->json)
		output_json(answer);
	else if (!json_array_size(rows))
		printf("%s has no %s.\n", inventory.of_fleet ? "The fleet" : "This host",
		       id ? "device of this spec" : "GPU");
	else if (print_devices(rows))
		result = fail(EXIT_FAILED, "devices", "out of memory");
	if (!request->json)
		place_tell_gone(gone);
	json_decref(answer);
out:
	gpuspec_inventory_free(&inventory);
	return result;
}
