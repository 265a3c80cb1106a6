/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The buses of cards and of mediated devices: what is on them is taken into
 * the table of device.h, and what leaves them is taken out.
 */
#ifndef GPUSPEC_BUS_H
#define GPUSPEC_BUS_H

#include <linux/device.h>

/* 0, or the errno of a registration; devices may be in the table in both cases. */
int gpuspec_bus_init(void);
void gpuspec_bus_exit(void);

/* The mdev bus, which the kernel does not export. */
const struct bus_type *gpuspec_mdev_bus(void);

#endif /* GPUSPEC_BUS_H */
