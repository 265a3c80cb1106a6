// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "decided.h"
#include "fetch_roms.h"
#include "follow.h"
#include "policy_change.h"
#include "rom_apply.h"
#include "utc_time.h"

/* How long another one may take to change the policy, in s. */
#define PATIENCE	30

static void say(struct follower *follower, const char *why)
{
	/* The first is the cause of others. */
	if (!*follower->problem)
		snprintf(follower->problem, sizeof(follower->problem), "%s", why);
}

static void say_of_rom(struct follower *follower, const char *why)
{
	if (!*follower->rom_problem)
		snprintf(follower->rom_problem, sizeof(follower->rom_problem), "%s", why);
}

static void forget_problems(struct follower *follower)
{
	*follower->problem = '\0';
	*follower->rom_problem = '\0';
}

const char *follow_problem(const struct follower *follower)
{
	return *follower->problem ? follower->problem : follower->rom_problem;
}

/* --- what the kernel gets --- */

/*
 * With the fleet's new policy in the place of the one that the host has kept;
 * NULL: that one, and no file is written. An exit status, told by the follower's problems.
 */
static int bring_into_kernel(struct follower *follower, struct request *request,
			     struct gpuspec_policy_file *file, struct gpuspec_fleet *next)
{
	json_t *roms = json_array();
	struct policy_change change;
	struct gpuspec_fleet kept;
	bool differs = false;
	int result;

	forget_failure();
	result = policy_change_begin(request, &change);
	if (!result && next && gpuspec_fleet_file_write(file, next, &differs)) {
		say(follower, file->folder.sentence);
		result = EXIT_FAILED;
	}
	kept = change.fleet;
	if (next)
		change.fleet = *next;
	change.keeps_file = true;
	if (!result)
		result = policy_change_make(request, &change, NULL, 0);
	if (result && differs)
		gpuspec_policy_file_drop(file);
	if (!result && differs && gpuspec_policy_file_put_in_place(file)) {
		/* It holds until the next boot; and the agent tries again. */
		say(follower, file->folder.sentence);
		result = EXIT_FAILED;
	}
	if (result) {
		say(follower, last_failure());
	} else {
		result = rom_apply(request, &change.inventory, &change.fleet, roms);
		if (result)
			say_of_rom(follower, last_failure());
	}
	change.fleet = kept;
	policy_change_end(&change);
	json_decref(roms);
	return result;
}

int follow_kept(struct follower *follower, struct request *request)
{
	struct gpuspec_policy_file none = GPUSPEC_POLICY_FILE_CLOSED;

	forget_problems(follower);
	return bring_into_kernel(follower, request, &none, NULL);
}

/* On this host, whatever the kernel has. */
static void keep(struct follower *follower, struct gpuspec_policy_file *file,
		 const struct gpuspec_fleet *next)
{
	bool differs = false;

	if (gpuspec_folder_lock(&file->folder, PATIENCE) ||
	    gpuspec_fleet_file_write(file, next, &differs) ||
	    (differs && gpuspec_policy_file_put_in_place(file)))
		say(follower, file->folder.sentence);
	/* Who changes it next has to have it. */
	gpuspec_policy_file_close(file);
}

/* --- what was decided --- */

static void set_time(struct gpuspec_fleet *next, const struct gpuspec_fleet *last)
{
	if (last->revision == next->revision)
		memcpy(next->when, last->when, sizeof(next->when));
	else
		gpuspec_utc_time(next->when, time(NULL));
}

static int take(struct follower *follower, struct request *request, struct decided *decided)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct gpuspec_fleet last, next = {
		.joined = true, .revision = decided->revision, .policy = decided->policy,
	};
	int error, broken;

	memset(&decided->policy, 0, sizeof(decided->policy));
	/* One that is broken is as good as none. */
	broken = gpuspec_fleet_file_open(&file, GPUSPEC_POLICY_FOLDER, 0, &last);
	set_time(&next, &last);
	if (broken) {
		keep(follower, &file, &next);
		gpuspec_fleet_file_open(&file, GPUSPEC_POLICY_FOLDER, 0, &last);
	}
	error = fetch_roms(follower->fleet, decided, &last, &next, &follower->refusals,
			   follower->rom_problem, sizeof(follower->rom_problem));
	if (!error && request->nl)
		bring_into_kernel(follower, request, &file, &next);
	else if (!error)
		keep(follower, &file, &next);
	if (!request->nl)
		say(follower, "the kernel module gpuspec is not loaded, so nothing is enforced on this host; modprobe gpuspec");
	if (!error && !*follower->problem)
		follower->applied = next.revision;
	gpuspec_policy_file_close(&file);
	gpuspec_fleet_free(&last);
	gpuspec_fleet_free(&next);
	return error;
}

int follow(struct follower *follower, struct request *request, int64_t *seen)
{
	struct decided decided;
	int error;

	error = decided_read(follower->fleet, &decided, seen);
	if (!error || error == -EINVAL)
		forget_problems(follower);
	/* An etcd that was restored counts from where it was then. */
	if ((!error || error == -EINVAL) && follower->applied > decided.revision)
		follower->applied = 0;
	if (error == -EINVAL) {
		say(follower, decided.why);
		error = 0;
	} else if (!error && !decided.policy_revision) {
		say(follower, "nothing was decided for this fleet yet; gpuspec fleet init makes its first policy");
	} else if (!error) {
		/* The policy is good: it is one of the ROMs. */
		if (*decided.why)
			say_of_rom(follower, decided.why);
		error = take(follower, request, &decided);
	}
	decided_free(&decided);
	return error;
}
