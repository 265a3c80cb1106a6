// SPDX-License-Identifier: GPL-2.0
/* The whole truth table, against the reasons in the order the design gives them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "verdict.h"

static const char *expected(const struct gpuspec_rule *rule, enum gpuspec_default unnamed,
			    const struct gpuspec_claim *claim)
{
	if (!rule->named)
		return unnamed == GPUSPEC_DEFAULT_CLOSED ? "unknown-spec" : "allowed";
	if (rule->state == GPUSPEC_STATE_DISABLED)
		return "disabled";
	if (rule->sharing == GPUSPEC_SHARING_NONE)
		return "recalled";
	if (rule->sharing == GPUSPEC_SHARING_LIST && claim && !claim->listed)
		return "not-shared";
	if (rule->sharing == GPUSPEC_SHARING_LIST && claim && claim->maximum == 2 &&
	    (claim->held == 2 || claim->held == 3))
		return "quota";
	return "allowed";
}

static int expected_errno(const char *name)
{
	if (!strcmp(name, "not-shared"))
		return -EACCES;
	if (!strcmp(name, "quota"))
		return -EUSERS;
	return strcmp(name, "allowed") ? -EPERM : 0;
}

static int failed;

static void try(const struct gpuspec_rule *rule, enum gpuspec_default unnamed,
		const struct gpuspec_claim *claim)
{
	enum gpuspec_reason reason = gpuspec_verdict(rule, unnamed, claim);
	struct gpuspec_rule in_force = gpuspec_rule_in_force(rule, unnamed);
	const char *name = gpuspec_reason_name(reason);

	if (strcmp(name, expected(rule, unnamed, claim)) ||
	    gpuspec_reason_errno(reason) != expected_errno(name)) {
		printf("named %d state %d sharing %d default %d claim %d: %s\n", rule->named,
		       rule->state, rule->sharing, unnamed, !!claim, name);
		failed = 1;
	}
	/* What is shown as in force must say yes just where the verdict does. */
	in_force.named = true;
	if (!gpuspec_reason_errno(gpuspec_verdict(&in_force, unnamed, claim)) !=
	    !gpuspec_reason_errno(reason)) {
		printf("what is in force does not fit the verdict %s\n", name);
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

int main(void)
{
	static const struct gpuspec_claim claims[] = {
		{}, { .listed = true }, { .listed = true, .maximum = 2 },
		{ .listed = true, .maximum = 2, .held = 1 },
		{ .listed = true, .maximum = 2, .held = 2 },
		{ .listed = true, .maximum = 2, .held = 3 },
		{ .listed = true, .held = 1000 }, { .maximum = 2, .held = 1 },
	};
	char longest[GPUSPEC_ACCOUNT_MAX + 1], phrase[GPUSPEC_PHRASE_SIZE + 1];
	struct gpuspec_rule rule;
	unsigned int bits;
	size_t i;

	for (bits = 0; bits < 24; bits++) {
		rule = (struct gpuspec_rule){
			.named = bits & 1, .state = bits >> 1 & 1, .sharing = bits >> 3,
		};
		try(&rule, bits >> 2 & 1, NULL);
		for (i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
			try(&rule, bits >> 2 & 1, &claims[i]);
	}
	/* A number that is none says no. */
	rule = (struct gpuspec_rule){ .named = true, .sharing = 3 };
	if (gpuspec_verdict(&rule, GPUSPEC_DEFAULT_OPEN, &claims[1]) != GPUSPEC_REASON_RECALLED ||
	    gpuspec_reason_errno(99) != -EPERM || strcmp(gpuspec_reason_name(99), "?"))
		failed = 1;
	try_phrase(GPUSPEC_REASON_DISABLED, "blue", "is disabled");
	try_phrase(GPUSPEC_REASON_NOT_SHARED, "blue", "is not shared with account blue");
	try_phrase(GPUSPEC_REASON_QUOTA, "blue", "is held by account blue up to its maximum");
	try_phrase(99, "blue", "is refused");
	memset(longest, 'a', GPUSPEC_ACCOUNT_MAX);
	longest[GPUSPEC_ACCOUNT_MAX] = '\0';
	snprintf(phrase, sizeof(phrase), "is held by account %s up to its maximum", longest);
	try_phrase(GPUSPEC_REASON_QUOTA, longest, phrase);
	return failed;
}
