/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: gpuspec.yaml says what each command does. */
#ifndef GPUSPEC_NETLINK_H
#define GPUSPEC_NETLINK_H

int gpuspec_netlink_init(void);
void gpuspec_netlink_exit(void);

#endif /* GPUSPEC_NETLINK_H */
