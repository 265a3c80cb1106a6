/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VMs that libvirt's hook did not let start. It alone knows them by name:
 * nothing of such a VM is there yet that could ask the kernel, which hears of
 * none of it.
 *
 * Rows of {"time": seconds since 1970, "vm", "address", "spec", "account",
 * "reason", "sentence"}, the newest last.
 */
#ifndef GPUSPEC_REFUSED_STARTS_H
#define GPUSPEC_REFUSED_STARTS_H

#include <jansson.h>

/* It is gone after a boot, and nobody else's to read: it has names of VMs. */
#define GPUSPEC_STARTS_FOLDER	"/run/gpuspec/starts"
/* As many as the kernel remembers of its own refusals. */
#define GPUSPEC_STARTS_MAX	256

/* Keep these rows, which become the file's; the oldest make way. 0 or a negative errno. */
int gpuspec_refused_starts_add(json_t *rows, const char *path);
/* To be let go; none where there is no file, or one that is not ours. */
json_t *gpuspec_refused_starts_read(const char *path);

#endif /* GPUSPEC_REFUSED_STARTS_H */
