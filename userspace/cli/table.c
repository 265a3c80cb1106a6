// SPDX-License-Identifier: GPL-2.0
/* Rows of an answer as a table or a tree, see output.h. */
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

struct filling {
	struct libscols_table *table;
	json_t *rows;
	const struct column *columns[32];
	size_t count;
	const struct tree *tree;	/* or NULL */
	bool *told;			/* for each row of a tree: is it there? */
	json_t *ids;			/* the rows of a tree, {ID: row} */
	json_t *below;			/* {NAME: [number of a row, ...]} */
};

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

static void cell_text(json_t *row, const struct column *column, char *text, size_t size)
{
	if (column->member)
		snprintf(text, size, "%s", output_text(row, column->member));
	else
		column->cell(row, text, size);
}

static int fill_line(const struct filling *filling, struct libscols_line *line, json_t *row)
{
	char text[1024];
	size_t i;

	for (i = 0; i < filling->count; i++) {
		cell_text(row, filling->columns[i], text, sizeof(text));
		if (scols_line_set_data(line, i, text) ||
		    scols_cell_set_color(scols_line_get_cell(line, i), colour(text)))
			return -1;
	}
	return 0;
}

/* A line that has a name only, and a word. */
static struct libscols_line *add_name(const struct filling *filling, struct libscols_line *above,
				      const char *name, const char *word)
{
	struct libscols_line *line = scols_table_new_line(filling->table, above);

	if (!line || scols_line_set_data(line, 0, name) || scols_line_set_data(line, 1, word))
		return NULL;
	return line;
}

static json_t *name_above(const struct filling *filling, json_t *row, size_t i)
{
	json_t *names = output_get(row, filling->tree->parents);

	if (json_is_array(names))
		return json_array_get(names, i);
	return i ? NULL : names;
}

/* Row @number, and what is below it. */
static int fill_branch(const struct filling *filling, size_t number, struct libscols_line *above)
{
	json_t *row = json_array_get(filling->rows, number), *below;
	const char *name = json_string_value(json_object_get(row, filling->tree->id));
	struct libscols_line *line;
	size_t i;

	if (filling->told[number])
		return add_name(filling, above, output_text(row, filling->tree->id),
				"see above") ? 0 : -1;
	filling->told[number] = true;
	line = scols_table_new_line(filling->table, above);
	if (!line || fill_line(filling, line, row))
		return -1;
	json_array_foreach(json_object_get(filling->below, name), i, below)
		if (fill_branch(filling, json_integer_value(below), line))
			return -1;
	return 0;
}

/* All rows below a name that is no row. */
static int fill_head(const struct filling *filling, const char *name)
{
	struct libscols_line *line = add_name(filling, NULL, name, "");
	json_t *below;
	size_t i;

	if (!line)
		return -1;
	json_array_foreach(json_object_get(filling->below, name), i, below)
		if (!filling->told[json_integer_value(below)] &&
		    fill_branch(filling, json_integer_value(below), line))
			return -1;
	return 0;
}

/* Is there a row that it hangs below? */
static bool is_below(const struct filling *filling, json_t *row)
{
	json_t *above;
	size_t i;

	for (i = 0; (above = name_above(filling, row, i)); i++)
		if (json_object_get(filling->ids, json_string_value(above)))
			return true;
	return false;
}

/* Note which rows there are, and which hang below each name. */
static int find_branches(const struct filling *filling)
{
	json_t *row, *above, *below;
	const char *name;
	size_t i, j;

	json_array_foreach(filling->rows, i, row) {
		name = json_string_value(json_object_get(row, filling->tree->id));
		if (json_object_set(filling->ids, name, row))
			return -1;
		for (j = 0; (above = name_above(filling, row, j)); j++) {
			name = json_string_value(above);
			below = json_object_get(filling->below, name);
			if (!below) {
				below = json_array();
				if (json_object_set_new(filling->below, name, below))
					return -1;
			}
			if (json_array_append_new(below, json_integer(i)))
				return -1;
		}
	}
	return 0;
}

static int fill_tree(const struct filling *filling)
{
	json_t *row, *above;
	int error = find_branches(filling);
	size_t i;

	json_array_foreach(filling->rows, i, row) {
		if (error || filling->told[i] || is_below(filling, row))
			continue;
		above = name_above(filling, row, 0);
		error = above && filling->tree->heads ?
			fill_head(filling, json_string_value(above)) :
			fill_branch(filling, i, NULL);
	}
	/* What hangs in a circle is told all the same. */
	for (i = 0; i < json_array_size(filling->rows) && !error; i++)
		if (!filling->told[i])
			error = fill_branch(filling, i, NULL);
	return error;
}

static int fill_table(const struct filling *filling)
{
	struct libscols_line *line;
	json_t *row;
	size_t i;

	json_array_foreach(filling->rows, i, row) {
		line = scols_table_new_line(filling->table, NULL);
		if (!line || fill_line(filling, line, row))
			return -1;
	}
	return 0;
}

static bool is_wanted(const struct column *column, json_t *rows)
{
	char text[1024];
	json_t *row;
	size_t i;

	if (!column->optional)
		return true;
	json_array_foreach(rows, i, row) {
		cell_text(row, column, text, sizeof(text));
		if (strcmp(text, "-"))
			return true;
	}
	return false;
}

static int add_columns(struct filling *filling, const struct column *columns, size_t count)
{
	size_t i;
	int flags;

	for (i = 0; i < count; i++) {
		if (!is_wanted(&columns[i], filling->rows))
			continue;
		flags = (columns[i].right ? SCOLS_FL_RIGHT : 0) |
			(columns[i].shrinks ? SCOLS_FL_TRUNC : 0) |
			(filling->tree && !filling->count ? SCOLS_FL_TREE : 0);
		if (!scols_table_new_column(filling->table, columns[i].title, 0, flags))
			return -1;
		filling->columns[filling->count++] = &columns[i];
	}
	return 0;
}

int output_tree(json_t *rows, const struct column *columns, size_t count,
		const struct tree *tree)
{
	struct filling filling = {
		.table = scols_new_table(), .rows = rows, .tree = tree,
		.told = calloc(json_array_size(rows) + 1, sizeof(bool)),
		.ids = json_object(), .below = json_object(),
	};
	int error = -1;

	if (filling.table && filling.told && !add_columns(&filling, columns, count)) {
		scols_table_enable_colors(filling.table, is_coloured());
		error = tree ? fill_tree(&filling) : fill_table(&filling);
		if (!error)
			error = scols_print_table(filling.table);
	}
	scols_unref_table(filling.table);
	free(filling.told);
	json_decref(filling.ids);
	json_decref(filling.below);
	return error;
}

int output_table(json_t *rows, const struct column *columns, size_t count)
{
	return output_tree(rows, columns, count, NULL);
}
