// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

void output_set(json_t *object, const char *member, json_t *value)
{
	json_object_set_new(object, member, value ? value : json_null());
}

json_t *output_get(const json_t *object, const char *member)
{
	json_t *value = json_object_get(object, member);

	return json_is_null(value) ? NULL : value;
}

void output_json(json_t *answer)
{
	json_dumpf(answer, stdout, JSON_INDENT(2));
	putchar('\n');
}

void output_json_line(json_t *answer)
{
	json_dumpf(answer, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}

static bool is_coloured(void)
{
	const char *off = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (!off || !*off);
}

/* What keeps a VM from its GPU stands out. */
static const char *colour(const char *text)
{
	if (!strcmp(text, "disabled") || !strcmp(text, "failed") || !strcmp(text, "bad"))
		return "red";
	if (!strcmp(text, "none") || !strcmp(text, "unknown") ||
	    !strcmp(text, "pending") || !strcmp(text, "unsupported"))
		return "brown";
	return NULL;
}

static int fill_line(struct libscols_line *line, json_t *row,
		     const struct column *columns, size_t count)
{
	char text[1024];
	size_t i;

	for (i = 0; i < count; i++) {
		if (columns[i].member)
			snprintf(text, sizeof(text), "%s", output_text(row, columns[i].member));
		else
			columns[i].cell(row, text, sizeof(text));
		if (scols_line_set_data(line, i, text) ||
		    scols_cell_set_color(scols_line_get_cell(line, i), colour(text)))
			return -1;
	}
	return 0;
}

static int fill_table(struct libscols_table *table, json_t *rows,
		      const struct column *columns, size_t count)
{
	struct libscols_line *line;
	size_t i;
	int flags;

	for (i = 0; i < count; i++) {
		flags = (columns[i].right ? SCOLS_FL_RIGHT : 0) |
			(columns[i].shrinks ? SCOLS_FL_TRUNC : 0);
		if (!scols_table_new_column(table, columns[i].title, 0, flags))
			return -1;
	}
	for (i = 0; i < json_array_size(rows); i++) {
		line = scols_table_new_line(table, NULL);
		if (!line || fill_line(line, json_array_get(rows, i), columns, count))
			return -1;
	}
	return scols_print_table(table);
}

int output_table(json_t *rows, const struct column *columns, size_t count)
{
	struct libscols_table *table = scols_new_table();
	int error = -1;

	if (table) {
		scols_table_enable_colors(table, is_coloured());
		error = fill_table(table, rows, columns, count);
		scols_unref_table(table);
	}
	return error;
}

const char *output_text(json_t *object, const char *member)
{
	static char texts[8][1024];
	static unsigned int next;
	json_t *value = output_get(object, member);
	char *text = texts[next++ % 8], *c;

	if (json_is_integer(value))
		snprintf(text, sizeof(texts[0]), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(text, sizeof(texts[0]), "%s", json_is_true(value) ? "true" : "false");
	else
		snprintf(text, sizeof(texts[0]), "%s",
			 json_is_string(value) ? json_string_value(value) : "-");
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	return text;
}

void output_bytes(json_t *object, const char *member, char *text, size_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	json_t *value = output_get(object, member);
	long long amount = value ? json_integer_value(value) : 0;
	size_t unit = 0;

	while (amount >= 1024 && amount % 1024 == 0 && unit < 4) {
		amount /= 1024;
		unit++;
	}
	if (value)
		snprintf(text, size, "%lld %s", amount, units[unit]);
	else
		snprintf(text, size, "-");
}
