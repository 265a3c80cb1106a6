// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer's target for what comes from the fleet's etcd: lines of a key and a
 * value in turns. What is taken of it is fit for terminals, for JSON, and for
 * the file in which a host keeps what was decided.
 */
#include <stdlib.h>
#include <string.h>

#include "decided.h"
#include "hosts.h"
#include "row.h"
#include "row_device.h"
#include "row_read.h"
#include "spec_id.h"
#include "utf8.h"

#define PREFIX	"/gpuspec"

static void demand(bool is_so)
{
	if (!is_so)
		abort();
}

/* --- what was decided --- */

static void judge_rom(const struct decided_rom *rom)
{
	struct gpuspec_rom_history again;
	struct gpuspec_fleet_rom kept;
	struct gpuspec_id id;
	const char *why;
	char *text;

	demand(rom->revision && (!rom->broken || !rom->history.count));
	gpuspec_rom_history_before(&rom->history);
	if (rom->broken)
		return;
	text = gpuspec_rom_history_text(&rom->history);
	demand(text && !gpuspec_rom_history_parse(text, strlen(text), rom->history.spec, &again,
						  &why));
	demand(again.count == rom->history.count);
	gpuspec_rom_history_free(&again);
	free(text);
	if (!decided_rom_in_force(rom, &kept))
		return;
	demand(gpuspec_id_parse(kept.spec, &id) && id.form == GPUSPEC_ID_PCI);
	demand(gpuspec_sha256_parse(kept.sha256, NULL) && gpuspec_utf8_is_printable(kept.version));
	demand(kept.size && kept.size <= GPUSPEC_ROM_SIZE_MAX);
}

static void judge_decided(const struct decided *decided)
{
	size_t i;

	demand(gpuspec_utf8_is_printable(decided->why));
	for (i = 0; i < decided->rom_count; i++)
		judge_rom(&decided->roms[i]);
}

/* --- what hosts say --- */

/* The row of it can be read again. */
static void judge_model(const struct gpuspec_inventory *inventory,
			const struct gpuspec_model *model)
{
	json_t *row = row_spec(inventory, model);
	struct gpuspec_model again;
	const char *wrong;

	demand(model->hosts && !row_read_model(&again, row, model->spec.id, &wrong));
	json_decref(row);
}

static void judge_card(const struct gpuspec_card *card)
{
	struct gpuspec_card again;
	const char *wrong;
	json_t *row;

	demand(card->host && gpuspec_fleet_host_is_valid(card->host));
	row = row_device(card);
	demand(!row_read_card(&again, row, card->device.address, &wrong));
	json_decref(row);
}

static void judge_hosts(struct fleet_hosts *hosts)
{
	const struct gpuspec_inventory *inventory = &hosts->inventory;
	const struct fleet_host *host;
	size_t i;

	for (i = 0; i < hosts->count; i++) {
		host = hosts->hosts[i];
		demand(gpuspec_fleet_host_is_valid(host->name));
		demand(gpuspec_utf8_is_printable(host->complaint) &&
		       gpuspec_utf8_is_printable(host->status.problem) &&
		       gpuspec_utf8_is_printable(host->status.kernel));
		demand(host->status.revision >= 0 && host->status.seen >= 0);
	}
	for (i = 0; i < inventory->model_count; i++)
		judge_model(inventory, &inventory->models[i]);
	for (i = 0; i < inventory->card_count; i++)
		judge_card(&inventory->cards[i]);
}

/* --- both --- */

/* The next line, with a NUL at its end; NULL: there is none. */
static char *next_line(char **text, char *end, size_t *size)
{
	char *line = *text, *stop;

	if (line >= end)
		return NULL;
	stop = memchr(line, '\n', end - line);
	if (!stop)
		stop = end;
	*stop = '\0';
	*size = stop - line;
	*text = stop + 1;
	return line;
}

/* Below decided/, as hosts read it; each key comes once. */
static void take_decided(struct decided *decided, const struct gpuspec_etcd_kv *kv)
{
	char prefix[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_fleet_key key;

	gpuspec_fleet_key_decided(prefix, PREFIX);
	gpuspec_fleet_key_parse(&key, PREFIX, kv->key);
	if (strncmp(kv->key, prefix, strlen(prefix)) ||
	    (key.kind == GPUSPEC_FLEET_POLICY && decided->policy_revision))
		return;
	decided_take(decided, PREFIX, kv);
}

int fuzz_fleet(const unsigned char *data, size_t size);
int fuzz_fleet(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *end = text + size;
	struct gpuspec_etcd_kv kv = { .mod_revision = 1 };
	struct fleet_hosts hosts = {};
	struct decided decided = {};
	size_t key_size;

	memcpy(text, data, size);
	while ((kv.key = next_line(&rest, end, &key_size)) &&
	       (kv.value = next_line(&rest, end, &kv.size))) {
		take_decided(&decided, &kv);
		demand(!fleet_hosts_take(&hosts, PREFIX, kv.key, kv.value, kv.size));
		kv.mod_revision++;
	}
	judge_decided(&decided);
	demand(!fleet_hosts_finish(&hosts));
	judge_hosts(&hosts);
	fleet_hosts_free(&hosts);
	decided_free(&decided);
	free(text);
	return 0;
}
