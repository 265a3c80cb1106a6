// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "world.h"

void world_add(const struct nlmsg *msg, void *data)
{
	size_t length = msg->header.nlmsg_len - NLMSG_HDRLEN;
	struct world *world = data;

	if (world->length + length > sizeof(world->bytes))
		abort();
	memcpy(world->bytes + world->length, msg->bytes + NLMSG_HDRLEN, length);
	world->length += length;
}

static bool look(int sock, int family, struct world *world,
		 void (*add)(const struct nlmsg *msg, void *data))
{
	struct answer answer;
	struct nlmsg msg;

	world->length = 0;
	nl_begin(&msg, family, GPUSPEC_CMD_INFO_GET, 0);
	nl_ask(sock, &msg, &answer);
	if (answer.error)
		return false;
	add(&answer.reply, world);
	return !nl_dump(sock, family, GPUSPEC_CMD_SPEC_GET, add, world) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_DEVICE_GET, add, world) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_SHARE_GET, add, world) &&
	       !nl_dump(sock, family, GPUSPEC_CMD_ACCOUNT_GET, add, world);
}

bool world_look(int sock, int family, struct world *world)
{
	return look(sock, family, world, world_add);
}

bool world_look_at_log(int sock, int family, struct world *world)
{
	world->length = 0;
	return !nl_dump(sock, family, GPUSPEC_CMD_LOG_GET, world_add, world);
}

static void erase(const struct nlattr *attr)
{
	if (attr)
		memset((char *)attr + NLA_HDRLEN, 0, attr->nla_len - NLA_HDRLEN);
}

static void add_state(const struct nlmsg *msg, void *data)
{
	struct nlmsg copy = *msg;
	bool info = nl_genl(&copy)->cmd == GPUSPEC_CMD_INFO_GET;
	const struct nlattr *refusals;

	if (info) {
		erase(nl_attr(&copy, GPUSPEC_A_INFO_GENERATION));
		erase(nl_attr(&copy, GPUSPEC_A_INFO_SEQ));
		erase(nl_attr(&copy, GPUSPEC_A_INFO_REFUSED));
		/* They come first, one nest after another, in front of all else. */
		refusals = nl_attr(&copy, GPUSPEC_A_INFO_REFUSALS);
		for (; refusals && (refusals->nla_type & NLA_TYPE_MASK) == GPUSPEC_A_INFO_REFUSALS;
		     refusals = (const struct nlattr *)((const char *)refusals + refusals->nla_len))
			erase(refusals);
	} else {
		erase(nl_attr(&copy, GPUSPEC_A_GENERATION));
		erase(nl_nested(nl_attr(&copy, GPUSPEC_A_SPEC), GPUSPEC_A_SPEC_REFUSED));
	}
	world_add(&copy, data);
}

bool world_look_at_state(int sock, int family, struct world *world)
{
	return look(sock, family, world, add_state);
}

static void add_policy(const struct nlmsg *msg, void *data)
{
	struct nlmsg copy = *msg;

	if (nl_genl(&copy)->cmd == GPUSPEC_CMD_INFO_GET) {
		nl_begin(&copy, 0, GPUSPEC_CMD_INFO_GET, 0);
		nl_u32(&copy, GPUSPEC_A_INFO_DEFAULT,
		       nl_get_u32(nl_attr(msg, GPUSPEC_A_INFO_DEFAULT)));
	} else {
		erase(nl_attr(&copy, GPUSPEC_A_GENERATION));
	}
	world_add(&copy, data);
}

bool world_look_at_policy(int sock, int family, struct world *world)
{
	return look(sock, family, world, add_policy);
}

bool world_same(const struct world *a, const struct world *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}
