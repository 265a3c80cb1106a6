// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "family.h"
#include "inventory.h"
#include "names.h"
#include "nl_socket.h"
#include "nvidia.h"
#include "offers.h"
#include "spec_id.h"
#include "verdict.h"

static int by_kind_and_id(const void *a, const void *b)
{
	const struct gpuspec_model *left = a, *right = b;

	if (left->spec.kind != right->spec.kind)
		return left->spec.kind < right->spec.kind ? -1 : 1;
	return strcmp(left->spec.id, right->spec.id);
}

static int is_id_of_model(const void *id, const void *model)
{
	const struct gpuspec_spec *spec = &((const struct gpuspec_model *)model)->spec;
	enum gpuspec_kind kind = gpuspec_id_kind(id);

	if (kind != spec->kind)
		return kind < spec->kind ? -1 : 1;
	return strcmp(id, spec->id);
}

struct gpuspec_model *gpuspec_inventory_model(const struct gpuspec_inventory *inventory,
					      const char *id)
{
	struct gpuspec_model *model;
	size_t i;

	model = bsearch(id, inventory->models, inventory->sorted_models, sizeof(*model),
			is_id_of_model);
	for (i = inventory->sorted_models; !model && i < inventory->model_count; i++)
		if (!strcmp(inventory->models[i].spec.id, id))
			model = &inventory->models[i];
	return model;
}

static int is_address_of_card(const void *address, const void *card)
{
	return strcmp(address, ((const struct gpuspec_card *)card)->device.address);
}

struct gpuspec_card *gpuspec_inventory_card(const struct gpuspec_inventory *inventory,
					    const char *address)
{
	struct gpuspec_card *card;
	size_t i;

	card = bsearch(address, inventory->cards, inventory->functions, sizeof(*card),
		       is_address_of_card);
	for (i = inventory->functions; !card && i < inventory->card_count; i++)
		if (!strcmp(inventory->cards[i].device.address, address))
			card = &inventory->cards[i];
	return card;
}

static struct gpuspec_model *add_model(struct gpuspec_inventory *inventory)
{
	struct gpuspec_model *models, *model;

	models = reallocarray(inventory->models, inventory->model_count + 1, sizeof(*models));
	if (!models)
		return NULL;
	inventory->models = models;
	model = &models[inventory->model_count++];
	memset(model, 0, sizeof(*model));
	gpuspec_vgpu_parse("", &model->vgpu);
	model->available = -1;
	return model;
}

/* What the module does not know, its default holds for. */
struct gpuspec_model *gpuspec_inventory_add(struct gpuspec_inventory *inventory, const char *id)
{
	struct gpuspec_model *model = gpuspec_inventory_model(inventory, id);
	struct gpuspec_rule rule = {};

	if (model)
		return model;
	model = add_model(inventory);
	if (!model)
		return NULL;
	rule = gpuspec_rule_in_force(&rule, inventory->info.unnamed);
	snprintf(model->spec.id, sizeof(model->spec.id), "%s", id);
	model->spec.kind = gpuspec_id_kind(id);
	model->spec.state = rule.state;
	model->spec.sharing = rule.sharing;
	return model;
}

static int by_place(const void *a, const void *b)
{
	const struct gpuspec_card *left = a, *right = b;
	bool mdev = gpuspec_card_is_mdev(left);
	int order = mdev - gpuspec_card_is_mdev(right);

	if (!order && mdev)
		order = strcmp(left->parent, right->parent);
	if (!order && mdev)
		order = strcmp(left->device.spec, right->device.spec);
	return order ? order : strcmp(left->device.address, right->device.address);
}

static int by_spec_and_parent(const void *a, const void *b)
{
	const struct gpuspec_offer *left = a, *right = b;
	int order = strcmp(left->spec, right->spec);

	return order ? order : strcmp(left->parent, right->parent);
}

static int take_specs(struct gpuspec_inventory *inventory)
{
	const struct gpuspec_tables *tables = &inventory->tables;
	const struct gpuspec_share *shares = tables->shares;
	struct gpuspec_model *model;
	size_t i;

	for (i = 0; i < tables->spec_count; i++) {
		model = add_model(inventory);
		if (!model)
			return -ENOMEM;
		model->spec = tables->specs[i];
		if (!model->spec.shares)
			continue;
		/* Both tables are sorted by spec. */
		model->shares = shares;
		shares += model->spec.shares;
	}
	return 0;
}

static void find_carriers(struct gpuspec_inventory *inventory)
{
	struct gpuspec_card *parent;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		if (!gpuspec_card_is_mdev(&inventory->cards[i]))
			continue;
		parent = gpuspec_inventory_card(inventory, inventory->cards[i].parent);
		if (parent)
			parent->carries_mdevs = true;
	}
}

static int take_devices(struct gpuspec_inventory *inventory)
{
	const struct gpuspec_tables *tables = &inventory->tables;
	size_t i;

	inventory->cards = calloc(tables->device_count + 1, sizeof(*inventory->cards));
	if (!inventory->cards)
		return -ENOMEM;
	inventory->card_count = tables->device_count;
	for (i = 0; i < tables->device_count; i++) {
		gpuspec_card_read(&inventory->cards[i], &tables->devices[i], inventory->sysfs);
		inventory->functions += !gpuspec_card_is_mdev(&inventory->cards[i]);
	}
	qsort(inventory->cards, inventory->card_count, sizeof(*inventory->cards), by_place);
	find_carriers(inventory);
	return 0;
}

static void sort_models(struct gpuspec_inventory *inventory)
{
	qsort(inventory->models, inventory->model_count, sizeof(*inventory->models),
	      by_kind_and_id);
	inventory->sorted_models = inventory->model_count;
}

static void sort_offers(struct gpuspec_inventory *inventory)
{
	if (inventory->offer_count)
		qsort(inventory->offers, inventory->offer_count, sizeof(*inventory->offers),
		      by_spec_and_parent);
}

/* The best that is known of any device of a model; only one that may know better is read. */
static void add_memory(struct gpuspec_inventory *inventory)
{
	struct gpuspec_model *model;
	struct gpuspec_card *card;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		model = gpuspec_inventory_model(inventory, card->device.spec);
		if (!model)
			continue;
		if (gpuspec_pci_driver_knows(card->driver) > model->vgpu.memory_from)
			gpuspec_card_read_memory(card, inventory->sysfs);
		if (card->pci.memory_from <= model->vgpu.memory_from)
			continue;
		model->vgpu.video_memory = card->pci.video_memory;
		model->vgpu.memory_from = card->pci.memory_from;
	}
}

int gpuspec_inventory_complete(struct gpuspec_inventory *inventory, const char *sysfs)
{
	int error;

	inventory->info = inventory->tables.info;
	inventory->sysfs = sysfs;
	error = take_specs(inventory);
	if (error)
		return error;
	sort_models(inventory);
	error = take_devices(inventory);
	if (!error)
		error = gpuspec_offers_read(inventory);
	if (error)
		return error;
	sort_models(inventory);
	sort_offers(inventory);
	return gpuspec_family_find(inventory);
}

int gpuspec_inventory_add_types(struct gpuspec_inventory *inventory, const char *const *ids,
				size_t count)
{
	struct gpuspec_id id;
	size_t i;
	int error;

	for (i = 0; i < count; i++)
		if (gpuspec_id_parse(ids[i], &id) && id.form == GPUSPEC_ID_VF &&
		    !gpuspec_inventory_add(inventory, ids[i]))
			return -ENOMEM;
	error = gpuspec_nvidia_add_types(inventory);
	if (error)
		return error;
	sort_models(inventory);
	return gpuspec_family_find_kin(inventory);
}

void gpuspec_inventory_name(struct gpuspec_inventory *inventory)
{
	if (inventory->named)
		return;
	inventory->named = true;
	gpuspec_nvidia_ask(inventory);
	gpuspec_names_look_up(inventory);
	add_memory(inventory);
}

int gpuspec_inventory_hardware(struct gpuspec_inventory *inventory)
{
	int error = 0;
	size_t i;

	for (i = 0; inventory->sysfs && i < inventory->card_count && !error; i++)
		error = gpuspec_card_read_hardware(&inventory->cards[i], inventory->sysfs);
	return error;
}

int gpuspec_inventory_read(struct gpuspec_nl *nl, const char *sysfs,
			   struct gpuspec_inventory *inventory)
{
	int error;

	memset(inventory, 0, sizeof(*inventory));
	error = gpuspec_nl_tables(nl, &inventory->tables);
	if (error)
		return error;
	error = gpuspec_inventory_complete(inventory, sysfs);
	if (!error)
		return 0;
	gpuspec_inventory_free(inventory);
	return gpuspec_nl_fail(nl, error, strerror(-error));
}

void gpuspec_inventory_free(struct gpuspec_inventory *inventory)
{
	size_t i;

	for (i = 0; i < inventory->card_count; i++)
		free(inventory->cards[i].peers);
	free(inventory->models);
	free(inventory->cards);
	free(inventory->offers);
	free(inventory->kin);
	gpuspec_nl_free_tables(&inventory->tables);
	memset(inventory, 0, sizeof(*inventory));
}
