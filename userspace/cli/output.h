/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An answer, as JSON or for people: the text is made from the JSON object,
 * so that the two cannot say different things.
 */
#ifndef GPUSPEC_OUTPUT_H
#define GPUSPEC_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct column {
	const char *title;
	const char *member;	/* of the row, told as it is; or NULL, and then: */
	void (*cell)(json_t *row, char *text, size_t size);
	bool right, shrinks;
	bool optional;		/* left out where it is "-" in every row */
};

/* How rows hang below each other. */
struct tree {
	const char *id;		/* the member that names a row */
	const char *parents;	/* the member with the name of the row above, or several */
	bool heads;		/* what is above, and no row, has a line for its name alone */
};

/* Add a member to an answer; NULL is null. */
void output_set(json_t *object, const char *member, json_t *value);
/* A member of it; NULL if that is null, or not there. */
json_t *output_get(const json_t *object, const char *member);

/* Print a whole answer as JSON. */
void output_json(json_t *answer);
/* On one line, at once. */
void output_json_line(json_t *answer);

/* Print an array of rows as a table; coloured on a terminal. */
int output_table(json_t *rows, const struct column *columns, size_t count);
/* As a tree. A row with several above it is told below the first, and named below others. */
int output_tree(json_t *rows, const struct column *columns, size_t count,
		const struct tree *tree);

/*
 * Text for a member that is a string or a number, "-" for null; a control
 * character in it, which could upset a terminal, becomes a blank. It lasts
 * until the eighth call from here.
 */
const char *output_text(json_t *object, const char *member);
/* "16 MiB", or "-" */
void output_bytes(json_t *object, const char *member, char *text, size_t size);

#endif /* GPUSPEC_OUTPUT_H */
