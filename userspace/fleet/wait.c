// SPDX-License-Identifier: GPL-2.0
/* Until all hosts that are up have in force what was decided. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fleet_place.h"

/* How long, in s, if the command does not say; and how often it is looked, in us. */
#define PATIENCE	60
#define PAUSE		300000

/* How far it is. */
struct progress {
	bool of_rom;		/* it is one that was decided, and not the policy */
	json_t *waited_for;	/* {NAME: null}; NULL: nothing was looked at yet */
	size_t up, done;
	char missing[1024];	/* names of some of those that have not */
	bool shown;
};

/* Hosts that were up when the waiting began; one that goes meanwhile has not got it. */
static int begin(struct progress *progress, const struct fleet_hosts *hosts)
{
	size_t i;

	progress->waited_for = json_object();
	for (i = 0; i < hosts->count; i++)
		if (hosts->hosts[i]->alive &&
		    json_object_set_new(progress->waited_for, hosts->hosts[i]->name, json_null()))
			return -1;
	return progress->waited_for ? 0 : -1;
}

static void add_missing(struct progress *progress, const struct fleet_host *host)
{
	const char *why = host->alive ? fleet_host_problem(host) : "it has gone meanwhile";
	size_t length = strlen(progress->missing);

	snprintf(progress->missing + length, sizeof(progress->missing) - length, "%s%s%s%s%s",
		 length ? ", " : "", host->name, *why ? " (" : "", why, *why ? ")" : "");
}

static void count(struct progress *progress, const struct fleet_hosts *hosts, int64_t revision)
{
	const struct fleet_host *host;
	size_t i;

	progress->up = json_object_size(progress->waited_for);
	progress->done = 0;
	*progress->missing = '\0';
	for (i = 0; i < hosts->count; i++) {
		host = hosts->hosts[i];
		if (!json_object_get(progress->waited_for, host->name))
			continue;
		if (fleet_host_has(host, revision) &&
		    !(progress->of_rom && *host->status.rom_problem))
			progress->done++;
		else
			add_missing(progress, host);
	}
}

static void show_progress(struct progress *progress)
{
	if (!isatty(STDERR_FILENO))
		return;
	progress->shown = true;
	fprintf(stderr, "\r\033[Kgpuspec: %zu of %zu hosts have it; not yet: %.60s%s",
		progress->done, progress->up, progress->missing,
		strlen(progress->missing) > 60 ? "..." : "");
}

static int look(struct request *request, struct fleet_place *place, struct progress *progress)
{
	struct fleet_hosts hosts = {};
	int result;

	result = fleet_read_hosts(place->fleet, request->verb, &hosts, FLEET_HOSTS);
	if (!result && !progress->waited_for && begin(progress, &hosts))
		result = fail(EXIT_FAILED, request->verb, "out of memory");
	if (!result)
		count(progress, &hosts, place->revision);
	fleet_hosts_free(&hosts);
	return result;
}

int fleet_place_wait(struct request *request, struct fleet_place *place)
{
	unsigned int patience = request->timeout ? request->timeout : PATIENCE;
	struct progress progress = { .of_rom = !strncmp(request->verb, "rom ", 4) };
	time_t begin = time(NULL);
	int result;

	for (;;) {
		result = look(request, place, &progress);
		if (result || progress.done == progress.up || time(NULL) - begin >= patience)
			break;
		show_progress(&progress);
		usleep(PAUSE);
	}
	if (progress.shown)
		fputs("\r\033[K", stderr);
	json_decref(progress.waited_for);
	if (result)
		return result;
	if (!progress.up)
		return fail(EXIT_FAILED, request->verb, "it is decided, but no host is up to have it in force; gpuspec hosts tells of them");
	if (progress.done < progress.up)
		return fail(EXIT_FAILED, request->verb, "it is decided, but after %u s only %zu of %zu hosts have it in force; not yet: %s",
			    patience, progress.done, progress.up, progress.missing);
	if (!request->json)
		printf("All %zu hosts that are up have it in force.\n", progress.up);
	return EXIT_DONE;
}
