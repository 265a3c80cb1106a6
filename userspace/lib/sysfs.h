/* SPDX-License-Identifier: GPL-2.0 */
/* Files of sysfs, each found by its folder and its name in it. Nothing in them is trusted. */
#ifndef GPUSPEC_SYSFS_H
#define GPUSPEC_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

/* The first @size - 1 bytes, without what blank ends them; empty if it cannot be read. */
void gpuspec_sysfs_text(const char *folder, const char *file, char *out, size_t size);

/* A number that is all of the file, decimal or with 0x before it; -1 if there is none. */
long long gpuspec_sysfs_number(const char *folder, const char *file);

/* The last part of where a link points; empty if there is no link. */
void gpuspec_sysfs_link(const char *folder, const char *file, char *out, size_t size);

/*
 * Where a link points, as a path without links, since to follow one costs the kernel
 * as much as to open a file. @folder has none, and the link is relative, as sysfs's
 * are; what is none, or not there, has false, and its own path.
 */
bool gpuspec_sysfs_follow(const char *folder, const char *entry, char *out, size_t size);

/* Write @text at once: 0, or the negative errno that the kernel has for it. */
int gpuspec_sysfs_write(const char *folder, const char *file, const char *text);

/*
 * Call @take for each entry of a folder, in no order, until it returns other
 * than 0: that is returned. A folder that is not there has none.
 */
int gpuspec_sysfs_each(const char *folder,
		       int (*take)(const char *folder, const char *entry, void *data),
		       void *data);

#endif /* GPUSPEC_SYSFS_H */
