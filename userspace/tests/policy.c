// SPDX-License-Identifier: GPL-2.0
/* Policies as text, good and hostile; what leads from one to another. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

#define A	"pci:10de:2684:10de:167c"
#define B	"mdev:nvidia-559"

static int failed;

#define wrong(...)	(printf("%s:%d: ", __func__, __LINE__), printf(__VA_ARGS__), \
			 puts(""), failed = 1)

#define BLUE_ACCOUNT	"\"blue\": {\"cgroups\": [\"/blue\", \"/b/c\"], \"uids\": [7, 4294967294], " \
			"\"mail\": \"x\"}"
#define A_SPEC		"\"" A "\": {\"state\": \"disabled\", \"shared\": \"none\", \"why\": \"slow\"}"
#define B_SPEC		"\"" B "\": {\"state\": \"enabled\", \"shared\": [" \
			"{\"account\": \"blue\", \"max\": 2, \"ticket\": 3}, {\"account\": \"host\", \"max\": null}]}"

static const char good[] =
	"{\"note\": 1, \"version\": 1, \"default\": \"closed\", \"accounts\": {" BLUE_ACCOUNT
	", \"red\": {}}, \"specs\": {" A_SPEC ", " B_SPEC "}}";

static void parse(struct gpuspec_policy *policy, const char *text)
{
	char why[640] = "";

	if (gpuspec_policy_parse(policy, text, strlen(text), why, sizeof(why)))
		wrong("%s\n  for %s", why, text);
}

static void read_and_write(void)
{
	struct gpuspec_policy policy, again;
	struct gpuspec_policy_diff diff;
	char *text;

	parse(&policy, good);
	if (policy.unnamed != GPUSPEC_DEFAULT_CLOSED ||
	    policy.account_count != 2 || policy.spec_count != 2)
		wrong("not all was read");
	if (gpuspec_policy_account(&policy, "blue")->uids[1] != 4294967294 ||
	    strcmp(gpuspec_policy_account(&policy, "blue")->cgroups[1], "/b/c") ||
	    gpuspec_policy_spec(&policy, A)->sharing != GPUSPEC_SHARING_NONE ||
	    gpuspec_policy_share(gpuspec_policy_spec(&policy, B), "blue")->maximum != 2 ||
	    gpuspec_policy_share(gpuspec_policy_spec(&policy, B), "host")->maximum ||
	    gpuspec_policy_share(gpuspec_policy_spec(&policy, B), "red"))
		wrong("something was read wrong");
	text = gpuspec_policy_text(&policy);
	parse(&again, text);
	if (gpuspec_policy_diff(&diff, &policy, &again) || diff.count)
		wrong("what was written is not what was read: %s", text);
	if (!strstr(text, "\"note\"") || !strstr(text, "\"mail\"") || !strstr(text, "\"why\"") ||
	    !strstr(text, "\"ticket\""))
		wrong("an unknown member is lost: %s", text);
	free(text);
	/* What goes is gone, with its unknown members; the rest stays. */
	gpuspec_policy_recall_from(gpuspec_policy_spec(&again, B), "blue");
	gpuspec_policy_remove_account(&again, "blue");
	text = gpuspec_policy_text(&again);
	if (strstr(text, "blue") || strstr(text, "mail") || !strstr(text, "\"why\""))
		wrong("%s", text);
	free(text);
	free(diff.changes);
	gpuspec_policy_free(&policy);
	gpuspec_policy_free(&again);
}

/* The changes as words, one letter each: what they are, in their order. */
/* As the module's tables, which it came from, or goes to. */
static void tables(void)
{
	struct gpuspec_policy policy, again;
	struct gpuspec_policy_diff diff;
	struct gpuspec_tables tables;

	parse(&policy, good);
	if (gpuspec_policy_tables(&tables, &policy) ||
	    gpuspec_policy_of_tables(&again, &tables) ||
	    gpuspec_policy_diff(&diff, &policy, &again) || diff.count)
		wrong("its tables are not those of the policy");
	free(diff.changes);
	gpuspec_nl_free_tables(&tables);
	gpuspec_policy_free(&again);
	gpuspec_policy_free(&policy);
}

static void expect_diff(const char *from, const char *to, const char *letters)
{
	static const char names[] = {
		[GPUSPEC_SET_SPEC] = 's', [GPUSPEC_FORGET_SPEC] = 'f',
		[GPUSPEC_SHARE_SPEC] = '+', [GPUSPEC_RECALL_SPEC] = '-',
		[GPUSPEC_SET_DEFAULT] = 'd', [GPUSPEC_SET_ACCOUNT] = 'a',
		[GPUSPEC_REMOVE_ACCOUNT] = 'r',
	};
	struct gpuspec_policy before, after;
	struct gpuspec_policy_diff diff;
	char said[64] = "";
	size_t i;

	parse(&before, from);
	parse(&after, to);
	if (gpuspec_policy_diff(&diff, &before, &after))
		wrong("no memory");
	for (i = 0; i < diff.count; i++)
		said[i] = names[diff.changes[i].what];
	if (strcmp(said, letters))
		wrong("'%s', and not '%s', from %s to %s", said, letters, from, to);
	free(diff.changes);
	gpuspec_policy_free(&before);
	gpuspec_policy_free(&after);
}

#define OPEN		"\"default\": \"open\""
#define ACCOUNTS	"\"accounts\": {\"blue\": {\"uids\": [7]}, \"red\": {\"uids\": [8]}}"
#define POLICY(state, shared)	"{\"version\": 1, " OPEN ", " ACCOUNTS ", \"specs\": {\"" A "\": {" \
	"\"state\": \"" state "\", \"shared\": " shared "}}}"
#define EMPTY		"{\"version\": 1, " OPEN ", " ACCOUNTS "}"
#define BLUE		"[{\"account\": \"blue\"}]"
#define ONE_BLUE	"[{\"account\": \"blue\", \"max\": 1}]"
#define BOTH		"[{\"account\": \"blue\"}, {\"account\": \"red\"}]"

static void differences(void)
{
	expect_diff(EMPTY, EMPTY, "");
	expect_diff(EMPTY, POLICY("enabled", "\"all\""), "s");
	expect_diff(POLICY("enabled", "\"all\""), EMPTY, "f");
	expect_diff(EMPTY, POLICY("enabled", BOTH), "s++");
	expect_diff(POLICY("enabled", "\"all\""), POLICY("enabled", BLUE), "s+");
	expect_diff(POLICY("enabled", BLUE), POLICY("enabled", BOTH), "+");
	expect_diff(POLICY("enabled", BOTH), POLICY("enabled", BLUE), "-");
	expect_diff(POLICY("enabled", BOTH), POLICY("disabled", BLUE), "s-");
	expect_diff(POLICY("enabled", BLUE), POLICY("enabled", "\"none\""), "s");
	expect_diff(POLICY("enabled", BLUE), POLICY("enabled", ONE_BLUE), "+");
	expect_diff("{\"version\": 1, " OPEN "}", EMPTY, "aa");
	expect_diff(EMPTY, "{\"version\": 1, \"default\": \"closed\"}", "rrd");
	expect_diff(EMPTY, "{\"version\": 1, " OPEN ", \"accounts\": {\"blue\": {\"uids\": [8]}}}", "ra");
}

#define SPEC(body)	"{\"version\": 1, " OPEN ", \"specs\": {\"" A "\": " body "}}"
#define SHARED(list)	SPEC("{\"state\": \"enabled\", \"shared\": " list "}")
#define HOST(more)	"{\"account\": \"host\"" more "}"
#define ACCOUNT(body)	"{\"version\": 1, " OPEN ", \"accounts\": {" body "}}"

static void hostile(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "line 1, column 0" },
		{ "\n\n{", "line 3" },
		{ "{\"version\": 1}x", "line 1" },
		{ "[]", "no object" },
		{ "null", "line 1" },
		{ "{}", "\"version\" is 1" },
		{ "{\"version\": \"1\"}", "\"version\" is 1, and not \"1\"" },
		{ "{\"version\": 0}", "\"version\" is 1" },
		{ "{\"version\": 2}", "take a newer one" },
		{ "{\"version\": 1, \"version\": 1}", "duplicate" },
		{ "{\"version\": 1}", "\"open\" or \"closed\", and not nothing" },
		{ ACCOUNT("\"a\\u001b]0;x\\u0007\": {}"), "account \"a ]0;x \"" },
		{ "{\"version\": 1, \"default\": true}", "\"open\" or \"closed\"" },
		{ "{\"version\": 1, \"default\": \"Open\"}", "\"open\" or \"closed\"" },
		{ "{\"version\": 1, " OPEN ", \"specs\": []}", "\"specs\" is an object" },
		{ "{\"version\": 1, " OPEN ", \"accounts\": 7}", "\"accounts\" is an object" },
		{ "{\"version\": 1, " OPEN ", \"specs\": {\"gpu\": {}}}", "is no spec" },
		{ "{\"version\": 1, " OPEN ", \"specs\": {\"PCI:10de:2684:10de:167c\": {}}}",
		  "is no spec" },
		{ SPEC("7"), "it is an object" },
		{ SPEC("{}"), "\"state\" is \"enabled\" or \"disabled\", and not nothing" },
		{ SPEC("{\"state\": \"enabled\"}"), "\"shared\" is" },
		{ SHARED("\"some\""), "\"shared\" is" },
		{ SHARED("[]"), "\"shared\" is" },
		{ SHARED("[7]"), "no \"account\"" },
		{ SHARED("[{\"account\": \"blue\"}]"),
		  "no account \"blue\"" },
		{ SHARED("[" HOST("") ", " HOST("") "]"),
		  "twice" },
		{ SHARED("[" HOST(", \"max\": 0") "]"), "\"max\"" },
		{ SHARED("[" HOST(", \"max\": 4294967296") "]"),
		  "\"max\"" },
		{ SHARED("[" HOST(", \"max\": 1.5") "]"), "\"max\"" },
		{ ACCOUNT("\"host\": {}"), "account host is everybody" },
		{ ACCOUNT("\"a b\": {}"), "a name is" },
		{ ACCOUNT("\"\": {}"), "a name is" },
		{ ACCOUNT("\"blue\": []"), "it is an object" },
		{ ACCOUNT("\"blue\": {\"cgroups\": \"/a\"}"), "is a list of up to" },
		{ ACCOUNT("\"blue\": {\"cgroups\": [\"a\"]}"), "is no path of a cgroup" },
		{ ACCOUNT("\"blue\": {\"cgroups\": [\"/\"]}"), "is no path of a cgroup" },
		{ ACCOUNT("\"blue\": {\"cgroups\": [7]}"), "is no path of a cgroup" },
		{ ACCOUNT("\"blue\": {\"cgroups\": [\"/a\", \"/a\"]}"), "given twice" },
		{ ACCOUNT("\"blue\": {\"cgroups\": [\"/a\"]}, \"red\": {\"cgroups\": [\"/a\"]}"),
		  "account blue" },
		{ ACCOUNT("\"blue\": {\"uids\": [-1]}"), "is no uid" },
		{ ACCOUNT("\"blue\": {\"uids\": [4294967295]}"), "is no uid" },
		{ ACCOUNT("\"blue\": {\"uids\": [\"root\"]}"), "is no uid" },
		{ ACCOUNT("\"blue\": {\"uids\": [7, 7]}"), "given twice" },
		{ "{\"version\": 1, \"x\": \"\\u0000\"}", "line 1" },
		{ "{\"version\": 1, \"x\": \"\xff\"}", "line 1" },
		{ "{\"version\": 1, \"x\": 99999999999999999999}", "line 1" },
	};
	struct gpuspec_policy policy;
	char why[640];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		why[0] = '\0';
		if (gpuspec_policy_parse(&policy, cases[i].text, strlen(cases[i].text), why,
					 sizeof(why)) != -EINVAL)
			wrong("taken: %s", cases[i].text);
		else if (!strstr(why, cases[i].words))
			wrong("'%s', and not '%s', for %s", why, cases[i].words, cases[i].text);
	}
}

/* Cut short, and with every byte another: no crash, and refused or read. */
static void broken(void)
{
	struct gpuspec_policy policy;
	char text[sizeof(good)], why[640];
	size_t i, flip;

	for (i = 0; i < sizeof(good) - 1; i++) {
		memcpy(text, good, sizeof(good));
		text[i] = '\0';
		if (!gpuspec_policy_parse(&policy, text, i, why, sizeof(why)))
			wrong("half of it was taken: %s", text);
		for (flip = 0; flip < 8; flip++) {
			memcpy(text, good, sizeof(good));
			text[i] ^= 1 << flip;
			if (!gpuspec_policy_parse(&policy, text, sizeof(good) - 1, why,
						  sizeof(why)))
				gpuspec_policy_free(&policy);
		}
	}
}

static void deep_and_long(void)
{
	size_t depth = 1 << 20, i;
	struct gpuspec_policy policy;
	char *text = malloc(depth + 64), why[640];

	memset(text, '[', depth);
	text[depth] = '\0';
	if (gpuspec_policy_parse(&policy, text, depth, why, sizeof(why)) != -EINVAL)
		wrong("a million brackets");
	free(text);
	/* Named in any order, they are sorted. */
	memset(&policy, 0, sizeof(policy));
	for (i = 0; i < 5000; i++) {
		char id[32];

		snprintf(id, sizeof(id), "mdev:%zu", i * 7919 % 5000);
		if (gpuspec_policy_name(&policy, id, GPUSPEC_STATE_ENABLED, GPUSPEC_SHARING_ALL))
			wrong("no memory");
	}
	for (i = 1; i < policy.spec_count; i++)
		if (strcmp(policy.specs[i - 1].id, policy.specs[i].id) >= 0)
			wrong("%s comes before %s", policy.specs[i - 1].id, policy.specs[i].id);
	if (policy.spec_count != 5000)
		wrong("%zu specs", policy.spec_count);
	gpuspec_policy_free(&policy);
}

int main(void)
{
	read_and_write();
	tables();
	differences();
	hostile();
	broken();
	deep_and_long();
	return failed;
}
