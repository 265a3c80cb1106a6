// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "rom_findings.h"
#include "utf8.h"

/* Of what the history has room for, as long as a name of a file can be. */
#define FROM_MAX	255

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
	{ "fleet", NULL, "for all hosts of the fleet, and not for this one" },
	{ "all-hosts", NULL, "what all hosts of the fleet have" },
	{ "wait", NULL, "until all hosts that are up have it in force" },
	{ "timeout", "S", "wait for S seconds at most (60)" },
	{ "login", "FILE", "a user of etcd and the password, a line each" },
	{ "host", "NAME", "of the fleet's hosts this one alone" },
	{ "offline", NULL, "what files of this host say; without the module, and for every user" },
	{ "from", "NAME", "what the history calls the ROM on standard input" },
	{ "json", NULL, "the answer as JSON" },
	{ "help", NULL, "this text" },
};

#define OPTIONS		(sizeof(options) / sizeof(options[0]))

void print_options(int allowed)
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

void print_option_words(int allowed)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (allowed & (1 << i))
			printf("--%s\n", options[i].name);
}

/* Which option getopt_long() had in hand; the letters that are none of ours are smaller. */
#define OPTION(i)	(256 + (int)(i))

static int tell_wrong_option(const struct request *request, char **argv)
{
	if (optopt >= OPTION(0) && options[optopt - OPTION(0)].value)
		fail(EXIT_USAGE, request->verb, "--%s needs a value: --%s %s",
		     options[optopt - OPTION(0)].name, options[optopt - OPTION(0)].name,
		     options[optopt - OPTION(0)].value);
	else if (optopt >= OPTION(0))
		fail(EXIT_USAGE, request->verb, "%s takes no value", argv[optind - 1]);
	else if (optopt)
		fail(EXIT_USAGE, request->verb, "there is no option -%c; gpuspec %s --help names those there are",
		     optopt, request->verb);
	else
		fail(EXIT_USAGE, request->verb, "there is no option %s; gpuspec %s --help names those there are",
		     argv[optind - 1], request->verb);
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

static int take_from(struct request *request, const char *name)
{
	request->from = name;
	if (*name && strlen(name) <= FROM_MAX && gpuspec_utf8_is_printable(name))
		return 0;
	fail(EXIT_USAGE, request->verb, "--from takes 1 to %d bytes of printable text", FROM_MAX);
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
	case TIMEOUT:
		return take_number(request, "timeout", optarg, 1, 86400, &request->timeout);
	case LOGIN:
		request->login = optarg;
		return 0;
	case PARENT:
		request->parent = optarg;
		return 0;
	case HOST:
		request->host = optarg;
		return 0;
	case FROM:
		return take_from(request, optarg);
	case UUID:
		request->uuid = optarg;
		return 0;
	default:
		return 0;
	}
}

int parse_options(int allowed, struct request *request, int argc, char **argv)
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
			return tell_wrong_option(request, argv);
		option -= OPTION(0);
		if (!(allowed & (1 << option))) {
			fail(EXIT_USAGE, request->verb, "--%s is not for this verb; gpuspec %s --help names the options that are",
			     options[option].name, request->verb);
			return -1;
		}
		given |= 1 << option;
		error = take_value(request, 1 << option);
	}
	return error ? error : given;
}
