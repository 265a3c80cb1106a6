// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "hardware.h"
#include "output.h"
#include "row.h"

json_t *row_offers(const struct gpuspec_inventory *inventory, const char *id)
{
	const struct gpuspec_offer *offer;
	const struct gpuspec_card *card;
	json_t *rows = json_array(), *row;
	size_t i;

	for (i = 0; i < inventory->offer_count; i++) {
		offer = &inventory->offers[i];
		if (strcmp(offer->spec, id))
			continue;
		card = gpuspec_inventory_card(inventory, offer->parent);
		row = json_object();
		output_set(row, "parent", row_string(offer->parent));
		output_set(row, "spec", card ? row_string(card->device.spec) : NULL);
		output_set(row, "available", row_number_or_null(offer->available));
		output_set(row, "available_at_most", json_boolean(offer->at_most));
		output_set(row, "blocked", row_string_or_null(offer->blocked));
		json_array_append_new(rows, row);
	}
	return rows;
}

static const struct column offer_columns[] = {
	{ .title = "PARENT", .member = "parent" },
	{ .title = "SPEC", .member = "spec", .optional = true },
	{ .title = "FREE", .cell = row_available_text, .right = true },
	{ .title = "BLOCKED", .member = "blocked", .shrinks = true, .optional = true },
};

int print_offers(json_t *rows)
{
	return output_table(rows, offer_columns,
			    sizeof(offer_columns) / sizeof(offer_columns[0]));
}

/* "16 GT/s x16" */
static void lanes(json_t *link, const char *speed, const char *width, char *text, size_t size)
{
	json_int_t rate = json_integer_value(output_get(link, speed));

	if (!output_get(link, speed) || !output_get(link, width))
		snprintf(text, size, "-");
	else if (rate % 1000)
		snprintf(text, size, "%lld.%lld GT/s x%s", (long long)rate / 1000,
			 (long long)rate % 1000 / 100, output_text(link, width));
	else
		snprintf(text, size, "%lld GT/s x%s", (long long)rate / 1000,
			 output_text(link, width));
}

static void link_now(json_t *row, char *text, size_t size)
{
	lanes(output_get(row, "link"), "speed", "width", text, size);
}

static void link_max(json_t *row, char *text, size_t size)
{
	lanes(output_get(row, "link"), "max_speed", "max_width", text, size);
}

/* "256 MiB, up to 32 GiB" */
static void bar(json_t *row, char *text, size_t size)
{
	char now[32], most[32];

	output_bytes(row, "bar", now, sizeof(now));
	output_bytes(row, "bar_max", most, sizeof(most));
	if (output_get(row, "bar_max"))
		snprintf(text, size, "%s, up to %s", now, most);
	else
		snprintf(text, size, "%s", now);
}

static void vfs(json_t *row, char *text, size_t size)
{
	if (output_get(row, "total_vfs"))
		snprintf(text, size, "%s of %s", output_text(row, "vfs"),
			 output_text(row, "total_vfs"));
	else
		snprintf(text, size, "-");
}

static void mdevs(json_t *row, char *text, size_t size)
{
	json_t *types = output_get(row, "mdev_types");

	if (json_integer_value(types))
		snprintf(text, size, "%s types", output_text(row, "mdev_types"));
	else
		snprintf(text, size, "-");
}

static void peers(json_t *row, char *text, size_t size)
{
	row_words_text(row, "iommu_peers", " ", text, size);
}

static const struct column hardware_columns[] = {
	{ .title = "ADDRESS", .member = "address" },
	{ .title = "MEMORY", .cell = row_memory_text, .right = true, .optional = true },
	{ .title = "BAR", .cell = bar, .right = true, .optional = true },
	{ .title = "LINK", .cell = link_now, .optional = true },
	{ .title = "LINK MAX", .cell = link_max, .optional = true },
	{ .title = "VFS", .cell = vfs, .optional = true },
	{ .title = "MDEV", .cell = mdevs, .optional = true },
	{ .title = "IN ITS IOMMU GROUP", .cell = peers, .shrinks = true, .optional = true },
};

int print_hardware(json_t *rows)
{
	return output_table(rows, hardware_columns,
			    sizeof(hardware_columns) / sizeof(hardware_columns[0]));
}
