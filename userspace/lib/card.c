// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "spec_id.h"
#include "sysfs.h"

/* PCI's number of the vendor. */
#define NVIDIA		0x10de

/* More functions than one slot of a bus has are not told. */
#define PEERS_MAX	256

bool gpuspec_card_is_mdev(const struct gpuspec_card *card)
{
	return !strncmp(card->device.spec, "mdev:", 5);
}

bool gpuspec_card_is_physical(const struct gpuspec_card *card)
{
	struct gpuspec_id id;

	return gpuspec_id_parse(card->device.spec, &id) && id.form == GPUSPEC_ID_PCI;
}

bool gpuspec_card_is_nvidia(const struct gpuspec_card *card)
{
	struct gpuspec_id id;

	return gpuspec_id_parse(card->device.spec, &id) && id.form == GPUSPEC_ID_PCI &&
	       id.vendor == NVIDIA && !strcmp(card->driver, "nvidia");
}

bool gpuspec_card_awaits_vfs(const struct gpuspec_card *card)
{
	return gpuspec_card_is_nvidia(card) && card->pci.total_vfs > 0 && card->pci.vfs <= 0;
}

bool gpuspec_card_is_taken(const struct gpuspec_card *card)
{
	return card->device.in_use || strstr(card->driver, "vfio") || card->vendor_type > 0;
}

static int by_address(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int take_peer(const char *folder, const char *entry, void *data)
{
	struct gpuspec_card *card = data;
	char (*peers)[GPUSPEC_ADDRESS_MAX + 1];

	(void)folder;
	if (!strcmp(entry, card->device.address) || strlen(entry) > GPUSPEC_ADDRESS_MAX ||
	    card->peer_count == PEERS_MAX)
		return 0;
	peers = reallocarray(card->peers, card->peer_count + 1, sizeof(*peers));
	if (!peers)
		return -ENOMEM;
	card->peers = peers;
	snprintf(peers[card->peer_count++], sizeof(*peers), "%s", entry);
	return 0;
}

/* An mdev lies in its parent's folder. */
static void find_parent_of_mdev(struct gpuspec_card *card, const char *folder)
{
	char path[PATH_MAX], *slash;

	snprintf(path, sizeof(path), "%s", folder);
	slash = strrchr(path, '/');
	*slash = '\0';
	slash = strrchr(path, '/');
	if (slash)
		snprintf(card->parent, sizeof(card->parent), "%s", slash + 1);
}

static bool is_typed(const struct gpuspec_card *card)
{
	struct gpuspec_id id;

	return gpuspec_id_parse(card->device.spec, &id) && id.vf_type;
}

static void read_pci(struct gpuspec_card *card, const char *folder)
{
	char path[PATH_MAX];

	gpuspec_pci_function_read(folder, &card->pci);
	card->mdev_types = 0;
	if (gpuspec_card_is_physical(card))
		return;
	gpuspec_sysfs_link(folder, "physfn", card->parent, sizeof(card->parent));
	snprintf(path, sizeof(path), "%s/nvidia/current_vgpu_type", folder);
	/* The kernel has asked its driver already, and does not wait for ever for an answer. */
	if (!access(path, F_OK))
		card->vendor_type = is_typed(card);
}

static bool folder_of(const struct gpuspec_card *card, const char *sysfs, char *folder)
{
	char devices[PATH_MAX / 2];

	snprintf(devices, sizeof(devices), "%s/bus/%s/devices", sysfs,
		 gpuspec_card_is_mdev(card) ? "mdev" : "pci");
	return gpuspec_sysfs_follow(devices, card->device.address, folder, PATH_MAX / 2);
}

void gpuspec_card_read(struct gpuspec_card *card, const struct gpuspec_device *device,
		       const char *sysfs)
{
	char folder[PATH_MAX / 2];
	bool is_there;

	card->device = *device;
	card->iommu_group = -1;
	card->numa_node = -1;
	card->mdev_types = -1;
	card->vendor_type = -1;
	gpuspec_pci_function_clear(&card->pci);
	is_there = folder_of(card, sysfs, folder);
	gpuspec_sysfs_link(folder, "driver", card->driver, sizeof(card->driver));
	if (!gpuspec_card_is_mdev(card))
		read_pci(card, folder);
	else if (is_there)
		find_parent_of_mdev(card, folder);
}

void gpuspec_card_read_memory(struct gpuspec_card *card, const char *sysfs)
{
	char folder[PATH_MAX / 2];

	if (card->has_memory || gpuspec_card_is_mdev(card))
		return;
	card->has_memory = true;
	folder_of(card, sysfs, folder);
	gpuspec_pci_function_memory(folder, card->driver, &card->pci);
	/* A VF of a vendor's type has what its type has, which no BAR shows. */
	if (card->pci.memory_from == GPUSPEC_MEMORY_FROM_BAR && is_typed(card)) {
		card->pci.video_memory = -1;
		card->pci.memory_from = GPUSPEC_MEMORY_UNKNOWN;
	}
}

int gpuspec_card_read_hardware(struct gpuspec_card *card, const char *sysfs)
{
	char folder[PATH_MAX / 2], path[PATH_MAX], group[32], *end;
	int error;

	gpuspec_card_read_memory(card, sysfs);
	folder_of(card, sysfs, folder);
	if (!gpuspec_card_is_mdev(card))
		gpuspec_pci_function_links(folder, &card->pci);
	card->numa_node = gpuspec_sysfs_number(folder, "numa_node");
	gpuspec_sysfs_link(folder, "iommu_group", group, sizeof(group));
	card->iommu_group = strtoll(group, &end, 10);
	if (!*group || *end || card->iommu_group < 0)
		card->iommu_group = -1;
	card->peer_count = 0;
	snprintf(path, sizeof(path), "%s/iommu_group/devices", folder);
	error = gpuspec_sysfs_each(path, take_peer, card);
	if (card->peer_count)
		qsort(card->peers, card->peer_count, sizeof(*card->peers), by_address);
	return error;
}
