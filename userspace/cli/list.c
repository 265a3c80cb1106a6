// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "row.h"

static void kind(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "%s", strcmp(output_text(row, "kind"), "pgpu") ? "vGPU" : "pGPU");
}

static void devices_in_use(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "%s of %s", output_text(row, "in_use"), output_text(row, "devices"));
}

static const struct column columns[] = {
	{ .title = "SPEC", .member = "id" },
	{ .title = "NAME", .member = "name", .shrinks = true },
	{ .title = "KIND", .cell = kind },
	{ .title = "STATE", .member = "state" },
	{ .title = "SHARED", .cell = row_shared_text, .shrinks = true },
	{ .title = "IN USE", .cell = devices_in_use, .right = true },
	{ .title = "ROM", .cell = row_rom_text, .shrinks = true },
	{ .title = "REFUSED", .member = "refused", .right = true },
};

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
			json_array_append_new(specs, row_spec(&inventory.models[i]));
	if (request->json)
		output_json(answer);
	else if (!json_array_size(specs))
		puts("No GPU here: no PCI function of class 03 (display) or 12 (processing accelerator),\n"
		     "no mdev type and no policy. The module's parameter match_class= adds classes.");
	else
		error = output_table(specs, columns, sizeof(columns) / sizeof(columns[0]));
	json_decref(answer);
	gpuspec_inventory_free(&inventory);
	return error ? fail(EXIT_FAILED, "list", "out of memory") : EXIT_DONE;
}
