/* SPDX-License-Identifier: GPL-2.0 */
/* The family's commands for ROMs: gpuspec.yaml says what each does. */
#ifndef GPUSPEC_NETLINK_ROM_H
#define GPUSPEC_NETLINK_ROM_H

struct genl_info;
struct sk_buff;

int gpuspec_netlink_rom_begin(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_rom_data(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_rom_commit(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_rom_get(struct sk_buff *request, struct genl_info *info);
int gpuspec_netlink_rom_clear(struct sk_buff *request, struct genl_info *info);

#endif /* GPUSPEC_NETLINK_ROM_H */
