// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "interruption.h"
#include "place.h"
#include "policy_change.h"
#include "policy_meet.h"

/* How long another one may take to change the policy, in s. */
#define PATIENCE	30

static int fail_file(const struct request *request, const struct policy_change *change)
{
	if (change->file.lost)
		return fail(EXIT_FAILED, request->verb, "%s; and the file could not be put back: the kernel has the policy from before, gpuspec apply gives it the file's",
			    change->file.folder.sentence);
	return fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
		    change->file.folder.sentence);
}

static int no_memory(const struct request *request)
{
	return fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed");
}

/*
 * Where the file has nothing yet, the first change writes down what is in
 * force. In a fleet that is the fleet's, which is not to become the host's
 * own: then it begins with nothing.
 */
static int start(struct policy_change *change)
{
	if (change->fleet.joined)
		return gpuspec_policy_copy(&change->before, &change->wanted);
	if (change->file.text)
		return 0;
	return gpuspec_policy_of_tables(&change->wanted, &change->inventory.tables);
}

int policy_change_begin(struct request *request, struct policy_change *change)
{
	int error;

	memset(change, 0, sizeof(*change));
	change->in_force = &change->wanted;
	if (request->place)
		return request->place->begin(request, change);
	error = gpuspec_policy_file_open(&change->file, GPUSPEC_POLICY_FOLDER,
					 GPUSPEC_POLICY_FILE, request->dry_run ? 0 : PATIENCE,
					 &change->wanted);
	if (error == -EACCES)
		return fail(EXIT_NOT_PERMITTED, request->verb, "%s; run it as root on the host",
			    change->file.folder.sentence);
	if (error)
		return fail_file(request, change);
	/* After the lock was taken: this is what the change starts from. */
	error = fleet_read(request, &change->fleet);
	if (error)
		return error;
	error = gpuspec_inventory_read(request->nl, "/sys", &change->inventory);
	if (error)
		return fail_nl(request->nl, error, request->verb);
	/* Who holds a device is told with all there is of it. */
	if (gpuspec_inventory_hardware(&change->inventory) ||
	    gpuspec_policy_of_tables(&change->now, &change->inventory.tables) || start(change))
		return no_memory(request);
	return EXIT_DONE;
}

void policy_change_end(struct policy_change *change)
{
	gpuspec_policy_file_close(&change->file);
	gpuspec_inventory_free(&change->inventory);
	gpuspec_policy_free(&change->now);
	gpuspec_fleet_free(&change->fleet);
	gpuspec_policy_free(&change->before);
	gpuspec_policy_free(&change->met);
	gpuspec_policy_free(&change->wanted);
}

/* The file could not be put in place: back to what was. */
static int change_back(struct request *request, struct policy_change *change)
{
	struct gpuspec_policy_diff back;
	int error;

	error = gpuspec_policy_diff(&back, change->in_force, &change->now);
	if (!error && back.count)
		error = gpuspec_nl_change(request->nl, back.changes, back.count);
	free(back.changes);
	if (!error)
		return fail_file(request, change);
	return fail(EXIT_FAILED, request->verb, "%s; and in the kernel it could not be undone: %s; gpuspec apply makes both alike",
		    change->file.folder.sentence, gpuspec_nl_sentence(request->nl));
}

static int make(struct request *request, struct policy_change *change,
		const struct gpuspec_policy_diff *diff)
{
	bool differs = false;
	int error;

	/* What can fail, for want of room or permission, comes before the kernel. */
	if (!change->keeps_file &&
	    gpuspec_policy_file_write(&change->file, &change->wanted, &differs))
		return fail_file(request, change);
	error = diff->count ? gpuspec_nl_change(request->nl, diff->changes, diff->count) : 0;
	if (error) {
		if (differs)
			gpuspec_policy_file_drop(&change->file);
		return fail_nl(request->nl, error, request->verb);
	}
	if (differs && gpuspec_policy_file_put_in_place(&change->file))
		return change_back(request, change);
	change->written = differs;
	return EXIT_DONE;
}

static bool is_listed(const char *id, const char *const *ids, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(ids[i], id))
			return true;
	return false;
}

/* What is to be in force: in a fleet, what both policies leave. */
static int meet(struct request *request, struct policy_change *change)
{
	int error;

	if (!change->fleet.joined)
		return EXIT_DONE;
	error = gpuspec_policy_meet(&change->met, &change->fleet.policy, &change->wanted);
	if (error == -E2BIG)
		return fail(EXIT_FAILED, request->verb, "the fleet's policy and this host's own have more accounts, specs and shares in all than the kernel takes, %d; nothing was changed",
			    GPUSPEC_CHANGES_MAX);
	if (error)
		return no_memory(request);
	change->in_force = &change->met;
	return EXIT_DONE;
}

int policy_change_make(struct request *request, struct policy_change *change,
		       const char *const *ids, int count)
{
	struct gpuspec_policy_diff diff;
	size_t i;
	int result;

	result = meet(request, change);
	if (result || request->dry_run)
		return result;
	if (request->place)
		return request->place->make(request, change);
	if (gpuspec_policy_diff(&diff, &change->now, change->in_force))
		return no_memory(request);
	for (i = 0; i < diff.count; i++)
		if (diff.changes[i].what == GPUSPEC_SET_SPEC ||
		    diff.changes[i].what == GPUSPEC_RECALL_SPEC)
			diff.changes[i].if_unused = request->if_unused &&
				is_listed(diff.changes[i].id, ids, count);
	interruption_hold();
	result = make(request, change, &diff);
	free(diff.changes);
	return result;
}
