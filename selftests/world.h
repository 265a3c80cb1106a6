/* SPDX-License-Identifier: GPL-2.0 */
/* What can be seen through the family, to be compared with what could be seen before. */
#ifndef SELFTESTS_WORLD_H
#define SELFTESTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>

/* As the kernel sent it, but for the netlink headers. */
struct world {
	size_t length;
	char bytes[1 << 20];
};

/* Both are false if the kernel refuses to tell. */

/* All that can be seen. */
bool world_look(int sock, int family, struct world *world);
/* What a policy comes to, and not how it came about: no generation and no events. */
bool world_look_at_policy(int sock, int family, struct world *world);

bool world_equal(const struct world *a, const struct world *b);

#endif /* SELFTESTS_WORLD_H */
