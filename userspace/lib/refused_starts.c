// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "refused_starts.h"

#define NAME	"refused.json"
#define SIZE	(1 << 20)
/* How long another VM's hook may take, in seconds. */
#define PATIENCE	5

static bool is_row(json_t *row)
{
	static const char *const members[] = {
		"vm", "address", "spec", "account", "reason", "sentence",
	};
	size_t i;

	if (!json_is_integer(json_object_get(row, "time")))
		return false;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!json_is_string(json_object_get(row, members[i])))
			return false;
	return true;
}

static bool are_rows(json_t *rows)
{
	size_t i;

	if (!json_is_array(rows))
		return false;
	for (i = 0; i < json_array_size(rows); i++)
		if (!is_row(json_array_get(rows, i)))
			return false;
	return true;
}

static json_t *read_rows(struct gpuspec_folder *folder)
{
	void *text = NULL;
	json_t *rows = NULL;
	size_t size;

	if (folder->fd >= 0 && !gpuspec_folder_read(folder, NAME, SIZE, &text, &size))
		rows = json_loadb(text, size, 0, NULL);
	free(text);
	if (are_rows(rows))
		return rows;
	json_decref(rows);
	return json_array();
}

static int write_rows(struct gpuspec_folder *folder, json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);
	int error = text ? 0 : -ENOMEM;

	if (!error)
		error = gpuspec_folder_write_new(folder, NAME, text, strlen(text));
	if (!error)
		error = gpuspec_folder_put_in_place(folder, NAME);
	free(text);
	return error;
}

int gpuspec_refused_starts_add(json_t *rows, const char *path)
{
	struct gpuspec_folder folder;
	json_t *all;
	int error;

	error = gpuspec_folder_make(path) || chmod(path, 0700) ? -errno : 0;
	if (error)
		return error;
	error = gpuspec_folder_open(&folder, path);
	if (!error)
		error = gpuspec_folder_lock(&folder, PATIENCE);
	if (!error) {
		all = read_rows(&folder);
		if (json_array_extend(all, rows))
			error = -ENOMEM;
		while (json_array_size(all) > GPUSPEC_STARTS_MAX)
			json_array_remove(all, 0);
		if (!error)
			error = write_rows(&folder, all);
		json_decref(all);
	}
	gpuspec_folder_close(&folder);
	return error;
}

json_t *gpuspec_refused_starts_read(const char *path)
{
	struct gpuspec_folder folder;
	json_t *rows;

	rows = gpuspec_folder_open(&folder, path) ? json_array() : read_rows(&folder);
	gpuspec_folder_close(&folder);
	return rows;
}
