// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "offline.h"
#include "options.h"
#include "place.h"
#include "verbs.h"

/* Are these the arguments that the verb takes? */
static int check_arguments(const struct verb *verb, const struct request *request)
{
	if (request->argc < verb->least || request->argc > verb->most)
		return fail(EXIT_USAGE, verb->name, "it is gpuspec %s%s%s", verb->name,
			    *verb->arguments ? " " : "",
			    *verb->arguments ? verb->arguments : ", without arguments");
	if ((verb->options & ALL) && !request->all == !request->account)
		return fail(EXIT_USAGE, verb->name, "say with or from whom: either --all, for all accounts, or --account NAME");
	if (request->maximum && !request->account)
		return fail(EXIT_USAGE, verb->name, "--max is for one account; say which: --account NAME");
	if (request->account && request->pid)
		return fail(EXIT_USAGE, verb->name, "give either --account or --pid");
	if (verb->run == set_default && request->argc && strcmp(request->argv[0], "open") &&
	    strcmp(request->argv[0], "closed"))
		return fail(EXIT_USAGE, verb->name, "it is open or closed, not '%s'",
			    request->argv[0]);
	return EXIT_DONE;
}

/* Where the verb is done. */
static int go(const struct verb *verb, struct request *request, bool fleet, bool offline)
{
	int result = EXIT_DONE;

	if (fleet)
		return use_fleet(request, verb->run);
	if (offline) {
		request->place = &offline_place;
		return verb->run(request);
	}
	if (!(verb->options & ALONE))
		result = connect_module(request);
	return result ? result : verb->run(request);
}

/* @argv begins with the verb, in the midst of the command. */
static int run(int argc, char **argv, char **command)
{
	struct request request = { .version = "", .command = command };
	const struct verb *verb;
	int given, result, count;
	bool fleet;

	verb = find_verb(argc, argv, &count);
	if (!verb)
		return tell_no_verb(argc, argv);
	request.verb = verb->name;
	/* getopt_long() passes over the first word. */
	argc -= count - 1;
	argv += count - 1;
	given = parse_options(verb->options | JSON | HELP, &request, argc, argv);
	if (given < 0)
		return EXIT_USAGE;
	if (given & HELP)
		return help_verb(verb);
	request.json = given & JSON;
	request.pgpu = given & PGPU;
	request.vgpu = given & VGPU;
	request.if_unused = given & IF_UNUSED;
	request.dry_run = given & DRY_RUN;
	request.all = given & ALL;
	request.strip_nvgi = given & STRIP_NVGI;
	request.no_rom = given & NO_ROM;
	request.with_slices = given & WITH_SLICES;
	request.pack = given & PACK;
	request.persistent = given & PERSISTENT;
	request.wait = given & WAIT;
	request.argc = argc - optind;
	request.argv = argv + optind;
	fleet = given & (FLEET | ALL_HOSTS) || verb->options & OF_FLEET;
	result = check_arguments(verb, &request);
	if (!result && (given & (WAIT | TIMEOUT | LOGIN)) && !fleet)
		result = fail(EXIT_USAGE, verb->name, "--wait, --timeout and --login are of the fleet: they go with --fleet");
	if (!result && request.host && !fleet)
		result = fail(EXIT_USAGE, verb->name, "--host is of the fleet: it goes with --fleet");
	if (!result && (given & OFFLINE) && fleet)
		result = fail(EXIT_USAGE, verb->name, "--offline is of this host, and does not go with --fleet");
	if (!result)
		result = go(verb, &request, fleet, given & OFFLINE);
	gpuspec_nl_close(request.nl);
	free(request.marks.cgroups);
	return result;
}

int main(int argc, char **argv)
{
	int result;

	setlocale(LC_ALL, "");
	if (argc < 2) {
		help();
		result = EXIT_USAGE;
	} else if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		result = help();
	} else if (!strcmp(argv[1], "--version")) {
		result = puts("gpuspec " GPUSPEC_VERSION) < 0;
	} else if (!strcmp(argv[1], "--words")) {
		result = words(argc - 2, argv + 2);
	} else {
		result = run(argc - 1, argv + 1, argv);
	}
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_FAILED, argc > 1 ? argv[1] : "help",
			    "cannot write the answer: %s", strerror(errno));
	return result;
}
