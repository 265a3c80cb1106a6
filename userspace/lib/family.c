// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "family.h"
#include "spec_id.h"

/* An mdev of a VF of a card. In a broken sysfs there may be more, even a circle. */
#define DEPTH_MAX	4

/* --- kin --- */

static int add_kin(struct gpuspec_inventory *inventory, const struct gpuspec_model *slice,
		   const struct gpuspec_model *parent)
{
	struct gpuspec_kin *kin;

	if (!slice || !parent || slice == parent)
		return 0;
	kin = reallocarray(inventory->kin, inventory->kin_count + 1, sizeof(*kin));
	if (!kin)
		return -ENOMEM;
	inventory->kin = kin;
	kin[inventory->kin_count++] = (struct gpuspec_kin){ slice, parent };
	return 0;
}

static int add_kin_of_card(struct gpuspec_inventory *inventory, const char *slice,
			   const struct gpuspec_card *parent)
{
	if (!parent)
		return 0;
	return add_kin(inventory, gpuspec_inventory_model(inventory, slice),
		       gpuspec_inventory_model(inventory, parent->device.spec));
}

/* The id of a VF has that of its card in it: those, too, that are only named. */
static int add_kin_by_id(struct gpuspec_inventory *inventory, const struct gpuspec_model *slice)
{
	const struct gpuspec_model *parent;
	struct gpuspec_id id, its;
	int error = 0;
	size_t i;

	if (!gpuspec_id_parse(slice->spec.id, &id) || id.form != GPUSPEC_ID_VF)
		return 0;
	for (i = 0; i < inventory->model_count && !error; i++) {
		parent = &inventory->models[i];
		if (gpuspec_id_parse(parent->spec.id, &its) && its.form == GPUSPEC_ID_PCI &&
		    its.vendor == id.vendor && its.device == id.device)
			error = add_kin(inventory, slice, parent);
	}
	return error;
}

/* Models lie in an array, in their order. */
static int by_models(const void *a, const void *b)
{
	const struct gpuspec_kin *left = a, *right = b;

	if (left->slice != right->slice)
		return left->slice < right->slice ? -1 : 1;
	return left->parent < right->parent ? -1 : left->parent > right->parent;
}

/* Each pair once, as it is found for every card there is of it. */
static void sort_kin(struct gpuspec_inventory *inventory)
{
	struct gpuspec_kin *kin = inventory->kin;
	size_t i, kept = 0;

	if (!inventory->kin_count)
		return;
	qsort(kin, inventory->kin_count, sizeof(*kin), by_models);
	for (i = 1; i < inventory->kin_count; i++)
		if (by_models(&kin[i], &kin[kept]))
			kin[++kept] = kin[i];
	inventory->kin_count = kept + 1;
}

int gpuspec_family_find_kin(struct gpuspec_inventory *inventory)
{
	struct gpuspec_offer *offer;
	struct gpuspec_card *card;
	int error = 0;
	size_t i;

	inventory->kin_count = 0;
	for (i = 0; i < inventory->offer_count && !error; i++) {
		offer = &inventory->offers[i];
		error = add_kin_of_card(inventory, offer->spec,
					gpuspec_inventory_card(inventory, offer->parent));
	}
	for (i = 0; i < inventory->card_count && !error; i++) {
		card = &inventory->cards[i];
		card->above = *card->parent ?
			gpuspec_inventory_card(inventory, card->parent) : NULL;
		error = add_kin_of_card(inventory, card->device.spec, card->above);
	}
	for (i = 0; i < inventory->model_count && !error; i++)
		error = add_kin_by_id(inventory, &inventory->models[i]);
	sort_kin(inventory);
	return error;
}

/* --- blocked --- */

static const struct gpuspec_card *root_of(const struct gpuspec_card *card)
{
	int depth;

	for (depth = 0; depth < DEPTH_MAX && card->above; depth++)
		card = card->above;
	return card;
}

static bool is_below(const struct gpuspec_card *card, const struct gpuspec_card *above)
{
	int depth;

	for (depth = 0; depth < DEPTH_MAX && card; depth++) {
		card = card->above;
		if (card == above)
			return true;
	}
	return false;
}

/* The physical functions of one slot are one card. */
static bool is_same_card(const struct gpuspec_card *a, const struct gpuspec_card *b)
{
	const char *dot = strrchr(a->device.address, '.');

	if (a == b)
		return true;
	return dot && gpuspec_card_is_physical(a) && gpuspec_card_is_physical(b) &&
	       !strncmp(a->device.address, b->device.address, dot - a->device.address + 1);
}

static void tell_holder(const struct gpuspec_card *card, char *text, size_t size)
{
	const struct gpuspec_process *holder = &card->device.holder;

	if (holder->pid)
		snprintf(text, size, "%s[%u]", holder->comm, holder->pid);
	else
		snprintf(text, size, "an unknown process");
}

static void tell_whole(const struct gpuspec_card *card, char *text)
{
	char holder[64];

	tell_holder(card, holder, sizeof(holder));
	snprintf(text, GPUSPEC_BLOCKED_SIZE, "%s is held as a whole by %s", card->device.address,
		 holder);
}

/* The cards that are in use. */
struct held {
	const struct gpuspec_card **cards;
	size_t count;
};

static int find_held(const struct gpuspec_inventory *inventory, struct held *held)
{
	size_t i;

	held->cards = calloc(inventory->card_count + 1, sizeof(*held->cards));
	if (!held->cards)
		return -ENOMEM;
	for (i = 0; i < inventory->card_count; i++)
		if (inventory->cards[i].device.in_use)
			held->cards[held->count++] = &inventory->cards[i];
	return 0;
}

/* What is held as a whole, and has @card, or a slice of it that is yet to be made, in it. */
static const struct gpuspec_card *find_whole(const struct held *held,
					     const struct gpuspec_card *card, bool itself)
{
	const struct gpuspec_card *root = root_of(card), *other;
	size_t i;

	for (i = 0; i < held->count; i++) {
		other = held->cards[i];
		if (is_below(card, other) || (itself && other == card))
			return other;
		/* A function beside the one that it is a slice of. */
		if ((itself || root != card) && gpuspec_card_is_physical(other) &&
		    is_same_card(other, root))
			return other;
	}
	return NULL;
}

static void tell_slices(const struct held *held, const struct gpuspec_card *card, char *text)
{
	const struct gpuspec_card *first = NULL, *other, *sliced = card;
	char holder[64];
	size_t i, count = 0;

	for (i = 0; i < held->count; i++) {
		other = held->cards[i];
		if (!other->above ||
		    (!is_below(other, card) && !(gpuspec_card_is_physical(card) &&
						 is_same_card(root_of(other), card))))
			continue;
		if (!count++) {
			first = other;
			sliced = is_below(other, card) ? card : root_of(other);
		}
	}
	if (!count)
		return;
	tell_holder(first, holder, sizeof(holder));
	if (count == 1)
		snprintf(text, GPUSPEC_BLOCKED_SIZE, "%s has a slice in use, %s, held by %s",
			 sliced->device.address, first->device.address, holder);
	else
		snprintf(text, GPUSPEC_BLOCKED_SIZE, "%s has %zu slices in use, %s held by %s",
			 sliced->device.address, count, first->device.address, holder);
}

static int find_blocked(struct gpuspec_inventory *inventory)
{
	const struct gpuspec_card *whole, *parent;
	struct gpuspec_card *card;
	struct held held = {};
	size_t i;

	if (find_held(inventory, &held))
		return -ENOMEM;
	for (i = 0; i < inventory->card_count; i++) {
		card = &inventory->cards[i];
		whole = find_whole(&held, card, false);
		if (whole)
			tell_whole(whole, card->blocked);
		else
			tell_slices(&held, card, card->blocked);
	}
	for (i = 0; i < inventory->offer_count; i++) {
		parent = gpuspec_inventory_card(inventory, inventory->offers[i].parent);
		whole = parent ? find_whole(&held, parent, true) : NULL;
		if (whole)
			tell_whole(whole, inventory->offers[i].blocked);
	}
	free(held.cards);
	return 0;
}

/* --- sums --- */

static void count(struct gpuspec_model *model, const char *blocked)
{
	model->cards++;
	if (!*blocked)
		return;
	if (!model->blocked_cards++)
		snprintf(model->blocked, sizeof(model->blocked), "%s", blocked);
}

static void add_available(struct gpuspec_model *model, const struct gpuspec_offer *offer)
{
	long long available = *offer->blocked ? 0 : offer->available;

	if (available < 0)
		return;
	if (__builtin_add_overflow(model->available < 0 ? 0 : model->available, available,
				   &model->available))
		model->available = -1;
	model->at_most |= offer->at_most;
}

static void sum_up(struct gpuspec_inventory *inventory)
{
	char sentence[GPUSPEC_BLOCKED_SIZE];
	struct gpuspec_model *model;
	size_t i;

	for (i = 0; i < inventory->offer_count; i++) {
		model = gpuspec_inventory_model(inventory, inventory->offers[i].spec);
		add_available(model, &inventory->offers[i]);
		count(model, inventory->offers[i].blocked);
	}
	for (i = 0; i < inventory->card_count; i++) {
		model = gpuspec_inventory_model(inventory, inventory->cards[i].device.spec);
		if (model && gpuspec_card_is_physical(&inventory->cards[i]))
			count(model, inventory->cards[i].blocked);
	}
	for (i = 0; i < inventory->model_count; i++) {
		model = &inventory->models[i];
		if (!model->blocked_cards || model->cards == 1)
			continue;
		snprintf(sentence, sizeof(sentence), "%u of %u cards: %s", model->blocked_cards,
			 model->cards, model->blocked);
		memcpy(model->blocked, sentence, sizeof(sentence));
	}
}

int gpuspec_family_find(struct gpuspec_inventory *inventory)
{
	int error = gpuspec_family_find_kin(inventory);

	if (!error)
		error = find_blocked(inventory);
	if (error)
		return error;
	sum_up(inventory);
	return 0;
}
