/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The family's commands that show the tables: gpuspec.yaml says what each
 * does. A dump is of one moment: a copy is taken at its start.
 */
#ifndef GPUSPEC_NETLINK_TABLES_H
#define GPUSPEC_NETLINK_TABLES_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

int gpuspec_netlink_spec_get(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_account_get(struct sk_buff *request, struct genl_info *info);

/* Dump operations: each starts with its own, and goes on and ends with these two. */
int gpuspec_netlink_start_specs(struct netlink_callback *cb);
int gpuspec_netlink_start_devices(struct netlink_callback *cb);
int gpuspec_netlink_start_shares(struct netlink_callback *cb);
int gpuspec_netlink_start_accounts(struct netlink_callback *cb);
int gpuspec_netlink_dump(struct sk_buff *skb, struct netlink_callback *cb);
int gpuspec_netlink_end_dump(struct netlink_callback *cb);

#endif /* GPUSPEC_NETLINK_TABLES_H */
