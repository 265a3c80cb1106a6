// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/gpuspec.h>
#include <linux/netlink.h>
#include <linux/stringify.h>

#include "account_name.h"
#include "request.h"
#include "spec_id.h"

/*
 * Not GENL_ADMIN_PERM: that asks for CAP_NET_ADMIN, and says nothing. Policy
 * is the host's, so the capability counts in the initial user namespace only.
 */
int gpuspec_request_admit(struct sk_buff *request, const struct genlmsghdr *header,
			  struct netlink_ext_ack *extack)
{
	if (!netlink_capable(request, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(extack, "this needs CAP_SYS_ADMIN in the initial user namespace");
		return -EPERM;
	}
	if (header->version != GPUSPEC_FAMILY_VERSION) {
		NL_SET_ERR_MSG(extack, "this module speaks version "
			       __stringify(GPUSPEC_FAMILY_VERSION) " of the family");
		return -EPROTONOSUPPORT;
	}
	return 0;
}

/* The kernel tells which attribute is missing, but not in words. */
bool gpuspec_request_misses(struct genl_info *info, int attribute)
{
	if (!GENL_REQ_ATTR_CHECK(info, attribute))
		return false;
	NL_SET_ERR_MSG(info->extack, "an attribute is missing that this command needs");
	return true;
}

const char *gpuspec_request_id(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const char *id = nla_data(attrs[GPUSPEC_A_ID]);

	if (gpuspec_id_parse(id, NULL))
		return id;
	NL_SET_ERR_MSG_ATTR(extack, attrs[GPUSPEC_A_ID],
			    "not a spec id: it has the form pci:VVVV:DDDD:SSSS:ssss, mdev:TYPE or vf:VVVV:PPPP:FFFF[/TYPE]");
	return NULL;
}

const char *gpuspec_request_account(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attrs[GPUSPEC_A_ACCOUNT]);

	if (gpuspec_account_name_is_valid(name))
		return name;
	NL_SET_ERR_MSG_ATTR(extack, attrs[GPUSPEC_A_ACCOUNT],
			    "not the name of an account: letters, digits and ._@+-, a letter or digit first");
	return NULL;
}

const char *gpuspec_request_spec(struct genl_info *info)
{
	if (gpuspec_request_misses(info, GPUSPEC_A_ID))
		return NULL;
	return gpuspec_request_id(info->attrs, info->extack);
}

/* The family has the number that the request came to. */
static void *begin(struct sk_buff *skb, u32 portid, const struct nlmsghdr *request, int flags)
{
	const struct genlmsghdr *command = nlmsg_data(request);
	struct nlmsghdr *message;

	message = nlmsg_put(skb, portid, request->nlmsg_seq, request->nlmsg_type, GENL_HDRLEN,
			    flags);
	if (!message)
		return NULL;
	*(struct genlmsghdr *)nlmsg_data(message) = (struct genlmsghdr){
		.cmd = command->cmd,
		.version = GPUSPEC_FAMILY_VERSION,
	};
	return (char *)nlmsg_data(message) + GENL_HDRLEN;
}

struct sk_buff *gpuspec_reply_begin(struct genl_info *info, size_t room, void **header)
{
	struct sk_buff *skb = genlmsg_new(room, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = begin(skb, info->snd_portid, info->nlhdr, 0);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

void *gpuspec_dump_begin(struct sk_buff *skb, struct netlink_callback *cb)
{
	return begin(skb, NETLINK_CB(cb->skb).portid, cb->nlh, NLM_F_MULTI);
}

int gpuspec_reply_end(struct sk_buff *skb, void *header, struct genl_info *info, int error)
{
	if (error) {
		nlmsg_free(skb);
		return error;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}
