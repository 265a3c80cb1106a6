// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

int sysfs_write(const char *path, const char *text)
{
	int error = 0, file = open(path, O_WRONLY);

	if (file < 0)
		return -errno;
	if (write(file, text, strlen(text)) < 0)
		error = -errno;
	close(file);
	return error;
}

const char *sysfs_read(const char *path, char *line, size_t size)
{
	int file = open(path, O_RDONLY);
	ssize_t length = read(file, line, size - 1);

	close(file);
	line[length > 0 ? length : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

bool sysfs_bind(const char *address, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver/unbind", address);
	if (!access(path, F_OK) && sysfs_write(path, address))
		return false;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", address);
	if (sysfs_write(path, driver ? driver : "\n"))
		return false;
	if (!driver)
		return true;
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/bind", driver);
	return !sysfs_write(path, address);
}
