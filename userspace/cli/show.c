// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli.h"
#include "devices.h"
#include "output.h"
#include "resolve.h"
#include "row.h"

static void line(const char *title, const char *text)
{
	printf("%-16s %s\n", title, text);
}

static void print_spec(struct json_object *spec)
{
	char memory[64];
	bool named = json_object_get_boolean(json_object_object_get(spec, "named"));

	line("Spec", output_text(spec, "id"));
	line("Name", output_text(spec, "name"));
	line("Vendor", output_text(spec, "vendor"));
	line("Kind", output_text(spec, "kind"));
	line("Slice of", output_text(spec, "parent"));
	line("State", output_text(spec, "state"));
	line("Shared with", output_text(spec, "shared"));
	line("Policy", named ? "names this spec" : "does not name this spec: the default holds");
	line("Devices", output_text(spec, "devices"));
	line("In use", output_text(spec, "in_use"));
	line("Refused", output_text(spec, "refused"));
	output_bytes(spec, "video_memory", memory, sizeof(memory));
	line("Video memory", memory);
	line("Frame rate", output_text(spec, "frame_rate"));
	line("Resolution", output_text(spec, "resolution"));
	line("Heads", output_text(spec, "heads"));
	line("Max instances", output_text(spec, "max_instances"));
	line("Available", output_text(spec, "available"));
	line("Description", output_text(spec, "description"));
}

int show(struct request *request)
{
	struct gpuspec_inventory inventory;
	const struct gpuspec_model *model;
	struct json_object *answer, *rows;
	int error, result = EXIT_DONE;
	const char *id;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "show");
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
	json_object_object_add(answer, "named", json_object_new_boolean(model->spec.named));
	json_object_object_add(answer, "description", row_string_or_null(model->description));
	rows = row_devices(&inventory, id, false);
	json_object_object_add(answer, "device_list", rows);
	if (request->json) {
		output_json(answer);
	} else {
		print_spec(answer);
		if (json_object_array_length(rows)) {
			puts("");
			if (print_devices(rows))
				result = fail(EXIT_FAILED, "show", "out of memory");
		}
	}
	json_object_put(answer);
out:
	gpuspec_inventory_free(&inventory);
	return result;
}
