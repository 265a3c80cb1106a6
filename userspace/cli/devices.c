// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli.h"
#include "device_table.h"
#include "output.h"
#include "resolve.h"
#include "row.h"
#include "row_device.h"

int devices(struct request *request)
{
	struct gpuspec_inventory inventory;
	json_t *answer, *rows;
	const char *id = NULL;
	int error, result = EXIT_DONE;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "devices");
	if (request->argc) {
		id = resolve_spec(request, &inventory, request->argv[0], &result);
		if (!id)
			goto out;
	}
	answer = json_object();
	rows = row_devices(&inventory, id, false);
	output_set(answer, "devices", rows);
	if (request->json)
		output_json(answer);
	else if (!json_array_size(rows))
		puts(id ? "This host has no device of this spec." : "This host has no GPU.");
	else if (print_devices(rows))
		result = fail(EXIT_FAILED, "devices", "out of memory");
	json_decref(answer);
out:
	gpuspec_inventory_free(&inventory);
	return result;
}
