// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define PGPU		(1 << 0)
#define VGPU		(1 << 1)
#define IF_UNUSED	(1 << 2)
#define DRY_RUN		(1 << 3)
#define ALL		(1 << 4)
#define JSON		(1 << 5)
#define HELP		(1 << 6)

/* The options; their order is that of the bits above. */
static const struct {
	const char *name;
	const char *help;
} options[] = {
	{ "pgpu", "physical GPUs only" },
	{ "vgpu", "virtual GPUs only: mdev types and SR-IOV virtual functions" },
	{ "if-unused", "change nothing if a device of one of the specs is in use" },
	{ "dry-run", "change nothing; say what would change and whom it would affect" },
	{ "all", "with all accounts, from all accounts" },
	{ "json", "the answer as JSON" },
	{ "help", "this text" },
};

#define OPTIONS		(sizeof(options) / sizeof(options[0]))

/*
 * The verbs: this table dispatches, makes the help, and gives shells the
 * words to complete. Every verb takes --json and --help besides.
 */
static const struct verb {
	const char *name;
	int (*run)(struct request *request);
	const char *arguments;
	int options;
	int least, most;	/* arguments */
	const char *help;
} verbs[] = {
	{ "list", list, "", PGPU | VGPU, 0, 0,
	  "specs: what there is, its state, sharing and use" },
	{ "show", show, "SPEC", 0, 1, 1,
	  "everything about one spec" },
	{ "devices", devices, "[SPEC]", 0, 0, 1,
	  "cards, virtual functions and mdevs: driver and holder" },
	{ "enable", enable, "SPEC...", DRY_RUN, 1, 1000,
	  "let VMs be given devices of the specs" },
	{ "disable", disable, "SPEC...", IF_UNUSED | DRY_RUN, 1, 1000,
	  "refuse devices of the specs; who holds one keeps it" },
	{ "share", share, "SPEC...", ALL | DRY_RUN, 1, 1000,
	  "share the specs with all accounts (--all)" },
	{ "recall", recall, "SPEC...", ALL | IF_UNUSED | DRY_RUN, 1, 1000,
	  "recall the specs from all accounts (--all); who holds a device keeps it" },
	{ "check", check, "SPEC|DEVICE", 0, 1, 1,
	  "would a VM get it now, and if not, why not?" },
	{ "default", set_default, "[open|closed]", DRY_RUN, 0, 1,
	  "what holds for specs that policy does not name" },
	{ "status", status, "", 0, 0, 0,
	  "the module, its policy and its counters" },
	{ "monitor", monitor, "", 0, 0, 0,
	  "print what happens, as it happens, until interrupted" },
};

#define VERBS		(sizeof(verbs) / sizeof(verbs[0]))

int fail(enum exit_status status, const char *what, const char *why, ...)
{
	va_list args;

	fprintf(stderr, "gpuspec: %s: ", what);
	va_start(args, why);
	vfprintf(stderr, why, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

/* The family is there in the initial network namespace only, but sysfs everywhere. */
static bool is_loaded(void)
{
	return !access("/sys/module/gpuspec", F_OK);
}

int fail_nl(const struct gpuspec_nl *nl, int error, const char *what)
{
	const char *why = gpuspec_nl_sentence(nl);

	switch (error) {
	case -EPERM:
		return fail(EXIT_NOT_PERMITTED, what, "%s; run it as root on the host", why);
	case -ENODEV:
		return fail(EXIT_NO_MODULE, what, "%s", why);
	default:
		return fail(EXIT_FAILED, what, "%s", why);
	}
}

static int connect_module(struct request *request)
{
	int error = gpuspec_nl_open(&request->nl);

	if (error != -ENOENT)
		return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
	if (is_loaded())
		return fail(EXIT_NO_MODULE, request->verb, "the module answers in the host's network namespace only, and this is another; run it on the host");
	return fail(EXIT_NO_MODULE, request->verb, "the kernel module gpuspec is not loaded, and could not be loaded by itself; see what modprobe gpuspec says");
}

static void print_options(int allowed)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (allowed & (1 << i))
			printf("  --%-12s %s\n", options[i].name, options[i].help);
}

static int help_verb(const struct verb *verb)
{
	printf("usage: gpuspec %s%s%s [OPTION]...\n\n%s\n\n", verb->name,
	       *verb->arguments ? " " : "", verb->arguments, verb->help);
	print_options(verb->options | JSON | HELP);
	return EXIT_DONE;
}

static int help(void)
{
	char left[64];
	size_t i;

	printf("usage: gpuspec VERB [ARGUMENT]... [OPTION]...\n\n"
	       "Which GPU models of this host may be given to virtual machines.\n\n");
	for (i = 0; i < VERBS; i++) {
		snprintf(left, sizeof(left), "%s %s", verbs[i].name, verbs[i].arguments);
		printf("  %-24s %s\n", left, verbs[i].help);
	}
	printf("\nSPEC is an id, a device of it (PCI address, mdev UUID), or a part of its name that\n"
	       "no other has. Every verb takes --json, and --help, which tells of its options.\n\n"
	       "Exit status: 0 done or allowed, 1 failed, 2 usage, 3 refused by policy, 4 no such spec\n"
	       "or device, 5 module not loaded, 6 not permitted.\n");
	return EXIT_DONE;
}

/* For shells: the verbs, or the options of one. */
static int words(const char *name)
{
	size_t i, option;

	for (i = 0; i < VERBS; i++) {
		if (!name)
			puts(verbs[i].name);
		for (option = 0; name && !strcmp(name, verbs[i].name) && option < OPTIONS; option++)
			if ((verbs[i].options | JSON | HELP) & (1 << option))
				printf("--%s\n", options[option].name);
	}
	return EXIT_DONE;
}

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

/* optopt is a letter that is none of ours; otherwise getopt_long() is behind the word. */
static int tell_wrong_option(const struct verb *verb, char **argv)
{
	if (optopt && optopt < HELP << 1 && !(optopt & (optopt - 1)))
		fail(EXIT_USAGE, verb->name, "%s takes no value", argv[optind - 1]);
	else if (optopt)
		fail(EXIT_USAGE, verb->name, "there is no option -%c; gpuspec %s --help names those there are",
		     optopt, verb->name);
	else
		fail(EXIT_USAGE, verb->name, "there is no option %s; gpuspec %s --help names those there are",
		     argv[optind - 1], verb->name);
	return -1;
}

/* Read the options after the verb: their bits, or -1 when it was told that one is wrong. */
static int parse_options(const struct verb *verb, int argc, char **argv)
{
	struct option table[OPTIONS + 1] = {};
	int given = 0, at = 0, bit;
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		table[i] = (struct option){ options[i].name, no_argument, NULL, 1 << i };
	opterr = 0;
	while ((bit = getopt_long(argc, argv, "", table, &at)) != -1) {
		if (bit == '?')
			return tell_wrong_option(verb, argv);
		if (!((verb->options | JSON | HELP) & bit)) {
			fail(EXIT_USAGE, verb->name, "--%s is not for this verb; gpuspec %s --help names the options that are",
			     options[at].name, verb->name);
			return -1;
		}
		given |= bit;
	}
	return given;
}

static int run(int argc, char **argv)
{
	struct request request = {};
	const struct verb *verb;
	int given, result;

	verb = find_verb(argv[1]);
	if (!verb)
		return fail(EXIT_USAGE, argv[1], "there is no such verb; gpuspec --help names those there are");
	given = parse_options(verb, argc - 1, argv + 1);
	if (given < 0)
		return EXIT_USAGE;
	if (given & HELP)
		return help_verb(verb);
	request = (struct request){
		.verb = verb->name,
		.json = given & JSON, .pgpu = given & PGPU, .vgpu = given & VGPU,
		.if_unused = given & IF_UNUSED, .dry_run = given & DRY_RUN, .all = given & ALL,
		.argc = argc - 1 - optind, .argv = argv + 1 + optind,
	};
	if (request.argc < verb->least || request.argc > verb->most)
		return fail(EXIT_USAGE, verb->name, "it is gpuspec %s%s%s", verb->name,
			    *verb->arguments ? " " : "",
			    *verb->arguments ? verb->arguments : ", without arguments");
	if ((verb->options & ALL) && !request.all)
		return fail(EXIT_USAGE, verb->name, "say with whom: --all, for all accounts");
	if (verb->run == set_default && request.argc && strcmp(request.argv[0], "open") &&
	    strcmp(request.argv[0], "closed"))
		return fail(EXIT_USAGE, verb->name, "it is open or closed, not '%s'",
			    request.argv[0]);
	result = connect_module(&request);
	if (result == EXIT_DONE)
		result = verb->run(&request);
	gpuspec_nl_close(request.nl);
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
		result = words(argv[2]);
	} else {
		result = run(argc, argv);
	}
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_FAILED, argc > 1 ? argv[1] : "help",
			    "cannot write the answer: %s", strerror(errno));
	return result;
}
