// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli.h"
#include "fleet.h"
#include "module_load.h"
#include "output.h"
#include "row.h"

static void count(json_t *answer, const char *member, long long value)
{
	output_set(answer, member, json_integer(value));
}

static json_t *row_versions(enum gpuspec_module_state state, const char *sentence,
			    const char *module_version)
{
	json_t *answer = json_object();
	struct utsname kernel;

	uname(&kernel);
	output_set(answer, "module", row_string(gpuspec_module_state_name(state)));
	output_set(answer, "module_problem", row_string_or_null(sentence));
	output_set(answer, "module_version", row_string_or_null(module_version));
	output_set(answer, "helper_version", row_string(GPUSPEC_VERSION));
	output_set(answer, "kernel", row_string(kernel.release));
	return answer;
}

static json_t *row_status(const struct gpuspec_inventory *inventory,
			  const struct gpuspec_fleet_view *view)
{
	const struct gpuspec_info *info = &inventory->info;
	json_t *answer = row_versions(GPUSPEC_MODULE_LOADED, "", info->version);
	long long named = 0, disabled = 0, recalled = 0;
	const struct gpuspec_spec *spec;
	size_t i;

	for (i = 0; i < inventory->model_count; i++) {
		spec = &inventory->models[i].spec;
		named += spec->named;
		disabled += spec->state == GPUSPEC_STATE_DISABLED;
		recalled += spec->sharing == GPUSPEC_SHARING_NONE;
	}
	output_set(answer, "default", row_string(row_default(info->unnamed)));
	count(answer, "specs", inventory->model_count);
	count(answer, "named", named);
	count(answer, "disabled", disabled);
	count(answer, "recalled", recalled);
	count(answer, "devices", info->devices);
	count(answer, "in_use", info->in_use);
	output_set(answer, "refused", json_integer(info->refused));
	count(answer, "generation", info->generation);
	output_set(answer, "event_seq", json_integer(info->seq));
	output_set(answer, "fleet", row_fleet(view));
	return answer;
}

static void print_fleet(json_t *fleet)
{
	if (!fleet)
		return;
	if (output_get(fleet, "problem"))
		printf("Fleet     not known: %s\n", output_text(fleet, "problem"));
	else
		printf("Fleet     revision %s of its policy, since %s\n",
		       output_text(fleet, "revision"), output_text(fleet, "when"));
}

/* The kernel has tried to load it already, and does not say what came of it. */
static int load_module(struct request *request)
{
	struct gpuspec_module module;
	struct utsname kernel;
	json_t *answer;

	uname(&kernel);
	gpuspec_module_load(&module, kernel.release);
	if (module.state == GPUSPEC_MODULE_LOADED)
		return connect_module(request);
	answer = row_versions(module.state, module.sentence, "");
	if (request->json)
		output_json(answer);
	json_decref(answer);
	return fail(EXIT_NO_MODULE, request->verb, "%s", module.sentence);
}

static int reach_module(struct request *request)
{
	int error = gpuspec_nl_open(&request->nl);

	if (!error)
		return EXIT_DONE;
	gpuspec_nl_close(request->nl);
	request->nl = NULL;
	return error == -ENOENT ? load_module(request) : connect_module(request);
}

int status(struct request *request)
{
	struct gpuspec_inventory inventory;
	struct gpuspec_fleet_view view;
	json_t *answer;
	int error;

	error = reach_module(request);
	if (error)
		return error;
	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "status");
	fleet_view_read(request, &view);
	answer = row_status(&inventory, &view);
	gpuspec_fleet_view_free(&view);
	gpuspec_inventory_free(&inventory);
	if (request->json) {
		output_json(answer);
	} else {
		printf("Module    gpuspec %s is loaded\n", output_text(answer, "module_version"));
		if (strcmp(output_text(answer, "module_version"), GPUSPEC_VERSION))
			printf("          this program is version " GPUSPEC_VERSION "; load its module to have both alike\n");
		printf("Default   %s\n", output_text(answer, "default"));
		printf("Specs     %s: %s named by policy, %s disabled, %s shared with nobody\n",
		       output_text(answer, "specs"), output_text(answer, "named"),
		       output_text(answer, "disabled"), output_text(answer, "recalled"));
		printf("Devices   %s, %s in use\n", output_text(answer, "devices"),
		       output_text(answer, "in_use"));
		printf("Refused   %s since the module was loaded\n",
		       output_text(answer, "refused"));
		print_fleet(output_get(answer, "fleet"));
	}
	json_decref(answer);
	return EXIT_DONE;
}
