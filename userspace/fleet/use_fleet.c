// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fleet_place.h"
#include "fleet_verbs.h"

/* How often somebody else may be faster before it is given up. */
#define TRIES	50

/* The verbs that are of the fleet alone. */
static const struct {
	const char *name;
	int (*run)(struct request *request, struct fleet_etcd *fleet);
} verbs[] = {
	{ "hosts", fleet_verb_hosts },
	{ "fleet status", fleet_verb_status },
	{ "fleet init", fleet_verb_init },
	{ "fleet join", fleet_verb_join },
	{ "fleet leave", fleet_verb_leave },
	{ "agent", fleet_verb_agent },
};

#define VERBS	(sizeof(verbs) / sizeof(verbs[0]))

/* What is read again in each try has to be a file. */
static int keep_input(const struct request *request)
{
	char bytes[65536];
	ssize_t count;
	int fd;

	fd = memfd_create("input", MFD_CLOEXEC);
	do {
		count = fd < 0 ? -1 : read(STDIN_FILENO, bytes, sizeof(bytes));
		if (count > 0 && write(fd, bytes, count) != count)
			count = -1;
	} while (count > 0);
	if (count || dup2(fd, STDIN_FILENO) < 0)
		return fail(EXIT_FAILED, request->verb, "standard input: %s", strerror(errno));
	close(fd);
	return EXIT_DONE;
}

static bool reads_input(const struct request *request)
{
	int i;

	/* Where it writes, that is its output. */
	if (!strcmp(request->verb, "rom get"))
		return false;
	for (i = 0; i < request->argc; i++)
		if (!strcmp(request->argv[i], "-"))
			return true;
	return false;
}

/* Until nobody else has decided in between; if somebody has, all is looked at anew. */
static int try(struct request *request, struct fleet_place *place,
	       int (*run)(struct request *request))
{
	bool input = reads_input(request);
	int tries = TRIES, result;

	result = input ? keep_input(request) : EXIT_DONE;
	if (result)
		return result;
	do {
		place->outrun = false;
		if (input)
			rewind(stdin);
		result = run(request);
		/* Another moment for each, so that one of them is first. */
		if (place->outrun)
			usleep((TRIES - tries) * 1000 + getpid() % 50 * 1000);
	} while (place->outrun && --tries);
	if (place->outrun)
		return fail(EXIT_FAILED, request->verb, "others have decided something %d times while this was being done; nothing was changed, try again",
			    TRIES);
	return result;
}

static int run_in(struct request *request, struct fleet_etcd *fleet,
		  int (*run)(struct request *request))
{
	static struct fleet_place place;
	int result;

	place.fleet = fleet;
	request->place = &fleet_place;
	request->place_data = &place;
	result = try(request, &place, run);
	if (!place.revision)
		place.revision = place.decided.revision;
	if (!result && request->wait && place.revision)
		result = fleet_place_wait(request, &place);
	fleet_place_free(&place);
	return result;
}

int use_fleet(struct request *request, int (*run)(struct request *request))
{
	struct fleet_etcd fleet;
	int result;
	size_t i;

	result = fleet_open(&fleet, request);
	if (!result && run)
		result = run_in(request, &fleet, run);
	for (i = 0; i < VERBS && !result && !run; i++)
		if (!strcmp(verbs[i].name, request->verb))
			result = verbs[i].run(request, &fleet);
	fleet_close(&fleet);
	return result;
}
