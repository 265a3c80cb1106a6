// SPDX-License-Identifier: GPL-2.0
/* vgpu create and vgpu remove: a slice, of any of the kinds there are. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "card.h"
#include "cli.h"
#include "fleet.h"
#include "folder.h"
#include "interruption.h"
#include "mdevctl.h"
#include "offers.h"
#include "output.h"
#include "resolve.h"
#include "row.h"
#include "row_device.h"
#include "slice.h"
#include "spec_id.h"
#include "verdict.h"

/* How long others may take to make or remove slices, in s. */
#define PATIENCE	300

/*
 * May a slice of the spec be made? Who makes it is the orchestrator; whether
 * an account may have it is asked when its VM opens it.
 */
static int ask_kernel(struct request *request, const char *id)
{
	const struct gpuspec_fleet_claim claim = { .id = id };
	struct gpuspec_question question = { .id = id };
	struct gpuspec_answer answer;
	struct gpuspec_fleet_view view;
	char sentence[1024];
	int error;

	error = gpuspec_nl_check(request->nl, &question, &answer);
	if (error)
		return fail_nl(request->nl, error, request->verb);
	if (answer.reason == GPUSPEC_REASON_ALLOWED ||
	    answer.reason == GPUSPEC_REASON_NOT_SHARED || answer.reason == GPUSPEC_REASON_QUOTA)
		return EXIT_DONE;
	fleet_view_read(request, &view);
	fleet_verdict_sentence(&view, &answer, &claim, sentence, sizeof(sentence));
	gpuspec_fleet_view_free(&view);
	return fail(EXIT_REFUSED, request->verb, "%s", sentence);
}

/* The options fit the spec; and what they say, into @slice. */
static int take_options(const struct request *request, struct gpuspec_inventory *inventory,
			struct gpuspec_slice *slice)
{
	const struct gpuspec_card *parent;
	struct gpuspec_id id;
	bool mdev;

	if (!gpuspec_id_parse(slice->spec, &id))
		return fail(EXIT_NOT_FOUND, request->verb, "%s is no spec", slice->spec);
	mdev = id.form == GPUSPEC_ID_MDEV;
	if (id.form == GPUSPEC_ID_PCI)
		return fail(EXIT_USAGE, request->verb, "%s is a pGPU, which is not made; gpuspec show %s names its slices",
			    slice->spec, slice->spec);
	if (!mdev && (request->uuid || request->persistent))
		return fail(EXIT_USAGE, request->verb, "%s is for mdevs, and %s is none",
			    request->uuid ? "--uuid" : "--persistent", slice->spec);
	if (mdev && request->uuid && !gpuspec_uuid_parse(request->uuid, slice->address))
		return fail(EXIT_USAGE, request->verb, "'%s' is no UUID", request->uuid);
	if (mdev && !request->uuid && !gpuspec_uuid_make(slice->address))
		return fail(EXIT_FAILED, request->verb, "the kernel has no UUID to give");
	if (mdev && gpuspec_inventory_card(inventory, slice->address))
		return fail(EXIT_FAILED, request->verb, "there is an mdev %s already; nothing was changed",
			    slice->address);
	if (!request->parent)
		return EXIT_DONE;
	parent = resolve_device(inventory, request->parent);
	snprintf(slice->parent, sizeof(slice->parent), "%s",
		 parent ? parent->device.address : request->parent);
	return EXIT_DONE;
}

static int fail_changed(const struct request *request, const struct gpuspec_slice *slice)
{
	return fail(EXIT_FAILED, request->verb, "%s; %s", slice->sentence,
		    *slice->left ? slice->left : "nothing was changed");
}

static void tell_created(const struct request *request, const struct gpuspec_slice *slice)
{
	json_t *answer = json_object();

	output_set(answer, "address", request->dry_run ? NULL : row_string(slice->address));
	output_set(answer, "spec", row_string(slice->spec));
	output_set(answer, "parent", row_string(slice->parent));
	output_set(answer, "persistent", json_boolean(slice->persistent));
	output_set(answer, "raised_vfs", json_boolean(slice->raised_vfs));
	output_set(answer, "taken_from", row_string_or_null(slice->driver));
	output_set(answer, "dry_run", json_boolean(request->dry_run));
	if (request->json)
		output_json(answer);
	else if (request->dry_run)
		printf("%s would be made on %s\n", output_text(answer, "spec"),
		       output_text(answer, "parent"));
	else
		printf("%s is a %s on %s%s\n", output_text(answer, "address"),
		       output_text(answer, "spec"), output_text(answer, "parent"),
		       slice->persistent ? ", and will be after each boot" : "");
	if (!request->json && slice->raised_vfs)
		printf("  %s had no VFs, and has all of them now\n", output_text(answer, "parent"));
	if (!request->json && *slice->driver)
		printf("  no VF was without a driver: it %s taken from %s\n",
		       request->dry_run ? "would be" : "was", output_text(answer, "taken_from"));
	json_decref(answer);
}

static int create(struct request *request, struct gpuspec_inventory *inventory, const char *id)
{
	struct gpuspec_slice slice = { .sysfs = "/sys", .persistent = request->persistent };
	int error, result;

	snprintf(slice.spec, sizeof(slice.spec), "%s", id);
	result = take_options(request, inventory, &slice);
	if (!result)
		result = ask_kernel(request, id);
	if (result)
		return result;
	error = gpuspec_slice_place(&slice, inventory, request->pack);
	if (error)
		return fail(error == -ENOENT ? EXIT_NOT_FOUND : EXIT_FAILED, request->verb,
			    "%s; nothing was changed", slice.sentence);
	if (!request->dry_run) {
		interruption_hold();
		error = gpuspec_slice_make(&slice, inventory);
	}
	/* Where the kernel refuses after all, policy has changed since it was asked. */
	if (error == -EPERM)
		result = ask_kernel(request, id);
	if (error && (!result || *slice.left))
		result = fail_changed(request, &slice);
	if (!error)
		tell_created(request, &slice);
	if (!error && *slice.left)
		fail(EXIT_DONE, request->verb, "%s", slice.left);
	return result;
}

/*
 * Have nobody else choose what is chosen here, until the folder is closed. How
 * many wait for that, and for how long drivers make them wait, nobody knows.
 */
static int begin(struct request *request, struct gpuspec_folder *folder,
		 struct gpuspec_inventory *inventory)
{
	int error;

	error = gpuspec_folder_open(folder, GPUSPEC_SLICES_FOLDER);
	if (!error && !request->dry_run)
		error = gpuspec_folder_lock(folder, PATIENCE);
	if (error == -EACCES)
		return fail(EXIT_NOT_PERMITTED, request->verb, "%s; run it as root on the host",
			    folder->sentence);
	if (error)
		return fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
			    folder->sentence);
	error = gpuspec_inventory_read(request->nl, "/sys", inventory);
	return error ? fail_nl(request->nl, error, request->verb) : EXIT_DONE;
}

static void end(struct gpuspec_folder *folder, struct gpuspec_inventory *inventory)
{
	gpuspec_folder_close(folder);
	gpuspec_inventory_free(inventory);
}

static int fail_unknown(const struct request *request, const struct gpuspec_inventory *inventory,
			const char *id)
{
	char hint[256];

	gpuspec_offers_hint(inventory, id, hint, sizeof(hint));
	return fail(EXIT_NOT_FOUND, request->verb, "nothing on this host can be sliced into %s%s%s",
		    id, *hint ? ": " : "", hint);
}

int vgpu_create(struct request *request)
{
	struct gpuspec_inventory inventory = {};
	struct gpuspec_folder folder;
	const char *id = NULL;
	int result;

	result = begin(request, &folder, &inventory);
	if (!result)
		id = resolve_spec(request, &inventory, request->argv[0], &result);
	if (id && !gpuspec_inventory_model(&inventory, id))
		result = fail_unknown(request, &inventory, id);
	else if (id)
		result = create(request, &inventory, id);
	end(&folder, &inventory);
	return result;
}

static int refuse_held(const struct request *request, const struct gpuspec_card *card)
{
	json_t *row = row_device(card);
	char holder[256];

	row_holder_text(row, holder, sizeof(holder));
	json_decref(row);
	return fail(EXIT_FAILED, request->verb, "%s is in use, held by %s; nothing was changed",
		    card->device.address, holder);
}

/* A slice that has slices of its own is kept for them. */
static const struct gpuspec_card *find_below(const struct gpuspec_inventory *inventory,
					     const struct gpuspec_card *card)
{
	size_t i;

	for (i = 0; i < inventory->card_count; i++)
		if (inventory->cards[i].above == card)
			return &inventory->cards[i];
	return NULL;
}

static void tell_removed(const struct request *request, const struct gpuspec_slice *slice,
			 enum gpuspec_mdevctl_definition left)
{
	json_t *answer = json_object();

	output_set(answer, "address", row_string(slice->address));
	output_set(answer, "spec", row_string(slice->spec));
	output_set(answer, "parent", row_string_or_null(slice->parent));
	output_set(answer, "persistent", json_boolean(left == GPUSPEC_MDEVCTL_AUTO));
	output_set(answer, "defined", json_boolean(left != GPUSPEC_MDEVCTL_NONE));
	output_set(answer, "dry_run", json_boolean(request->dry_run));
	if (request->json)
		output_json(answer);
	else
		printf("%s %s removed\n", output_text(answer, "address"),
		       request->dry_run ? "would be" : "is");
	if (!request->json && left == GPUSPEC_MDEVCTL_AUTO)
		puts("  mdevctl will make it again after the next boot; --persistent ends that, too");
	if (!request->json && left == GPUSPEC_MDEVCTL_MANUAL)
		puts("  it stays defined, but mdevctl does not start it at boot; --persistent ends that, too");
	json_decref(answer);
}

static int remove_card(struct request *request, const struct gpuspec_inventory *inventory,
		       const struct gpuspec_card *card)
{
	struct gpuspec_slice slice = { .sysfs = "/sys" };
	enum gpuspec_mdevctl_definition definition = GPUSPEC_MDEVCTL_NONE;
	int error = 0;

	snprintf(slice.spec, sizeof(slice.spec), "%s", card->device.spec);
	snprintf(slice.address, sizeof(slice.address), "%s", card->device.address);
	snprintf(slice.parent, sizeof(slice.parent), "%s", card->parent);
	if (gpuspec_card_is_physical(card))
		return fail(EXIT_USAGE, request->verb, "%s is a card, and no slice of one",
			    slice.address);
	if (card->device.in_use)
		return refuse_held(request, card);
	if (find_below(inventory, card))
		return fail(EXIT_FAILED, request->verb, "%s has a slice itself, %s; nothing was changed",
			    slice.address, find_below(inventory, card)->device.address);
	if (gpuspec_card_is_mdev(card))
		definition = gpuspec_mdevctl_definition(GPUSPEC_MDEVCTL_FOLDER, slice.parent,
							slice.address);
	slice.persistent = definition != GPUSPEC_MDEVCTL_NONE && request->persistent;
	if (!request->dry_run) {
		interruption_hold();
		error = gpuspec_slice_remove(&slice);
	}
	if (error)
		return fail_changed(request, &slice);
	tell_removed(request, &slice, request->persistent ? GPUSPEC_MDEVCTL_NONE : definition);
	return EXIT_DONE;
}

int vgpu_remove(struct request *request)
{
	struct gpuspec_inventory inventory = {};
	const struct gpuspec_card *card;
	struct gpuspec_folder folder;
	int result;

	result = begin(request, &folder, &inventory);
	card = result ? NULL : resolve_device(&inventory, request->argv[0]);
	if (card)
		result = remove_card(request, &inventory, card);
	else if (!result)
		result = fail(EXIT_NOT_FOUND, request->verb, "there is no device %s; gpuspec devices shows those there are",
			      request->argv[0]);
	end(&folder, &inventory);
	return result;
}
