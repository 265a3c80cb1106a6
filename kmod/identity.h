/* SPDX-License-Identifier: GPL-2.0 */
/* Which devices count as GPUs, and of which spec each is. */
#ifndef GPUSPEC_IDENTITY_H
#define GPUSPEC_IDENTITY_H

#include <linux/types.h>

struct device;

/* Take in the parameter match_class: 0, or an error, told to the log. */
int gpuspec_identity_init(void);

/*
 * Write the id of the spec that the device belongs to, to @id of
 * GPUSPEC_ID_SIZE bytes; false if to none. @vf_type: of a virtual function
 * that has one (vf_type.h), else NULL.
 */
bool gpuspec_identify(struct device *dev, const char *vf_type, char *id);

#endif /* GPUSPEC_IDENTITY_H */
