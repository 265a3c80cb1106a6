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

json_t *row_number_or_null(long long value)
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

const char *row_memory_source(enum gpuspec_memory_from from)
{
	static const char *const names[] = {
		[GPUSPEC_MEMORY_UNKNOWN] = "",
		[GPUSPEC_MEMORY_FROM_BAR] = "bar",
		[GPUSPEC_MEMORY_FROM_NAME] = "name",
		[GPUSPEC_MEMORY_FROM_NVML] = "nvml",
		[GPUSPEC_MEMORY_FROM_DRIVER] = "driver",
	};

	return from < sizeof(names) / sizeof(names[0]) ? names[from] : "unknown";
}

static json_t *row_shared(const struct gpuspec_model *model, bool offline)
{
	json_t *rows, *row;
	uint32_t i;

	if (model->spec.sharing != GPUSPEC_SHARING_LIST)
		return row_string(row_sharing(model->spec.sharing));
	rows = json_array();
	for (i = 0; i < model->spec.shares; i++) {
		row = row_share(model->shares[i].account, model->shares[i].maximum);
		output_set(row, "held", offline ? NULL : json_integer(model->shares[i].held));
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

/* The specs that @model is a slice of, or those that are slices of it. */
static json_t *row_kin(const struct gpuspec_inventory *inventory,
		       const struct gpuspec_model *model, bool parents)
{
	const struct gpuspec_kin *kin;
	json_t *rows = json_array();
	size_t i;

	/* A card is no slice, and nothing is sliced from an mdev. */
	if (parents ? model->spec.kind == GPUSPEC_KIND_PGPU :
		      !strncmp(model->spec.id, "mdev:", 5))
		return rows;
	for (i = 0; i < inventory->kin_count; i++) {
		kin = &inventory->kin[i];
		if (model == (parents ? kin->slice : kin->parent))
			json_array_append_new(rows, row_string((parents ? kin->parent :
								kin->slice)->spec.id));
	}
	return rows;
}

json_t *row_spec(const struct gpuspec_inventory *inventory, const struct gpuspec_model *model)
{
	const struct gpuspec_spec *spec = &model->spec;
	const struct gpuspec_vgpu *vgpu = &model->vgpu;
	json_t *parents = row_kin(inventory, model, true);
	bool offline = inventory->offline;
	json_t *row = json_object();

	output_set(row, "id", row_string(spec->id));
	output_set(row, "kind", row_string(spec->kind == GPUSPEC_KIND_PGPU ?
						       "pgpu" : "vgpu"));
	output_set(row, "name", row_string_or_null(model->name));
	output_set(row, "vendor", row_string_or_null(model->vendor));
	output_set(row, "parent", json_incref(json_array_get(parents, 0)));
	output_set(row, "parents", parents);
	output_set(row, "slices", row_kin(inventory, model, false));
	output_set(row, "state", row_string(row_state(spec->state)));
	output_set(row, "shared", row_shared(model, offline));
	output_set(row, "devices", json_integer(spec->devices));
	output_set(row, "in_use", offline ? NULL : json_integer(spec->in_use));
	output_set(row, "refused", offline ? NULL : json_integer(spec->refused));
	output_set(row, "video_memory", row_number_or_null(vgpu->video_memory));
	output_set(row, "video_memory_from",
		   row_string_or_null(row_memory_source(vgpu->memory_from)));
	output_set(row, "frame_rate", row_number_or_null(vgpu->frame_rate));
	output_set(row, "resolution", row_string_or_null(vgpu->resolution));
	output_set(row, "heads", row_number_or_null(vgpu->heads));
	output_set(row, "weight", row_number_or_null(vgpu->weight));
	output_set(row, "series", row_string_or_null(vgpu->series));
	output_set(row, "max_instances", row_number_or_null(vgpu->max_instances));
	output_set(row, "available", row_number_or_null(model->available));
	output_set(row, "available_at_most", json_boolean(model->at_most));
	output_set(row, "description", row_string_or_null(model->description));
	output_set(row, "cards", json_integer(model->cards));
	output_set(row, "blocked_cards", json_integer(model->blocked_cards));
	output_set(row, "blocked", row_string_or_null(model->blocked));
	output_set(row, "rom", row_rom(&spec->rom));
	output_set(row, "hosts", inventory->of_fleet ? json_integer(model->hosts) : NULL);
	output_set(row, "differing", inventory->of_fleet ? json_integer(model->differing) : NULL);
	return row;
}

void row_words_text(json_t *row, const char *member, const char *between, char *text, size_t size)
{
	json_t *array = output_get(row, member);
	size_t i, length = 0;

	snprintf(text, size, "-");
	for (i = 0; i < json_array_size(array) && length < size; i++)
		length += snprintf(text + length, size - length, "%s%s", i ? between : "",
				   json_string_value(json_array_get(array, i)));
}

void row_memory_text(json_t *row, char *text, size_t size)
{
	const char *from = output_text(row, "video_memory_from");
	bool guess = !strcmp(from, "bar") || !strcmp(from, "name");
	char amount[32];

	output_bytes(row, "video_memory", amount, sizeof(amount));
	snprintf(text, size, "%s%s", guess ? "~" : "", amount);
}

void row_available_text(json_t *row, char *text, size_t size)
{
	bool at_most = json_is_true(output_get(row, "available_at_most")) &&
		       json_integer_value(output_get(row, "available")) > 1;

	snprintf(text, size, "%s%s", at_most ? "at most " : "", output_text(row, "available"));
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
