// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "row.h"
#include "sha256.h"
#include "utf8.h"

json_t *row_string(const char *text)
{
	char clean[1024];

	gpuspec_utf8_clean(clean, sizeof(clean), text);
	return json_string(clean);
}

json_t *row_string_or_null(const char *text)
{
	return *text ? row_string(text) : NULL;
}

static json_t *number_or_null(long long value)
{
	return value < 0 ? NULL : json_integer(value);
}

const char *row_state(enum gpuspec_state state)
{
	return state == GPUSPEC_STATE_ENABLED ? "enabled" : "disabled";
}

const char *row_sharing(enum gpuspec_sharing sharing)
{
	static const char *const names[] = {
		[GPUSPEC_SHARING_ALL] = "all",
		[GPUSPEC_SHARING_NONE] = "none",
		[GPUSPEC_SHARING_LIST] = "list",
	};

	return sharing < sizeof(names) / sizeof(names[0]) ? names[sharing] : "unknown";
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

json_t *row_sha256(const uint8_t sha256[GPUSPEC_ROM_SHA256_LEN])
{
	char hex[GPUSPEC_SHA256_HEX_SIZE];

	gpuspec_sha256_hex(sha256, hex);
	return json_string(hex);
}

json_t *row_rom(const struct gpuspec_rom *rom)
{
	json_t *row;

	if (!rom->size)
		return NULL;
	row = json_object();
	output_set(row, "sha256", row_sha256(rom->sha256));
	output_set(row, "version", row_string_or_null(rom->version));
	output_set(row, "size", json_integer(rom->size));
	output_set(row, "applied", json_integer(rom->applied));
	output_set(row, "pending", json_integer(rom->pending));
	return row;
}

json_t *row_share(const char *account, uint32_t maximum)
{
	json_t *row = json_object();

	output_set(row, "account", row_string(account));
	output_set(row, "max", maximum ? json_integer(maximum) : NULL);
	return row;
}

static json_t *row_shared(const struct gpuspec_model *model)
{
	json_t *rows, *row;
	uint32_t i;

	if (model->spec.sharing != GPUSPEC_SHARING_LIST)
		return row_string(row_sharing(model->spec.sharing));
	rows = json_array();
	for (i = 0; i < model->spec.shares; i++) {
		row = row_share(model->shares[i].account, model->shares[i].maximum);
		output_set(row, "held", json_integer(model->shares[i].held));
		json_array_append_new(rows, row);
	}
	return rows;
}

void row_shared_text(json_t *spec, char *text, size_t size)
{
	json_t *shared = output_get(spec, "shared"), *row;
	size_t i, length = 0;

	if (!json_is_array(shared)) {
		snprintf(text, size, "%s", output_text(spec, "shared"));
		return;
	}
	for (i = 0; i < json_array_size(shared) && length < size; i++) {
		row = json_array_get(shared, i);
		length += snprintf(text + length, size - length, "%s%s", i ? "," : "",
				   output_text(row, "account"));
		if (length < size && output_get(row, "max"))
			length += snprintf(text + length, size - length, ":%s",
					   output_text(row, "max"));
	}
}

json_t *row_spec(const struct gpuspec_model *model)
{
	const struct gpuspec_spec *spec = &model->spec;
	json_t *row = json_object();

	output_set(row, "id", row_string(spec->id));
	output_set(row, "kind", row_string(spec->kind == GPUSPEC_KIND_PGPU ?
						       "pgpu" : "vgpu"));
	output_set(row, "name", row_string_or_null(model->name));
	output_set(row, "vendor", row_string_or_null(model->vendor));
	output_set(row, "state", row_string(row_state(spec->state)));
	output_set(row, "shared", row_shared(model));
	output_set(row, "devices", json_integer(spec->devices));
	output_set(row, "in_use", json_integer(spec->in_use));
	output_set(row, "refused", json_integer(spec->refused));
	output_set(row, "video_memory", number_or_null(model->vgpu.video_memory));
	output_set(row, "frame_rate", number_or_null(model->vgpu.frame_rate));
	output_set(row, "resolution", row_string_or_null(model->vgpu.resolution));
	output_set(row, "heads", number_or_null(model->vgpu.heads));
	output_set(row, "max_instances", number_or_null(model->vgpu.max_instances));
	output_set(row, "available", number_or_null(model->available));
	output_set(row, "parent", row_string_or_null(model->parent));
	output_set(row, "rom", row_rom(&spec->rom));
	return row;
}

json_t *row_process(const struct gpuspec_process *process)
{
	json_t *row;

	if (!process->pid)
		return NULL;
	row = json_object();
	output_set(row, "pid", json_integer(process->pid));
	output_set(row, "uid", json_integer(process->uid));
	output_set(row, "comm", row_string(process->comm));
	output_set(row, "account", row_string_or_null(process->account));
	output_set(row, "login_uid", process->has_login ? json_integer(process->login_uid) : NULL);
	output_set(row, "cgroup", row_string_or_null(process->cgroup));
	return row;
}

json_t *row_device(const struct gpuspec_card *card)
{
	json_t *row = json_object();

	output_set(row, "address", row_string(card->device.address));
	output_set(row, "spec", row_string(card->device.spec));
	output_set(row, "driver", row_string_or_null(card->driver));
	output_set(row, "iommu_group", number_or_null(card->iommu_group));
	output_set(row, "numa_node", number_or_null(card->numa_node));
	output_set(row, "in_use", json_boolean(card->device.in_use));
	output_set(row, "holder", row_process(&card->device.holder));
	output_set(row, "rom", row_string(row_rom_state(card->device.rom_state)));
	output_set(row, "rom_sha256", card->device.shows_rom ?
			       row_sha256(card->device.rom_sha256) : NULL);
	return row;
}

json_t *row_devices(const struct gpuspec_inventory *inventory,
		    const char *spec, bool in_use)
{
	json_t *rows = json_array();
	const struct gpuspec_card *card;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		if ((!spec || !strcmp(card->device.spec, spec)) &&
		    (!in_use || card->device.in_use))
			json_array_append_new(rows, row_device(card));
	}
	return rows;
}

void row_holder_text(json_t *device, char *text, size_t size)
{
	json_t *holder = output_get(device, "holder");

	if (holder)
		snprintf(text, size, "%s[%s] uid %s, account %s", output_text(holder, "comm"),
			 output_text(holder, "pid"), output_text(holder, "uid"),
			 output_text(holder, "account"));
	else if (json_is_true(output_get(device, "in_use")))
		snprintf(text, size, "unknown (open before gpuspec was loaded)");
	else
		snprintf(text, size, "-");
}

void row_rom_text(json_t *spec, char *text, size_t size)
{
	json_t *rom = output_get(spec, "rom");

	if (!rom)
		snprintf(text, size, "-");
	else if (output_get(rom, "version"))
		snprintf(text, size, "%s", output_text(rom, "version"));
	else
		snprintf(text, size, "%.8s", output_text(rom, "sha256"));
}
