// SPDX-License-Identifier: GPL-2.0
/*
 * The whole truth table, against the design's: its rows in order of precedence, of which
 * the first that fits gives the reason. It also runs in the kernel (selftests/kunit).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "verdict.h"

/* What a verdict depends on. */
#define NAMED		0x01	/* the policy names the spec */
#define DEFAULT_OPEN	0x02
#define ENABLED		0x04
#define FOR_ALL		0x08
#define FOR_LIST	0x10
#define AT_OPEN		0x20	/* and not at the bind gate, where the account is not known */
#define LISTED		0x40
#define HAS_MAXIMUM	0x80	/* the account holds as many as it may */

static const struct row {
	unsigned int with, without;
	const char *reason;
	int error;
} rows[] = {
	{ 0, NAMED | DEFAULT_OPEN, "unknown-spec", -EPERM },
	{ NAMED, ENABLED, "disabled", -EPERM },
	{ NAMED, FOR_ALL | FOR_LIST, "recalled", -EPERM },
	{ NAMED | FOR_LIST | AT_OPEN, LISTED, "not-shared", -EACCES },
	{ NAMED | FOR_LIST | AT_OPEN | HAS_MAXIMUM, 0, "quota", -EUSERS },
	{ 0, 0, "allowed", 0 },
};

/* What can be said of each, and what is so then. A number that is none is never a yes. */
struct input {
	unsigned int value;
	unsigned int facts;
};

static const struct input names[] = { { false, 0 }, { true, NAMED } };
static const struct input defaults[] = {
	{ GPUSPEC_DEFAULT_OPEN, DEFAULT_OPEN }, { GPUSPEC_DEFAULT_CLOSED, 0 }, { 2, 0 },
};

static const struct input states[] = {
	{ GPUSPEC_STATE_ENABLED, ENABLED }, { GPUSPEC_STATE_DISABLED, 0 }, { 2, 0 },
};

static const struct input sharings[] = {
	{ GPUSPEC_SHARING_ALL, FOR_ALL }, { GPUSPEC_SHARING_NONE, 0 },
	{ GPUSPEC_SHARING_LIST, FOR_LIST }, { 3, 0 },
};

static const struct {
	struct gpuspec_claim claim;
	unsigned int facts;
} claims[] = {
	{ {}, 0 },	/* there is none, at the bind gate */
	{ { false, 0, 0 }, AT_OPEN },
	{ { false, 2, 1 }, AT_OPEN },
	{ { false, 2, 2 }, AT_OPEN | HAS_MAXIMUM },
	{ { true, 0, 0 }, AT_OPEN | LISTED },
	{ { true, 0, ~0u }, AT_OPEN | LISTED },
	{ { true, 1, 0 }, AT_OPEN | LISTED },
	{ { true, 1, 1 }, AT_OPEN | LISTED | HAS_MAXIMUM },
	{ { true, 2, 1 }, AT_OPEN | LISTED },
	{ { true, 2, 2 }, AT_OPEN | LISTED | HAS_MAXIMUM },
	{ { true, 2, 3 }, AT_OPEN | LISTED | HAS_MAXIMUM },
	{ { true, ~0u, ~0u - 1 }, AT_OPEN | LISTED },
	{ { true, ~0u, ~0u }, AT_OPEN | LISTED | HAS_MAXIMUM },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define COMBINATIONS	(COUNT(names) * COUNT(defaults) * COUNT(states) * COUNT(sharings) * \
			 COUNT(claims))

static int failed;

static const struct row *first_that_fits(unsigned int facts)
{
	const struct row *row = rows;

	while ((facts & row->with) != row->with || facts & row->without)
		row++;
	return row;
}

static void try(const struct gpuspec_rule *rule, enum gpuspec_default unnamed,
		const struct gpuspec_claim *claim, const struct row *row)
{
	enum gpuspec_reason reason = gpuspec_verdict(rule, unnamed, claim);
	struct gpuspec_rule in_force = gpuspec_rule_in_force(rule, unnamed);
	const char *name = gpuspec_reason_name(reason);

	if (strcmp(name, row->reason) || gpuspec_reason_errno(reason) != row->error) {
		printf("named %d state %d sharing %d default %d claim %d: %s, and not %s\n",
		       rule->named, rule->state, rule->sharing, unnamed, !!claim, name,
		       row->reason);
		failed = 1;
	}
	/* What is shown as in force must say yes just where the verdict does. */
	in_force.named = true;
	if (!gpuspec_reason_errno(gpuspec_verdict(&in_force, unnamed, claim)) != !row->error) {
		printf("what is in force does not fit the verdict %s\n", name);
		failed = 1;
	}
}

/* The last digit of *@number, which is taken off it. */
static unsigned int digit(unsigned int *number, unsigned int base)
{
	unsigned int last = *number % base;

	*number /= base;
	return last;
}

static void test_truth_table(void)
{
	unsigned int i, rest, claim, seen[COUNT(rows)] = {};
	const struct input *named, *state, *sharing, *unnamed;
	struct gpuspec_rule rule;
	const struct row *row;

	/* The digits of a number say which combination it is. */
	for (i = 0; i < COMBINATIONS; i++) {
		rest = i;
		named = &names[digit(&rest, COUNT(names))];
		state = &states[digit(&rest, COUNT(states))];
		sharing = &sharings[digit(&rest, COUNT(sharings))];
		unnamed = &defaults[digit(&rest, COUNT(defaults))];
		claim = rest;
		rule = (struct gpuspec_rule){ named->value, state->value, sharing->value };
		row = first_that_fits(named->facts | state->facts | sharing->facts |
				      unnamed->facts | claims[claim].facts);
		try(&rule, unnamed->value, claim ? &claims[claim].claim : NULL, row);
		seen[row - rows]++;
	}
	for (i = 0; i < COUNT(rows); i++) {
		if (seen[i])
			continue;
		printf("no combination is %s\n", rows[i].reason);
		failed = 1;
	}
}

static void try_phrase(enum gpuspec_reason reason, const char *account, const char *wanted)
{
	char phrase[GPUSPEC_PHRASE_SIZE];

	gpuspec_reason_phrase(reason, account, phrase);
	if (strcmp(phrase, wanted)) {
		printf("'%s', and not '%s'\n", phrase, wanted);
		failed = 1;
	}
}

static void test_reasons(void)
{
	static const struct {
		unsigned int reason;
		int error;
		const char *name, *phrase;
	} reasons[] = {
		{ GPUSPEC_REASON_ALLOWED, 0, "allowed", "is allowed" },
		{ GPUSPEC_REASON_UNKNOWN_SPEC, -EPERM, "unknown-spec",
		  "is not named by the policy, whose default is closed" },
		{ GPUSPEC_REASON_DISABLED, -EPERM, "disabled", "is disabled" },
		{ GPUSPEC_REASON_RECALLED, -EPERM, "recalled", "is recalled from all accounts" },
		{ GPUSPEC_REASON_NOT_SHARED, -EACCES, "not-shared",
		  "is not shared with account blue" },
		{ GPUSPEC_REASON_QUOTA, -EUSERS, "quota",
		  "is held by account blue up to its maximum" },
		{ GPUSPEC_REASONS, -EPERM, "?", "is refused" },
		{ ~0u, -EPERM, "?", "is refused" },
	};
	size_t i;

	for (i = 0; i < COUNT(reasons); i++) {
		try_phrase(reasons[i].reason, "blue", reasons[i].phrase);
		if (!strcmp(gpuspec_reason_name(reasons[i].reason), reasons[i].name) &&
		    gpuspec_reason_errno(reasons[i].reason) == reasons[i].error)
			continue;
		printf("reason %u is %s, errno %d\n", reasons[i].reason,
		       gpuspec_reason_name(reasons[i].reason),
		       gpuspec_reason_errno(reasons[i].reason));
		failed = 1;
	}
}

/* An account's name is cut off where no account's may go on. */
static void test_longest_phrase(void)
{
	char name[GPUSPEC_ACCOUNT_MAX + 2], phrase[GPUSPEC_PHRASE_SIZE + 1];

	memset(name, 'a', sizeof(name));
	name[GPUSPEC_ACCOUNT_MAX + 1] = '\0';
	snprintf(phrase, sizeof(phrase), "is held by account %s up to its maximum", name + 1);
	try_phrase(GPUSPEC_REASON_QUOTA, name + 1, phrase);
	try_phrase(GPUSPEC_REASON_QUOTA, name, phrase);
}

int main(void)
{
	test_truth_table();
	test_reasons();
	test_longest_phrase();
	return failed;
}
