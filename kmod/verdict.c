// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#else
#include <errno.h>
#include <stdio.h>
#endif

#include "verdict.h"

enum gpuspec_reason gpuspec_verdict(const struct gpuspec_rule *rule,
				    enum gpuspec_default unnamed,
				    const struct gpuspec_claim *claim)
{
	if (!rule->named)
		return unnamed == GPUSPEC_DEFAULT_OPEN ?
			GPUSPEC_REASON_ALLOWED : GPUSPEC_REASON_UNKNOWN_SPEC;
	/* Anything but a plain yes is a no. */
	if (rule->state != GPUSPEC_STATE_ENABLED)
		return GPUSPEC_REASON_DISABLED;
	if (rule->sharing == GPUSPEC_SHARING_ALL)
		return GPUSPEC_REASON_ALLOWED;
	if (rule->sharing != GPUSPEC_SHARING_LIST)
		return GPUSPEC_REASON_RECALLED;
	if (!claim)
		return GPUSPEC_REASON_ALLOWED;
	if (!claim->listed)
		return GPUSPEC_REASON_NOT_SHARED;
	if (claim->maximum && claim->held >= claim->maximum)
		return GPUSPEC_REASON_QUOTA;
	return GPUSPEC_REASON_ALLOWED;
}

struct gpuspec_rule gpuspec_rule_in_force(const struct gpuspec_rule *rule,
					  enum gpuspec_default unnamed)
{
	static const struct gpuspec_rule open_rule = {
		.state = GPUSPEC_STATE_ENABLED,
		.sharing = GPUSPEC_SHARING_ALL,
	}, closed_rule = {
		.state = GPUSPEC_STATE_DISABLED,
		.sharing = GPUSPEC_SHARING_NONE,
	};

	if (rule->named)
		return *rule;
	return unnamed == GPUSPEC_DEFAULT_OPEN ? open_rule : closed_rule;
}

static const struct {
	int error;
	const char *name;
	const char *phrase;	/* before the account, if it has one */
	const char *rest;	/* after the account; NULL: it has none */
} reasons[GPUSPEC_REASONS] = {
	[GPUSPEC_REASON_ALLOWED] = { 0, "allowed", "is allowed" },
	[GPUSPEC_REASON_UNKNOWN_SPEC] = {
		-EPERM, "unknown-spec",
		"is not named by the policy, whose default is closed",
	},
	[GPUSPEC_REASON_DISABLED] = { -EPERM, "disabled", "is disabled" },
	[GPUSPEC_REASON_RECALLED] = {
		-EPERM, "recalled", "is recalled from all accounts",
	},
	[GPUSPEC_REASON_NOT_SHARED] = {
		-EACCES, "not-shared", "is not shared with account ", "",
	},
	[GPUSPEC_REASON_QUOTA] = {
		-EUSERS, "quota", "is held by account ", " up to its maximum",
	},
};

static bool is_reason(enum gpuspec_reason reason)
{
	return reason < GPUSPEC_REASONS;
}

int gpuspec_reason_errno(enum gpuspec_reason reason)
{
	return is_reason(reason) ? reasons[reason].error : -EPERM;
}

const char *gpuspec_reason_name(enum gpuspec_reason reason)
{
	return is_reason(reason) ? reasons[reason].name : "?";
}

void gpuspec_reason_phrase(enum gpuspec_reason reason, const char *account, char *phrase)
{
	const char *rest = is_reason(reason) ? reasons[reason].rest : NULL;

	snprintf(phrase, GPUSPEC_PHRASE_SIZE, "%s%.*s%s",
		 is_reason(reason) ? reasons[reason].phrase : "is refused",
		 rest ? GPUSPEC_ACCOUNT_MAX : 0, account, rest ? rest : "");
}
