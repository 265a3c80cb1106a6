// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_word.h"
#include "folder.h"
#include "utf8.h"

#define NAME	"word.json"
#define SIZE	4096

int gpuspec_agent_word_write(const struct gpuspec_agent_word *word, const char *path)
{
	char problem[sizeof(word->problem)], *text;
	struct gpuspec_folder folder;
	json_t *row;
	int error;

	/* It may be cut within a letter, and JSON takes whole ones. */
	gpuspec_utf8_clean_line(problem, sizeof(problem), word->problem);
	row = json_pack("{sIss*}", "heard", (json_int_t)word->heard, "problem",
			*problem ? problem : NULL);
	text = json_dumps(row, JSON_COMPACT);
	error = text ? 0 : -ENOMEM;
	json_decref(row);
	if (!error)
		error = gpuspec_folder_open(&folder, path);
	if (!error) {
		error = gpuspec_folder_lock(&folder, 0);
		if (!error)
			error = gpuspec_folder_write_new(&folder, NAME, text, strlen(text));
		if (!error)
			error = gpuspec_folder_put_in_place(&folder, NAME);
		gpuspec_folder_close(&folder);
	}
	free(text);
	return error;
}

static int take(struct gpuspec_agent_word *word, const char *text, size_t size)
{
	json_t *row = json_loadb(text, size, 0, NULL);
	const char *problem = json_string_value(json_object_get(row, "problem"));

	word->heard = json_integer_value(json_object_get(row, "heard"));
	snprintf(word->problem, sizeof(word->problem), "%s", problem ? problem : "");
	json_decref(row);
	return word->heard > 0 ? 0 : -EINVAL;
}

int gpuspec_agent_word_read(struct gpuspec_agent_word *word, const char *path)
{
	struct gpuspec_folder folder;
	void *text = NULL;
	size_t size;
	int error;

	memset(word, 0, sizeof(*word));
	error = gpuspec_folder_open(&folder, path);
	if (!error && folder.fd < 0)
		error = -ENOENT;
	if (!error)
		error = gpuspec_folder_read(&folder, NAME, SIZE, &text, &size);
	if (!error)
		error = take(word, text, size);
	free(text);
	gpuspec_folder_close(&folder);
	return error;
}
