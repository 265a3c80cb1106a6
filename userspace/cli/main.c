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
#include "rom_findings.h"
#include "utf8.h"

#define PGPU		(1 << 0)
#define VGPU		(1 << 1)
#define IF_UNUSED	(1 << 2)
#define DRY_RUN		(1 << 3)
#define ALL		(1 << 4)
#define VERSION		(1 << 5)
#define FORCE		(1 << 6)
#define STRIP_NVGI	(1 << 7)
#define ACCOUNT		(1 << 8)
#define MAX		(1 << 9)
#define CGROUP		(1 << 10)
#define UID		(1 << 11)
#define PID		(1 << 12)
#define NO_ROM		(1 << 13)
#define WITH_SLICES	(1 << 14)
#define PARENT		(1 << 15)
#define UUID		(1 << 16)
#define PACK		(1 << 17)
#define PERSISTENT	(1 << 18)
#define JSON		(1 << 19)
#define HELP		(1 << 20)
/* Not an option: the verb does without the module, or connects by itself. */
#define ALONE		(1 << 21)

/* The options; their order is that of the bits above. */
static const struct {
	const char *name;
	const char *value;	/* what follows; NULL: nothing */
	const char *help;
} options[] = {
	{ "pgpu", NULL, "physical GPUs only" },
	{ "vgpu", NULL, "virtual GPUs only: mdev types and SR-IOV virtual functions" },
	{ "if-unused", NULL, "change nothing if a device of one of the specs is in use" },
	{ "dry-run", NULL, "change nothing; say what would change and whom it would affect" },
	{ "all", NULL, "with all accounts, from all accounts" },
	{ "version", "V", "what you call this version of the ROM" },
	{ "force", "CHECK", "accept a ROM in spite of E12, E16 or E24; may be repeated" },
	{ "strip-nvgi", NULL, "take away what lies in front of the ROM in a dump of NVIDIA flash" },
	{ "account", "NAME", "with this account, from it, or for it" },
	{ "max", "N", "the account may hold N devices of the spec at once" },
	{ "cgroup", "PATH", "processes in this cgroup or below are the account's; repeatable" },
	{ "uid", "N", "processes of this user are the account's; repeatable" },
	{ "pid", "N", "for the account of this process" },
	{ "no-rom", NULL, "leave ROMs as they are" },
	{ "with-slices", NULL, "the specs that are slices of these as well" },
	{ "parent", "DEVICE", "make it on this card, or other parent" },
	{ "uuid", "U", "the UUID of the mdev" },
	{ "pack", NULL, "on the card with the most slices that has room, not with the fewest" },
	{ "persistent", NULL, "by mdevctl, so that it is made after each boot, or no more" },
	{ "json", NULL, "the answer as JSON" },
	{ "help", NULL, "this text" },
};

#define OPTIONS		(sizeof(options) / sizeof(options[0]))

/*
 * The verbs, of one word or two: this table dispatches, makes the help, and
 * gives shells the words to complete. Every verb takes --json and --help
 * besides.
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
	{ "enable", enable, "SPEC...", WITH_SLICES | DRY_RUN, 1, 1000,
	  "let VMs be given devices of the specs" },
	{ "disable", disable, "SPEC...", WITH_SLICES | IF_UNUSED | DRY_RUN, 1, 1000,
	  "refuse devices of the specs; who holds one keeps it" },
	{ "share", share, "SPEC...", ALL | ACCOUNT | MAX | DRY_RUN, 1, 1000,
	  "share the specs with all accounts (--all), or with one more (--account)" },
	{ "recall", recall, "SPEC...", ALL | ACCOUNT | IF_UNUSED | DRY_RUN, 1, 1000,
	  "recall the specs from all accounts, or from one; who holds a device keeps it" },
	{ "check", check, "SPEC|DEVICE", ACCOUNT | PID, 1, 1,
	  "would a VM get it now, and if not, why not?" },
	{ "default", set_default, "[open|closed]", DRY_RUN, 0, 1,
	  "what holds for specs that policy does not name" },
	{ "account list", account_list, "", 0, 0, 0,
	  "the accounts, and by what their processes are known" },
	{ "account add", account_add, "NAME", CGROUP | UID | DRY_RUN, 1, 1,
	  "make an account, or give it more cgroups and uids" },
	{ "account remove", account_remove, "NAME", CGROUP | UID | DRY_RUN, 1, 1,
	  "remove an account, or some of its cgroups and uids" },
	{ "apply", apply, "[FILE|-]", DRY_RUN | NO_ROM, 0, 1,
	  "bring the policy that was kept, or another, into the kernel" },
	{ "export", export_policy, "", 0, 0, 0,
	  "the policy in force, as apply takes it" },
	{ "log", log_events, "", 0, 0, 0,
	  "what was refused and changed lately, and by whom" },
	{ "metrics", metrics, "", 0, 0, 0,
	  "numbers, as Prometheus takes them" },
	{ "status", status, "", 0, 0, 0,
	  "the module, its policy and its counters" },
	{ "monitor", monitor, "", 0, 0, 0,
	  "print what happens, as it happens, until interrupted" },
	{ "vgpu create", vgpu_create, "SPEC", PARENT | UUID | PACK | PERSISTENT | DRY_RUN, 1, 1,
	  "make a slice: an mdev, or a virtual function for VFIO" },
	{ "vgpu remove", vgpu_remove, "DEVICE", PERSISTENT | DRY_RUN, 1, 1,
	  "undo that, for a slice that nobody holds" },
	{ "rom check", rom_check, "FILE|- [SPEC]", STRIP_NVGI | ALONE, 1, 2,
	  "what a ROM is made of, and what is wrong with it" },
	{ "rom set", rom_set, "SPEC FILE|-", VERSION | FORCE | STRIP_NVGI | DRY_RUN, 2, 2,
	  "show VMs this ROM in place of the devices' own" },
	{ "rom show", rom_show, "SPEC", 0, 1, 1,
	  "the ROM in force, and what became of it on each device" },
	{ "rom get", rom_get, "SPEC [FILE|-]", 0, 1, 2,
	  "save the ROM in force" },
	{ "rom clear", rom_clear, "SPEC", 0, 1, 1,
	  "have the devices show their own ROM again" },
	{ "rom history", rom_history, "SPEC", ALONE, 1, 1,
	  "which ROMs there were, and who set them" },
	{ "rom rollback", rom_rollback, "SPEC", 0, 1, 1,
	  "go back to the ROM before" },
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

int connect_module(struct request *request)
{
	int error;

	if (request->nl)
		return EXIT_DONE;
	error = gpuspec_nl_open(&request->nl);
	if (error != -ENOENT)
		return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
	if (is_loaded())
		return fail(EXIT_NO_MODULE, request->verb, "the module answers in the host's network namespace only, and this is another; run it on the host");
	return fail(EXIT_NO_MODULE, request->verb, "the kernel module gpuspec is not loaded, and could not be loaded by itself; see what modprobe gpuspec says");
}

/* Is it a verb of two words, the first of which this is? */
static bool is_of_family(const struct verb *verb, const char *first)
{
	size_t length = strlen(first);

	return !strncmp(verb->name, first, length) && verb->name[length] == ' ';
}

static bool is_family(const char *first)
{
	size_t i;

	for (i = 0; i < VERBS; i++)
		if (is_of_family(&verbs[i], first))
			return true;
	return false;
}

static void print_options(int allowed)
{
	char left[64];
	size_t i;

	for (i = 0; i < OPTIONS; i++) {
		if (!(allowed & (1 << i)))
			continue;
		snprintf(left, sizeof(left), "%s%s%s", options[i].name,
			 options[i].value ? " " : "", options[i].value ? options[i].value : "");
		printf("  --%-12s %s\n", left, options[i].help);
	}
}

static int help_verb(const struct verb *verb)
{
	printf("usage: gpuspec %s%s%s [OPTION]...\n\n%s\n\n", verb->name,
	       *verb->arguments ? " " : "", verb->arguments, verb->help);
	print_options(verb->options | JSON | HELP);
	return EXIT_DONE;
}

/* The verbs of a family, or all. */
static void print_verbs(const char *first)
{
	char left[64];
	size_t i;

	for (i = 0; i < VERBS; i++) {
		if (first && !is_of_family(&verbs[i], first))
			continue;
		snprintf(left, sizeof(left), "%s %s", verbs[i].name, verbs[i].arguments);
		printf("  %-24s %s\n", left, verbs[i].help);
	}
}

static int help_family(const char *first)
{
	printf("usage: gpuspec %s WHAT [ARGUMENT]... [OPTION]...\n\n", first);
	print_verbs(first);
	printf("\nEach takes --json, and --help, which tells of its options.\n");
	return EXIT_DONE;
}

static int help(void)
{
	printf("usage: gpuspec VERB [ARGUMENT]... [OPTION]...\n\n"
	       "Which GPU models of this host may be given to virtual machines, and with which ROM.\n\n");
	print_verbs(NULL);
	printf("\nSPEC is an id, a device of it (PCI address, mdev UUID), or a part of its name that\n"
	       "no other has. Every verb takes --json, and --help, which tells of its options.\n\n"
	       "Exit status: 0 done or allowed, 1 failed, 2 usage, 3 refused by policy, 4 no such spec\n"
	       "or device, 5 module not loaded, 6 not permitted.\n");
	return EXIT_DONE;
}

/* The first words of verbs, each once. */
static void print_first_words(void)
{
	size_t i, length;

	for (i = 0; i < VERBS; i++) {
		length = strcspn(verbs[i].name, " ");
		if (!i || strncmp(verbs[i - 1].name, verbs[i].name, length + 1))
			printf("%.*s\n", (int)length, verbs[i].name);
	}
}

/* The verb that @argv begins with, and in *@words how many words it has; NULL: none. */
static const struct verb *find_verb(int argc, char **argv, int *words)
{
	size_t i;

	for (i = 0; i < VERBS && argc; i++) {
		*words = 1;
		if (!strcmp(verbs[i].name, argv[0]))
			return &verbs[i];
		*words = 2;
		if (argc > 1 && is_of_family(&verbs[i], argv[0]) &&
		    !strcmp(verbs[i].name + strlen(argv[0]) + 1, argv[1]))
			return &verbs[i];
	}
	return NULL;
}

/* For shells: what may follow. */
static int words(int argc, char **argv)
{
	const struct verb *verb;
	int count;
	size_t i;

	if (!argc)
		print_first_words();
	verb = find_verb(argc, argv, &count);
	for (i = 0; verb && i < OPTIONS; i++)
		if ((verb->options | JSON | HELP) & (1 << i))
			printf("--%s\n", options[i].name);
	for (i = 0; argc == 1 && i < VERBS; i++)
		if (is_of_family(&verbs[i], argv[0]))
			puts(strchr(verbs[i].name, ' ') + 1);
	return EXIT_DONE;
}

static int tell_no_verb(int argc, char **argv)
{
	char list[256] = "";
	size_t i, length = 0;

	if (!is_family(argv[0]))
		return fail(EXIT_USAGE, argv[0], "there is no such verb; gpuspec --help names those there are");
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return help_family(argv[0]);
	for (i = 0; i < VERBS; i++)
		if (is_of_family(&verbs[i], argv[0]) && length < sizeof(list))
			length += snprintf(list + length, sizeof(list) - length, "%s%s",
					   length ? ", " : "", strchr(verbs[i].name, ' ') + 1);
	return fail(EXIT_USAGE, argv[0], "say what to do: %s", list);
}

/* Which option getopt_long() had in hand; the letters that are none of ours are smaller. */
#define OPTION(i)	(256 + (int)(i))

static int tell_wrong_option(const struct verb *verb, char **argv)
{
	if (optopt >= OPTION(0) && options[optopt - OPTION(0)].value)
		fail(EXIT_USAGE, verb->name, "--%s needs a value: --%s %s",
		     options[optopt - OPTION(0)].name, options[optopt - OPTION(0)].name,
		     options[optopt - OPTION(0)].value);
	else if (optopt >= OPTION(0))
		fail(EXIT_USAGE, verb->name, "%s takes no value", argv[optind - 1]);
	else if (optopt)
		fail(EXIT_USAGE, verb->name, "there is no option -%c; gpuspec %s --help names those there are",
		     optopt, verb->name);
	else
		fail(EXIT_USAGE, verb->name, "there is no option %s; gpuspec %s --help names those there are",
		     argv[optind - 1], verb->name);
	return -1;
}

static int take_check(struct request *request, const char *name)
{
	enum gpuspec_rom_check check = rom_finding_by_name(name);

	if (!check || !gpuspec_rom_can_waive(check)) {
		fail(EXIT_USAGE, request->verb, "--force takes E12, E16 or E24, and not '%s': no other finding can be waived",
		     name);
		return -1;
	}
	request->waived |= 1ULL << check;
	return 0;
}

/* A number of 1 to @most, or 0 to @most for a uid. */
static int take_number(struct request *request, const char *option, const char *text,
		       uint32_t least, uint32_t most, uint32_t *number)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && value >= least && value <= most) {
		*number = value;
		return 0;
	}
	fail(EXIT_USAGE, request->verb, "--%s takes a number from %u to %u, and not '%s'", option,
	     least, most, text);
	return -1;
}

static int take_account(struct request *request, const char *name)
{
	request->account = name;
	if (gpuspec_account_name_is_valid(name))
		return 0;
	fail(EXIT_USAGE, request->verb, "'%s' is no name of an account: that is up to %d letters, digits and ._@+-, a letter or digit first",
	     name, GPUSPEC_ACCOUNT_MAX);
	return -1;
}

static int take_cgroup(struct request *request, const char *path)
{
	struct gpuspec_account *marks = &request->marks;

	if (!gpuspec_cgroup_is_valid(path) || !gpuspec_utf8_is_printable(path)) {
		fail(EXIT_USAGE, request->verb, "'%s' is no path of a cgroup: that begins at the root of the hierarchy, as /machine.slice/blue.slice does",
		     path);
		return -1;
	}
	if (marks->cgroup_count == GPUSPEC_MARKS_MAX) {
		fail(EXIT_USAGE, request->verb, "an account has at most %d cgroups",
		     GPUSPEC_MARKS_MAX);
		return -1;
	}
	if (!marks->cgroups)
		marks->cgroups = calloc(GPUSPEC_MARKS_MAX, sizeof(marks->cgroups[0]));
	if (!marks->cgroups) {
		fail(EXIT_FAILED, request->verb, "out of memory");
		return -1;
	}
	snprintf(marks->cgroups[marks->cgroup_count++], sizeof(marks->cgroups[0]), "%s", path);
	return 0;
}

static int take_uid(struct request *request, const char *text)
{
	struct gpuspec_account *marks = &request->marks;

	if (marks->uid_count == GPUSPEC_MARKS_MAX) {
		fail(EXIT_USAGE, request->verb, "an account has at most %d uids",
		     GPUSPEC_MARKS_MAX);
		return -1;
	}
	return take_number(request, "uid", text, 0, UINT32_MAX - 1,
			   &marks->uids[marks->uid_count++]);
}

static int take_version(struct request *request, const char *version)
{
	request->version = version;
	if (strlen(version) <= GPUSPEC_ROM_VERSION_MAX && gpuspec_utf8_is_printable(version))
		return 0;
	fail(EXIT_USAGE, request->verb, "--version takes at most %d bytes of printable text",
	     GPUSPEC_ROM_VERSION_MAX);
	return -1;
}

static int take_value(struct request *request, int option)
{
	switch (option) {
	case FORCE:
		return take_check(request, optarg);
	case VERSION:
		return take_version(request, optarg);
	case ACCOUNT:
		return take_account(request, optarg);
	case MAX:
		return take_number(request, "max", optarg, 1, UINT32_MAX, &request->maximum);
	case PID:
		return take_number(request, "pid", optarg, 1, INT32_MAX, &request->pid);
	case CGROUP:
		return take_cgroup(request, optarg);
	case UID:
		return take_uid(request, optarg);
	case PARENT:
		request->parent = optarg;
		return 0;
	case UUID:
		request->uuid = optarg;
		return 0;
	default:
		return 0;
	}
}

/* Read the options after the verb: their bits, or -1 when it was told that one is wrong. */
static int parse_options(const struct verb *verb, struct request *request, int argc, char **argv)
{
	struct option table[OPTIONS + 1] = {};
	int given = 0, option, error = 0;
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		table[i] = (struct option){
			options[i].name, options[i].value ? required_argument : no_argument,
			NULL, OPTION(i)
		};
	opterr = 0;
	while (!error && (option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == '?')
			return tell_wrong_option(verb, argv);
		option -= OPTION(0);
		if (!((verb->options | JSON | HELP) & (1 << option))) {
			fail(EXIT_USAGE, verb->name, "--%s is not for this verb; gpuspec %s --help names the options that are",
			     options[option].name, verb->name);
			return -1;
		}
		given |= 1 << option;
		error = take_value(request, 1 << option);
	}
	return error ? error : given;
}

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

/* @argv begins with the verb. */
static int run(int argc, char **argv)
{
	struct request request = { .version = "" };
	const struct verb *verb;
	int given, result, count;

	verb = find_verb(argc, argv, &count);
	if (!verb)
		return tell_no_verb(argc, argv);
	request.verb = verb->name;
	/* getopt_long() passes over the first word. */
	argc -= count - 1;
	argv += count - 1;
	given = parse_options(verb, &request, argc, argv);
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
	request.argc = argc - optind;
	request.argv = argv + optind;
	result = check_arguments(verb, &request);
	if (result == EXIT_DONE && !(verb->options & ALONE))
		result = connect_module(&request);
	if (result == EXIT_DONE)
		result = verb->run(&request);
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
		result = run(argc - 1, argv + 1);
	}
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_FAILED, argc > 1 ? argv[1] : "help",
			    "cannot write the answer: %s", strerror(errno));
	return result;
}
