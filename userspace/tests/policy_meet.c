// SPDX-License-Identifier: GPL-2.0
/*
 * What comes of a fleet's policy and a host's: all that either can say of a
 * spec, against what is to hold by the words of gpuspec-policy(5). Whoever asks
 * gets a device exactly if both policies let him.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy_meet.h"

#define SPEC	"mdev:a"

static int failed;

#define wrong(...)	(printf("%s:%d: ", __func__, __LINE__), printf(__VA_ARGS__), \
			 puts(""), failed = 1)

/* --- all that a policy can say of one spec --- */

/* Blue is an account of both, and green and red of one; host is everybody else. */
static const char *const fleet_names[] = { "blue", "green", "host" };
static const char *const host_names[] = { "blue", "red", "host" };
static const char *const everybody[] = { "blue", "green", "red", "host" };

#define NAMES		3
/* Not on the list, or on it with maximum 0, 1 or 2: a digit for each name. */
#define LISTS		(4 * 4 * 4)
/* The list without anybody is "none"; one more is "all". */
#define SHARINGS	(LISTS + 1)
/* Twice as many by state; one more does not name it. */
#define RULES		(2 * SHARINGS + 1)
#define POLICIES	(2 * RULES)
/* More than anybody may hold. */
#define HELD		3

/* The same as plain numbers, for the reference. */
struct words {
	bool open, named, enabled, all;
	int maximum[NAMES];	/* -1: not on the list */
};

static struct words words_of(unsigned int number)
{
	struct words words = { .open = number & 1 };
	unsigned int list, i;

	number /= 2;
	words.named = number < 2 * SHARINGS;
	words.enabled = number & 1;
	list = number / 2;
	words.all = list == LISTS;
	for (i = 0; i < NAMES; i++, list /= 4)
		words.maximum[i] = words.all ? -1 : (int)(list % 4) - 1;
	return words;
}

static void make(struct gpuspec_policy *policy, const struct words *words,
		 const char *const names[NAMES])
{
	struct gpuspec_policy_spec *spec;
	int i, error = 0;

	memset(policy, 0, sizeof(*policy));
	policy->unnamed = words->open ? GPUSPEC_DEFAULT_OPEN : GPUSPEC_DEFAULT_CLOSED;
	for (i = 0; i < NAMES; i++)
		if (strcmp(names[i], "host"))
			error |= gpuspec_policy_add_account(policy, names[i]);
	if (!words->named)
		return;
	error |= gpuspec_policy_name(policy, SPEC, words->enabled ? GPUSPEC_STATE_ENABLED :
				     GPUSPEC_STATE_DISABLED, words->all ? GPUSPEC_SHARING_ALL :
				     GPUSPEC_SHARING_NONE);
	spec = gpuspec_policy_spec(policy, SPEC);
	for (i = 0; i < NAMES; i++)
		if (words->maximum[i] >= 0)
			error |= gpuspec_policy_share_with(spec, names[i], words->maximum[i]);
	if (error)
		wrong("no memory");
}

/* --- what is to hold --- */

/* May the account have one more, as far as these words go? */
static bool may(const struct words *words, const char *const names[NAMES], const char *account,
		unsigned int held)
{
	int i;

	if (!words->named)
		return words->open;
	if (!words->enabled)
		return false;
	if (words->all)
		return true;
	for (i = 0; i < NAMES; i++)
		if (!strcmp(names[i], account) && words->maximum[i] >= 0)
			return !words->maximum[i] || held < (unsigned int)words->maximum[i];
	return false;
}

static bool both_may(const struct words *fleet, const struct words *host, const char *account,
		     unsigned int held)
{
	/* The host's default says nothing of what the fleet names. */
	bool silent = fleet->named && !host->named;

	return may(fleet, fleet_names, account, held) &&
	       (silent || may(host, host_names, account, held));
}

static bool allows(const struct gpuspec_policy *policy, const char *account, unsigned int held)
{
	return gpuspec_policy_verdict(policy, SPEC, account, held) == GPUSPEC_REASON_ALLOWED;
}

static unsigned int refused, allowed;

/* Of an account that holds so many; of NULL, of who binds it: is there anybody to bind it for? */
static void try_claim(const struct gpuspec_policy *met, const struct gpuspec_policy *fleet,
		      const struct gpuspec_policy *host, const char *account, unsigned int held,
		      bool wanted)
{
	bool is = allows(met, account, held);

	if (is != wanted)
		wrong("%s holds %u: %s", account ? account : "who binds", held,
		      is ? "allowed" : "refused");
	if (is && !allows(fleet, account, held))
		wrong("%s holds %u: laxer than the fleet", account ? account : "who binds", held);
	if (is && host->spec_count && !allows(host, account, held))
		wrong("%s holds %u: laxer than the host", account ? account : "who binds", held);
	if (is && gpuspec_policy_host_verdict(fleet, host, SPEC, account, held) !=
		   GPUSPEC_REASON_ALLOWED)
		wrong("the host is told to refuse what is allowed");
	refused += !is;
	allowed += is;
}

static void try_claims(const struct gpuspec_policy *met, const struct gpuspec_policy *fleet,
		       const struct gpuspec_policy *host, const struct words *fleet_words,
		       const struct words *host_words)
{
	bool any = false, wanted;
	unsigned int held;
	size_t i;

	for (i = 0; i < sizeof(everybody) / sizeof(everybody[0]); i++)
		for (held = 0; held <= HELD; held++) {
			wanted = both_may(fleet_words, host_words, everybody[i], held);
			any |= wanted;
			try_claim(met, fleet, host, everybody[i], held, wanted);
		}
	try_claim(met, fleet, host, NULL, 0, any);
}

static bool is_same(const struct gpuspec_policy *a, const struct gpuspec_policy *b)
{
	struct gpuspec_policy_diff diff;
	bool same;

	if (gpuspec_policy_diff(&diff, a, b))
		wrong("no memory");
	same = !diff.count;
	free(diff.changes);
	return same;
}

/* Once it has been met, it is as it is: what is exported can be applied. */
static void try_again(const struct gpuspec_policy *met, const struct gpuspec_policy *fleet)
{
	struct gpuspec_policy again;

	if (gpuspec_policy_meet(&again, fleet, met))
		wrong("no memory");
	if (!is_same(met, &again))
		wrong("met again, it is another");
	gpuspec_policy_free(&again);
	if (gpuspec_policy_meet(&again, met, met))
		wrong("no memory");
	if (!is_same(met, &again))
		wrong("met with itself, it is another");
	gpuspec_policy_free(&again);
}

static void truth_table(void)
{
	struct gpuspec_policy fleet, host, met;
	struct words fleet_words, host_words;
	unsigned int f, h;

	for (f = 0; f < POLICIES && !failed; f++) {
		fleet_words = words_of(f);
		make(&fleet, &fleet_words, fleet_names);
		for (h = 0; h < POLICIES && !failed; h++) {
			host_words = words_of(h);
			make(&host, &host_words, host_names);
			if (gpuspec_policy_meet(&met, &fleet, &host))
				wrong("no memory");
			try_claims(&met, &fleet, &host, &fleet_words, &host_words);
			try_again(&met, &fleet);
			if (failed)
				printf("  fleet %u, host %u\n", f, h);
			gpuspec_policy_free(&met);
			gpuspec_policy_free(&host);
		}
		gpuspec_policy_free(&fleet);
	}
	if (refused < 1000000 || allowed < 40000)
		wrong("%u were refused, and %u allowed: too few", refused, allowed);
}

/* --- whole policies --- */

static void parse(struct gpuspec_policy *policy, const char *text)
{
	char why[640] = "";

	if (gpuspec_policy_parse(policy, text, strlen(text), why, sizeof(why)))
		wrong("%s\n  for %s", why, text);
}

/* What comes of two texts is the third, and can be read again. */
static void expect(const char *fleet_text, const char *host_text, const char *wanted_text)
{
	struct gpuspec_policy fleet, host, met, wanted, again;
	char *text;

	parse(&fleet, fleet_text);
	parse(&host, host_text);
	parse(&wanted, wanted_text);
	if (gpuspec_policy_meet(&met, &fleet, &host))
		wrong("no memory");
	text = gpuspec_policy_text(&met);
	parse(&again, text);
	if (!is_same(&met, &wanted) || !is_same(&again, &wanted))
		wrong("%s\nand not %s", text, wanted_text);
	free(text);
	gpuspec_policy_free(&fleet);
	gpuspec_policy_free(&host);
	gpuspec_policy_free(&met);
	gpuspec_policy_free(&wanted);
	gpuspec_policy_free(&again);
}

#define EMPTY(unnamed)	"{\"version\": 1, \"default\": \"" unnamed "\"}"
#define ACCOUNTS(list)	"{\"version\": 1, \"default\": \"open\", \"accounts\": {" list "}}"
#define MANY	"{\"version\": 1, \"default\": \"open\", \"accounts\": {\"blue\": {\"uids\": [7]}}, " \
		"\"specs\": {\"mdev:a\": {\"state\": \"disabled\", \"shared\": \"none\"}, " \
		"\"mdev:b\": {\"state\": \"enabled\", \"shared\": [{\"account\": \"blue\", \"max\": 2}]}}}"

static void empty_ones(void)
{
	expect(EMPTY("open"), EMPTY("open"), EMPTY("open"));
	expect(EMPTY("open"), EMPTY("closed"), EMPTY("closed"));
	expect(EMPTY("closed"), EMPTY("open"), EMPTY("closed"));
	expect(EMPTY("open"), MANY, MANY);
	expect(MANY, EMPTY("open"), MANY);
	expect(MANY, MANY, MANY);
	/* Specs that only the host knows: the fleet does not. */
	expect(EMPTY("closed"), MANY,
	       "{\"version\": 1, \"default\": \"closed\", \"accounts\": {\"blue\": {\"uids\": [7]}}}");
}

#define ONLY_B		"\"b\": {\"uids\": [2]}"
#define ONLY_C		"\"c\": {\"cgroups\": [\"/c\"]}"
#define FLEETS_BLUE	"\"blue\": {\"cgroups\": [\"/a\", \"/b\"], \"uids\": [7]}"
#define RED(cgroups, uids)	"\"red\": {\"cgroups\": [" cgroups "], \"uids\": [" uids "]}"

static void accounts(void)
{
	/* Side by side, in whatever order. */
	expect(ACCOUNTS(ONLY_B ", \"d\": {}"), ACCOUNTS("\"a\": {}, " ONLY_C ", \"e\": {}"),
	       ACCOUNTS("\"a\": {}, " ONLY_B ", " ONLY_C ", \"d\": {}, \"e\": {}"));
	/* Who somebody is, the fleet says. */
	expect(ACCOUNTS(FLEETS_BLUE),
	       ACCOUNTS("\"blue\": {\"cgroups\": [\"/azure\"], \"uids\": [7, 8]}"),
	       ACCOUNTS(FLEETS_BLUE));
	/* A mark that is the fleet's is not the host's; what is below it is another. */
	expect(ACCOUNTS(FLEETS_BLUE),
	       ACCOUNTS(RED("\"/b/c\", \"/b\", \"/r\"", "6, 7, 8")),
	       ACCOUNTS(FLEETS_BLUE ", " RED("\"/b/c\", \"/r\"", "6, 8")));
	/* Without one, it is an account all the same: specs may be shared with it. */
	expect(ACCOUNTS("\"blue\": {\"uids\": [7]}"), ACCOUNTS("\"red\": {\"uids\": [7]}"),
	       ACCOUNTS("\"blue\": {\"uids\": [7]}, \"red\": {}"));
}

/* --- limits --- */

static void name_many(struct gpuspec_policy *policy, size_t from, size_t count)
{
	char id[32];
	size_t i;

	memset(policy, 0, sizeof(*policy));
	for (i = from; i < from + count; i++) {
		snprintf(id, sizeof(id), "mdev:%06zu", i);
		if (gpuspec_policy_name(policy, id, GPUSPEC_STATE_ENABLED, GPUSPEC_SHARING_ALL))
			wrong("no memory");
	}
}

static void expect_many(size_t fleet_count, size_t host_from, size_t host_count, int wanted)
{
	struct gpuspec_policy fleet, host, met;
	int error;

	name_many(&fleet, 0, fleet_count);
	name_many(&host, host_from, host_count);
	error = gpuspec_policy_meet(&met, &fleet, &host);
	if (error != wanted)
		wrong("%d, and not %d", error, wanted);
	if (error && (met.specs || met.accounts))
		wrong("something is left");
	gpuspec_policy_free(&met);
	gpuspec_policy_free(&fleet);
	gpuspec_policy_free(&host);
}

static void kernel_limits(void)
{
	struct gpuspec_policy fleet = {}, host = {}, met;
	struct gpuspec_account *account;
	uint32_t i;

	/* The default counts as one. */
	expect_many(GPUSPEC_CHANGES_MAX - 1, 0, GPUSPEC_CHANGES_MAX - 1, 0);
	expect_many(40000, 40000, GPUSPEC_CHANGES_MAX - 40001, 0);
	expect_many(40000, 40000, GPUSPEC_CHANGES_MAX - 40000, -E2BIG);
	expect_many(40000, 20000, 40000, 0);
	/* As many marks as an account can have, half of them the fleet's. */
	if (gpuspec_policy_add_account(&fleet, "blue") || gpuspec_policy_add_account(&host, "red"))
		wrong("no memory");
	for (i = 0; i < GPUSPEC_MARKS_MAX; i++) {
		account = gpuspec_policy_account(&fleet, "blue");
		account->uids[account->uid_count++] = 2 * i;
		account = gpuspec_policy_account(&host, "red");
		account->uids[account->uid_count++] = i;
		snprintf(account->cgroups[account->cgroup_count++], GPUSPEC_CGROUP_MAX, "/r/%u", i);
	}
	if (gpuspec_policy_meet(&met, &fleet, &host))
		wrong("no memory");
	account = gpuspec_policy_account(&met, "red");
	if (account->uid_count != GPUSPEC_MARKS_MAX / 2 || account->uids[1] != 3 ||
	    account->cgroup_count != GPUSPEC_MARKS_MAX || strcmp(account->cgroups[31], "/r/31"))
		wrong("%zu uids, %zu cgroups", account->uid_count, account->cgroup_count);
	gpuspec_policy_free(&met);
	gpuspec_policy_free(&fleet);
	gpuspec_policy_free(&host);
}

int main(void)
{
	empty_ones();
	accounts();
	kernel_limits();
	truth_table();
	return failed;
}
