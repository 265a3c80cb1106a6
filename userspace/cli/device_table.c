// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "device_table.h"
#include "output.h"
#include "row_device.h"

/* A state; "-" for the device's own ROM, which is as it should be. */
static void rom(json_t *row, char *text, size_t size)
{
	const char *state = output_text(row, "rom");

	snprintf(text, size, "%s", strcmp(state, "none") ? state : "-");
}

/* Why, without the address that the row has already. */
static void blocked(json_t *row, char *text, size_t size)
{
	const char *sentence = output_text(row, "blocked"), *address = output_text(row, "address");
	size_t length = strlen(address);

	if (!strncmp(sentence, address, length) && sentence[length] == ' ')
		sentence += length + 1;
	snprintf(text, size, "%s", sentence);
}

static const struct column columns[] = {
	{ .title = "HOST", .member = "host", .optional = true },
	{ .title = "ADDRESS", .member = "address" },
	{ .title = "SPEC", .member = "spec" },
	{ .title = "DRIVER", .member = "driver" },
	{ .title = "GROUP", .member = "iommu_group", .right = true, .optional = true },
	{ .title = "NUMA", .member = "numa_node", .right = true, .optional = true },
	{ .title = "ROM", .cell = rom, .optional = true },
	{ .title = "HOLDER", .cell = row_holder_text, .shrinks = true },
	{ .title = "BLOCKED", .cell = blocked, .shrinks = true, .optional = true },
};

/* VFs and mdevs hang below their card, or the name of one that gpuspec does not know. */
static const struct tree tree = { .id = "address", .parents = "parent", .heads = true };

int print_devices(json_t *rows)
{
	/* An address is one on each host of a fleet: nothing hangs below it. */
	if (output_get(json_array_get(rows, 0), "host"))
		return output_table(rows, columns, sizeof(columns) / sizeof(columns[0]));
	return output_tree(rows, columns, sizeof(columns) / sizeof(columns[0]), &tree);
}
