/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is sent at once to the family, made up at random: one message or more,
 * good ones, nearly good ones, and others.
 */
#ifndef SELFTESTS_PACKET_H
#define SELFTESTS_PACKET_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX	(1 << 16)

struct packet {
	size_t length;
	char bytes[PACKET_MAX] __attribute__((aligned(8)));
};

/* A value that the kernel or the host has for an attribute, to be used again. */
void packet_learn(uint16_t type, const void *value, size_t length);

void packet_make(struct packet *packet);
/* Make it another one; @other is one to take messages from. */
void packet_mutate(struct packet *packet, const struct packet *other);
/*
 * Make it one that goes to the family @family, with numbers from @seq on. How many
 * messages does the kernel find in it?
 */
unsigned int packet_seal(struct packet *packet, uint16_t family, uint32_t seq);

/* Walk through the messages as the kernel does: NULL at the end, for it or for us. */
struct nlmsghdr *packet_next(struct packet *packet, struct nlmsghdr *header);

#endif /* SELFTESTS_PACKET_H */
