/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Staging and reading policy over netlink, one thing said in one line. The
 * specs are numbered and no host has them: mdev:test-00000, mdev:test-00001.
 *
 * Where an error is returned it is the kernel's answer: negative errno, or 0.
 */
#ifndef SELFTESTS_POLICY_H
#define SELFTESTS_POLICY_H

#include "nlmsg.h"

/* The family and its group events, as policy_find() last saw them. */
extern int policy_family, policy_group;

/* Look the family up; to be done first, and again after the module was loaded anew. */
bool policy_find(int sock);

int policy_begin(int sock, bool replace);
/* @answer, which may be NULL, gets what the kernel said besides the error. */
int policy_commit(int sock, uint32_t changes, struct answer *answer);

/* A message that sets spec @number to @state, shared with all. */
void policy_build_set(struct nlmsg *msg, unsigned int number, uint32_t state);
int policy_set(int sock, unsigned int number, uint32_t state);
/* A message of @number. */
typedef void (*policy_build_fn)(struct nlmsg *msg, unsigned int number, uint32_t state);
/*
 * Send the messages 0 to @count - 1, many to a packet. The kernel answers only
 * what it refuses, and nobody reads that: the error is that of sending.
 */
int policy_send_many(int sock, unsigned int count, policy_build_fn build, uint32_t state);
/* Stage the specs 0 to @count - 1. */
int policy_set_many(int sock, unsigned int count, uint32_t state);
int policy_set_default(int sock, uint32_t unnamed);
/* A command that takes an id and no more; @answer as above. */
int policy_ask(int sock, uint8_t command, const char *id, struct answer *answer);

/* As after the module was loaded: no spec is named, the default is open. */
int policy_reset(void);

struct answer policy_info(int sock);

/* What a dump of the specs showed. */
struct table {
	int error;				/* of the dump */
	unsigned int rows;			/* all specs */
	unsigned int ours, disabled;		/* numbered ones, and those of them */
	uint32_t generation;
	bool mixed;				/* rows are not of one generation */
	bool unsorted;
	char last[GPUSPEC_ID_MAX + 1];
};

struct table policy_read(int sock);
/* Read by self->other into self->table: there are @count numbered specs, and all is well. */
#define EXPECT_OURS(count) do {					\
	self->table = policy_read(self->other);			\
	EXPECT_EQ(0, self->table.error);			\
	EXPECT_EQ((unsigned int)(count), self->table.ours);	\
	EXPECT_FALSE(self->table.mixed);			\
	EXPECT_FALSE(self->table.unsorted);			\
} while (0)

/* Add one row, the message @msg, to the struct table @table. */
void policy_add_row(const struct nlmsg *msg, void *table);

#endif /* SELFTESTS_POLICY_H */
