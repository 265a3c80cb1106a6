/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate at PCI/mdev creation: a refused device does not get bound to a
 * VFIO driver, a refused mdev does not get made. Other drivers bind as ever.
 * Needs the inventory of device.h.
 */
#ifndef GPUSPEC_BIND_GATE_H
#define GPUSPEC_BIND_GATE_H

int gpuspec_bind_gate_init(void);
void gpuspec_bind_gate_exit(void);

#endif /* GPUSPEC_BIND_GATE_H */
