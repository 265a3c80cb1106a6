// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "device_table.h"
#include "fleet.h"
#include "hardware.h"
#include "offers.h"
#include "output.h"
#include "place.h"
#include "resolve.h"
#include "row.h"
#include "row_device.h"
#include "row_rule.h"

static void parents(json_t *spec, char *text, size_t size)
{
	row_words_text(spec, "parents", ", ", text, size);
}

static void slices(json_t *spec, char *text, size_t size)
{
	row_words_text(spec, "slices", ", ", text, size);
}

static void memory(json_t *spec, char *text, size_t size)
{
	const char *from = output_text(spec, "video_memory_from");
	char amount[32];

	output_bytes(spec, "video_memory", amount, sizeof(amount));
	if (!strcmp(from, "bar"))
		snprintf(text, size, "%s (the largest prefetchable BAR; no driver says)", amount);
	else if (!strcmp(from, "name"))
		snprintf(text, size, "%s (by its name; the driver does not say)", amount);
	else
		snprintf(text, size, "%s", amount);
}

static void fleet_rule(json_t *spec, char *text, size_t size)
{
	if (output_get(spec, "fleet"))
		row_rule_text(output_get(spec, "fleet"), text, size);
	else
		snprintf(text, size, "does not name this spec; its default is %s",
			 output_text(spec, "fleet_default"));
}

static void host_rule(json_t *spec, char *text, size_t size)
{
	if (output_get(spec, "host"))
		row_rule_text(output_get(spec, "host"), text, size);
	else
		snprintf(text, size, "does not name this spec");
}

static void policy(json_t *spec, char *text, size_t size)
{
	snprintf(text, size, "%s", json_is_true(output_get(spec, "named")) ? "names this spec" :
		 "does not name this spec: the default holds");
}

/* What one kind of spec cannot have is not told of it; nor of a fleet, where there is none. */
static const struct {
	const char *title, *member;
	void (*text)(json_t *spec, char *text, size_t size);
	const char *kind;
	bool fleet;
} lines[] = {
	{ .title = "Spec", .member = "id" },
	{ .title = "Name", .member = "name" },
	{ .title = "Vendor", .member = "vendor" },
	{ .title = "Kind", .member = "kind" },
	{ .title = "Slice of", .text = parents, .kind = "vgpu" },
	{ .title = "Slices", .text = slices, .kind = "pgpu" },
	{ .title = "State", .member = "state" },
	{ .title = "Shared with", .text = row_shared_text },
	{ .title = "Devices", .member = "devices" },
	{ .title = "In use", .member = "in_use" },
	{ .title = "Refused", .member = "refused" },
	{ .title = "Blocked", .member = "blocked" },
	{ .title = "Video memory", .text = memory },
	{ .title = "Frame rate", .member = "frame_rate", .kind = "vgpu" },
	{ .title = "Resolution", .member = "resolution", .kind = "vgpu" },
	{ .title = "Heads", .member = "heads", .kind = "vgpu" },
	{ .title = "Weight", .member = "weight", .kind = "vgpu" },
	{ .title = "Series", .member = "series", .kind = "vgpu" },
	{ .title = "Max instances", .member = "max_instances", .kind = "vgpu" },
	{ .title = "Available", .text = row_available_text, .kind = "vgpu" },
	{ .title = "Description", .member = "description", .kind = "vgpu" },
	{ .title = "ROM", .text = row_rom_text, .kind = "pgpu" },
	{ .title = "Policy", .text = policy },
	{ .title = "Fleet", .text = fleet_rule, .fleet = true },
	{ .title = "This host", .text = host_rule, .fleet = true },
};

static void print_spec(json_t *spec)
{
	char text[4096];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (lines[i].kind && strcmp(lines[i].kind, output_text(spec, "kind")))
			continue;
		if (lines[i].fleet && !output_get(spec, "fleet_default"))
			continue;
		if (lines[i].text)
			lines[i].text(spec, text, sizeof(text));
		else
			snprintf(text, sizeof(text), "%s", output_text(spec, lines[i].member));
		printf("%-16s %s\n", lines[i].title, text);
	}
}

static int print(json_t *answer)
{
	json_t *rows = output_get(answer, "device_list");
	json_t *offers = output_get(answer, "offers");
	int error = 0;

	print_spec(answer);
	if (output_get(answer, "hint"))
		printf("\n%s\n", output_text(answer, "hint"));
	if (json_array_size(offers)) {
		puts("");
		error = print_offers(offers);
	}
	if (json_array_size(rows) && !error) {
		puts("");
		error = print_devices(rows);
	}
	if (json_array_size(rows) && !error && !strcmp(output_text(answer, "kind"), "pgpu")) {
		puts("");
		error = print_hardware(rows);
	}
	return error;
}

static int tell(const struct request *request, const struct gpuspec_inventory *inventory,
		const struct gpuspec_model *model, const struct gpuspec_fleet_view *view)
{
	json_t *answer = row_spec(inventory, model);
	char hint[256];
	int error = 0;

	gpuspec_offers_hint(inventory, model->spec.id, hint, sizeof(hint));
	output_set(answer, "hint", row_string_or_null(hint));
	output_set(answer, "named", json_boolean(model->spec.named));
	fleet_add_rules(answer, view, model->spec.id);
	output_set(answer, "offers", row_offers(inventory, model->spec.id));
	output_set(answer, "device_list", row_devices(inventory, model->spec.id, false));
	if (request->json)
		output_json(answer);
	else
		error = print(answer);
	json_decref(answer);
	if (*view->problem)
		fail(EXIT_DONE, "show", "what the fleet has cannot be told: %s", view->problem);
	return error ? fail(EXIT_FAILED, "show", "out of memory") : EXIT_DONE;
}

/* There is nothing of it in the kernel, though the host's own policy may name it. */
static int tell_unknown(const struct request *request, const struct gpuspec_fleet_view *view,
			const char *id)
{
	if (gpuspec_policy_spec(&view->host, id))
		return fail(EXIT_NOT_FOUND, "show", "no device of this host has the spec %s, and the fleet's policy does not name it",
			    id);
	return fail(EXIT_NOT_FOUND, "show", "no device of %s has the spec %s, and policy does not name it",
		    place_name(request), id);
}

int show(struct request *request)
{
	struct gpuspec_inventory inventory;
	const struct gpuspec_model *model;
	struct gpuspec_fleet_view view;
	const char *id;
	int result;

	result = place_read_hardware(request, &inventory);
	if (result)
		return result;
	gpuspec_inventory_name(&inventory);
	id = resolve_spec(request, &inventory, request->argv[0], &result);
	model = id ? gpuspec_inventory_model(&inventory, id) : NULL;
	fleet_view_read(request, &view);
	if (model)
		result = tell(request, &inventory, model, &view);
	else if (id)
		result = tell_unknown(request, &view, id);
	gpuspec_fleet_view_free(&view);
	gpuspec_inventory_free(&inventory);
	return result;
}
