// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "nl.h"
#include "nl_socket.h"

static const uint8_t commands[] = {
	[GPUSPEC_SET_SPEC] = GPUSPEC_CMD_SPEC_SET,
	[GPUSPEC_FORGET_SPEC] = GPUSPEC_CMD_SPEC_DEL,
	[GPUSPEC_SHARE_SPEC] = GPUSPEC_CMD_SHARE_SET,
	[GPUSPEC_RECALL_SPEC] = GPUSPEC_CMD_SHARE_DEL,
	[GPUSPEC_SET_DEFAULT] = GPUSPEC_CMD_DEFAULT_SET,
	[GPUSPEC_SET_ACCOUNT] = GPUSPEC_CMD_ACCOUNT_SET,
	[GPUSPEC_REMOVE_ACCOUNT] = GPUSPEC_CMD_ACCOUNT_DEL,
};

static int put_marks(struct nl_msg *message, const struct gpuspec_account *account)
{
	size_t i;
	int error;

	error = nla_put_string(message, GPUSPEC_A_ACCOUNT, account->name);
	for (i = 0; i < account->cgroup_count && !error; i++)
		error = nla_put_string(message, GPUSPEC_A_CGROUP, account->cgroups[i]);
	for (i = 0; i < account->uid_count && !error; i++)
		error = nla_put_u32(message, GPUSPEC_A_UID, account->uids[i]);
	return error;
}

static int put_change(struct nl_msg *message, const struct gpuspec_change *change)
{
	int error = 0;

	if (change->marks)
		return put_marks(message, change->marks);
	if (change->what == GPUSPEC_SET_DEFAULT)
		return nla_put_u32(message, GPUSPEC_A_DEFAULT, change->unnamed);
	if (change->id)
		error = nla_put_string(message, GPUSPEC_A_ID, change->id);
	if (!error && change->account)
		error = nla_put_string(message, GPUSPEC_A_ACCOUNT, change->account);
	if (!error && change->has_state)
		error = nla_put_u32(message, GPUSPEC_A_STATE, change->state);
	if (!error && change->has_sharing)
		error = nla_put_u32(message, GPUSPEC_A_SHARING, change->sharing);
	if (!error && change->maximum)
		error = nla_put_u32(message, GPUSPEC_A_MAXIMUM, change->maximum);
	if (!error && change->if_unused)
		error = nla_put_flag(message, GPUSPEC_A_IF_UNUSED);
	return error;
}

static struct nl_msg *change_request(struct gpuspec_nl *nl,
				     const struct gpuspec_change *change)
{
	struct nl_msg *message = gpuspec_nl_request(nl, commands[change->what], NLM_F_ACK);

	if (!message || !put_change(message, change))
		return message;
	nlmsg_free(message);
	return NULL;
}

static int transact(struct gpuspec_nl *nl, const struct gpuspec_change *changes, size_t count)
{
	struct nl_msg *message;
	size_t i;
	int error;

	error = gpuspec_nl_ask(nl, GPUSPEC_CMD_POLICY_BEGIN, NLM_F_ACK, NULL, NULL);
	for (i = 0; i < count && !error; i++)
		error = gpuspec_nl_converse(nl, change_request(nl, &changes[i]), NULL, NULL);
	if (error)
		return error;
	message = gpuspec_nl_request(nl, GPUSPEC_CMD_POLICY_COMMIT, NLM_F_ACK);
	if (message && nla_put_u32(message, GPUSPEC_A_CHANGES, count)) {
		nlmsg_free(message);
		message = NULL;
	}
	return gpuspec_nl_converse(nl, message, NULL, NULL);
}

int gpuspec_nl_change(struct gpuspec_nl *nl, const struct gpuspec_change *changes,
		      size_t count)
{
	/* On a socket of its own: to close it drops what an error left staged. */
	struct gpuspec_nl own = { .family = nl->family };
	int error;

	error = gpuspec_nl_connect(&own);
	if (!error)
		error = transact(&own, changes, count);
	if (error)
		gpuspec_nl_fail(nl, error, own.sentence);
	nl_socket_free(own.sock);
	return error;
}
