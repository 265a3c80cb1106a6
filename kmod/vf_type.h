/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vGPU type of a virtual function whose driver in the host keeps it, and
 * makes it a vGPU: NVIDIA's, from Linux 6.8 on. The driver has no interface
 * for the type but its files in sysfs, of which this reads
 *
 *   nvidia/current_vgpu_type   a number; 0: none
 */
#ifndef GPUSPEC_VF_TYPE_H
#define GPUSPEC_VF_TYPE_H

#include <linux/types.h>

struct device;

#define GPUSPEC_VF_TYPE_SIZE	24

int gpuspec_vf_type_init(void);
void gpuspec_vf_type_exit(void);

/*
 * Write the type of @dev, like nvidia-559, as it is now. False if it has
 * none, if it cannot be read, and of course if @dev is no virtual function.
 *
 * May be called under any lock that a driver takes, too, but not under
 * gpuspec_lock: it may take seconds.
 */
bool gpuspec_vf_type(struct device *dev, char type[GPUSPEC_VF_TYPE_SIZE]);

#endif /* GPUSPEC_VF_TYPE_H */
