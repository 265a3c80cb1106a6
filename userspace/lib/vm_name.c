// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vm_name.h"

/* --- the cgroup --- */

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, tolower(c)) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* As systemd has escaped it: \x2d is '-'. */
static void unescape(const char *text, const char *end, char *out, size_t size)
{
	size_t length = 0;

	while (text < end && length + 1 < size) {
		if (end - text >= 4 && !strncmp(text, "\\x", 2) && hex(text[2]) >= 0 &&
		    hex(text[3]) >= 0) {
			out[length++] = hex(text[2]) << 4 | hex(text[3]);
			text += 4;
		} else {
			out[length++] = *text++;
		}
	}
	out[length] = '\0';
}

static bool has_end(const char *text, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - text) > length && !strncmp(end - length, word, length);
}

/* "qemu-7-web": what follows the number. */
static bool take_name(const char *machine, char *name, size_t size)
{
	const char *rest = machine + strlen("qemu-");

	if (strncmp(machine, "qemu-", strlen("qemu-")) || !isdigit(*rest))
		return false;
	rest += strspn(rest, "0123456789");
	if (rest[0] != '-' || !rest[1])
		return false;
	snprintf(name, size, "%s", rest + 1);
	return true;
}

static bool take_component(const char *text, const char *end, char *name, size_t size)
{
	static const char scope[] = "machine-", systemd[] = ".scope", libvirt[] = ".libvirt-qemu";
	char machine[GPUSPEC_VM_NAME_SIZE];

	if (!strncmp(text, scope, strlen(scope)) && has_end(text, end, systemd))
		unescape(text + strlen(scope), end - strlen(systemd), machine, sizeof(machine));
	else if (has_end(text, end, libvirt))
		unescape(text, end - strlen(libvirt), machine, sizeof(machine));
	else
		return false;
	return take_name(machine, name, size);
}

bool gpuspec_vm_name_of_cgroup(const char *cgroup, char *name, size_t size)
{
	const char *end;

	while (*cgroup) {
		end = cgroup + strcspn(cgroup, "/");
		if (take_component(cgroup, end, name, size))
			return true;
		cgroup = end + strspn(end, "/");
	}
	return false;
}

/* --- the command line --- */

/* "guest=web,debug-threads=on", or "web,...": QEMU has ",," for a comma in it. */
static bool take_option(const char *value, char *name, size_t size)
{
	size_t length = 0;

	if (!strncmp(value, "guest=", strlen("guest=")))
		value += strlen("guest=");
	else if (value[strcspn(value, ",=")] == '=')
		return false;
	for (; *value && length + 1 < size; value++) {
		if (*value == ',' && *++value != ',')
			break;
		name[length++] = *value;
	}
	name[length] = '\0';
	return length > 0;
}

bool gpuspec_vm_name_of_command(const char *command, size_t length, char *name, size_t size)
{
	const char *end = command + length, *word = command, *next;

	/* The last word may have been cut short. */
	while ((next = memchr(word, '\0', end - word))) {
		next++;
		if ((!strcmp(word, "-name") || !strcmp(word, "--name")) &&
		    memchr(next, '\0', end - next))
			return take_option(next, name, size);
		word = next;
	}
	return false;
}

bool gpuspec_vm_name_of_process(uint32_t pid, char *name, size_t size)
{
	char path[64], command[4096];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, command, sizeof(command));
	close(fd);
	return length > 0 && gpuspec_vm_name_of_command(command, length, name, size);
}
