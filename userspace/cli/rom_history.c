// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "place.h"
#include "rom_input.h"
#include "rom_store.h"
#include "row.h"

static void cell_sha256(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "%.8s", output_text(row, "sha256"));
}

static void cell_size(json_t *row, char *text, size_t size)
{
	output_bytes(row, "size", text, size);
}

static void cell_forced(json_t *row, char *text, size_t size)
{
	row_words_text(row, "forced", " ", text, size);
}

static const struct column columns[] = {
	{ .title = "WHEN", .member = "when" },
	{ .title = "ACTION", .member = "action" },
	{ .title = "VERSION", .member = "version" },
	{ .title = "SHA-256", .cell = cell_sha256 },
	{ .title = "SIZE", .cell = cell_size, .right = true },
	{ .title = "WHO", .member = "who" },
	{ .title = "FORCED", .cell = cell_forced },
	{ .title = "FILE", .member = "file", .shrinks = true },
};

static int print_history(json_t *answer)
{
	json_t *rows = output_get(answer, "history");

	if (!json_array_size(rows)) {
		printf("%s never had a ROM.\n", output_text(answer, "spec"));
		return EXIT_DONE;
	}
	if (output_table(rows, columns, sizeof(columns) / sizeof(columns[0])))
		return fail(EXIT_FAILED, "rom history", "out of memory");
	if (output_get(answer, "current"))
		printf("\nThe last is the current one: %s\n", output_text(answer, "current"));
	else
		puts("\nNone is current: the last was cleared.");
	return EXIT_DONE;
}

/* The answer is what the store has, and where a rollback would go. */
static int tell(const struct request *request, const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *before = gpuspec_rom_history_before(history);
	char *text = gpuspec_rom_history_text(history);
	json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
	int result = EXIT_DONE;

	free(text);
	if (!answer)
		return fail(EXIT_FAILED, request->verb, "out of memory");
	output_set(answer, "rollback_to", row_string_or_null(before ? before->sha256 : ""));
	if (request->json)
		output_json(answer);
	else
		result = print_history(answer);
	json_decref(answer);
	return result;
}

int rom_history(struct request *request)
{
	struct gpuspec_rom_history history = {};
	char spec[GPUSPEC_ID_MAX + 1];
	struct gpuspec_rom_store store;
	int error, result;

	result = rom_input_spec_alone(request, request->argv[0], spec);
	if (result)
		return result;
	if (request->place) {
		result = request->place->rom_history(request, spec, &history);
		if (!result)
			result = tell(request, &history);
		gpuspec_rom_history_free(&history);
		return result;
	}
	error = gpuspec_rom_store_read(&store, GPUSPEC_ROM_STORE);
	if (!error)
		error = gpuspec_rom_store_history(&store, spec, &history);
	if (error) {
		result = fail(EXIT_FAILED, request->verb, "%s", store.folder.sentence);
	} else {
		result = tell(request, &history);
		gpuspec_rom_history_free(&history);
	}
	gpuspec_rom_store_close(&store);
	return result;
}
