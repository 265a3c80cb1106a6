/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An answer, as JSON or for people: the text is made from the JSON object,
 * so that the two cannot say different things.
 */
#ifndef GPUSPEC_OUTPUT_H
#define GPUSPEC_OUTPUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

struct column {
	const char *title;
	const char *member;	/* of the row, told as it is; or NULL, and then: */
	void (*cell)(struct json_object *row, char *text, size_t size);
	bool right, shrinks;
};

/* Print a whole answer as JSON. */
void output_json(struct json_object *answer);
/* On one line, at once. */
void output_json_line(struct json_object *answer);

/* Print an array of rows as a table; coloured on a terminal. */
int output_table(struct json_object *rows, const struct column *columns, size_t count);

/*
 * Text for a member that is a string or a number, "-" for null; a control
 * character in it, which could upset a terminal, becomes a blank. It lasts
 * until the eighth call from here.
 */
const char *output_text(struct json_object *object, const char *member);
/* "16 MiB", or "-" */
void output_bytes(struct json_object *object, const char *member, char *text, size_t size);

#endif /* GPUSPEC_OUTPUT_H */
