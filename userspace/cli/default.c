// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "policy_change.h"
#include "row.h"

/* The specs of this host that policy does not name: those whom the default is for. */
static json_t *row_unnamed(const struct gpuspec_inventory *inventory)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < inventory->model_count; i++)
		if (!inventory->models[i].spec.named)
			json_array_append_new(rows, row_string(inventory->models[i].spec.id));
	return rows;
}

static void tell(const struct request *request, enum gpuspec_default unnamed,
		 const struct gpuspec_inventory *inventory)
{
	json_t *answer = json_object();
	json_t *rows = row_unnamed(inventory), *id;
	size_t i;

	output_set(answer, "default", row_string(row_default(unnamed)));
	output_set(answer, "unnamed", rows);
	output_set(answer, "dry_run", json_boolean(request->dry_run));
	if (request->json) {
		output_json(answer);
	} else {
		printf("The default %s %s: specs that policy does not name are %s%s\n",
		       request->dry_run ? "would be" : "is", output_text(answer, "default"),
		       unnamed == GPUSPEC_DEFAULT_OPEN ? "allowed" : "refused",
		       json_array_size(rows) ? "; here:" : ".");
		for (i = 0; i < json_array_size(rows); i++) {
			id = json_array_get(rows, i);
			printf("  %s\n", json_string_value(id));
		}
	}
	json_decref(answer);
}

static int change_default(struct request *request, enum gpuspec_default unnamed)
{
	struct policy_change change;
	int result;

	result = policy_change_begin(request, &change);
	change.wanted.unnamed = unnamed;
	if (!result)
		result = policy_change_make(request, &change, NULL, 0);
	policy_change_end(&change);
	return result;
}

int set_default(struct request *request)
{
	enum gpuspec_default unnamed = GPUSPEC_DEFAULT_OPEN;
	struct gpuspec_inventory inventory;
	int error;

	if (request->argc) {
		if (!strcmp(request->argv[0], "closed"))
			unnamed = GPUSPEC_DEFAULT_CLOSED;
		error = change_default(request, unnamed);
		if (error)
			return error;
	}
	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "default");
	tell(request, request->argc ? unnamed : inventory.info.unnamed, &inventory);
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}
