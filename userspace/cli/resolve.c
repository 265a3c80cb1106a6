// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "place.h"
#include "resolve.h"
#include "spec_id.h"

const struct gpuspec_card *resolve_device(const struct gpuspec_inventory *inventory,
					  const char *word)
{
	const char *address;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		address = inventory->cards[i].device.address;
		if (!strcasecmp(address, word))
			return &inventory->cards[i];
		/* As lspci prints it: without the first domain. */
		if (!strncmp(address, "0000:", 5) && !strcasecmp(address + 5, word))
			return &inventory->cards[i];
	}
	return NULL;
}

/* Is it this spec that the word means? */
typedef bool matcher(const struct gpuspec_model *model, const char *word);

static bool has_part(const struct gpuspec_model *model, const char *word)
{
	return *word && (strcasestr(model->spec.id, word) || strcasestr(model->name, word));
}

/* A whole name, or the type of an mdev, goes before parts of others. */
static bool has_name(const struct gpuspec_model *model, const char *word)
{
	struct gpuspec_id id;

	return !strcasecmp(model->name, word) ||
	       (gpuspec_id_parse(model->spec.id, &id) && id.mdev_type &&
		!strcmp(id.mdev_type, word));
}

static const char *ambiguous(const struct request *request,
			     const struct gpuspec_inventory *inventory, const char *word,
			     matcher *matches)
{
	char list[512] = "";
	size_t i, length = 0;

	for (i = 0; i < inventory->model_count; i++)
		if (matches(&inventory->models[i], word) && length < sizeof(list))
			length += snprintf(list + length, sizeof(list) - length, "%s%s",
					   length ? ", " : "", inventory->models[i].spec.id);
	fail(EXIT_USAGE, request->verb, "'%s' could be any of %s%s; say more of it", word, list,
	     length < sizeof(list) ? "" : "...");
	return NULL;
}

const char *resolve_spec(const struct request *request,
			 struct gpuspec_inventory *inventory,
			 const char *word, int *status)
{
	const struct gpuspec_card *card = resolve_device(inventory, word);
	static matcher *const ways[] = { has_name, has_part };
	const char *found = NULL;
	size_t i, way;

	if (card)
		return card->device.spec;
	if (gpuspec_id_parse(word, NULL) || gpuspec_inventory_model(inventory, word))
		return word;
	gpuspec_inventory_name(inventory);
	for (way = 0; way < 2 && !found; way++) {
		for (i = 0; i < inventory->model_count; i++) {
			if (!ways[way](&inventory->models[i], word))
				continue;
			if (found) {
				*status = EXIT_USAGE;
				return ambiguous(request, inventory, word, ways[way]);
			}
			found = inventory->models[i].spec.id;
		}
	}
	if (!found)
		*status = fail(EXIT_NOT_FOUND, request->verb, "no spec or device of %s is called '%s'; gpuspec list%s and gpuspec devices%s show what there is",
			       place_name(request), word, place_option(request),
			       place_option(request));
	return found;
}
