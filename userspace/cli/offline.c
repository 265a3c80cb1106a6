// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "fleet_file.h"
#include "kept_tables.h"
#include "offline.h"
#include "policy_meet.h"
#include "sysfs.h"

/* What holds for all where there is no policy: as the module was loaded. */
static enum gpuspec_default without_policy(void)
{
	char closed[4];

	gpuspec_sysfs_text("/sys/module/gpuspec/parameters", "closed", closed, sizeof(closed));
	return *closed == 'Y' ? GPUSPEC_DEFAULT_CLOSED : GPUSPEC_DEFAULT_OPEN;
}

/* What apply would bring into the kernel. */
static int read_policy(struct gpuspec_policy_file *file, struct gpuspec_policy *policy)
{
	struct gpuspec_policy host = {};
	struct gpuspec_fleet fleet = {};
	int error;

	error = gpuspec_policy_file_open(file, GPUSPEC_POLICY_FOLDER, GPUSPEC_POLICY_FILE, 0,
					 &host);
	if (!error && !file->text)
		host.unnamed = without_policy();
	if (!error) {
		gpuspec_policy_file_close(file);
		error = gpuspec_fleet_file_open(file, GPUSPEC_POLICY_FOLDER, 0, &fleet);
	}
	if (!error && fleet.joined)
		error = gpuspec_policy_meet(policy, &fleet.policy, &host);
	else if (!error)
		error = gpuspec_policy_copy(policy, &host);
	gpuspec_policy_free(&host);
	gpuspec_fleet_free(&fleet);
	return error;
}

static int read_files(struct request *request, struct gpuspec_inventory *inventory)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct gpuspec_policy policy = {};
	int error, result = EXIT_DONE;
	size_t i;

	memset(inventory, 0, sizeof(*inventory));
	error = read_policy(&file, &policy);
	if (error)
		result = fail(error == -EACCES ? EXIT_NOT_PERMITTED : EXIT_FAILED, request->verb,
			      "%s", *file.folder.sentence ? file.folder.sentence :
			      strerror(-error));
	gpuspec_policy_file_close(&file);
	if (!error)
		error = gpuspec_kept_tables(&inventory->tables, &policy, "/sys");
	gpuspec_policy_free(&policy);
	if (!error)
		error = gpuspec_inventory_complete(inventory, "/sys");
	inventory->offline = true;
	for (i = 0; !error && i < inventory->card_count; i++)
		inventory->cards[i].offline = true;
	if (error) {
		gpuspec_inventory_free(inventory);
		return result ? result : fail(EXIT_FAILED, request->verb, "out of memory");
	}
	return EXIT_DONE;
}

static json_t *nobody_is_gone(struct request *request)
{
	(void)request;
	return NULL;
}

const struct place offline_place = {
	.read = read_files,
	.gone = nobody_is_gone,
};
