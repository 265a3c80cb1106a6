// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "row.h"
#include "spec_table.h"

static void kind(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "%s", strcmp(output_text(row, "kind"), "pgpu") ? "vGPU" : "pGPU");
}

static void devices_in_use(json_t *row, char *text, size_t size)
{
	snprintf(text, size, "%s of %s", output_text(row, "in_use"), output_text(row, "devices"));
}

/* "1 of 2": of the cards that are of a model, or carry slices of a type. */
static void blocked(json_t *row, char *text, size_t size)
{
	if (output_get(row, "blocked"))
		snprintf(text, size, "%s of %s", output_text(row, "blocked_cards"),
			 output_text(row, "cards"));
	else
		snprintf(text, size, "-");
}

/* Hosts where another rule is in force: they are stricter, or have not heard yet. */
static void differing(json_t *row, char *text, size_t size)
{
	json_int_t hosts = json_integer_value(output_get(row, "differing"));

	if (hosts)
		snprintf(text, size, "on %lld host%s", (long long)hosts, hosts == 1 ? "" : "s");
	else
		snprintf(text, size, "-");
}

static const struct column columns[] = {
	{ .title = "SPEC", .member = "id" },
	{ .title = "NAME", .member = "name", .shrinks = true },
	{ .title = "KIND", .cell = kind },
	{ .title = "MEMORY", .cell = row_memory_text, .right = true, .optional = true },
	{ .title = "HOSTS", .member = "hosts", .right = true, .optional = true },
	{ .title = "STATE", .member = "state" },
	{ .title = "SHARED", .cell = row_shared_text, .shrinks = true },
	{ .title = "OTHER RULE", .cell = differing, .optional = true },
	{ .title = "IN USE", .cell = devices_in_use, .right = true },
	{ .title = "FREE", .cell = row_available_text, .right = true, .optional = true },
	{ .title = "BLOCKED", .cell = blocked, .right = true, .optional = true },
	{ .title = "ROM", .cell = row_rom_text, .shrinks = true },
	{ .title = "REFUSED", .member = "refused", .right = true },
};

/* Slices hang below the models that are sliced. */
static const struct tree tree = { .id = "id", .parents = "parents" };

int print_specs(json_t *rows)
{
	return output_tree(rows, columns, sizeof(columns) / sizeof(columns[0]), &tree);
}
