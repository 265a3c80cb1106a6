// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "nlmsg.h"

int nl_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int on = 1, sock;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0 || bind(sock, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return sock;
}

struct genlmsghdr *nl_genl(struct nlmsg *msg)
{
	return (struct genlmsghdr *)(msg->bytes + NLMSG_HDRLEN);
}

void nl_begin(struct nlmsg *msg, int family, uint8_t command, int flags)
{
	memset(msg, 0, sizeof(*msg));
	msg->header.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	msg->header.nlmsg_type = family;
	msg->header.nlmsg_flags = NLM_F_REQUEST | flags;
	msg->header.nlmsg_seq = 1;
	nl_genl(msg)->cmd = command;
	nl_genl(msg)->version = family == GENL_ID_CTRL ? 2 : GPUSPEC_FAMILY_VERSION;
}

void nl_put(struct nlmsg *msg, int type, const void *data, size_t length)
{
	struct nlattr *attr = (struct nlattr *)(msg->bytes + msg->header.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + length;
	memcpy((char *)attr + NLA_HDRLEN, data, length);
	msg->header.nlmsg_len += NLA_ALIGN(attr->nla_len);
}

void nl_string(struct nlmsg *msg, int type, const char *text)
{
	nl_put(msg, type, text, strlen(text) + 1);
}

void nl_u32(struct nlmsg *msg, int type, uint32_t value)
{
	nl_put(msg, type, &value, sizeof(value));
}

void nl_attribute(struct nlmsg *msg, const struct attribute *attribute)
{
	switch (attribute->form) {
	case STRING:
		nl_string(msg, attribute->type, attribute->text);
		break;
	case ENUM:
	case NUMBER:
		nl_u32(msg, attribute->type, attribute->number);
		break;
	case FLAG:
		nl_put(msg, attribute->type, "", 0);
		break;
	case BYTES:
		nl_put(msg, attribute->type, attribute->text, attribute->number);
		break;
	}
}

static const struct nlattr *find(const char *data, size_t length, int type)
{
	const struct nlattr *attr;

	while (length >= NLA_HDRLEN) {
		attr = (const struct nlattr *)data;
		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > length)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (NLA_ALIGN(attr->nla_len) >= length)
			return NULL;
		data += NLA_ALIGN(attr->nla_len);
		length -= NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

const struct nlattr *nl_attr(const struct nlmsg *msg, int type)
{
	size_t headers = NLMSG_HDRLEN + GENL_HDRLEN;

	return find(msg->bytes + headers, msg->header.nlmsg_len - headers, type);
}

const struct nlattr *nl_nested(const struct nlattr *nest, int type)
{
	return nest ? find((const char *)nest + NLA_HDRLEN, nest->nla_len - NLA_HDRLEN, type) :
		      NULL;
}

uint32_t nl_get_u32(const struct nlattr *attr)
{
	uint32_t value = -1;

	if (attr)
		memcpy(&value, (const char *)attr + NLA_HDRLEN, sizeof(value));
	return value;
}

uint64_t nl_get_u64(const struct nlattr *attr)
{
	uint64_t value = -1;

	if (attr)
		memcpy(&value, (const char *)attr + NLA_HDRLEN, sizeof(value));
	return value;
}

const char *nl_get_string(const struct nlattr *attr)
{
	return attr ? (const char *)attr + NLA_HDRLEN : "";
}

static void take_error(const struct nlmsghdr *header, struct answer *answer)
{
	const struct nlmsgerr *error = (const struct nlmsgerr *)(header + 1);
	const char *tlvs = (const char *)(error + 1);
	const struct nlattr *attr;
	size_t length = header->nlmsg_len - NLMSG_HDRLEN - sizeof(*error);

	answer->error = error->error;
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	attr = find(tlvs, length, NLMSGERR_ATTR_MSG);
	snprintf(answer->sentence, sizeof(answer->sentence), "%s", nl_get_string(attr));
	attr = find(tlvs, length, NLMSGERR_ATTR_MISS_TYPE);
	answer->missing = attr ? (int)nl_get_u32(attr) : 0;
	attr = find(tlvs, length, NLMSGERR_ATTR_OFFS);
	answer->offset = attr ? nl_get_u32(attr) : 0;
}

/* Whatever the message was, the kernel acknowledges it: they all have NLM_F_ACK. */
void nl_hear(int sock, struct answer *answer)
{
	static __thread char buffer[1 << 16] __attribute__((aligned(8)));
	struct nlmsghdr *header;
	ssize_t length;

	memset(answer, 0, sizeof(*answer));
	answer->sent = true;
	answer->error = 1;
	while (answer->error == 1) {
		length = recv(sock, buffer, sizeof(buffer), 0);
		if (length < 0) {
			answer->error = -errno;
			return;
		}
		for (header = (struct nlmsghdr *)buffer; NLMSG_OK(header, length);
		     header = NLMSG_NEXT(header, length)) {
			if (header->nlmsg_type == NLMSG_ERROR) {
				take_error(header, answer);
			} else if (header->nlmsg_type == NLMSG_DONE) {
				answer->error = *(int *)NLMSG_DATA(header);
			} else if (header->nlmsg_len <= sizeof(answer->reply)) {
				memcpy(&answer->reply, header, header->nlmsg_len);
				answer->replied = true;
			}
		}
	}
}

void nl_ask(int sock, struct nlmsg *msg, struct answer *answer)
{
	msg->header.nlmsg_flags |= NLM_F_ACK;
	if (send(sock, msg, msg->header.nlmsg_len, 0) < 0) {
		memset(answer, 0, sizeof(*answer));
		answer->error = -errno;
		return;
	}
	nl_hear(sock, answer);
}

void nl_ask_with(int sock, struct nlmsg *msg, int type, const void *data, size_t length,
		 struct answer *answer)
{
	struct nlattr attr = { .nla_type = type, .nla_len = NLA_HDRLEN + length };
	char padding[NLA_ALIGNTO] = "";
	struct iovec pieces[] = {
		{ msg, msg->header.nlmsg_len },
		{ &attr, sizeof(attr) },
		{ (void *)data, length },
		{ padding, NLA_ALIGN(length) - length },
	};

	msg->header.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(length);
	msg->header.nlmsg_flags |= NLM_F_ACK;
	if (writev(sock, pieces, 4) < 0) {
		memset(answer, 0, sizeof(*answer));
		answer->error = -errno;
		return;
	}
	nl_hear(sock, answer);
}

int nl_family(int sock, int *group)
{
	const struct nlattr *groups, *first;
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	nl_string(&msg, CTRL_ATTR_FAMILY_NAME, GPUSPEC_FAMILY_NAME);
	nl_ask(sock, &msg, &answer);
	if (answer.error)
		return answer.error;
	groups = nl_attr(&answer.reply, CTRL_ATTR_MCAST_GROUPS);
	first = nl_nested(groups, 1);
	*group = nl_get_u32(nl_nested(first, CTRL_ATTR_MCAST_GRP_ID));
	/* The id has 16 bits. */
	return nl_get_u32(nl_attr(&answer.reply, CTRL_ATTR_FAMILY_ID)) & 0xffff;
}

int nl_ask_dump(int sock, const struct nlmsg *request,
		void (*take)(const struct nlmsg *msg, void *data), void *data)
{
	static __thread char buffer[1 << 16] __attribute__((aligned(8)));
	struct nlmsghdr *header;
	struct nlmsg msg;
	ssize_t length;

	if (send(sock, request, request->header.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		length = recv(sock, buffer, sizeof(buffer), 0);
		if (length < 0)
			return -errno;
		for (header = (struct nlmsghdr *)buffer; NLMSG_OK(header, length);
		     header = NLMSG_NEXT(header, length)) {
			if (header->nlmsg_type == NLMSG_ERROR)
				return ((struct nlmsgerr *)NLMSG_DATA(header))->error;
			if (header->nlmsg_flags & NLM_F_DUMP_INTR)
				return -EINTR;
			if (header->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(header);
			if (take && header->nlmsg_len <= sizeof(msg)) {
				memcpy(&msg, header, header->nlmsg_len);
				take(&msg, data);
			}
		}
	}
}

int nl_dump(int sock, int family, uint8_t command,
	    void (*take)(const struct nlmsg *msg, void *data), void *data)
{
	struct nlmsg msg;

	nl_begin(&msg, family, command, NLM_F_DUMP);
	return nl_ask_dump(sock, &msg, take, data);
}
