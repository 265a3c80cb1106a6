// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli.h"
#include "output.h"
#include "place.h"
#include "row.h"
#include "spec_table.h"

int list(struct request *request)
{
	struct gpuspec_inventory inventory;
	json_t *answer, *specs, *gone;
	bool pgpu = request->pgpu || !request->vgpu, vgpu = request->vgpu || !request->pgpu;
	size_t i;
	int result;

	result = place_read(request, &inventory);
	if (result)
		return result;
	gpuspec_inventory_name(&inventory);
	answer = json_object();
	specs = json_array();
	output_set(answer, "specs", specs);
	for (i = 0; i < inventory.model_count; i++)
		if (inventory.models[i].spec.kind == GPUSPEC_KIND_PGPU ? pgpu : vgpu)
			json_array_append_new(specs, row_spec(&inventory, &inventory.models[i]));
	gone = place_gone(request);
	output_set(answer, "gone", gone);
	if (request->json)
		output_json(answer);
	else if (!json_array_size(specs) && inventory.of_fleet)
		puts("No host of the fleet has published a GPU; gpuspec hosts tells of them.");
	else if (!json_array_size(specs))
		puts("No GPU here: no PCI function of class 03 (display) or 12 (processing accelerator),\n"
		     "no mdev type and no policy. The module's parameter match_class= adds classes.");
	else if (print_specs(specs))
		result = fail(EXIT_FAILED, "list", "out of memory");
	if (!request->json)
		place_tell_gone(gone);
	json_decref(answer);
	gpuspec_inventory_free(&inventory);
	return result;
}
