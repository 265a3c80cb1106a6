// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "account_name.h"

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool gpuspec_account_name_is_valid(const char *name)
{
	size_t length = strlen(name), i;

	if (!is_alphanumeric(name[0]) || length > GPUSPEC_ACCOUNT_MAX)
		return false;
	for (i = 0; i < length; i++)
		if (!is_alphanumeric(name[i]) && !strchr("._@+-", name[i]))
			return false;
	return true;
}

static bool is_dots(const char *component, size_t length)
{
	return (length == 1 && component[0] == '.') ||
	       (length == 2 && component[0] == '.' && component[1] == '.');
}

bool gpuspec_cgroup_is_valid(const char *path)
{
	const char *component;
	size_t length;

	if (*path != '/' || strlen(path) >= GPUSPEC_CGROUP_MAX)
		return false;
	while (*path == '/') {
		component = path + 1;
		for (length = 0; component[length] && component[length] != '/'; length++)
			if ((unsigned char)component[length] < ' ' || component[length] == 0x7f)
				return false;
		if (!length || is_dots(component, length))
			return false;
		path = component + length;
	}
	return true;
}

size_t gpuspec_cgroup_parent(const char *path, size_t length)
{
	while (length && path[length - 1] != '/')
		length--;
	return length ? length - 1 : 0;
}
