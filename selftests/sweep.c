// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sweep.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

static int fail_nth = -1;

static void set(const char *path, const char *value)
{
	int file = open(path, O_WRONLY);

	if (file < 0 || write(file, value, strlen(value)) < 0) {
		perror(path);
		exit(1);
	}
	close(file);
}

bool sweep_possible(void)
{
	return !access(FAIL_NTH, W_OK) && !access("/sys/kernel/debug/failslab", X_OK);
}

static void set_up(void)
{
	static const char *const settings[][2] = {
		/* Allocations that may sleep, and single pages, are to fail as well. */
		{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N" },
		{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N" },
		{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "/sys/kernel/debug/fail_page_alloc/min-order", "0" },
		/* Without a stack in the log for each: what else the kernel says should be seen. */
		{ "/sys/kernel/debug/failslab/verbose", "0" },
		{ "/sys/kernel/debug/fail_page_alloc/verbose", "0" },
	};
	const char *verbose = getenv("GPUSPEC_FAULT_VERBOSE");
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		set(settings[i][0], verbose && i >= 4 ? "2" : settings[i][1]);
	/* Nor is the program's own memory to be missing where the kernel copies to it. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		perror("mlockall");
	fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (fail_nth < 0) {
		perror(FAIL_NTH);
		exit(1);
	}
}

void sweep_begin(struct sweep *sweep, const char *name)
{
	if (fail_nth < 0)
		set_up();
	*sweep = (struct sweep){ .name = name, .n = UINT_MAX };
}

static bool is_thorough(void)
{
	return getenv("GPUSPEC_THOROUGH");
}

static void tell(const struct sweep *sweep)
{
	printf("# sweep %s: %u failures injected, of %u allocations in %u passes; done all the same in %u",
	       sweep->name, sweep->failures, sweep->total, sweep->passes, sweep->survived);
	if (sweep->lost)
		printf(", %u events lost and missed", sweep->lost);
	puts("");
	fflush(stdout);
}

bool sweep_next(struct sweep *sweep)
{
	if (sweep->n != UINT_MAX && sweep->n && !sweep->hit) {
		if (++sweep->passes == (is_thorough() ? SWEEP_PASSES : 1)) {
			tell(sweep);
			return false;
		}
		sweep->n = 0;
	}
	sweep->n++;
	if (!is_thorough() && sweep->total > SWEEP_EVERYDAY && sweep->n == SWEEP_EVERYDAY / 2)
		sweep->n = sweep->total - SWEEP_EVERYDAY / 2;
	return true;
}

void sweep_arm(const struct sweep *sweep)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", sweep->n ? sweep->n : INT_MAX);

	if (pwrite(fail_nth, text, length, 0) != length)
		abort();
}

/* The file says how many allocations there are to go: 0, the n-th was one of ours. */
void sweep_disarm(struct sweep *sweep)
{
	char text[16] = "";
	unsigned int left;

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0 || pwrite(fail_nth, "0", 1, 0) != 1)
		abort();
	left = strtoul(text, NULL, 10);
	if (!sweep->n)
		sweep->total = INT_MAX - left;
	sweep->hit = sweep->n && !left;
	sweep->failures += sweep->hit;
}

unsigned int sweep_leaks(void)
{
	unsigned int lines = 0;
	char line[512];
	FILE *file;

	/* What is freed after a grace period has gone by the second scan. */
	set(KMEMLEAK, "scan");
	sleep(1);
	set(KMEMLEAK, "scan");
	file = fopen(KMEMLEAK, "r");
	while (file && fgets(line, sizeof(line), file)) {
		printf("# %s", line);
		lines++;
	}
	if (file)
		fclose(file);
	set(KMEMLEAK, "clear");
	return lines;
}
