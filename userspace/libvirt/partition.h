/* SPDX-License-Identifier: GPL-2.0 */
/* The cgroup that libvirt makes of a domain's resource partition. */
#ifndef PARTITION_H
#define PARTITION_H

#include <linux/gpuspec.h>
#include <stdbool.h>

/* Where libvirt puts a VM of which nothing else is said. */
#define PARTITION_DEFAULT	"/machine"

#define PARTITION_CGROUP_SIZE	(GPUSPEC_CGROUP_MAX + 1)

/*
 * Write to @cgroup, of PARTITION_CGROUP_SIZE bytes, its path from the root of
 * the hierarchy, of "/machine/blue":
 * "/machine.slice/machine-blue.slice" where systemd makes it,
 * "/machine/blue.partition" where libvirt does by itself.
 * False: it makes none of this one, or a longer one than the kernel tells.
 */
bool partition_slice(const char *partition, char *cgroup);
bool partition_folder(const char *partition, char *cgroup);

#endif /* PARTITION_H */
