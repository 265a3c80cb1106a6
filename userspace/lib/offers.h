/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GPUSPEC_OFFERS_H
#define GPUSPEC_OFFERS_H

#include "inventory.h"

/*
 * Find out what the devices of this host can be sliced into: mdev types, the
 * virtual functions of a physical one, and the types that a vendor's virtual
 * function can be made. The cards are there already; models that are not are
 * added. 0, or -ENOMEM.
 */
int gpuspec_offers_read(struct gpuspec_inventory *inventory);

/* Are the VFs of the card given types, or will they be? */
bool gpuspec_offers_vendor_types(const struct gpuspec_inventory *inventory,
				 const struct gpuspec_card *card);

/*
 * How to make a card say what it can be sliced into, of those of the spec, or
 * those that a VF of the spec would be of; or an empty @text.
 */
void gpuspec_offers_hint(const struct gpuspec_inventory *inventory, const char *spec, char *text,
			 size_t size);

#endif /* GPUSPEC_OFFERS_H */
