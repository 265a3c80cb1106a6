// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "row.h"
#include "row_device.h"
#include "vm_name.h"

json_t *row_process(const struct gpuspec_process *process)
{
	char vm[GPUSPEC_VM_NAME_SIZE];
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
	output_set(row, "vm", gpuspec_vm_name_of_cgroup(process->cgroup, vm, sizeof(vm)) ?
			      row_string(vm) : NULL);
	return row;
}

/* Who holds a device of this host is there, and can be asked for its machine's name. */
static json_t *row_holder(const struct gpuspec_card *card)
{
	json_t *row = row_process(&card->device.holder);
	char vm[GPUSPEC_VM_NAME_SIZE];

	if (row && !card->host &&
	    gpuspec_vm_name_of_process(card->device.holder.pid, vm, sizeof(vm)))
		output_set(row, "vm", row_string(vm));
	return row;
}

static json_t *row_link(const struct gpuspec_pci_function *pci)
{
	json_t *row;

	if (pci->link.width < 0 && pci->link_max.width < 0)
		return NULL;
	row = json_object();
	output_set(row, "speed", row_number_or_null(pci->link.speed));
	output_set(row, "width", row_number_or_null(pci->link.width));
	output_set(row, "max_speed", row_number_or_null(pci->link_max.speed));
	output_set(row, "max_width", row_number_or_null(pci->link_max.width));
	return row;
}

static json_t *row_peers(const struct gpuspec_card *card)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < card->peer_count; i++)
		json_array_append_new(rows, row_string(card->peers[i]));
	return rows;
}

json_t *row_device(const struct gpuspec_card *card)
{
	const struct gpuspec_pci_function *pci = &card->pci;
	json_t *row = json_object();

	output_set(row, "host", card->host ? row_string(card->host) : NULL);
	output_set(row, "address", row_string(card->device.address));
	output_set(row, "spec", row_string(card->device.spec));
	output_set(row, "parent", row_string_or_null(card->parent));
	output_set(row, "driver", row_string_or_null(card->driver));
	output_set(row, "iommu_group", row_number_or_null(card->iommu_group));
	output_set(row, "iommu_peers", row_peers(card));
	output_set(row, "numa_node", row_number_or_null(card->numa_node));
	output_set(row, "video_memory", row_number_or_null(pci->video_memory));
	output_set(row, "video_memory_from",
		   row_string_or_null(row_memory_source(pci->memory_from)));
	output_set(row, "bar", row_number_or_null(pci->bar));
	output_set(row, "bar_max", row_number_or_null(pci->bar_max));
	output_set(row, "link", row_link(pci));
	output_set(row, "vfs", row_number_or_null(pci->vfs));
	output_set(row, "total_vfs", row_number_or_null(pci->total_vfs));
	output_set(row, "mdev_types", row_number_or_null(card->mdev_types));
	output_set(row, "in_use", card->offline ? NULL : json_boolean(card->device.in_use));
	output_set(row, "holder", row_holder(card));
	output_set(row, "blocked", row_string_or_null(card->blocked));
	output_set(row, "rom", card->offline ? NULL :
			       row_string(row_rom_state(card->device.rom_state)));
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
	else if (!output_get(device, "in_use"))
		snprintf(text, size, "unknown");
	else
		snprintf(text, size, "-");
}
