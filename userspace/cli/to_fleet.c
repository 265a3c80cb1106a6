// SPDX-License-Identifier: GPL-2.0
/* The way to the program that has the fleet's libraries, which most hosts do without. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "place.h"

/* From the folder of this program: /usr/sbin/gpuspec has it in /usr/lib/gpuspec. */
#define PROGRAM	"../lib/gpuspec/gpuspec-fleet"

int use_fleet(struct request *request, int (*run)(struct request *request))
{
	char path[PATH_MAX] = "", *slash;
	ssize_t length;

	(void)run;
	length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(PROGRAM));
	slash = length > 0 ? strrchr(path, '/') : NULL;
	if (slash) {
		memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
		execv(path, request->command);
	}
	if (errno == ENOENT)
		return fail(EXIT_FAILED, request->verb, "what it takes for a fleet is not installed; the package is gpuspec-fleet");
	return fail(EXIT_FAILED, request->verb, "%s: %s", path, strerror(errno));
}
