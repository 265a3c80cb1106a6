// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "row.h"

/* The specs of this host that policy does not name: those whom the default is for. */
static struct json_object *row_unnamed(const struct gpuspec_inventory *inventory)
{
	struct json_object *rows = json_object_new_array();
	size_t i;

	for (i = 0; i < inventory->model_count; i++)
		if (!inventory->models[i].spec.named)
			json_object_array_add(rows, row_string(inventory->models[i].spec.id));
	return rows;
}

static void tell(const struct request *request, enum gpuspec_default unnamed,
		 const struct gpuspec_inventory *inventory)
{
	struct json_object *answer = json_object_new_object();
	struct json_object *rows = row_unnamed(inventory), *id;
	size_t i;

	json_object_object_add(answer, "default", row_string(row_default(unnamed)));
	json_object_object_add(answer, "unnamed", rows);
	json_object_object_add(answer, "dry_run", json_object_new_boolean(request->dry_run));
	if (request->json) {
		output_json(answer);
	} else {
		printf("The default %s %s: specs that policy does not name are %s%s\n",
		       request->dry_run ? "would be" : "is", output_text(answer, "default"),
		       unnamed == GPUSPEC_DEFAULT_OPEN ? "allowed" : "refused",
		       json_object_array_length(rows) ? "; here:" : ".");
		for (i = 0; i < json_object_array_length(rows); i++) {
			id = json_object_array_get_idx(rows, i);
			printf("  %s\n", json_object_get_string(id));
		}
	}
	json_object_put(answer);
}

int set_default(struct request *request)
{
	struct gpuspec_change change = {};
	struct gpuspec_inventory inventory;
	int error;

	if (request->argc) {
		change.unnamed = strcmp(request->argv[0], "closed") ? GPUSPEC_DEFAULT_OPEN :
								      GPUSPEC_DEFAULT_CLOSED;
		error = request->dry_run ? 0 : gpuspec_nl_change(request->nl, &change, 1);
		if (error)
			return fail_nl(request->nl, error, "default");
	}
	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "default");
	tell(request, request->argc ? change.unnamed : inventory.info.unnamed, &inventory);
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}
