/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's tables as the kept policy and sysfs have them, without the module:
 * for those who may not ask it.
 */
#ifndef GPUSPEC_KEPT_TABLES_H
#define GPUSPEC_KEPT_TABLES_H

#include "policy.h"

/*
 * Who holds a device, its ROM, and what was refused is not in them. @sysfs is
 * "/sys", or for a test another folder. To be freed if 0; or -ENOMEM.
 */
int gpuspec_kept_tables(struct gpuspec_tables *tables, const struct gpuspec_policy *policy,
			const char *sysfs);

#endif /* GPUSPEC_KEPT_TABLES_H */
