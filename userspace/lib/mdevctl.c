// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mdevctl.h"

extern char **environ;

/* All that comes, of which @size - 1 bytes are kept, on one line. */
static void read_all(int fd, char *said, size_t size)
{
	char rest[256];
	size_t length = 0, i;
	ssize_t got;

	while ((got = read(fd, rest, sizeof(rest))) > 0 || (got < 0 && errno == EINTR))
		for (i = 0; got > 0 && i < (size_t)got && length < size - 1; i++)
			said[length++] = iscntrl((unsigned char)rest[i]) ? ' ' : rest[i];
	while (length && said[length - 1] == ' ')
		length--;
	said[length] = '\0';
}

int gpuspec_mdevctl_run(char *const *argv, char *said, size_t size)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error, status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (!error)
		read_all(ends[0], said, size);
	close(ends[0]);
	if (error)
		return -error;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

enum gpuspec_mdevctl_definition gpuspec_mdevctl_definition(const char *folder, const char *parent,
							   const char *uuid)
{
	const char *start;
	char path[PATH_MAX];
	json_t *json;
	bool is_auto;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, parent, uuid);
	if (access(path, F_OK))
		return GPUSPEC_MDEVCTL_NONE;
	json = json_load_file(path, 0, NULL);
	start = json_string_value(json_object_get(json, "start"));
	is_auto = start && !strcmp(start, "auto");
	json_decref(json);
	return is_auto ? GPUSPEC_MDEVCTL_AUTO : GPUSPEC_MDEVCTL_MANUAL;
}
