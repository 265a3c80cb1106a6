/* SPDX-License-Identifier: GPL-2.0 */
/* All that the family shows, to be compared with what it showed before. */
#ifndef SELFTESTS_WORLD_H
#define SELFTESTS_WORLD_H

#include "nlmsg.h"

/* As the kernel sent it, but for the netlink headers. */
struct world {
	size_t length;
	char bytes[1 << 20];
};

/* Everything but the log: false if something could not be read. */
bool world_look(int sock, int family, struct world *world);
/* The log alone, which when it is full is slow to read. */
bool world_look_at_log(int sock, int family, struct world *world);
/* Without what counts what has happened: the numbers of generation and of events, refusals. */
bool world_look_at_state(int sock, int family, struct world *world);
/* What a policy comes to, and not how it came about: no generation, and of the info the default. */
bool world_look_at_policy(int sock, int family, struct world *world);

/* One more message, for nl_dump(): @data is the struct world. */
void world_add(const struct nlmsg *msg, void *data);

bool world_same(const struct world *a, const struct world *b);

#endif /* SELFTESTS_WORLD_H */
