// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "row.h"
#include "row_read.h"
#include "sha256.h"
#include "spec_id.h"
#include "utf8.h"

static void blame(struct row_reading *reading, const char *member)
{
	if (!reading->wrong)
		reading->wrong = member;
}

/* A member that is there, and not null. */
static const json_t *get(const struct row_reading *reading, const char *member)
{
	const json_t *value = json_object_get(reading->row, member);

	return json_is_null(value) ? NULL : value;
}

void row_read_text(struct row_reading *reading, const char *member, char *text, size_t size)
{
	const json_t *value = get(reading, member);
	const char *string = json_string_value(value);

	*text = '\0';
	if (!value)
		return;
	if (!string || json_string_length(value) >= size || !gpuspec_utf8_is_printable(string))
		blame(reading, member);
	else
		memcpy(text, string, strlen(string) + 1);
}

long long row_read_number(struct row_reading *reading, const char *member, long long most,
			  long long unknown)
{
	const json_t *value = get(reading, member);
	json_int_t number = json_integer_value(value);

	if (!value)
		return unknown;
	if (json_is_integer(value) && number >= 0 && number <= most)
		return number;
	blame(reading, member);
	return unknown;
}

static bool read_bool(struct row_reading *reading, const char *member)
{
	const json_t *value = get(reading, member);

	if (value && !json_is_boolean(value))
		blame(reading, member);
	return json_is_true(value);
}

/* The numbers of words, as row.h has them. */
static const char *state_word(unsigned int number)
{
	return number <= GPUSPEC_STATE_DISABLED ? row_state(number) : "unknown";
}

static const char *sharing_word(unsigned int number)
{
	return row_sharing(number);
}

static const char *rom_state_word(unsigned int number)
{
	return row_rom_state(number);
}

static const char *memory_word(unsigned int number)
{
	return row_memory_source(number);
}

/* Which one it is; @unknown where it is not there. */
static unsigned int read_word(struct row_reading *reading, const char *member,
			      const char *(*word)(unsigned int number), unsigned int unknown)
{
	const char *text = json_string_value(get(reading, member));
	unsigned int number;

	for (number = 0; text && strcmp(word(number), "unknown"); number++)
		if (!strcmp(word(number), text))
			return number;
	if (get(reading, member))
		blame(reading, member);
	return unknown;
}

/* An object that is a member, to be read in its turn; false: it is not there. */
static bool read_object(struct row_reading *reading, const char *member,
			struct row_reading *inner)
{
	const json_t *value = get(reading, member);

	*inner = (struct row_reading){ .row = value };
	if (value && !json_is_object(value))
		blame(reading, member);
	return json_is_object(value);
}

static bool read_sha256(struct row_reading *reading, const char *member,
			uint8_t sha256[GPUSPEC_ROM_SHA256_LEN])
{
	const json_t *value = get(reading, member);
	const char *hex = json_string_value(value);

	if (value && (!hex || !gpuspec_sha256_parse(hex, sha256)))
		blame(reading, member);
	return value && !reading->wrong;
}

static int end(const struct row_reading *reading, const char **wrong)
{
	*wrong = reading->wrong;
	return reading->wrong ? -EINVAL : 0;
}

static void read_rom(struct row_reading *reading, struct gpuspec_rom *rom)
{
	struct row_reading inner;

	if (!read_object(reading, "rom", &inner))
		return;
	rom->size = row_read_number(&inner, "size", GPUSPEC_ROM_SIZE_MAX, 0);
	row_read_text(&inner, "version", rom->version, sizeof(rom->version));
	rom->applied = row_read_number(&inner, "applied", INT32_MAX, 0);
	rom->pending = row_read_number(&inner, "pending", INT32_MAX, 0);
	if (!read_sha256(&inner, "sha256", rom->sha256) || !rom->size || inner.wrong)
		blame(reading, "rom");
}

/* "all", "none", or the list of those that it is shared with. */
static enum gpuspec_sharing read_sharing(struct row_reading *reading)
{
	return json_is_array(get(reading, "shared")) ? GPUSPEC_SHARING_LIST :
	       read_word(reading, "shared", sharing_word, GPUSPEC_SHARING_ALL);
}

static void read_vgpu(struct row_reading *reading, struct gpuspec_vgpu *vgpu)
{
	vgpu->video_memory = row_read_number(reading, "video_memory", INT64_MAX, -1);
	vgpu->memory_from = read_word(reading, "video_memory_from", memory_word,
				      GPUSPEC_MEMORY_UNKNOWN);
	vgpu->frame_rate = row_read_number(reading, "frame_rate", INT32_MAX, -1);
	vgpu->heads = row_read_number(reading, "heads", INT32_MAX, -1);
	vgpu->max_instances = row_read_number(reading, "max_instances", INT32_MAX, -1);
	vgpu->weight = row_read_number(reading, "weight", INT32_MAX, -1);
	row_read_text(reading, "resolution", vgpu->resolution, sizeof(vgpu->resolution));
	row_read_text(reading, "series", vgpu->series, sizeof(vgpu->series));
}

int row_read_model(struct gpuspec_model *model, const json_t *row, const char *id,
		   const char **wrong)
{
	struct row_reading reading = { .row = row };
	struct gpuspec_spec *spec = &model->spec;

	memset(model, 0, sizeof(*model));
	row_read_text(&reading, "id", spec->id, sizeof(spec->id));
	if (strcmp(spec->id, id) || !gpuspec_id_parse(id, NULL)) {
		blame(&reading, "id");
		return end(&reading, wrong);
	}
	spec->kind = gpuspec_id_kind(id);
	spec->state = read_word(&reading, "state", state_word, GPUSPEC_STATE_ENABLED);
	spec->sharing = read_sharing(&reading);
	spec->devices = row_read_number(&reading, "devices", INT32_MAX, 0);
	spec->in_use = row_read_number(&reading, "in_use", INT32_MAX, 0);
	spec->refused = row_read_number(&reading, "refused", INT64_MAX, 0);
	read_rom(&reading, &spec->rom);
	row_read_text(&reading, "name", model->name, sizeof(model->name));
	row_read_text(&reading, "vendor", model->vendor, sizeof(model->vendor));
	row_read_text(&reading, "blocked", model->blocked, sizeof(model->blocked));
	read_vgpu(&reading, &model->vgpu);
	model->available = row_read_number(&reading, "available", INT32_MAX, -1);
	model->at_most = read_bool(&reading, "available_at_most");
	model->cards = row_read_number(&reading, "cards", INT32_MAX, 0);
	model->blocked_cards = row_read_number(&reading, "blocked_cards", INT32_MAX, 0);
	return end(&reading, wrong);
}

static void read_holder(struct row_reading *reading, struct gpuspec_process *holder)
{
	struct row_reading inner;

	if (!read_object(reading, "holder", &inner))
		return;
	holder->pid = row_read_number(&inner, "pid", INT32_MAX, 0);
	holder->uid = row_read_number(&inner, "uid", UINT32_MAX, 0);
	holder->login_uid = row_read_number(&inner, "login_uid", UINT32_MAX, UINT32_MAX);
	holder->has_login = holder->login_uid != UINT32_MAX;
	row_read_text(&inner, "comm", holder->comm, sizeof(holder->comm));
	row_read_text(&inner, "cgroup", holder->cgroup, sizeof(holder->cgroup));
	row_read_text(&inner, "account", holder->account, sizeof(holder->account));
	if (inner.wrong || !holder->pid ||
	    (*holder->account && !gpuspec_account_name_is_valid(holder->account)))
		blame(reading, "holder");
}

int row_read_card(struct gpuspec_card *card, const json_t *row, const char *address,
		  const char **wrong)
{
	struct row_reading reading = { .row = row };
	struct gpuspec_device *device = &card->device;

	memset(card, 0, sizeof(*card));
	gpuspec_pci_function_clear(&card->pci);
	row_read_text(&reading, "address", device->address, sizeof(device->address));
	if (strcmp(device->address, address))
		blame(&reading, "address");
	row_read_text(&reading, "spec", device->spec, sizeof(device->spec));
	if (!gpuspec_id_parse(device->spec, NULL))
		blame(&reading, "spec");
	row_read_text(&reading, "parent", card->parent, sizeof(card->parent));
	row_read_text(&reading, "driver", card->driver, sizeof(card->driver));
	card->iommu_group = row_read_number(&reading, "iommu_group", INT32_MAX, -1);
	card->numa_node = row_read_number(&reading, "numa_node", INT32_MAX, -1);
	card->pci.video_memory = row_read_number(&reading, "video_memory", INT64_MAX, -1);
	card->pci.memory_from = read_word(&reading, "video_memory_from", memory_word,
					  GPUSPEC_MEMORY_UNKNOWN);
	card->mdev_types = row_read_number(&reading, "mdev_types", INT32_MAX, -1);
	card->vendor_type = -1;
	device->in_use = read_bool(&reading, "in_use");
	read_holder(&reading, &device->holder);
	row_read_text(&reading, "blocked", card->blocked, sizeof(card->blocked));
	device->rom_state = read_word(&reading, "rom", rom_state_word, GPUSPEC_ROM_STATE_NONE);
	device->shows_rom = read_sha256(&reading, "rom_sha256", device->rom_sha256);
	return end(&reading, wrong);
}
