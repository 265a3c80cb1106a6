// SPDX-License-Identifier: GPL-2.0
/* enable, disable, share and recall: one policy change, in four words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "resolve.h"
#include "row.h"
#include "verdict.h"

/* What a verb sets, and how it is told. */
struct action {
	bool has_state, has_sharing;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
	const char *done;	/* "is now ..." */
};

static bool is_so(const struct action *action, const struct gpuspec_model *model)
{
	if (!model || !model->spec.named)
		return false;
	return (!action->has_state || model->spec.state == action->state) &&
	       (!action->has_sharing || model->spec.sharing == action->sharing);
}

/* Does it take devices away from those who come next? */
static bool takes_away(const struct action *action)
{
	return (action->has_state && action->state != GPUSPEC_STATE_ENABLED) ||
	       (action->has_sharing && action->sharing != GPUSPEC_SHARING_ALL);
}

/* What is in force once the change is made. */
static struct gpuspec_rule rule_after(const struct action *action,
				      const struct gpuspec_inventory *inventory,
				      const struct gpuspec_model *model)
{
	static const struct gpuspec_rule unnamed;
	struct gpuspec_rule rule = gpuspec_rule_in_force(&unnamed, inventory->info.unnamed);

	if (model) {
		rule.state = model->spec.state;
		rule.sharing = model->spec.sharing;
	}
	if (action->has_state)
		rule.state = action->state;
	if (action->has_sharing)
		rule.sharing = action->sharing;
	rule.named = true;
	return rule;
}

static struct json_object *row_change(const struct action *action,
				      const struct gpuspec_inventory *inventory, const char *id)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, id);
	struct gpuspec_rule rule = rule_after(action, inventory, model);
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "id", row_string(id));
	json_object_object_add(row, "changed", json_object_new_boolean(!is_so(action, model)));
	json_object_object_add(row, "state", row_string(row_state(rule.state)));
	json_object_object_add(row, "shared", row_string(row_sharing(rule.sharing)));
	json_object_object_add(row, "present", json_object_new_boolean(!!model));
	json_object_object_add(row, "holders", row_devices(inventory, id, true));
	return row;
}

static void print_change(struct json_object *change, const struct action *action, bool dry_run)
{
	struct json_object *holders = json_object_object_get(change, "holders"), *device;
	bool changed = json_object_get_boolean(json_object_object_get(change, "changed"));
	char holder[256];
	size_t i;

	printf("%s %s %s\n", output_text(change, "id"),
	       !changed ? "was already" : dry_run ? "would be" : "is now", action->done);
	if (!json_object_get_boolean(json_object_object_get(change, "present")))
		puts("  this host has no device of it yet; one that comes is judged so at once");
	if (!takes_away(action)) {
		/* Half a permission is none. */
		if (!strcmp(output_text(change, "state"), "disabled"))
			puts("  it is refused all the same, being disabled; gpuspec enable allows it");
		else if (!strcmp(output_text(change, "shared"), "none"))
			puts("  it is refused all the same, being shared with nobody; gpuspec share --all allows it");
		return;
	}
	for (i = 0; i < json_object_array_length(holders); i++) {
		device = json_object_array_get_idx(holders, i);
		row_holder_text(device, holder, sizeof(holder));
		printf("  %s stays with its holder until released: %s\n",
		       output_text(device, "address"), holder);
	}
}

/* With --if-unused: name who is in the way, if anyone is. */
static int refuse_used(struct request *request, const struct gpuspec_inventory *inventory,
		       const struct gpuspec_change *changes)
{
	struct json_object *holders, *device;
	int i, result = EXIT_DONE;
	char holder[256];

	for (i = 0; i < request->argc && !result; i++) {
		holders = row_devices(inventory, changes[i].id, true);
		if (json_object_array_length(holders)) {
			device = json_object_array_get_idx(holders, 0);
			row_holder_text(device, holder, sizeof(holder));
			result = fail(EXIT_FAILED, request->verb, "%s is in use: %s is held by %s%s; nothing was changed",
				      changes[i].id, output_text(device, "address"), holder,
				      json_object_array_length(holders) > 1 ? ", and more" : "");
		}
		json_object_put(holders);
	}
	return result;
}

static int apply(struct request *request, struct gpuspec_inventory *inventory,
		 const struct gpuspec_change *changes)
{
	int error;

	if (request->if_unused && refuse_used(request, inventory, changes))
		return EXIT_FAILED;
	if (request->dry_run)
		return EXIT_DONE;
	error = gpuspec_nl_change(request->nl, changes, request->argc);
	return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
}

static void tell(const struct request *request, const struct action *action,
		 const struct gpuspec_inventory *inventory,
		 const struct gpuspec_change *changes)
{
	struct json_object *answer = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	int i;

	json_object_object_add(answer, "changes", rows);
	json_object_object_add(answer, "dry_run", json_object_new_boolean(request->dry_run));
	for (i = 0; i < request->argc; i++)
		json_object_array_add(rows, row_change(action, inventory, changes[i].id));
	for (i = 0; i < request->argc && !request->json; i++)
		print_change(json_object_array_get_idx(rows, i), action, request->dry_run);
	if (request->json)
		output_json(answer);
	json_object_put(answer);
}

static int change(struct request *request, const struct action *action)
{
	struct gpuspec_inventory inventory;
	struct gpuspec_change *changes;
	int i, error, result = EXIT_DONE;

	/* What was, so that it can be said what has changed. */
	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, request->verb);
	changes = calloc(request->argc, sizeof(*changes));
	if (!changes)
		result = fail(EXIT_FAILED, request->verb, "out of memory");
	for (i = 0; i < request->argc && !result; i++) {
		changes[i] = (struct gpuspec_change){
			.id = resolve_spec(request, &inventory, request->argv[i], &result),
			.has_state = action->has_state, .state = action->state,
			.has_sharing = action->has_sharing, .sharing = action->sharing,
			.if_unused = request->if_unused,
		};
	}
	if (!result)
		result = apply(request, &inventory, changes);
	if (!result)
		tell(request, action, &inventory, changes);
	free(changes);
	gpuspec_inventory_free(&inventory);
	return result;
}

int enable(struct request *request)
{
	static const struct action action = {
		.has_state = true, .state = GPUSPEC_STATE_ENABLED, .done = "enabled",
	};

	return change(request, &action);
}

int disable(struct request *request)
{
	static const struct action action = {
		.has_state = true, .state = GPUSPEC_STATE_DISABLED, .done = "disabled",
	};

	return change(request, &action);
}

int share(struct request *request)
{
	static const struct action action = {
		.has_sharing = true, .sharing = GPUSPEC_SHARING_ALL,
		.done = "shared with all accounts",
	};

	return change(request, &action);
}

int recall(struct request *request)
{
	static const struct action action = {
		.has_sharing = true, .sharing = GPUSPEC_SHARING_NONE,
		.done = "recalled from all accounts",
	};

	return change(request, &action);
}
