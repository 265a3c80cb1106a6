// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fleet.h"
#include "output.h"
#include "policy_meet.h"
#include "row.h"
#include "row_rule.h"
#include "way_out.h"

/* --- the files --- */

static int read_both(struct gpuspec_policy_file *file, struct fleet_view *view)
{
	int error;

	error = gpuspec_fleet_file_open(file, GPUSPEC_POLICY_FOLDER, 0, &view->fleet);
	if (error || !view->fleet.joined)
		return error;
	gpuspec_policy_file_close(file);
	return gpuspec_policy_file_open(file, GPUSPEC_POLICY_FOLDER, GPUSPEC_POLICY_FILE, 0,
					&view->host);
}

void fleet_view_read(const struct request *request, struct fleet_view *view)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;

	memset(view, 0, sizeof(*view));
	if (request->place)
		return;
	if (read_both(&file, view)) {
		fleet_view_free(view);
		snprintf(view->problem, sizeof(view->problem), "%s", file.folder.sentence);
	}
	gpuspec_policy_file_close(&file);
}

void fleet_view_free(struct fleet_view *view)
{
	gpuspec_fleet_free(&view->fleet);
	gpuspec_policy_free(&view->host);
}

int fleet_read(const struct request *request, struct gpuspec_fleet *fleet)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	int error, result = EXIT_DONE;

	error = gpuspec_fleet_file_open(&file, GPUSPEC_POLICY_FOLDER, 0, fleet);
	if (error)
		result = fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
			      file.folder.sentence);
	gpuspec_policy_file_close(&file);
	return result;
}

/* --- whose rule it is --- */

/* What the fleet says, and what the host itself does. */
struct verdicts {
	enum gpuspec_reason fleet, host;
};

static bool judge(const struct fleet_view *view, const struct gpuspec_answer *judged,
		  const struct fleet_claim *claim, struct verdicts *verdicts)
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

/* "is disabled, by the fleet's policy; gpuspec enable --fleet allows it" */
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

void fleet_verdict_sentence(const struct fleet_view *view, const struct gpuspec_answer *judged,
			    const struct fleet_claim *claim, char *sentence, size_t size)
{
	char phrase[GPUSPEC_PHRASE_SIZE], fleet[384] = "", host[384] = "";
	struct verdicts verdicts;

	if (!judge(view, judged, claim, &verdicts)) {
		gpuspec_reason_phrase(judged->reason, judged->account, phrase);
		snprintf(sentence, size, "%s %s%s", judged->id, phrase,
			 gpuspec_reason_way_out(judged->reason));
		return;
	}
	if (verdicts.fleet != GPUSPEC_REASON_ALLOWED)
		say(verdicts.fleet, true, judged->account, fleet, sizeof(fleet));
	if (verdicts.host != GPUSPEC_REASON_ALLOWED)
		say(verdicts.host, false, judged->account, host, sizeof(host));
	snprintf(sentence, size, "%s %s%s%s", judged->id, fleet, *fleet && *host ? "; and " : "",
		 host);
}

json_t *row_refused_by(const struct fleet_view *view, const struct gpuspec_answer *judged,
		       const struct fleet_claim *claim)
{
	struct verdicts verdicts;

	if (!judge(view, judged, claim, &verdicts))
		return NULL;
	if (verdicts.host == GPUSPEC_REASON_ALLOWED)
		return json_string("fleet");
	return json_string(verdicts.fleet == GPUSPEC_REASON_ALLOWED ? "host" : "both");
}

/* --- rows --- */

void fleet_add_rules(json_t *row, const struct fleet_view *view, const char *id)
{
	bool joined = view->fleet.joined;

	output_set(row, "fleet_default", joined ?
		   row_string(row_default(view->fleet.policy.unnamed)) : NULL);
	output_set(row, "fleet", joined ?
		   row_rule(gpuspec_policy_spec(&view->fleet.policy, id)) : NULL);
	output_set(row, "host", joined ?
		   row_rule(gpuspec_policy_spec(&view->host, id)) : NULL);
}

json_t *row_fleet(const struct fleet_view *view)
{
	json_t *row;

	if (!view->fleet.joined && !*view->problem)
		return NULL;
	row = json_object();
	output_set(row, "revision", view->fleet.joined ? json_integer(view->fleet.revision) :
							 NULL);
	output_set(row, "when", row_string_or_null(view->fleet.when));
	output_set(row, "problem", row_string_or_null(view->problem));
	return row;
}
