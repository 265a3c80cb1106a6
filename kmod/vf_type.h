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

#include <linux/jiffies.h>
#include <linux/types.h>

struct device;
struct gpuspec_vf_inquiry;

#define GPUSPEC_VF_TYPE_SIZE	24

int gpuspec_vf_type_init(void);
void gpuspec_vf_type_exit(void);

/*
 * Begin to ask for the type of @dev; the answer is to be waited for. NULL if
 * it is no virtual function; -ENOMEM; -ETIMEDOUT if an answer, for which
 * nobody waits any more, has not come yet.
 *
 * May be called under any lock that a driver takes, too, but not under
 * gpuspec_lock, as the answer: it may take seconds.
 */
struct gpuspec_vf_inquiry *gpuspec_vf_type_ask(struct device *dev);

/* How long, in jiffies, all answers are waited for that are asked for now. */
static inline unsigned long gpuspec_vf_type_deadline(void)
{
	return jiffies + 5 * HZ;
}

/*
 * Wait for the answer, and free the inquiry. 1: @type has it, like nvidia-559.
 * 0: there is none. An error: it cannot be told, so it may be any; -EPROTO for
 * a text that is no number. NULL and errors are as asking gave them.
 */
int gpuspec_vf_type_answer(struct gpuspec_vf_inquiry *inquiry, unsigned long deadline,
			   char type[GPUSPEC_VF_TYPE_SIZE]);

/* Ask, and wait. */
int gpuspec_vf_type(struct device *dev, char type[GPUSPEC_VF_TYPE_SIZE]);

#endif /* GPUSPEC_VF_TYPE_H */
