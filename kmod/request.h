/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of the family have in common: their attributes and replies. */
#ifndef GPUSPEC_REQUEST_H
#define GPUSPEC_REQUEST_H

#include <net/genetlink.h>

/* Is the attribute missing, without which the command is nothing? Told to the client. */
bool gpuspec_request_misses(struct genl_info *info, int attribute);

/* The spec that the command needs to be given, by its id; NULL as below. */
const char *gpuspec_request_spec(struct genl_info *info);
/* The well-formed spec id in attrs[GPUSPEC_A_ID], or NULL with the reason told. */
const char *gpuspec_request_id(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* A reply with room for @room bytes of attributes. NULL without memory. */
struct sk_buff *gpuspec_reply_begin(struct genl_info *info, size_t room, void **header);
/* Send it, or drop it because of @error, which is returned. */
int gpuspec_reply_end(struct sk_buff *skb, void *header, struct genl_info *info, int error);

#endif /* GPUSPEC_REQUEST_H */
