// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "fleet.h"
#include "output.h"
#include "place.h"
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

/* What holds, and what it comes of in a fleet. */
struct defaults {
	enum gpuspec_default in_force, fleet, host;
	bool joined;
};

static void print_both(json_t *answer)
{
	if (!output_get(answer, "fleet"))
		return;
	printf("  The fleet's is %s, this host's own %s.\n", output_text(answer, "fleet"),
	       output_text(answer, "host"));
	if (strcmp(output_text(answer, "default"), output_text(answer, "host")))
		puts("  The stricter one holds; gpuspec default open --fleet opens the fleet's.");
}

static void tell(const struct request *request, const struct defaults *defaults,
		 const struct gpuspec_inventory *inventory)
{
	enum gpuspec_default unnamed = defaults->in_force;
	json_t *answer = json_object();
	json_t *rows = row_unnamed(inventory), *id;
	size_t i;

	output_set(answer, "default", row_string(row_default(unnamed)));
	output_set(answer, "fleet", defaults->joined ?
		   row_string(row_default(defaults->fleet)) : NULL);
	output_set(answer, "host", defaults->joined ?
		   row_string(row_default(defaults->host)) : NULL);
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
		print_both(answer);
	}
	json_decref(answer);
}

static int change_default(struct request *request, enum gpuspec_default unnamed,
			  struct defaults *defaults)
{
	struct policy_change change;
	int result;

	result = policy_change_begin(request, &change);
	change.wanted.unnamed = unnamed;
	if (!result)
		result = policy_change_make(request, &change, NULL, 0);
	*defaults = (struct defaults){
		.in_force = change.in_force->unnamed, .host = unnamed,
		.fleet = change.fleet.policy.unnamed, .joined = change.fleet.joined,
	};
	policy_change_end(&change);
	return result;
}

static void read_defaults(const struct request *request,
			  const struct gpuspec_inventory *inventory, struct defaults *defaults)
{
	struct gpuspec_fleet_view view;

	fleet_view_read(request, &view);
	*defaults = (struct defaults){
		.in_force = inventory->info.unnamed, .host = view.host.unnamed,
		.fleet = view.fleet.policy.unnamed, .joined = view.fleet.joined,
	};
	if (*view.problem)
		fail(EXIT_DONE, request->verb, "what the fleet has cannot be told: %s",
		     view.problem);
	gpuspec_fleet_view_free(&view);
}

int set_default(struct request *request)
{
	enum gpuspec_default unnamed = GPUSPEC_DEFAULT_OPEN;
	struct gpuspec_inventory inventory;
	struct defaults defaults;
	int result;

	if (request->argc) {
		if (!strcmp(request->argv[0], "closed"))
			unnamed = GPUSPEC_DEFAULT_CLOSED;
		result = change_default(request, unnamed, &defaults);
		if (result)
			return result;
	}
	result = place_read(request, &inventory);
	if (result)
		return result;
	if (!request->argc)
		read_defaults(request, &inventory, &defaults);
	tell(request, &defaults, &inventory);
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}
