/* SPDX-License-Identifier: GPL-2.0 */
/* The family's commands that change policy: gpuspec.yaml says what each does. */
#ifndef GPUSPEC_NETLINK_POLICY_H
#define GPUSPEC_NETLINK_POLICY_H

struct genl_info;
struct sk_buff;

int gpuspec_netlink_spec_set(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_spec_del(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_share_set(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_share_del(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_default_set(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_account_set(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_account_del(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_policy_begin(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_policy_commit(struct sk_buff *request, struct genl_info *info);

#endif /* GPUSPEC_NETLINK_POLICY_H */
