// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "fleet_view.h"
#include "nl.h"
#include "policy_meet.h"
#include "verdict.h"
#include "way_out.h"

/* --- the files --- */

static int read_both(struct gpuspec_policy_file *file, struct gpuspec_fleet_view *view,
		     const char *folder)
{
	int error;

	error = gpuspec_fleet_file_open(file, folder, 0, &view->fleet);
	if (error || !view->fleet.joined)
		return error;
	gpuspec_policy_file_close(file);
	return gpuspec_policy_file_open(file, folder, GPUSPEC_POLICY_FILE, 0, &view->host);
}

void gpuspec_fleet_view_read(struct gpuspec_fleet_view *view, const char *folder)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;

	memset(view, 0, sizeof(*view));
	if (read_both(&file, view, folder)) {
		gpuspec_fleet_view_free(view);
		snprintf(view->problem, sizeof(view->problem), "%s", file.folder.sentence);
	}
	gpuspec_policy_file_close(&file);
}

void gpuspec_fleet_view_free(struct gpuspec_fleet_view *view)
{
	gpuspec_fleet_free(&view->fleet);
	gpuspec_policy_free(&view->host);
}

/* --- whose rule it is --- */

bool gpuspec_fleet_view_blame(const struct gpuspec_fleet_view *view,
			      const struct gpuspec_answer *judged,
			      const struct gpuspec_fleet_claim *claim,
			      struct gpuspec_fleet_verdicts *verdicts)
{
	verdicts->fleet = GPUSPEC_REASON_ALLOWED;
	verdicts->host = GPUSPEC_REASON_ALLOWED;
	if (!view->fleet.joined || judged->reason == GPUSPEC_REASON_ALLOWED)
		return false;
	verdicts->fleet = gpuspec_policy_verdict(&view->fleet.policy, claim->id, claim->account,
						 claim->held);
	verdicts->host = gpuspec_policy_host_verdict(&view->fleet.policy, &view->host, claim->id,
						     claim->account, claim->held);
	/* The kernel may have another policy: what was applied last, or somebody else's. */
	return verdicts->fleet != GPUSPEC_REASON_ALLOWED ||
	       verdicts->host != GPUSPEC_REASON_ALLOWED;
}

static void say(enum gpuspec_reason reason, bool fleet, const char *account, char *text,
		size_t size)
{
	const char *whose = fleet ? "the fleet's policy" : "this host's policy";
	char phrase[GPUSPEC_PHRASE_SIZE];

	if (reason == GPUSPEC_REASON_UNKNOWN_SPEC) {
		snprintf(text, size, "is not named by %s, whose default is closed%s", whose,
			 fleet ? gpuspec_reason_fleet_way_out(reason) :
				 gpuspec_reason_way_out(reason));
		return;
	}
	gpuspec_reason_phrase(reason, account, phrase);
	snprintf(text, size, "%s, by %s%s", phrase, whose,
		 fleet ? gpuspec_reason_fleet_way_out(reason) : gpuspec_reason_way_out(reason));
}

void gpuspec_fleet_view_phrase(const struct gpuspec_fleet_view *view,
			       const struct gpuspec_answer *judged,
			       const struct gpuspec_fleet_claim *claim, char *text, size_t size)
{
	char phrase[GPUSPEC_PHRASE_SIZE], fleet[384] = "", host[384] = "";
	struct gpuspec_fleet_verdicts verdicts;

	if (!gpuspec_fleet_view_blame(view, judged, claim, &verdicts)) {
		gpuspec_reason_phrase(judged->reason, judged->account, phrase);
		snprintf(text, size, "%s%s", phrase, gpuspec_reason_way_out(judged->reason));
		return;
	}
	if (verdicts.fleet != GPUSPEC_REASON_ALLOWED)
		say(verdicts.fleet, true, judged->account, fleet, sizeof(fleet));
	if (verdicts.host != GPUSPEC_REASON_ALLOWED)
		say(verdicts.host, false, judged->account, host, sizeof(host));
	snprintf(text, size, "%s%s%s", fleet, *fleet && *host ? "; and " : "", host);
}
