// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "check.h"
#include "host.h"
#include "made_up.h"

struct gpuspec_inventory inventory;

void host_begin(void)
{
	made_up_begin();
	memset(&inventory, 0, sizeof(inventory));
}

void host_read(void)
{
	check(!made_up_read(&inventory));
	check(!gpuspec_inventory_hardware(&inventory));
	gpuspec_inventory_name(&inventory);
}

void host_end(void)
{
	gpuspec_inventory_free(&inventory);
}

const struct gpuspec_card *card(const char *address)
{
	static const struct gpuspec_card none;
	const struct gpuspec_card *found = gpuspec_inventory_card(&inventory, address);

	check_at(__LINE__, address, found);
	return found ? found : &none;
}

const struct gpuspec_model *model(const char *id)
{
	static const struct gpuspec_model none;
	const struct gpuspec_model *found = gpuspec_inventory_model(&inventory, id);

	check_at(__LINE__, id, found);
	return found ? found : &none;
}

const struct gpuspec_offer *offer(const char *id, const char *parent)
{
	static const struct gpuspec_offer none;
	size_t i;

	for (i = 0; i < inventory.offer_count; i++)
		if (!strcmp(inventory.offers[i].spec, id) &&
		    !strcmp(inventory.offers[i].parent, parent))
			return &inventory.offers[i];
	check_at(__LINE__, id, false);
	return &none;
}

bool is_kin(const char *slice, const char *parent)
{
	size_t i;

	for (i = 0; i < inventory.kin_count; i++)
		if (!strcmp(inventory.kin[i].slice->spec.id, slice) &&
		    !strcmp(inventory.kin[i].parent->spec.id, parent))
			return true;
	return false;
}
