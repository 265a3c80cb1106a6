// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sweep.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGE_ALLOC	"/sys/kernel/debug/fail_page_alloc/"
#define SYMBOLS		"/proc/kallsyms"

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
	return !access(FAIL_NTH, W_OK) && !access(FAILSLAB, X_OK);
}

/* Addresses, of which the stack of an allocation must have one, or must have none. */
static void filter(const char *what, uint64_t start, uint64_t end)
{
	static const char *const folders[] = { FAILSLAB, FAIL_PAGE_ALLOC };
	char path[128], text[24];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s%s-start", folders[i], what);
		snprintf(text, sizeof(text), "0x%" PRIx64, start);
		set(path, text);
		snprintf(path, sizeof(path), "%s%s-end", folders[i], what);
		snprintf(text, sizeof(text), "0x%" PRIx64, end);
		set(path, text);
	}
}

static void set_up(void)
{
	static const char *const settings[][2] = {
		/* Allocations that may sleep, and single pages, are to fail as well. */
		{ FAILSLAB "ignore-gfp-wait", "N" },
		{ FAIL_PAGE_ALLOC "ignore-gfp-wait", "N" },
		{ FAIL_PAGE_ALLOC "ignore-gfp-highmem", "N" },
		{ FAIL_PAGE_ALLOC "min-order", "0" },
		/* Without a stack in the log for each: what else the kernel says should be seen. */
		{ FAILSLAB "verbose", "0" },
		{ FAIL_PAGE_ALLOC "verbose", "0" },
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
	filter("require", 0, ULONG_MAX);
	filter("reject", 0, 0);
	*sweep = (struct sweep){ .name = name, .n = UINT_MAX };
}

struct symbol {
	uint64_t address;
	char type, name[256], module[64];
};

/* They come by address, the kernel's before those of modules. */
static bool next_symbol(FILE *file, struct symbol *symbol)
{
	char line[512];

	symbol->module[0] = '\0';
	return file && fgets(line, sizeof(line), file) &&
	       sscanf(line, "%" SCNx64 " %c %255s [%63[^]]", &symbol->address, &symbol->type,
		      symbol->name, symbol->module) >= 3;
}

/* By functions of the kernel, from the @first to the @last. */
static void filter_functions(const char *what, const char *first, const char *last)
{
	FILE *file = fopen(SYMBOLS, "r");
	uint64_t start = 0, end = 0;
	struct symbol symbol;
	bool ends = false;

	while (!end && next_symbol(file, &symbol)) {
		/* A function ends where the next begins. */
		if (ends && symbol.address > start)
			end = symbol.address;
		if (!strcmp(symbol.name, first))
			start = symbol.address;
		ends |= start && !strcmp(symbol.name, last);
	}
	if (file)
		fclose(file);
	if (!end) {
		fprintf(stderr, "this kernel has no functions %s to %s\n", first, last);
		exit(1);
	}
	filter(what, start, end);
}

void sweep_spare(const char *first, const char *last)
{
	filter_functions("reject", first, last);
}

void sweep_within(const char *function)
{
	filter_functions("require", function, function);
}

void sweep_within_module(const char *module)
{
	FILE *file = fopen(SYMBOLS, "r");
	uint64_t start = UINT64_MAX, end = 0;
	struct symbol symbol;

	/* Its last function is the exit. */
	while (next_symbol(file, &symbol)) {
		if (strcmp(symbol.module, module) || (symbol.type != 't' && symbol.type != 'T'))
			continue;
		if (symbol.address < start)
			start = symbol.address;
		if (symbol.address > end)
			end = symbol.address;
	}
	if (file)
		fclose(file);
	filter("require", start, end);
}

bool sweep_thorough(void)
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
		if (++sweep->passes == (sweep_thorough() ? SWEEP_PASSES : 1)) {
			tell(sweep);
			return false;
		}
		sweep->n = 0;
	}
	sweep->n++;
	if (!sweep_thorough() && sweep->total > SWEEP_EVERYDAY && sweep->n == SWEEP_EVERYDAY / 2)
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
