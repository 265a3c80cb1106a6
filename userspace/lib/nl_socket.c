// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "nl_socket.h"

/* A piece of a ROM, and what goes with it. */
#define MESSAGE_SIZE	(GPUSPEC_ROM_CHUNK_MAX + 4096)

int gpuspec_nl_fail(struct gpuspec_nl *nl, int error, const char *sentence)
{
	snprintf(nl->sentence, sizeof(nl->sentence), "%s", sentence);
	return error;
}

const char *gpuspec_nl_sentence(const struct gpuspec_nl *nl)
{
	return nl ? nl->sentence : "out of memory";
}

/* Find the kernel's sentence behind an error message, as the flags say it lies there. */
static void keep_sentence(struct gpuspec_nl *nl, const struct nlmsgerr *message)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)message - 1;
	size_t length = header->nlmsg_len - NLMSG_HDRLEN, offset = sizeof(*message);
	struct nlattr *attr, *attrs;
	int remaining;

	snprintf(nl->sentence, sizeof(nl->sentence), "%s", strerror(-message->error));
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(header->nlmsg_flags & NLM_F_CAPPED)) {
		if (message->msg.nlmsg_len < NLMSG_HDRLEN)
			return;
		offset += NLMSG_ALIGN(message->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (offset >= length)
		return;
	attrs = (struct nlattr *)((char *)message + offset);
	nla_for_each_attr(attr, attrs, (int)(length - offset), remaining)
		if (nla_type(attr) == NLMSGERR_ATTR_MSG && nla_len(attr) > 0)
			snprintf(nl->sentence, sizeof(nl->sentence), "%.*s",
				 nla_len(attr), (char *)nla_data(attr));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *message, void *data)
{
	struct gpuspec_nl *nl = data;

	(void)from;
	nl->error = message->error;
	nl->done = true;
	keep_sentence(nl, message);
	return NL_STOP;
}

static int on_ack(struct nl_msg *message, void *data)
{
	struct gpuspec_nl *nl = data;

	(void)message;
	nl->done = true;
	return NL_STOP;
}

/* The end of a dump carries its own result. */
static int on_finish(struct nl_msg *message, void *data)
{
	const struct nlmsghdr *header = nlmsg_hdr(message);
	struct gpuspec_nl *nl = data;
	int result = 0;

	nl->done = true;
	if (nlmsg_datalen(header) >= (int)sizeof(result))
		memcpy(&result, nlmsg_data(header), sizeof(result));
	/* What a row was found wrong for came first, and stays. */
	if (result && !nl->error)
		nl->error = gpuspec_nl_fail(nl, result, strerror(-result));
	return NL_STOP;
}

static int on_reply(struct nl_msg *message, void *data)
{
	const struct nlmsghdr *header = nlmsg_hdr(message);
	struct gpuspec_nl *nl = data;
	int error;

	if (!nl->take)
		return NL_SKIP;
	error = genlmsg_valid_hdr((struct nlmsghdr *)header, 0) ?
		nl->take(nlmsg_data(header), nl->data) : -EPROTO;
	/* The rest is still read, so that it does not come as the answer to a later request. */
	if (error && !nl->error)
		nl->error = gpuspec_nl_fail(nl, error, error == -EPROTO ?
				 "module and program are of versions that do not fit" :
				 strerror(-error));
	return NL_OK;
}

struct nl_msg *gpuspec_nl_request(struct gpuspec_nl *nl, uint8_t command, int flags)
{
	struct nl_msg *message = nlmsg_alloc_size(MESSAGE_SIZE);

	if (message && !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				    flags, command, GPUSPEC_FAMILY_VERSION)) {
		nlmsg_free(message);
		return NULL;
	}
	return message;
}

int gpuspec_nl_connect(struct gpuspec_nl *nl)
{
	int on = 1;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return gpuspec_nl_fail(nl, -ENOMEM, "out of memory");
	if (genl_connect(nl->sock))
		return gpuspec_nl_fail(nl, -EIO, "cannot open a netlink socket");
	/* Without these errors come as bare numbers, which is no failure. */
	setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return 0;
}

/* The old one stays if there can be no other. */
static int connect_again(struct gpuspec_nl *nl)
{
	struct nl_sock *old = nl->sock;
	int error = gpuspec_nl_connect(nl);

	nl_socket_free(error ? nl->sock : old);
	if (error)
		nl->sock = old;
	nl->lost = error;
	return error;
}

int gpuspec_nl_converse(struct gpuspec_nl *nl, struct nl_msg *message,
			gpuspec_nl_taker *take, void *data)
{
	struct nl_cb *cb;
	int result;

	if (!message)
		return gpuspec_nl_fail(nl, -ENOMEM, "out of memory");
	if (nl->lost && connect_again(nl)) {
		nlmsg_free(message);
		return -EIO;
	}
	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb) {
		nlmsg_free(message);
		return gpuspec_nl_fail(nl, -ENOMEM, "out of memory");
	}
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_reply, nl);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, nl);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, nl);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, nl);
	nl->take = take;
	nl->data = data;
	nl->error = 0;
	nl->done = false;
	result = nl_send_auto(nl->sock, message);
	nlmsg_free(message);
	while (result >= 0 && !nl->done)
		result = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	/* A refusal is < 0, too, and an answer. */
	nl->lost = result < 0 && !nl->done && result != -NLE_DUMP_INTR;
	if (result < 0 && !nl->error)
		return gpuspec_nl_fail(nl, result == -NLE_DUMP_INTR ? -EAGAIN : -EIO,
				       nl_geterror(result));
	return nl->error;
}

int gpuspec_nl_ask(struct gpuspec_nl *nl, uint8_t command, int flags,
		   gpuspec_nl_taker *take, void *data)
{
	return gpuspec_nl_converse(nl, gpuspec_nl_request(nl, command, flags), take, data);
}
