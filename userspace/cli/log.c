// SPDX-License-Identifier: GPL-2.0
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "event.h"
#include "output.h"
#include "place.h"

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

int log_events(struct request *request)
{
	json_t *answer, *rows;
	int error;
	size_t i;

	if (request->place)
		return request->place->log(request);
	answer = json_object();
	rows = json_array();
	output_set(answer, "events", rows);
	error = gpuspec_nl_log(request->nl, add_event, rows);
	if (!error && request->json)
		output_json(answer);
	else if (!error && !json_array_size(rows))
		puts("Nothing was refused and nothing was changed since the module was loaded.");
	for (i = 0; !error && !request->json && i < json_array_size(rows); i++)
		print_event(json_array_get(rows, i));
	json_decref(answer);
	return error ? fail_nl(request->nl, error, "log") : EXIT_DONE;
}
