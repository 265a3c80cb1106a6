// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "row.h"

/* Length of the UTF-8 sequence that @text begins with; 0 if it begins with none. */
static size_t utf8_length(const unsigned char *text)
{
	size_t length, i;

	if (*text < 0x80)
		return 1;	/* control characters too: JSON escapes them, and output_text() */
	length = *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;
	if (*text < 0xc2 || *text > 0xf4)
		return 0;
	for (i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* No overlong forms, surrogates, C1 controls, or what lies beyond Unicode. */
	if ((text[0] == 0xc2 && text[1] < 0xa0) || (text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

struct json_object *row_string(const char *text)
{
	char clean[1024];
	size_t length, i = 0;

	while (*text && i < sizeof(clean) - 4) {
		length = utf8_length((const unsigned char *)text);
		if (length)
			memcpy(clean + i, text, length);
		else
			clean[i] = '?';
		i += length ? length : 1;
		text += length ? length : 1;
	}
	return json_object_new_string_len(clean, i);
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
	json_object_object_add(row, "rom", NULL);
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
	json_object_object_add(row, "rom", row_string("none"));
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
