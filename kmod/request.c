// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>

#include "request.h"
#include "spec_id.h"

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
			    "not a spec id: it has the form pci:VVVV:DDDD:SSSS:ssss, mdev:TYPE or vf:VVVV:PPPP:FFFF");
	return NULL;
}

const char *gpuspec_request_spec(struct genl_info *info)
{
	if (gpuspec_request_misses(info, GPUSPEC_A_ID))
		return NULL;
	return gpuspec_request_id(info->attrs, info->extack);
}

struct sk_buff *gpuspec_reply_begin(struct genl_info *info, size_t room, void **header)
{
	struct sk_buff *skb = genlmsg_new(room, GFP_KERNEL);
	struct nlmsghdr *message;

	if (!skb)
		return NULL;
	/* The family has the number that the request came to. */
	message = nlmsg_put(skb, info->snd_portid, info->snd_seq, info->nlhdr->nlmsg_type,
			    GENL_HDRLEN, 0);
	if (!message) {
		nlmsg_free(skb);
		return NULL;
	}
	*(struct genlmsghdr *)nlmsg_data(message) = (struct genlmsghdr){
		.cmd = info->genlhdr->cmd,
		.version = GPUSPEC_FAMILY_VERSION,
	};
	*header = (char *)nlmsg_data(message) + GENL_HDRLEN;
	return skb;
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
