// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "nvidia.h"
#include "nvml.h"
#include "offers.h"
#include "spec_id.h"

#define TYPE	"nvidia-"
/* Far more than any card has. */
#define TYPES_MAX	1024

/* To open it can take a second, which no other host is to wait for. */
static struct gpuspec_nvml *open_if_of_use(const struct gpuspec_inventory *inventory)
{
	size_t i;

	for (i = 0; i < inventory->card_count; i++)
		if (gpuspec_card_is_nvidia(&inventory->cards[i]))
			return gpuspec_nvml_open();
	return NULL;
}

static void ask_card(struct gpuspec_nvml *nvml, const char *sysfs, struct gpuspec_card *card)
{
	long long memory = gpuspec_nvml_memory(nvml, card->device.address);

	if (memory < 0)
		return;
	/* What sysfs says comes first, and is less. */
	gpuspec_card_read_memory(card, sysfs);
	card->pci.video_memory = memory;
	card->pci.memory_from = GPUSPEC_MEMORY_FROM_NVML;
}

/* Of a VF; what there is to know of an mdev type, its driver has in sysfs. */
static void ask_type(struct gpuspec_nvml *nvml, struct gpuspec_model *model)
{
	struct gpuspec_id id;
	char name[sizeof(model->name)];
	long long memory;

	if (!gpuspec_id_parse(model->spec.id, &id) || !id.vf_type ||
	    strncmp(id.vf_type, TYPE, strlen(TYPE)))
		return;
	gpuspec_nvml_vgpu_type(nvml, strtoul(id.vf_type + strlen(TYPE), NULL, 10), name,
			       sizeof(name), &memory);
	if (!*model->name)
		snprintf(model->name, sizeof(model->name), "%s", name);
	if (memory >= 0) {
		model->vgpu.video_memory = memory;
		model->vgpu.memory_from = GPUSPEC_MEMORY_FROM_NVML;
	}
	gpuspec_vgpu_add_name(&model->vgpu, model->name);
}

void gpuspec_nvidia_ask(struct gpuspec_inventory *inventory)
{
	struct gpuspec_nvml *nvml = open_if_of_use(inventory);
	size_t i;

	if (!nvml)
		return;
	for (i = 0; i < inventory->card_count; i++)
		if (gpuspec_card_is_nvidia(&inventory->cards[i]))
			ask_card(nvml, inventory->sysfs, &inventory->cards[i]);
	for (i = 0; i < inventory->model_count; i++)
		ask_type(nvml, &inventory->models[i]);
	gpuspec_nvml_close(nvml);
}

static int add_types(struct gpuspec_inventory *inventory, struct gpuspec_card *card,
		     const unsigned int *types, int count)
{
	char spec[GPUSPEC_ID_SIZE], type[32];
	struct gpuspec_id id;
	int i;

	if (!gpuspec_id_parse(card->device.spec, &id) || card->pci.vf_device < 0)
		return 0;
	for (i = 0; i < count; i++) {
		snprintf(type, sizeof(type), TYPE "%u", types[i]);
		gpuspec_id_vf_typed(spec, id.vendor, id.device, card->pci.vf_device, type);
		if (!gpuspec_inventory_add(inventory, spec))
			return -ENOMEM;
	}
	/* VFs that are not there yet may become parents of mdevs instead. */
	card->types_known = count >= 0 && !gpuspec_card_awaits_vfs(card);
	return 0;
}

int gpuspec_nvidia_add_types(struct gpuspec_inventory *inventory)
{
	struct gpuspec_nvml *nvml = open_if_of_use(inventory);
	unsigned int types[TYPES_MAX];
	struct gpuspec_card *card;
	int count, error = 0;
	size_t i;

	for (i = 0; i < inventory->card_count && !error; i++) {
		card = &inventory->cards[i];
		if (!gpuspec_card_is_nvidia(card) || !gpuspec_offers_vendor_types(inventory, card))
			continue;
		count = gpuspec_nvml_vgpu_types(nvml, card->device.address, types, TYPES_MAX);
		error = add_types(inventory, card, types, count);
	}
	gpuspec_nvml_close(nvml);
	return error;
}
