// SPDX-License-Identifier: GPL-2.0
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "event.h"
#include "output.h"
#include "place.h"
#include "refused_starts.h"

static void add_event(const struct gpuspec_event *event, void *data)
{
	json_array_append_new(data, row_event(event));
}

/* "alice", or the number of a login that has no name any more. */
static void name_login(json_t *uid, char *text, size_t size)
{
	struct passwd entry, *user = NULL;
	char buffer[4096];

	if (!getpwuid_r(json_integer_value(uid), &entry, buffer, sizeof(buffer), &user) && user)
		snprintf(text, size, "%s", user->pw_name);
	else
		snprintf(text, size, "uid %lld", (long long)json_integer_value(uid));
}

/* Who changed it; of a refusal, the sentence tells. */
static void print_author(json_t *event)
{
	json_t *process = output_get(event, "process");
	char login[64];

	if (!process || output_get(event, "reason"))
		return;
	printf(", by %s[%s]", output_text(process, "comm"), output_text(process, "pid"));
	if (!output_get(process, "login_uid"))
		return;
	name_login(output_get(process, "login_uid"), login, sizeof(login));
	printf(" of %s", login);
}

static void print_event(json_t *event)
{
	const char *time = output_text(event, "time");

	/* The specs and accounts that changed have lines of their own; the default has none. */
	if (output_get(event, "changes") && !output_get(event, "default"))
		return;
	printf("%.10s %.8s %s", time, time + 11, output_text(event, "sentence"));
	print_author(event);
	puts("");
}

/* What libvirt's hook has refused, with times like those of events. */
static json_t *read_starts(void)
{
	json_t *rows = gpuspec_refused_starts_read(GPUSPEC_STARTS_FOLDER), *row;
	size_t i;

	for (i = 0; (row = json_array_get(rows, i)); i++)
		output_set(row, "time", row_time(json_integer_value(json_object_get(row, "time"))));
	return rows;
}

static void print_start(json_t *start)
{
	const char *time = output_text(start, "time");

	printf("%.10s %.8s VM %s was not started: %s\n", time, time + 11,
	       output_text(start, "vm"), output_text(start, "sentence"));
}

/* Each of @starts before the first event that came later. */
static void print_log(json_t *events, json_t *starts)
{
	json_t *event, *start;
	size_t i, next = 0;

	for (i = 0; (event = json_array_get(events, i)); i++) {
		while ((start = json_array_get(starts, next)) &&
		       strncmp(output_text(start, "time"), output_text(event, "time"), 19) < 0) {
			print_start(start);
			next++;
		}
		print_event(event);
	}
	while ((start = json_array_get(starts, next++)))
		print_start(start);
}

int log_events(struct request *request)
{
	json_t *answer, *rows, *starts;
	int error;

	if (request->place)
		return request->place->log(request);
	answer = json_object();
	rows = json_array();
	starts = read_starts();
	output_set(answer, "events", rows);
	output_set(answer, "starts", starts);
	error = gpuspec_nl_log(request->nl, add_event, rows);
	if (!error && request->json)
		output_json(answer);
	else if (!error && !json_array_size(rows) && !json_array_size(starts))
		puts("Nothing was refused and nothing was changed since the module was loaded.");
	else if (!error)
		print_log(rows, starts);
	json_decref(answer);
	return error ? fail_nl(request->nl, error, "log") : EXIT_DONE;
}
