// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "fleet_place.h"
#include "log.h"
#include "output.h"
#include "row.h"
#include "row_policy.h"

/* Lines told at most. */
#define LINES	256

static void print_line(json_t *row)
{
	json_t *rom = output_get(row, "rom");

	printf("%s %s@%s: %s\n", output_text(row, "when"), output_text(row, "who"),
	       output_text(row, "host"), output_text(row, "verb"));
	print_policy_change(row, "  ");
	if (output_get(row, "more"))
		printf("  and %s more\n", output_text(row, "more"));
	if (rom)
		printf("  %s: ROM %s%s%.8s\n", output_text(rom, "spec"), output_text(rom, "action"),
		       output_get(rom, "sha256") ? " " : "",
		       output_get(rom, "sha256") ? output_text(rom, "sha256") : "");
}

/* Anybody who may decide can write there: a line that is none is told as such. */
static json_t *row_line(const struct gpuspec_etcd_kv *kv)
{
	json_t *row = json_loadb(kv->value, kv->size, 0, NULL);

	if (!json_is_object(row)) {
		json_decref(row);
		row = json_object();
		output_set(row, "verb", row_string("(a line that cannot be read)"));
	}
	output_set(row, "revision", json_integer(kv->create_revision));
	return row;
}

int fleet_log(struct request *request)
{
	struct fleet_place *place = request->place_data;
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true, .newest = LINES };
	struct gpuspec_etcd_found found;
	json_t *answer, *rows;
	size_t i;
	int error;

	gpuspec_fleet_key(key, place->fleet->conf.etcd_prefix, GPUSPEC_FLEET_LOG, NULL, NULL);
	error = gpuspec_etcd_range(place->fleet->etcd, &range, &found);
	if (error)
		return fleet_fail(place->fleet, error, request->verb);
	answer = json_object();
	rows = json_array();
	output_set(answer, "decisions", rows);
	/* The newest came first. */
	for (i = found.count; i; i--)
		json_array_append_new(rows, row_line(&found.kvs[i - 1]));
	gpuspec_etcd_found_free(&found);
	if (request->json)
		output_json(answer);
	else if (!json_array_size(rows))
		puts("Nothing was decided for the fleet yet.");
	for (i = 0; i < json_array_size(rows) && !request->json; i++)
		print_line(json_array_get(rows, i));
	json_decref(answer);
	return EXIT_DONE;
}
