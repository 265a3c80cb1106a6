// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "verbs.h"

/*
 * The verbs, of one word or two: this table dispatches, makes the help, and
 * gives shells the words to complete. Every verb takes --json and --help
 * besides.
 */
static const struct verb verbs[] = {
	{ "list", list, "", PGPU | VGPU | FLEET | ALL_HOSTS | HOST | OFFLINE, 0, 0,
	  "specs: what there is, its state, sharing and use" },
	{ "show", show, "SPEC", FLEET, 1, 1,
	  "everything about one spec" },
	{ "devices", devices, "[SPEC]", FLEET | ALL_HOSTS | HOST | OFFLINE, 0, 1,
	  "cards, virtual functions and mdevs: driver and holder" },
	{ "enable", enable, "SPEC...", WITH_SLICES | DRY_RUN | DECIDES, 1, 1000,
	  "let VMs be given devices of the specs" },
	{ "disable", disable, "SPEC...", WITH_SLICES | IF_UNUSED | DRY_RUN | DECIDES, 1, 1000,
	  "refuse devices of the specs; who holds one keeps it" },
	{ "share", share, "SPEC...", ALL | ACCOUNT | MAX | DRY_RUN | DECIDES, 1, 1000,
	  "share the specs with all accounts (--all), or with one more (--account)" },
	{ "recall", recall, "SPEC...", ALL | ACCOUNT | IF_UNUSED | DRY_RUN | DECIDES, 1, 1000,
	  "recall the specs from all accounts, or from one; who holds a device keeps it" },
	{ "check", check, "SPEC|DEVICE", ACCOUNT | PID | FLEET, 1, 1,
	  "would a VM get it now, and if not, why not?" },
	{ "default", set_default, "[open|closed]", DRY_RUN | DECIDES, 0, 1,
	  "what holds for specs that policy does not name" },
	{ "account list", account_list, "", FLEET, 0, 0,
	  "the accounts, and by what their processes are known" },
	{ "account add", account_add, "NAME", CGROUP | UID | DRY_RUN | DECIDES, 1, 1,
	  "make an account, or give it more cgroups and uids" },
	{ "account remove", account_remove, "NAME", CGROUP | UID | DRY_RUN | DECIDES, 1, 1,
	  "remove an account, or some of its cgroups and uids" },
	{ "apply", apply, "[FILE|-]", DRY_RUN | NO_ROM | DECIDES, 0, 1,
	  "bring the policy that was kept, or another, into the kernel" },
	{ "export", export_policy, "", FLEET, 0, 0,
	  "the policy in force, as apply takes it" },
	{ "log", log_events, "", FLEET, 0, 0,
	  "what was refused and changed lately, and by whom" },
	{ "metrics", metrics, "", 0, 0, 0,
	  "numbers, as Prometheus takes them" },
	{ "status", status, "", ALONE, 0, 0,
	  "the module, its policy and its counters; or why it is not loaded" },
	{ "monitor", monitor, "", 0, 0, 0,
	  "print what happens, as it happens, until interrupted" },
	{ "vgpu create", vgpu_create, "SPEC", PARENT | UUID | PACK | PERSISTENT | DRY_RUN, 1, 1,
	  "make a slice: an mdev, or a virtual function for VFIO" },
	{ "vgpu remove", vgpu_remove, "DEVICE", PERSISTENT | DRY_RUN, 1, 1,
	  "undo that, for a slice that nobody holds" },
	{ "rom check", rom_check, "FILE|- [SPEC]", STRIP_NVGI | ALONE, 1, 2,
	  "what a ROM is made of, and what is wrong with it" },
	{ "rom set", rom_set, "SPEC FILE|-",
	  VERSION | FORCE | STRIP_NVGI | FROM | DRY_RUN | DECIDES, 2, 2,
	  "show VMs this ROM in place of the devices' own" },
	{ "rom show", rom_show, "SPEC", FLEET, 1, 1,
	  "the ROM in force, and what became of it on each device" },
	{ "rom get", rom_get, "SPEC [FILE|-]", FLEET, 1, 2,
	  "save the ROM in force" },
	{ "rom clear", rom_clear, "SPEC", DECIDES, 1, 1,
	  "have the devices show their own ROM again" },
	{ "rom history", rom_history, "SPEC", ALONE | FLEET, 1, 1,
	  "which ROMs there were, and who set them" },
	{ "rom rollback", rom_rollback, "SPEC", DECIDES, 1, 1,
	  "go back to the ROM before" },
	{ "hosts", NULL, "", OF_FLEET, 0, 0,
	  "the hosts of the fleet: which are up, and have the newest policy" },
	{ "fleet status", NULL, "", OF_FLEET, 0, 0,
	  "the fleet that this host is of, and the way to its etcd" },
	{ "fleet init", NULL, "", OF_FLEET | LOGIN, 0, 0,
	  "make a fleet: its first policy, and who may decide" },
	{ "fleet join", NULL, "", OF_FLEET | LOGIN, 0, 0,
	  "bring this host into the fleet" },
	{ "fleet leave", NULL, "", OF_FLEET | LOGIN, 0, 0,
	  "take this host out of it: then its own policy holds alone" },
	{ "agent", NULL, "", OF_FLEET, 0, 0,
	  "the service that keeps this host in the fleet" },
};

#define VERBS		(sizeof(verbs) / sizeof(verbs[0]))

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

int help_verb(const struct verb *verb)
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

int help(void)
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
const struct verb *find_verb(int argc, char **argv, int *words)
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
int words(int argc, char **argv)
{
	const struct verb *verb;
	int count;
	size_t i;

	if (!argc)
		print_first_words();
	verb = find_verb(argc, argv, &count);
	if (verb)
		print_option_words(verb->options | JSON | HELP);
	for (i = 0; argc == 1 && i < VERBS; i++)
		if (is_of_family(&verbs[i], argv[0]))
			puts(strchr(verbs[i].name, ' ') + 1);
	return EXIT_DONE;
}

int tell_no_verb(int argc, char **argv)
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
