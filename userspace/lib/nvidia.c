// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "nvidia.h"
#include "nvml.h"
#include "spec_id.h"

#define TYPE	"nvidia-"

/* To open it can take a second, which no other host is to wait for. */
static struct gpuspec_nvml *open_if_of_use(const struct gpuspec_inventory *inventory)
{
	size_t i;

	for (i = 0; i < inventory->card_count; i++)
		if (gpuspec_card_is_nvidia(&inventory->cards[i]))
			return gpuspec_nvml_open();
	return NULL;
}

static void ask_card(struct gpuspec_nvml *nvml, struct gpuspec_card *card)
{
	long long memory = gpuspec_nvml_memory(nvml, card->device.address);

	if (memory < 0)
		return;
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
			ask_card(nvml, &inventory->cards[i]);
	for (i = 0; i < inventory->model_count; i++)
		ask_type(nvml, &inventory->models[i]);
	gpuspec_nvml_close(nvml);
}
