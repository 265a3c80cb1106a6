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
#endif

/* What policy says of one spec; state and sharing count only if it is named. */
struct gpuspec_rule {
	bool named;
	enum gpuspec_state state;
	enum gpuspec_sharing sharing;
};

/* The verdict, by the rule and by what holds for specs that policy does not name. */
enum gpuspec_reason gpuspec_verdict(const struct gpuspec_rule *rule,
				    enum gpuspec_default unnamed);

/* The state and sharing in force: the rule's own if it is named, else the default's. */
struct gpuspec_rule gpuspec_rule_in_force(const struct gpuspec_rule *rule,
					  enum gpuspec_default unnamed);

/* 0, or the negative errno with which a gate refuses. */
int gpuspec_reason_errno(enum gpuspec_reason reason);

/* The reason's name in JSON and events: "disabled". "?" for a number that is none. */
const char *gpuspec_reason_name(enum gpuspec_reason reason);

/* What is so of the spec, to follow its name in a sentence: "is disabled". */
const char *gpuspec_reason_phrase(enum gpuspec_reason reason);

#endif /* GPUSPEC_VERDICT_H */
