// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"
#include "nl_message.h"
#include "nl_socket.h"

/* Tables change while they are read: how often to start again before giving up. */
#define TRIES	20

int gpuspec_nl_open(struct gpuspec_nl **result)
{
	struct gpuspec_nl *nl = calloc(1, sizeof(*nl));
	int error;

	*result = nl;
	if (!nl)
		return -ENOMEM;
	error = gpuspec_nl_connect(nl);
	if (error)
		return error;
	nl->family = genl_ctrl_resolve(nl->sock, GPUSPEC_FAMILY_NAME);
	if (nl->family < 0)
		return gpuspec_nl_fail(nl, -ENOENT, "the kernel module gpuspec is not loaded");
	return 0;
}

void gpuspec_nl_close(struct gpuspec_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

static int take_info(const struct genlmsghdr *header, void *data)
{
	return gpuspec_message_info(header, data);
}

static int get_info(struct gpuspec_nl *nl, struct gpuspec_info *info)
{
	return gpuspec_nl_ask(nl, GPUSPEC_CMD_INFO_GET, 0, take_info, info);
}

/* Make room for one more row. */
static int grow(void **rows, size_t count, size_t size)
{
	void *more = reallocarray(*rows, count + 1, size);

	if (!more)
		return -ENOMEM;
	*rows = more;
	return 0;
}

/* Rows of another moment than that of the info are for a next try. */
static int same_moment(const struct gpuspec_tables *tables, uint32_t generation)
{
	return tables->info.generation == generation ? 0 : -EAGAIN;
}

static int take_spec(const struct genlmsghdr *header, void *data)
{
	struct gpuspec_tables *tables = data;
	uint32_t generation;
	int error;

	error = grow((void **)&tables->specs, tables->spec_count, sizeof(*tables->specs));
	if (!error)
		error = gpuspec_message_spec(header, &tables->specs[tables->spec_count],
					     &generation);
	if (error)
		return error;
	tables->spec_count++;
	return same_moment(tables, generation);
}

static int take_device(const struct genlmsghdr *header, void *data)
{
	struct gpuspec_tables *tables = data;
	uint32_t generation;
	int error;

	error = grow((void **)&tables->devices, tables->device_count,
		     sizeof(*tables->devices));
	if (!error)
		error = gpuspec_message_device(header, &tables->devices[tables->device_count],
					       &generation);
	if (error)
		return error;
	tables->device_count++;
	return same_moment(tables, generation);
}

static int take_share(const struct genlmsghdr *header, void *data)
{
	struct gpuspec_tables *tables = data;
	uint32_t generation;
	int error;

	error = grow((void **)&tables->shares, tables->share_count, sizeof(*tables->shares));
	if (!error)
		error = gpuspec_message_share(header, &tables->shares[tables->share_count],
					      &generation);
	if (error)
		return error;
	tables->share_count++;
	return same_moment(tables, generation);
}

static int take_account(const struct genlmsghdr *header, void *data)
{
	struct gpuspec_tables *tables = data;
	uint32_t generation;
	int error;

	error = grow((void **)&tables->accounts, tables->account_count,
		     sizeof(*tables->accounts));
	if (!error)
		error = gpuspec_message_account(header, &tables->accounts[tables->account_count],
						&generation);
	if (error)
		return error;
	tables->account_count++;
	return same_moment(tables, generation);
}

static int try_tables(struct gpuspec_nl *nl, struct gpuspec_tables *tables)
{
	int error;

	memset(tables, 0, sizeof(*tables));
	error = get_info(nl, &tables->info);
	if (!error)
		error = gpuspec_nl_ask(nl, GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP, take_spec, tables);
	if (!error)
		error = gpuspec_nl_ask(nl, GPUSPEC_CMD_DEVICE_GET, NLM_F_DUMP, take_device, tables);
	if (!error && tables->info.shares)
		error = gpuspec_nl_ask(nl, GPUSPEC_CMD_SHARE_GET, NLM_F_DUMP, take_share, tables);
	if (!error && tables->info.accounts)
		error = gpuspec_nl_ask(nl, GPUSPEC_CMD_ACCOUNT_GET, NLM_F_DUMP, take_account,
				       tables);
	/* An empty table has no row to tell its moment. */
	if (!error && (tables->spec_count != tables->info.specs ||
		       tables->device_count != tables->info.devices ||
		       tables->share_count != tables->info.shares ||
		       tables->account_count != tables->info.accounts))
		error = -EAGAIN;
	if (error)
		gpuspec_nl_free_tables(tables);
	return error;
}

int gpuspec_nl_tables(struct gpuspec_nl *nl, struct gpuspec_tables *tables)
{
	int error, tries = TRIES;

	do {
		error = try_tables(nl, tables);
	} while (error == -EAGAIN && --tries);
	if (error == -EAGAIN)
		return gpuspec_nl_fail(nl, error, "the module's tables change faster than they can be read; try again");
	return error;
}

void gpuspec_accounts_free(struct gpuspec_account *accounts, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(accounts[i].cgroups);
	free(accounts);
}

void gpuspec_nl_free_tables(struct gpuspec_tables *tables)
{
	free(tables->specs);
	free(tables->devices);
	free(tables->shares);
	gpuspec_accounts_free(tables->accounts, tables->account_count);
	memset(tables, 0, sizeof(*tables));
}

static int take_check(const struct genlmsghdr *header, void *data)
{
	return gpuspec_message_check(header, data);
}

static int put_question(struct nl_msg *message, const struct gpuspec_question *question)
{
	int error;

	error = question->id ? nla_put_string(message, GPUSPEC_A_ID, question->id) :
			       nla_put_string(message, GPUSPEC_A_ADDRESS, question->address);
	if (!error && question->account)
		error = nla_put_string(message, GPUSPEC_A_ACCOUNT, question->account);
	if (!error && question->pid)
		error = nla_put_u32(message, GPUSPEC_A_PID, question->pid);
	return error;
}

int gpuspec_nl_check(struct gpuspec_nl *nl, const struct gpuspec_question *question,
		     struct gpuspec_answer *answer)
{
	struct nl_msg *message = gpuspec_nl_request(nl, GPUSPEC_CMD_CHECK, 0);

	if (message && put_question(message, question)) {
		nlmsg_free(message);
		message = NULL;
	}
	return gpuspec_nl_converse(nl, message, take_check, answer);
}

struct log {
	gpuspec_event_handler *handler;
	void *data;
};

static int take_log(const struct genlmsghdr *header, void *data)
{
	struct gpuspec_event event;
	struct log *log = data;
	int error;

	error = gpuspec_message_event(header, &event);
	if (!error)
		log->handler(&event, log->data);
	return error;
}

int gpuspec_nl_log(struct gpuspec_nl *nl, gpuspec_event_handler *handler, void *data)
{
	struct log log = { .handler = handler, .data = data };

	return gpuspec_nl_ask(nl, GPUSPEC_CMD_LOG_GET, NLM_F_DUMP, take_log, &log);
}

static void hear_family_go(struct gpuspec_nl *nl, const struct nlmsghdr *message)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	const struct genlmsghdr *header = nlmsg_data(message);

	if (header->cmd != CTRL_CMD_DELFAMILY ||
	    nla_parse(attrs, CTRL_ATTR_MAX, genlmsg_attrdata(header, 0),
		      genlmsg_attrlen(header, 0), NULL) ||
	    !attrs[CTRL_ATTR_FAMILY_NAME])
		return;
	if (!nla_strcmp(attrs[CTRL_ATTR_FAMILY_NAME], GPUSPEC_FAMILY_NAME))
		nl->gone = true;
}

static int on_event(struct nl_msg *message, void *data)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct gpuspec_event event;
	struct gpuspec_nl *nl = data;

	if (!genlmsg_valid_hdr(header, 0))
		return NL_SKIP;
	if (header->nlmsg_type == nl->control) {
		hear_family_go(nl, header);
		return NL_OK;
	}
	/* An event of a later version is passed over; its number tells of it. */
	if (header->nlmsg_type != nl->family ||
	    gpuspec_message_event(nlmsg_data(header), &event))
		return NL_SKIP;
	/* It was sent between joining the group and looking at the newest number. */
	if (event.seq <= nl->seq)
		return NL_SKIP;
	event.missed = event.seq - nl->seq - 1;
	nl->seq = event.seq;
	nl->handler(&event, nl->handler_data);
	return NL_OK;
}

static int newest_event(struct gpuspec_nl *nl, uint64_t *seq)
{
	struct gpuspec_nl own = { .family = nl->family };
	struct gpuspec_info info;
	int error;

	error = gpuspec_nl_connect(&own);
	if (!error)
		error = get_info(&own, &info);
	if (error)
		gpuspec_nl_fail(nl, error, own.sentence);
	else
		*seq = info.seq;
	nl_socket_free(own.sock);
	return error;
}

int gpuspec_nl_subscribe(struct gpuspec_nl *nl)
{
	int families, events, error;

	/* Both before joining either: what is heard would come between question and answer. */
	families = genl_ctrl_resolve_grp(nl->sock, "nlctrl", "notify");
	events = genl_ctrl_resolve_grp(nl->sock, GPUSPEC_FAMILY_NAME, GPUSPEC_MCGRP_EVENTS);
	if (families < 0 || events < 0)
		return gpuspec_nl_fail(nl, -ENODEV, "the kernel module gpuspec was unloaded");
	error = nl_socket_add_memberships(nl->sock, families, events, 0);
	if (error == -NLE_PERM)
		return gpuspec_nl_fail(nl, -EPERM,
				       "this needs CAP_SYS_ADMIN in the initial user namespace");
	if (error)
		return gpuspec_nl_fail(nl, -EIO, nl_geterror(error));
	nl->control = GENL_ID_CTRL;
	/* On another socket, since on this one events may come before the answer. */
	error = newest_event(nl, &nl->seq);
	if (error)
		return error;
	nl_socket_disable_seq_check(nl->sock);
	nl_socket_modify_cb(nl->sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, nl);
	nl_socket_set_nonblocking(nl->sock);
	return 0;
}

int gpuspec_nl_fd(const struct gpuspec_nl *nl)
{
	return nl_socket_get_fd(nl->sock);
}

int gpuspec_nl_hear(struct gpuspec_nl *nl, gpuspec_event_handler *handler, void *data)
{
	int result;

	nl->handler = handler;
	nl->handler_data = data;
	do {
		result = nl_recvmsgs_default(nl->sock);
		/* Too many events at once for the socket: those lost show as a gap. */
	} while (!nl->gone && (result >= 0 || result == -NLE_NOMEM));
	if (nl->gone)
		return gpuspec_nl_fail(nl, -ENODEV, "the kernel module gpuspec was unloaded");
	return result == -NLE_AGAIN ? 0 : gpuspec_nl_fail(nl, -EIO, nl_geterror(result));
}
