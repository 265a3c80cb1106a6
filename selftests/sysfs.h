/* SPDX-License-Identifier: GPL-2.0 */
/* Files of sysfs, for devices that are bound, made and removed. */
#ifndef SELFTESTS_SYSFS_H
#define SELFTESTS_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

/* In one write: 0 or a negative errno. */
int sysfs_write(const char *path, const char *text);
/* The first line of a file, or "". */
const char *sysfs_read(const char *path, char *line, size_t size);

/* Bind a PCI device to this driver, from whatever has it; NULL: unbind it. */
bool sysfs_bind(const char *address, const char *driver);

#endif /* SELFTESTS_SYSFS_H */
