/* SPDX-License-Identifier: GPL-2.0 */
/* Is what the kernel answers to a packet what the YAML says that it may answer? */
#ifndef SELFTESTS_ANSWERS_H
#define SELFTESTS_ANSWERS_H

#include <stdbool.h>

#include "packet.h"

/* What can be found wrong; each is one test in the end. */
enum finding { ANSWER, ERROR, SENTENCE, DUMP, STATE, FINDINGS };

/* Called for what is wrong. */
void found(enum finding finding, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct tally {
	unsigned long asked, accepted;
	/* For each of family_calls. */
	unsigned long calls[64];
};

extern struct tally tally;

/* Sealed, and sent with numbers from @seq on: so many messages. */
void answers_expect(struct packet *packet, uint32_t seq, unsigned int count);
/* Read all answers that there are; @port is the socket's own. */
void answers_read(int sock, uint32_t port);

#endif /* SELFTESTS_ANSWERS_H */
