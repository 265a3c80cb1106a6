// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "row.h"
#include "sha256.h"
#include "utf8.h"

struct json_object *row_string(const char *text)
{
	char clean[1024];

	gpuspec_utf8_clean(clean, sizeof(clean), text);
	return json_object_new_string(clean);
}

struct json_object *row_string_or_null(const char *text)
{
	return *text ? row_string(text) : NULL;
}

static struct json_object *number_or_null(long long value)
{
	return value < 0 ? NULL : json_object_new_int64(value);
}

const char *row_state(enum gpuspec_state state)
{
	return state == GPUSPEC_STATE_ENABLED ? "enabled" : "disabled";
}

const char *row_sharing(enum gpuspec_sharing sharing)
{
	return sharing == GPUSPEC_SHARING_ALL ? "all" : "none";
}

const char *row_default(enum gpuspec_default unnamed)
{
	return unnamed == GPUSPEC_DEFAULT_OPEN ? "open" : "closed";
}

const char *row_rom_state(enum gpuspec_rom_state state)
{
	static const char *const names[] = {
		[GPUSPEC_ROM_STATE_NONE] = "none",
		[GPUSPEC_ROM_STATE_WAITING] = "waiting",
		[GPUSPEC_ROM_STATE_APPLIED] = "applied",
		[GPUSPEC_ROM_STATE_PENDING] = "pending",
		[GPUSPEC_ROM_STATE_FAILED] = "failed",
		[GPUSPEC_ROM_STATE_UNSUPPORTED] = "unsupported",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

struct json_object *row_sha256(const uint8_t sha256[GPUSPEC_ROM_SHA256_LEN])
{
	char hex[GPUSPEC_SHA256_HEX_SIZE];

	gpuspec_sha256_hex(sha256, hex);
	return json_object_new_string(hex);
}

struct json_object *row_rom(const struct gpuspec_rom *rom)
{
	struct json_object *row;

	if (!rom->size)
		return NULL;
	row = json_object_new_object();
	json_object_object_add(row, "sha256", row_sha256(rom->sha256));
	json_object_object_add(row, "version", row_string_or_null(rom->version));
	json_object_object_add(row, "size", json_object_new_int64(rom->size));
	json_object_object_add(row, "applied", json_object_new_int64(rom->applied));
	json_object_object_add(row, "pending", json_object_new_int64(rom->pending));
	return row;
}

struct json_object *row_spec(const struct gpuspec_model *model)
{
	const struct gpuspec_spec *spec = &model->spec;
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "id", row_string(spec->id));
	json_object_object_add(row, "kind", row_string(spec->kind == GPUSPEC_KIND_PGPU ?
						       "pgpu" : "vgpu"));
	json_object_object_add(row, "name", row_string_or_null(model->name));
	json_object_object_add(row, "vendor", row_string_or_null(model->vendor));
	json_object_object_add(row, "state", row_string(row_state(spec->state)));
	json_object_object_add(row, "shared", row_string(row_sharing(spec->sharing)));
	json_object_object_add(row, "devices", json_object_new_int64(spec->devices));
	json_object_object_add(row, "in_use", json_object_new_int64(spec->in_use));
	json_object_object_add(row, "refused", json_object_new_uint64(spec->refused));
	json_object_object_add(row, "video_memory", number_or_null(model->vgpu.video_memory));
	json_object_object_add(row, "frame_rate", number_or_null(model->vgpu.frame_rate));
	json_object_object_add(row, "resolution", row_string_or_null(model->vgpu.resolution));
	json_object_object_add(row, "heads", number_or_null(model->vgpu.heads));
	json_object_object_add(row, "max_instances", number_or_null(model->vgpu.max_instances));
	json_object_object_add(row, "available", number_or_null(model->available));
	json_object_object_add(row, "parent", row_string_or_null(model->parent));
	json_object_object_add(row, "rom", row_rom(&spec->rom));
	return row;
}

struct json_object *row_process(const struct gpuspec_process *process)
{
	struct json_object *row;

	if (!process->pid)
		return NULL;
	row = json_object_new_object();
	json_object_object_add(row, "pid", json_object_new_int64(process->pid));
	json_object_object_add(row, "uid", json_object_new_int64(process->uid));
	json_object_object_add(row, "comm", row_string(process->comm));
	json_object_object_add(row, "account", NULL);
	json_object_object_add(row, "cgroup", row_string_or_null(process->cgroup));
	return row;
}

struct json_object *row_device(const struct gpuspec_card *card)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "address", row_string(card->device.address));
	json_object_object_add(row, "spec", row_string(card->device.spec));
	json_object_object_add(row, "driver", row_string_or_null(card->driver));
	json_object_object_add(row, "iommu_group", number_or_null(card->iommu_group));
	json_object_object_add(row, "numa_node", number_or_null(card->numa_node));
	json_object_object_add(row, "in_use", json_object_new_boolean(card->device.in_use));
	json_object_object_add(row, "holder", row_process(&card->device.holder));
	json_object_object_add(row, "rom", row_string(row_rom_state(card->device.rom_state)));
	json_object_object_add(row, "rom_sha256", card->device.shows_rom ?
			       row_sha256(card->device.rom_sha256) : NULL);
	return row;
}

struct json_object *row_devices(const struct gpuspec_inventory *inventory,
				const char *spec, bool in_use)
{
	struct json_object *rows = json_object_new_array();
	const struct gpuspec_card *card;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		if ((!spec || !strcmp(card->device.spec, spec)) &&
		    (!in_use || card->device.in_use))
			json_object_array_add(rows, row_device(card));
	}
	return rows;
}

void row_holder_text(struct json_object *device, char *text, size_t size)
{
	struct json_object *holder = json_object_object_get(device, "holder");

	if (holder)
		snprintf(text, size, "%s[%s] uid %s", output_text(holder, "comm"),
			 output_text(holder, "pid"), output_text(holder, "uid"));
	else if (json_object_get_boolean(json_object_object_get(device, "in_use")))
		snprintf(text, size, "unknown (open before gpuspec was loaded)");
	else
		snprintf(text, size, "-");
}

void row_rom_text(struct json_object *spec, char *text, size_t size)
{
	struct json_object *rom = json_object_object_get(spec, "rom");

	if (!rom)
		snprintf(text, size, "-");
	else if (json_object_object_get(rom, "version"))
		snprintf(text, size, "%s", output_text(rom, "version"));
	else
		snprintf(text, size, "%.8s", output_text(rom, "sha256"));
}
