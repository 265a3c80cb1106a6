/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate where a VM takes a device: every open of a VFIO device of a GPU,
 * through a group or through iommufd, whatever driver made it and when.
 * Needs the inventory of device.h.
 */
#ifndef GPUSPEC_OPEN_GATE_H
#define GPUSPEC_OPEN_GATE_H

int gpuspec_open_gate_init(void);
void gpuspec_open_gate_exit(void);

/*
 * The ROM of the spec @id is another: make those of its cards that VFIO has,
 * and that are not in use, show it. The others do so once they are released,
 * or given to VFIO.
 */
void gpuspec_open_gate_show_rom(const char *id);

#endif /* GPUSPEC_OPEN_GATE_H */
