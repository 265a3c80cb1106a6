// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interruption.h"
#include "policy_change.h"

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

int policy_change_begin(struct request *request, struct policy_change *change)
{
	int error;

	memset(change, 0, sizeof(*change));
	error = gpuspec_policy_file_open(&change->file, GPUSPEC_POLICY_FOLDER,
					 GPUSPEC_POLICY_FILE, request->dry_run ? 0 : PATIENCE,
					 &change->wanted);
	if (error == -EACCES)
		return fail(EXIT_NOT_PERMITTED, request->verb, "%s; run it as root on the host",
			    change->file.folder.sentence);
	if (error)
		return fail_file(request, change);
	/* After the lock was taken: this is what the change starts from. */
	error = gpuspec_inventory_read(request->nl, "/sys", &change->inventory);
	if (error)
		return fail_nl(request->nl, error, request->verb);
	if (gpuspec_policy_of_tables(&change->now, &change->inventory.tables))
		return no_memory(request);
	/* The first change writes down what is in force. */
	if (!change->file.text &&
	    gpuspec_policy_of_tables(&change->wanted, &change->inventory.tables))
		return no_memory(request);
	return EXIT_DONE;
}

void policy_change_end(struct policy_change *change)
{
	gpuspec_policy_file_close(&change->file);
	gpuspec_inventory_free(&change->inventory);
	gpuspec_policy_free(&change->now);
	gpuspec_policy_free(&change->wanted);
}

/* The file could not be put in place: back to what was. */
static int change_back(struct request *request, struct policy_change *change)
{
	struct gpuspec_policy_diff back;
	int error;

	error = gpuspec_policy_diff(&back, &change->wanted, &change->now);
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

int policy_change_make(struct request *request, struct policy_change *change,
		       const char *const *ids, int count)
{
	struct gpuspec_policy_diff diff;
	size_t i;
	int result;

	if (request->dry_run)
		return EXIT_DONE;
	if (gpuspec_policy_diff(&diff, &change->now, &change->wanted))
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
