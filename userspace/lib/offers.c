// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "offers.h"
#include "spec_id.h"
#include "sysfs.h"

/* The offer of a spec by a parent, with nothing available. */
static struct gpuspec_offer *new_offer(struct gpuspec_inventory *inventory, const char *spec,
				       const char *parent)
{
	struct gpuspec_offer *offers, *offer;

	offers = reallocarray(inventory->offers, inventory->offer_count + 1, sizeof(*offers));
	if (!offers)
		return NULL;
	inventory->offers = offers;
	offer = &offers[inventory->offer_count++];
	memset(offer, 0, sizeof(*offer));
	snprintf(offer->spec, sizeof(offer->spec), "%s", spec);
	snprintf(offer->parent, sizeof(offer->parent), "%s", parent);
	return offer;
}

/* The same, made only if it is not among those from the one at @first on. */
static struct gpuspec_offer *add_offer(struct gpuspec_inventory *inventory, size_t first,
				       const char *spec, const char *parent)
{
	struct gpuspec_offer *offer;
	size_t i;

	for (i = first; i < inventory->offer_count; i++) {
		offer = &inventory->offers[i];
		if (!strcmp(offer->spec, spec) && !strcmp(offer->parent, parent))
			return offer;
	}
	return new_offer(inventory, spec, parent);
}

/* --- mdev types --- */

struct parent {
	struct gpuspec_inventory *inventory;
	const char *address;
	struct gpuspec_card *card;	/* NULL: it is none */
	size_t first;			/* of its offers */
};

static int take_type(const char *folder, const char *type, void *data)
{
	struct parent *parent = data;
	char id[GPUSPEC_ID_SIZE], path[PATH_MAX];
	struct gpuspec_model *model;
	struct gpuspec_offer *offer;

	gpuspec_id_mdev(id, type);
	model = gpuspec_inventory_add(parent->inventory, id);
	offer = add_offer(parent->inventory, parent->first, id, parent->address);
	if (!model || !offer)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/%s", folder, type);
	gpuspec_sysfs_text(path, "name", model->name, sizeof(model->name));
	gpuspec_sysfs_text(path, "description", model->description, sizeof(model->description));
	gpuspec_vgpu_parse(model->description, &model->vgpu);
	if (!strncmp(type, "nvidia-", 7))
		gpuspec_vgpu_add_name(&model->vgpu, model->name);
	offer->available = gpuspec_sysfs_number(path, "available_instances");
	/* Where a VF is the parent, others of its card draw on the same memory. */
	offer->at_most = parent->card && *parent->card->parent;
	if (parent->card)
		parent->card->mdev_types++;
	return 0;
}

static int take_parent(const char *folder, const char *entry, void *data)
{
	struct gpuspec_inventory *inventory = data;
	struct parent parent = {
		.inventory = inventory, .address = entry,
		.card = gpuspec_inventory_card(inventory, entry), .first = inventory->offer_count,
	};
	char its_folder[PATH_MAX / 2], path[PATH_MAX];

	if (parent.card)
		parent.card->carries_mdevs = true;
	gpuspec_sysfs_follow(folder, entry, its_folder, sizeof(its_folder));
	snprintf(path, sizeof(path), "%s/mdev_supported_types", its_folder);
	return gpuspec_sysfs_each(path, take_type, &parent);
}

/* --- SR-IOV --- */

/*
 * As an mdev that was made is not to be had once more, a VF is not that VFIO
 * has; nor one that is there for mdevs.
 */
static void offer_made_vfs(const struct gpuspec_inventory *inventory, const struct gpuspec_card *pf,
			   struct gpuspec_offer *offer)
{
	const struct gpuspec_card *card, *with_driver = NULL;
	long long taken = 0, driven = 0;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		if (gpuspec_card_is_mdev(card) || strcmp(card->parent, pf->device.address))
			continue;
		if (gpuspec_card_is_taken(card) || card->carries_mdevs) {
			taken++;
		} else if (*card->driver) {
			driven++;
			with_driver = card;
		}
	}
	offer->available = pf->pci.vfs > taken ? pf->pci.vfs - taken : 0;
	if (with_driver && driven == offer->available)
		snprintf(offer->driver, sizeof(offer->driver), "%s", with_driver->driver);
}

/* Of a vendor's VF that is not of a type, nobody can have one. */
static bool has_vendor_types(const struct gpuspec_inventory *inventory, const char *pf)
{
	size_t i;

	for (i = 0; i < inventory->card_count; i++)
		if (inventory->cards[i].vendor_type >= 0 && !strcmp(inventory->cards[i].parent, pf))
			return true;
	return false;
}

static int offer_vfs(struct gpuspec_inventory *inventory, const struct gpuspec_card *pf)
{
	const struct gpuspec_pci_function *pci = &pf->pci;
	char spec[GPUSPEC_ID_SIZE];
	struct gpuspec_model *model;
	struct gpuspec_offer *offer;
	struct gpuspec_id id;

	if (pci->total_vfs <= 0 || pci->vf_device < 0 ||
	    !gpuspec_id_parse(pf->device.spec, &id) || id.form != GPUSPEC_ID_PCI)
		return 0;
	gpuspec_id_vf(spec, id.vendor, id.device, pci->vf_device);
	model = gpuspec_inventory_add(inventory, spec);
	offer = new_offer(inventory, spec, pf->device.address);
	if (!model || !offer)
		return -ENOMEM;
	/* NVIDIA's driver keeps its VFs: to give them types, or to make mdevs on them. */
	if (gpuspec_card_is_nvidia(pf) || has_vendor_types(inventory, pf->device.address)) {
		offer->available = -1;
		return 0;
	}
	if (model->vgpu.max_instances < pci->total_vfs)
		model->vgpu.max_instances = pci->total_vfs;
	if (pci->vfs > 0)
		offer_made_vfs(inventory, pf, offer);
	else
		offer->available = pci->total_vfs;
	return 0;
}

/* --- vendors' VFs --- */

static int offer_vendor_types(struct gpuspec_inventory *inventory, const struct gpuspec_card *vf,
			      const struct gpuspec_id *id, const char *text)
{
	char spec[GPUSPEC_ID_SIZE], number[32], name[160];
	struct gpuspec_model *model;
	struct gpuspec_offer *offer;
	unsigned int type;

	while (gpuspec_vgpu_next_type(&text, &type, name, sizeof(name))) {
		if (!type)
			continue;
		snprintf(number, sizeof(number), "nvidia-%u", type);
		gpuspec_id_vf_typed(spec, id->vendor, id->device, id->vf_device, number);
		model = gpuspec_inventory_add(inventory, spec);
		offer = add_offer(inventory, 0, spec, vf->parent);
		if (!model || !offer)
			return -ENOMEM;
		if (!*model->name)
			snprintf(model->name, sizeof(model->name), "%s", name);
		gpuspec_vgpu_add_name(&model->vgpu, model->name);
		offer->at_most = true;
		offer->available += !vf->vendor_type;
	}
	return 0;
}

static int offer_by_vf(struct gpuspec_inventory *inventory, const struct gpuspec_card *vf)
{
	char folder[PATH_MAX / 2], text[8192];
	struct gpuspec_id id;

	if (!gpuspec_id_parse(vf->device.spec, &id) || id.form != GPUSPEC_ID_VF || !*vf->parent)
		return 0;
	/* What it is made already, its card can carry, even if no more of it. */
	if (id.vf_type && (!gpuspec_inventory_add(inventory, vf->device.spec) ||
			   !add_offer(inventory, 0, vf->device.spec, vf->parent)))
		return -ENOMEM;
	snprintf(folder, sizeof(folder), "%s/bus/pci/devices/%s", inventory->sysfs,
		 vf->device.address);
	gpuspec_sysfs_text(folder, "nvidia/creatable_vgpu_types", text, sizeof(text));
	return offer_vendor_types(inventory, vf, &id, text);
}

int gpuspec_offers_read(struct gpuspec_inventory *inventory)
{
	char path[PATH_MAX];
	int error;
	size_t i;

	snprintf(path, sizeof(path), "%s/class/mdev_bus", inventory->sysfs);
	error = gpuspec_sysfs_each(path, take_parent, inventory);
	for (i = 0; i < inventory->card_count && !error; i++)
		error = offer_vfs(inventory, &inventory->cards[i]);
	for (i = 0; i < inventory->card_count && !error; i++)
		error = offer_by_vf(inventory, &inventory->cards[i]);
	return error;
}

void gpuspec_offers_hint(const struct gpuspec_inventory *inventory, const char *spec, char *text,
			 size_t size)
{
	const struct gpuspec_card *card;
	struct gpuspec_id id, its;
	size_t i;

	*text = '\0';
	if (!gpuspec_id_parse(spec, &id) || id.form == GPUSPEC_ID_MDEV)
		return;
	for (i = 0; i < inventory->card_count && !*text; i++) {
		card = &inventory->cards[i];
		if (!gpuspec_card_awaits_vfs(card) || !gpuspec_id_parse(card->device.spec, &its) ||
		    its.vendor != id.vendor || its.device != id.device ||
		    (id.form == GPUSPEC_ID_PCI && strcmp(card->device.spec, spec)))
			continue;
		snprintf(text, size, "what %s can be sliced into is not known before its VFs are made; /usr/lib/nvidia/sriov-manage -e %s makes them",
			 card->device.address, card->device.address);
	}
}

bool gpuspec_offers_vendor_types(const struct gpuspec_inventory *inventory,
				 const struct gpuspec_card *card)
{
	return gpuspec_card_awaits_vfs(card) || has_vendor_types(inventory, card->device.address);
}
