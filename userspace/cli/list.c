// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli.h"
#include "output.h"
#include "row.h"
#include "spec_table.h"

int list(struct request *request)
{
	struct gpuspec_inventory inventory;
	json_t *answer, *specs;
	bool pgpu = request->pgpu || !request->vgpu, vgpu = request->vgpu || !request->pgpu;
	size_t i;
	int error;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "list");
	gpuspec_inventory_name(&inventory);
	answer = json_object();
	specs = json_array();
	output_set(answer, "specs", specs);
	for (i = 0; i < inventory.model_count; i++)
		if (inventory.models[i].spec.kind == GPUSPEC_KIND_PGPU ? pgpu : vgpu)
			json_array_append_new(specs, row_spec(&inventory, &inventory.models[i]));
	if (request->json)
		output_json(answer);
	else if (!json_array_size(specs))
		puts("No GPU here: no PCI function of class 03 (display) or 12 (processing accelerator),\n"
		     "no mdev type and no policy. The module's parameter match_class= adds classes.");
	else
		error = print_specs(specs);
	json_decref(answer);
	gpuspec_inventory_free(&inventory);
	return error ? fail(EXIT_FAILED, "list", "out of memory") : EXIT_DONE;
}
