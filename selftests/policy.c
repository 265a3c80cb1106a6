// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy.h"

int policy_family, policy_group;

bool policy_find(int sock)
{
	policy_family = nl_family(sock, &policy_group);
	return policy_family > 0;
}

static int ask(int sock, struct nlmsg *msg, struct answer *answer)
{
	struct answer unwanted;

	if (!answer)
		answer = &unwanted;
	nl_ask(sock, msg, answer);
	return answer->error;
}

int policy_begin(int sock, bool replace)
{
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_POLICY_BEGIN, 0);
	if (replace)
		nl_put(&msg, GPUSPEC_A_REPLACE, "", 0);
	return ask(sock, &msg, NULL);
}

int policy_commit(int sock, uint32_t changes, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_POLICY_COMMIT, 0);
	nl_u32(&msg, GPUSPEC_A_CHANGES, changes);
	return ask(sock, &msg, answer);
}

void policy_build_set(struct nlmsg *msg, unsigned int number, uint32_t state)
{
	char id[32];

	snprintf(id, sizeof(id), "mdev:test-%05u", number);
	nl_begin(msg, policy_family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(msg, GPUSPEC_A_ID, id);
	nl_u32(msg, GPUSPEC_A_STATE, state);
	nl_u32(msg, GPUSPEC_A_SHARING, GPUSPEC_SHARING_ALL);
}

int policy_set(int sock, unsigned int number, uint32_t state)
{
	struct nlmsg msg;

	policy_build_set(&msg, number, state);
	return ask(sock, &msg, NULL);
}

int policy_send_many(int sock, unsigned int count, policy_build_fn build, uint32_t state)
{
	char buffer[1 << 15];
	size_t length = 0;
	struct nlmsg msg;
	unsigned int i;

	for (i = 0; i < count; i++) {
		build(&msg, i, state);
		memcpy(buffer + length, &msg, msg.header.nlmsg_len);
		length += NLMSG_ALIGN(msg.header.nlmsg_len);
		if (length < sizeof(buffer) - 256 && i < count - 1)
			continue;
		if (send(sock, buffer, length, 0) < 0)
			return -errno;
		length = 0;
	}
	return 0;
}

int policy_set_many(int sock, unsigned int count, uint32_t state)
{
	return policy_send_many(sock, count, policy_build_set, state);
}

int policy_set_default(int sock, uint32_t unnamed)
{
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_DEFAULT_SET, 0);
	nl_u32(&msg, GPUSPEC_A_DEFAULT, unnamed);
	return ask(sock, &msg, NULL);
}

int policy_ask(int sock, uint8_t command, const char *id, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, policy_family, command, 0);
	nl_string(&msg, GPUSPEC_A_ID, id);
	return ask(sock, &msg, answer);
}

int policy_reset(void)
{
	int sock = nl_open(), error;

	error = policy_begin(sock, true);
	if (!error)
		error = policy_set_default(sock, GPUSPEC_DEFAULT_OPEN);
	if (!error)
		error = policy_commit(sock, 1, NULL);
	close(sock);
	return error;
}

struct answer policy_info(int sock)
{
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_INFO_GET, 0);
	nl_ask(sock, &msg, &answer);
	return answer;
}

void policy_add_row(const struct nlmsg *msg, void *data)
{
	const struct nlattr *spec = nl_attr(msg, GPUSPEC_A_SPEC);
	const char *id = nl_get_string(nl_nested(spec, GPUSPEC_A_SPEC_ID));
	uint32_t generation = nl_get_u32(nl_attr(msg, GPUSPEC_A_GENERATION));
	struct table *table = data;

	table->mixed |= table->rows++ && generation != table->generation;
	table->generation = generation;
	table->unsorted |= strcmp(table->last, id) >= 0;
	snprintf(table->last, sizeof(table->last), "%s", id);
	if (strncmp(id, "mdev:test-", 10))
		return;
	table->ours++;
	table->disabled += nl_get_u32(nl_nested(spec, GPUSPEC_A_SPEC_STATE)) ==
			   GPUSPEC_STATE_DISABLED;
}

struct table policy_read(int sock)
{
	struct table table = {};

	table.error = nl_dump(sock, policy_family, GPUSPEC_CMD_SPEC_GET, policy_add_row, &table);
	return table;
}
