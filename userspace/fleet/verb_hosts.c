// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decided.h"
#include "fleet_verbs.h"
#include "output.h"
#include "row.h"
#include "utc_time.h"

static json_t *row_time(long long seconds)
{
	char text[GPUSPEC_UTC_TIME_SIZE];

	if (!seconds)
		return NULL;
	gpuspec_utc_time(text, seconds);
	return json_string(text);
}

static json_t *row_host(const struct fleet_host *host, long long revision)
{
	const struct fleet_status *status = &host->status;
	json_t *row = json_object();

	output_set(row, "name", row_string(host->name));
	output_set(row, "alive", json_boolean(host->alive));
	output_set(row, "seen", row_time(status->seen));
	output_set(row, "revision", json_integer(status->revision));
	output_set(row, "current", json_boolean(status->revision >= revision && !*status->problem));
	output_set(row, "kernel", row_string_or_null(status->kernel));
	output_set(row, "module_version", row_string_or_null(status->module));
	output_set(row, "helper_version", row_string_or_null(status->helper));
	output_set(row, "specs", json_integer(status->specs));
	output_set(row, "devices", json_integer(status->devices));
	output_set(row, "problem", row_string_or_null(fleet_host_problem(host)));
	return row;
}

static void state(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "%s", json_is_true(output_get(row, "alive")) ? "up" : "gone");
}

static void applied(json_t *row, char *text, size_t size)
{
	if (json_is_true(output_get(row, "current")))
		snprintf(text, size, "newest");
	else if (json_integer_value(output_get(row, "revision")))
		snprintf(text, size, "%s", output_text(row, "revision"));
	else
		snprintf(text, size, "nothing");
}

static const struct column columns[] = {
	{ .title = "HOST", .member = "name" },
	{ .title = "STATE", .cell = state },
	{ .title = "SEEN", .member = "seen" },
	{ .title = "POLICY", .cell = applied },
	{ .title = "MODULE", .member = "module_version" },
	{ .title = "SPECS", .member = "specs", .right = true },
	{ .title = "DEVICES", .member = "devices", .right = true },
	{ .title = "PROBLEM", .member = "problem", .shrinks = true, .optional = true },
};

/* With a ROM that is broken, all else is taken. */
static int print_answer(const struct request *request, json_t *answer, bool takes_none)
{
	json_t *rows = output_get(answer, "hosts");

	if (output_get(answer, "problem"))
		printf("No host takes %s: %s.\n", takes_none ? "what was decided" :
		       "one of the ROMs that were decided", output_text(answer, "problem"));
	if (!json_array_size(rows))
		puts("No host of this fleet has an agent: gpuspec fleet join, on each, begins with one.");
	else if (output_table(rows, columns, sizeof(columns) / sizeof(columns[0])))
		return fail(EXIT_FAILED, request->verb, "out of memory");
	return EXIT_DONE;
}

int fleet_verb_hosts(struct request *request, struct fleet_etcd *fleet)
{
	json_t *answer = json_object(), *rows = json_array();
	struct fleet_hosts hosts = {};
	struct decided decided;
	int error, result;
	size_t i;

	/* It need not be a good one. */
	error = decided_read(fleet, &decided, NULL);
	if (error && error != -EINVAL)
		result = fleet_fail(fleet, error, request->verb);
	else
		result = fleet_read_hosts(fleet, request->verb, &hosts, FLEET_HOSTS);
	for (i = 0; i < hosts.count && !result; i++)
		json_array_append_new(rows, row_host(hosts.hosts[i], decided.revision));
	output_set(answer, "revision", json_integer(decided.revision));
	output_set(answer, "problem", row_string_or_null(decided.why));
	output_set(answer, "takes_none", json_boolean(error == -EINVAL));
	output_set(answer, "hosts", rows);
	if (!result && request->json)
		output_json(answer);
	else if (!result)
		result = print_answer(request, answer, error);
	json_decref(answer);
	decided_free(&decided);
	fleet_hosts_free(&hosts);
	return result;
}
