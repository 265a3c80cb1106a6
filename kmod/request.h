/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of the family have in common: their attributes and replies. */
#ifndef GPUSPEC_REQUEST_H
#define GPUSPEC_REQUEST_H

#include <net/genetlink.h>

/*
 * May this request be answered? -EPERM: the client has no CAP_SYS_ADMIN in the
 * initial user namespace; -EPROTONOSUPPORT: it speaks another version.
 */
int gpuspec_request_admit(struct sk_buff *request, const struct genlmsghdr *header,
			  struct netlink_ext_ack *extack);

/* Is the attribute missing, without which the command is nothing? Told to the client. */
bool gpuspec_request_misses(struct genl_info *info, int attribute);

/* The spec that the command needs to be given, by its id; NULL as below. */
const char *gpuspec_request_spec(struct genl_info *info);
/* The well-formed spec id in attrs[GPUSPEC_A_ID], or NULL with the reason told. */
const char *gpuspec_request_id(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* The valid name of an account in attrs[GPUSPEC_A_ACCOUNT], or NULL with the reason told. */
const char *gpuspec_request_account(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* A reply with room for @room bytes of attributes. NULL without memory. */
struct sk_buff *gpuspec_reply_begin(struct genl_info *info, size_t room, void **header);
/* Send it, or drop it because of @error, which is returned. */
int gpuspec_reply_end(struct sk_buff *skb, void *header, struct genl_info *info, int error);

/* The start of one message of a dump; NULL if it has no room. */
void *gpuspec_dump_begin(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* GPUSPEC_REQUEST_H */
