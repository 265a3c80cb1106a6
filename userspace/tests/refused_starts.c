// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "refused_starts.h"

static char folder[32] = "/tmp/gpuspec-starts-XXXXXX";
static char path[64];

static void add(const char *vm)
{
	json_t *rows = json_pack("[{sissssssssssss}]", "time", 1764127500, "vm", vm, "address",
				 "0000:01:00.0", "spec", "pci:1:2:3:4", "account", "host",
				 "reason", "disabled", "sentence", "GPU 0000:01:00.0 is disabled");

	check(!gpuspec_refused_starts_add(rows, path));
	json_decref(rows);
}

static const char *vm(json_t *rows, size_t at)
{
	return json_string_value(json_object_get(json_array_get(rows, at), "vm"));
}

static void put(const char *text)
{
	char name[96];
	FILE *file;

	snprintf(name, sizeof(name), "%s/refused.json", path);
	file = fopen(name, "w");
	check(file && fputs(text, file) >= 0 && !fclose(file));
}

static size_t count(void)
{
	json_t *rows = gpuspec_refused_starts_read(path);
	size_t size = json_array_size(rows);

	check(json_is_array(rows));
	json_decref(rows);
	return size;
}

int main(void)
{
	char name[16], command[64];
	struct stat status;
	json_t *rows;
	int i;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/run/starts", folder);
	check(count() == 0);
	add("web");
	check(!stat(path, &status) && (status.st_mode & 0777) == 0700);
	rows = gpuspec_refused_starts_read(path);
	check(json_array_size(rows) == 1);
	check_says(vm(rows, 0), "web");
	json_decref(rows);
	/* The oldest make way. */
	for (i = 0; i < GPUSPEC_STARTS_MAX; i++) {
		snprintf(name, sizeof(name), "vm%d", i);
		add(name);
	}
	rows = gpuspec_refused_starts_read(path);
	check(json_array_size(rows) == GPUSPEC_STARTS_MAX);
	check_says(vm(rows, 0), "vm0");
	check_says(vm(rows, GPUSPEC_STARTS_MAX - 1), "vm255");
	json_decref(rows);
	/* Whatever else is there is none of ours, and is replaced. */
	put("[{\"vm\": \"web\"}]");
	check(count() == 0);
	put("{}");
	check(count() == 0);
	put("[");
	check(count() == 0);
	add("web");
	check(count() == 1);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : failed;
}
