// SPDX-License-Identifier: GPL-2.0
/* Where a slice goes, see slice.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "card.h"
#include "offers.h"
#include "slice.h"

/* The card that a parent is, or that it is a VF of; or the name of what is no card. */
static const char *root_of(const struct gpuspec_inventory *inventory, const char *parent)
{
	const struct gpuspec_card *card = gpuspec_inventory_card(inventory, parent);

	return card && card->above ? card->above->device.address : parent;
}

static size_t count_slices(const struct gpuspec_inventory *inventory, const char *parent)
{
	const char *root = root_of(inventory, parent);
	const struct gpuspec_card *card;
	size_t i, count = 0;

	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		count += *card->parent && !strcmp(root_of(inventory, card->parent), root) &&
			 (gpuspec_card_is_mdev(card) || gpuspec_card_is_taken(card));
	}
	return count;
}

static int tell_no_room(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory,
			const struct gpuspec_offer *only)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, slice->spec);
	const char *blocked = only ? only->blocked : model ? model->blocked : "";
	char hint[GPUSPEC_BLOCKED_SIZE];
	char who[GPUSPEC_ADDRESS_MAX + 32] = "no parent has room";

	if (only)
		snprintf(who, sizeof(who), "%s has no room", only->parent);
	gpuspec_offers_hint(inventory, slice->spec, hint, sizeof(hint));
	if (!*blocked)
		blocked = hint;
	snprintf(slice->sentence, sizeof(slice->sentence), "%s for %s%s%s", who, slice->spec,
		 *blocked ? ": " : "", blocked);
	return -ENOSPC;
}

/* What works for the host is left to it as long as anything else is there. */
static bool is_better(const struct gpuspec_offer *offer, size_t count,
		      const struct gpuspec_offer *best, size_t best_count, bool pack)
{
	if (!*offer->driver != !*best->driver)
		return *best->driver;
	return pack ? count > best_count : count < best_count;
}

int gpuspec_slice_place(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory,
			bool pack)
{
	const struct gpuspec_offer *offer, *best = NULL, *only = NULL;
	size_t i, count, best_count = 0;

	for (i = 0; i < inventory->offer_count; i++) {
		offer = &inventory->offers[i];
		if (strcmp(offer->spec, slice->spec) ||
		    (*slice->parent && strcmp(offer->parent, slice->parent)))
			continue;
		if (*slice->parent)
			only = offer;
		if (*offer->blocked || offer->available <= 0)
			continue;
		count = count_slices(inventory, offer->parent);
		if (best && !is_better(offer, count, best, best_count, pack))
			continue;
		best = offer;
		best_count = count;
	}
	if (*slice->parent && !only) {
		snprintf(slice->sentence, sizeof(slice->sentence),
			 "%s cannot be sliced into %s; gpuspec show %s names what can",
			 slice->parent, slice->spec, slice->spec);
		return -ENOENT;
	}
	if (!best)
		return tell_no_room(slice, inventory, only);
	snprintf(slice->parent, sizeof(slice->parent), "%s", best->parent);
	snprintf(slice->driver, sizeof(slice->driver), "%s", best->driver);
	return 0;
}
