// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "devices.h"
#include "output.h"
#include "resolve.h"
#include "row.h"

static const struct {
	const char *title, *member;
} lines[] = {
	{ "Spec", "id" },
	{ "Name", "name" },
	{ "Vendor", "vendor" },
	{ "Kind", "kind" },
	{ "Slice of", "parent" },
	{ "State", "state" },
	{ "Shared with", NULL },
	{ "Devices", "devices" },
	{ "In use", "in_use" },
	{ "Refused", "refused" },
	{ "Video memory", "video_memory" },
	{ "Frame rate", "frame_rate" },
	{ "Resolution", "resolution" },
	{ "Heads", "heads" },
	{ "Max instances", "max_instances" },
	{ "Available", "available" },
	{ "Description", "description" },
};

static void print_spec(json_t *spec)
{
	bool named = json_is_true(output_get(spec, "named"));
	char memory[64], rom[128], shared[4096];
	size_t i;

	output_bytes(spec, "video_memory", memory, sizeof(memory));
	row_shared_text(spec, shared, sizeof(shared));
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		printf("%-16s %s\n", lines[i].title, !lines[i].member ? shared :
		       strcmp(lines[i].member, "video_memory") ?
		       output_text(spec, lines[i].member) : memory);
	row_rom_text(spec, rom, sizeof(rom));
	printf("%-16s %s\n", "ROM", rom);
	printf("%-16s %s\n", "Policy", named ? "names this spec" :
	       "does not name this spec: the default holds");
}

int show(struct request *request)
{
	struct gpuspec_inventory inventory;
	const struct gpuspec_model *model;
	json_t *answer, *rows;
	int error, result = EXIT_DONE;
	const char *id;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "show");
	gpuspec_inventory_name(&inventory);
	id = resolve_spec(request, &inventory, request->argv[0], &result);
	if (!id)
		goto out;
	model = gpuspec_inventory_model(&inventory, id);
	if (!model) {
		result = fail(EXIT_NOT_FOUND, "show", "no device of this host has the spec %s, and policy does not name it",
			      id);
		goto out;
	}
	answer = row_spec(model);
	output_set(answer, "named", json_boolean(model->spec.named));
	output_set(answer, "description", row_string_or_null(model->description));
	rows = row_devices(&inventory, id, false);
	output_set(answer, "device_list", rows);
	if (request->json) {
		output_json(answer);
	} else {
		print_spec(answer);
		if (json_array_size(rows)) {
			puts("");
			if (print_devices(rows))
				result = fail(EXIT_FAILED, "show", "out of memory");
		}
	}
	json_decref(answer);
out:
	gpuspec_inventory_free(&inventory);
	return result;
}
