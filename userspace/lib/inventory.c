// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inventory.h"
#include "spec_id.h"
#include "verdict.h"

/* --- sysfs --- */

/* The first @size - 1 bytes of a file, without what blank ends it; empty if it cannot be read. */
static void read_file(const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = 0;

	if (file) {
		length = fread(out, 1, size - 1, file);
		fclose(file);
	}
	while (length && isspace((unsigned char)out[length - 1]))
		length--;
	out[length] = '\0';
}

static long long read_number(const char *path)
{
	char text[32], *end;
	long long value;

	read_file(path, text, sizeof(text));
	value = strtoll(text, &end, 10);
	return *text && !*end ? value : -1;
}

/* The last part of where a link points; empty if there is no link. */
static void read_link(const char *path, char *out, size_t size)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	char *slash;

	target[length < 0 ? 0 : length] = '\0';
	slash = strrchr(target, '/');
	snprintf(out, size, "%s", slash ? slash + 1 : target);
}

static bool is_mdev(const struct gpuspec_device *device)
{
	struct gpuspec_id id;

	return gpuspec_id_parse(device->spec, &id) && id.form == GPUSPEC_ID_MDEV;
}

static void describe_card(struct gpuspec_card *card, const char *sysfs)
{
	char folder[PATH_MAX], path[PATH_MAX + 32], group[32];
	bool mdev = is_mdev(&card->device);
	char *slash;

	snprintf(folder, sizeof(folder), "%s/bus/%s/devices/%s", sysfs,
		 mdev ? "mdev" : "pci", card->device.address);
	snprintf(path, sizeof(path), "%s/driver", folder);
	read_link(path, card->driver, sizeof(card->driver));
	snprintf(path, sizeof(path), "%s/iommu_group", folder);
	read_link(path, group, sizeof(group));
	card->iommu_group = *group ? atoll(group) : -1;
	snprintf(path, sizeof(path), "%s/numa_node", folder);
	card->numa_node = read_number(path);
	if (!mdev) {
		snprintf(path, sizeof(path), "%s/physfn", folder);
		read_link(path, card->parent, sizeof(card->parent));
	} else if (realpath(folder, path)) {
		/* An mdev lies in its parent's folder. */
		slash = strrchr(path, '/');
		*slash = '\0';
		slash = strrchr(path, '/');
		snprintf(card->parent, sizeof(card->parent), "%s", slash + 1);
	}
}

/* --- names --- */

static void look_up(struct pci_access *pci, char *out, size_t size, int what,
		    const struct gpuspec_id *id, unsigned int device)
{
	char buffer[256];
	const char *name;

	what |= PCI_LOOKUP_NO_NUMBERS;
	if (what & PCI_LOOKUP_SUBSYSTEM)
		name = pci_lookup_name(pci, buffer, sizeof(buffer), what, id->vendor, device,
				       id->subvendor, id->subdevice);
	else
		name = pci_lookup_name(pci, buffer, sizeof(buffer), what, id->vendor, device);
	snprintf(out, size, "%s", name ? name : "");
}

static void name_model(struct pci_access *pci, struct gpuspec_model *model)
{
	struct gpuspec_id id;

	if (!gpuspec_id_parse(model->spec.id, &id))
		return;
	if (id.form == GPUSPEC_ID_MDEV) {
		if (!*model->name)
			snprintf(model->name, sizeof(model->name), "%s", id.mdev_type);
		return;
	}
	look_up(pci, model->vendor, sizeof(model->vendor), PCI_LOOKUP_VENDOR, &id, 0);
	look_up(pci, model->name, sizeof(model->name), PCI_LOOKUP_DEVICE, &id,
		id.form == GPUSPEC_ID_VF ? id.vf_device : id.device);
}

/* --- models --- */

struct gpuspec_model *gpuspec_inventory_model(const struct gpuspec_inventory *inventory,
					      const char *id)
{
	size_t i;

	for (i = 0; i < inventory->model_count; i++)
		if (!strcmp(inventory->models[i].spec.id, id))
			return &inventory->models[i];
	return NULL;
}

struct gpuspec_card *gpuspec_inventory_card(const struct gpuspec_inventory *inventory,
					    const char *address)
{
	size_t i;

	for (i = 0; i < inventory->card_count; i++)
		if (!strcmp(inventory->cards[i].device.address, address))
			return &inventory->cards[i];
	return NULL;
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

/* A type that no mdev was made of is unknown to the module: its default holds. */
static struct gpuspec_model *add_mdev_type(struct gpuspec_inventory *inventory, const char *id)
{
	struct gpuspec_model *model = add_model(inventory);
	struct gpuspec_rule rule = {};

	if (!model)
		return NULL;
	rule = gpuspec_rule_in_force(&rule, inventory->info.unnamed);
	snprintf(model->spec.id, sizeof(model->spec.id), "%s", id);
	model->spec.kind = gpuspec_id_kind(id);
	model->spec.state = rule.state;
	model->spec.sharing = rule.sharing;
	return model;
}

static int read_mdev_type(struct gpuspec_inventory *inventory, const char *parent,
			  const char *folder, const char *type)
{
	char id[GPUSPEC_ID_SIZE], path[PATH_MAX + 32];
	struct gpuspec_model *model;
	struct gpuspec_card *card;
	long long available;

	gpuspec_id_mdev(id, type);
	model = gpuspec_inventory_model(inventory, id);
	if (!model)
		model = add_mdev_type(inventory, id);
	if (!model)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/name", folder);
	read_file(path, model->name, sizeof(model->name));
	snprintf(path, sizeof(path), "%s/description", folder);
	read_file(path, model->description, sizeof(model->description));
	gpuspec_vgpu_parse(model->description, &model->vgpu);
	snprintf(path, sizeof(path), "%s/available_instances", folder);
	available = read_number(path);
	if (available >= 0)
		model->available = (model->available < 0 ? 0 : model->available) + available;
	card = gpuspec_inventory_card(inventory, parent);
	if (card)
		snprintf(model->parent, sizeof(model->parent), "%s", card->device.spec);
	return 0;
}

/* Call @take for every entry of a folder; one that is not there has none. */
static int each_entry(struct gpuspec_inventory *inventory, const char *folder,
		      int (*take)(struct gpuspec_inventory *inventory, const char *folder,
				  const char *entry, const char *parent),
		      const char *parent)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	int error = 0;

	if (!dir)
		return 0;
	while (!error && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			error = take(inventory, folder, entry->d_name, parent);
	closedir(dir);
	return error;
}

static int take_type(struct gpuspec_inventory *inventory, const char *folder,
		     const char *entry, const char *parent)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, entry);
	return read_mdev_type(inventory, parent, path, entry);
}

static int take_parent(struct gpuspec_inventory *inventory, const char *folder,
		       const char *entry, const char *parent)
{
	char path[PATH_MAX];

	(void)parent;
	snprintf(path, sizeof(path), "%s/%s/mdev_supported_types", folder, entry);
	return each_entry(inventory, path, take_type, entry);
}

static void find_vf_parents(struct gpuspec_inventory *inventory)
{
	struct gpuspec_card *pf;
	struct gpuspec_model *model;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		model = gpuspec_inventory_model(inventory, inventory->cards[i].device.spec);
		pf = gpuspec_inventory_card(inventory, inventory->cards[i].parent);
		if (model && pf)
			snprintf(model->parent, sizeof(model->parent), "%s", pf->device.spec);
	}
}

static int by_kind_and_id(const void *a, const void *b)
{
	const struct gpuspec_model *left = a, *right = b;

	if (left->spec.kind != right->spec.kind)
		return left->spec.kind < right->spec.kind ? -1 : 1;
	return strcmp(left->spec.id, right->spec.id);
}

static int by_address(const void *a, const void *b)
{
	const struct gpuspec_card *left = a, *right = b;

	return strcmp(left->device.address, right->device.address);
}

/* --- all of it --- */

static int fill(struct gpuspec_inventory *inventory, const char *sysfs)
{
	const struct gpuspec_tables *tables = &inventory->tables;
	const struct gpuspec_share *shares = tables->shares;
	char path[PATH_MAX];
	struct gpuspec_model *model;
	size_t i;
	int error;

	inventory->info = tables->info;
	for (i = 0; i < tables->spec_count; i++) {
		model = add_model(inventory);
		if (!model)
			return -ENOMEM;
		model->spec = tables->specs[i];
		/* Both tables are sorted by spec. */
		model->shares = shares;
		shares += model->spec.shares;
	}
	inventory->cards = calloc(tables->device_count + 1, sizeof(*inventory->cards));
	if (!inventory->cards)
		return -ENOMEM;
	for (i = 0; i < tables->device_count; i++) {
		inventory->cards[i].device = tables->devices[i];
		describe_card(&inventory->cards[i], sysfs);
	}
	inventory->card_count = tables->device_count;
	snprintf(path, sizeof(path), "%s/class/mdev_bus", sysfs);
	error = each_entry(inventory, path, take_parent, NULL);
	if (error)
		return error;
	find_vf_parents(inventory);
	qsort(inventory->models, inventory->model_count, sizeof(*inventory->models),
	      by_kind_and_id);
	qsort(inventory->cards, inventory->card_count, sizeof(*inventory->cards), by_address);
	return 0;
}

static void quiet(char *format, ...)
{
	(void)format;
}

void gpuspec_inventory_name(struct gpuspec_inventory *inventory)
{
	struct pci_access *pci;
	size_t i;

	if (inventory->named)
		return;
	inventory->named = true;
	pci = pci_alloc();
	/* Just the names: pci_init(), which would look at the bus, is not called. */
	pci->warning = quiet;
	pci->debug = quiet;
	for (i = 0; i < inventory->model_count; i++)
		name_model(pci, &inventory->models[i]);
	pci_cleanup(pci);
}

int gpuspec_inventory_read(struct gpuspec_nl *nl, const char *sysfs,
			   struct gpuspec_inventory *inventory)
{
	int error;

	memset(inventory, 0, sizeof(*inventory));
	error = gpuspec_nl_tables(nl, &inventory->tables);
	if (error)
		return error;
	error = fill(inventory, sysfs);
	if (error)
		gpuspec_inventory_free(inventory);
	return error;
}

void gpuspec_inventory_free(struct gpuspec_inventory *inventory)
{
	free(inventory->models);
	free(inventory->cards);
	gpuspec_nl_free_tables(&inventory->tables);
	memset(inventory, 0, sizeof(*inventory));
}
