/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection, as the kernel's Documentation/fault-injection has it: of what this
 * task does the n-th allocation fails. An operation is swept when that was each of its
 * allocations once, and it then succeeded without.
 *
 *	for (sweep_begin(&sweep, "name"); sweep_next(&sweep);) {
 *		...what is to be there before...
 *		sweep_arm(&sweep);
 *		...the operation...
 *		sweep_disarm(&sweep);
 *		...what must hold now; if (!sweep.hit), it succeeded...
 *	}
 */
#ifndef SELFTESTS_SWEEP_H
#define SELFTESTS_SWEEP_H

#include <stdbool.h>

/*
 * In the everyday form an operation of more allocations has its first and last ones fail.
 * In the thorough form (GPUSPEC_THOROUGH) all do, and several times over: caches are
 * refilled now here, now there, which moves the count of those behind.
 */
#define SWEEP_EVERYDAY	400
#define SWEEP_PASSES	4

struct sweep {
	const char *name;
	unsigned int n;		/* which allocation fails; 0: none, to count them */
	unsigned int total;	/* how many there were then */
	unsigned int passes;	/* done */
	bool hit;		/* it came to the n-th, which failed */
	unsigned int failures;	/* injected so far */
	unsigned int survived;	/* in spite of which the operation was done; the test counts */
	unsigned int lost;	/* events, of which listeners could tell; the test counts */
};

/* Does this kernel have what it takes? With GPUSPEC_FAULT_VERBOSE its log has all stacks. */
bool sweep_possible(void);

bool sweep_thorough(void);

void sweep_begin(struct sweep *sweep, const char *name);
/*
 * In this sweep, do not count what these functions of the kernel allocate, by themselves or
 * by others: from the @first to the @last, with all that lie between. For those with bugs
 * of their own in what they do for want of memory.
 */
void sweep_spare(const char *first, const char *last);
/* In this sweep, count only what this function of the kernel, or this module, allocates so. */
void sweep_within(const char *function);
void sweep_within_module(const char *module);
/* One more round? At the end it is told how many there were. */
bool sweep_next(struct sweep *sweep);
void sweep_arm(const struct sweep *sweep);
void sweep_disarm(struct sweep *sweep);

#endif /* SELFTESTS_SWEEP_H */
