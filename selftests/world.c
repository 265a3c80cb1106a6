// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "nlmsg.h"
#include "world.h"

#define GENERATION_LEN	(NLA_HDRLEN + sizeof(uint32_t))

static void add(const struct nlmsg *msg, size_t from, struct world *world)
{
	size_t length = msg->header.nlmsg_len - from;

	if (world->length + length > sizeof(world->bytes))
		abort();
	memcpy(world->bytes + world->length, msg->bytes + from, length);
	world->length += length;
}

static void add_message(const struct nlmsg *msg, void *data)
{
	add(msg, NLMSG_HDRLEN, data);
}

/* Every row begins with the generation. */
static void add_row(const struct nlmsg *msg, void *data)
{
	add(msg, NLMSG_HDRLEN + GENL_HDRLEN + GENERATION_LEN, data);
}

static bool look_at_tables(int sock, int family, struct world *world,
			   void (*take)(const struct nlmsg *msg, void *data))
{
	return !nl_dump(sock, family, GPUSPEC_CMD_SPEC_GET, take, world) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_DEVICE_GET, take, world) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_SHARE_GET, take, world) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_ACCOUNT_GET, take, world);
}

static int ask_info(int sock, int family, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, family, GPUSPEC_CMD_INFO_GET, 0);
	nl_ask(sock, &msg, answer);
	return answer->error;
}

bool world_look(int sock, int family, struct world *world)
{
	struct answer answer;

	world->length = 0;
	if (ask_info(sock, family, &answer))
		return false;
	add_message(&answer.reply, world);
	return look_at_tables(sock, family, world, add_message) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_LOG_GET, add_message, world);
}

bool world_look_at_policy(int sock, int family, struct world *world)
{
	struct answer answer;

	if (ask_info(sock, family, &answer))
		return false;
	world->bytes[0] = nl_get_u32(nl_attr(&answer.reply, GPUSPEC_A_INFO_DEFAULT));
	world->length = 1;
	return look_at_tables(sock, family, world, add_row);
}

bool world_equal(const struct world *a, const struct world *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}
