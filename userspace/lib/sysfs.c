// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

void gpuspec_sysfs_text(const char *folder, const char *file, char *out, size_t size)
{
	char path[PATH_MAX];
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		/* The kernel gives all of a file at once. */
		length = read(fd, out, size - 1);
		close(fd);
	}
	if (length < 0)
		length = 0;
	while (length && isspace((unsigned char)out[length - 1]))
		length--;
	out[length] = '\0';
}

long long gpuspec_sysfs_number(const char *folder, const char *file)
{
	char text[32], *end;
	long long value;

	gpuspec_sysfs_text(folder, file, text, sizeof(text));
	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	value = strtoll(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	return *end || errno ? -1 : value;
}

void gpuspec_sysfs_link(const char *folder, const char *file, char *out, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t length;
	char *slash;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	length = readlink(path, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	slash = strrchr(target, '/');
	snprintf(out, size, "%s", slash ? slash + 1 : target);
}

bool gpuspec_sysfs_follow(const char *folder, const char *entry, char *out, size_t size)
{
	char target[PATH_MAX], *rest = target, *slash;
	ssize_t length;

	snprintf(out, size, "%s/%s", folder, entry);
	length = readlink(out, target, sizeof(target) - 1);
	if (length <= 0 || *target == '/')
		return false;
	target[length] = '\0';
	slash = strrchr(out, '/');
	for (; slash && !strncmp(rest, "../", 3); rest += 3) {
		*slash = '\0';
		slash = strrchr(out, '/');
	}
	if (slash)
		snprintf(slash + 1, size - (slash + 1 - out), "%s", rest);
	else
		snprintf(out, size, "%s/%s", folder, entry);
	return slash;
}

int gpuspec_sysfs_write(const char *folder, const char *file, const char *text)
{
	char path[PATH_MAX];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	close(fd);
	return error;
}

int gpuspec_sysfs_each(const char *folder,
		       int (*take)(const char *folder, const char *entry, void *data),
		       void *data)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	int result = 0;

	if (!dir)
		return 0;
	while (!result && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			result = take(folder, entry->d_name, data);
	closedir(dir);
	return result;
}
