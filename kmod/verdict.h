/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The decision: may a device of this spec be allocated? One pure function,
 * the same for the module, the command line and the tests.
 */
#ifndef GPUSPEC_VERDICT_H
#define GPUSPEC_VERDICT_H

#include <linux/gpuspec.h>
#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#endif

#define GPUSPEC_REASONS	(GPUSPEC_REASON_QUOTA + 1)

/* What policy says of one spec; state and sharing count only if it is named. */
struct gpuspec_rule {
	bool named;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
};

/* The account for which a device is to be opened, before the spec's list. */
struct gpuspec_claim {
	bool listed;
	unsigned int maximum;	/* devices of the spec that it may hold at once; 0: any number */
	unsigned int held;	/* that it holds now */
};

/*
 * The verdict, by the rule and by what holds for specs that policy does not
 * name. @claim is NULL at the bind gate: who binds is the orchestrator, who
 * opens is the VM.
 */
enum gpuspec_reason gpuspec_verdict(const struct gpuspec_rule *rule,
				    enum gpuspec_default unnamed,
				    const struct gpuspec_claim *claim);

/* The state and sharing in force: the rule's own if it is named, else the default's. */
struct gpuspec_rule gpuspec_rule_in_force(const struct gpuspec_rule *rule,
					  enum gpuspec_default unnamed);

/* 0, or the negative errno with which a gate refuses. */
int gpuspec_reason_errno(enum gpuspec_reason reason);

/* The reason's name in JSON and events: "disabled". "?" for a number that is none. */
const char *gpuspec_reason_name(enum gpuspec_reason reason);

/* Longest phrase, with its NUL. */
#define GPUSPEC_PHRASE_SIZE	(GPUSPEC_ACCOUNT_MAX + 65)

/*
 * Write to @phrase, of GPUSPEC_PHRASE_SIZE bytes, what is so of the spec, to
 * follow its name in a sentence: "is disabled". @account is the opener's.
 */
void gpuspec_reason_phrase(enum gpuspec_reason reason, const char *account, char *phrase);

#endif /* GPUSPEC_VERDICT_H */
