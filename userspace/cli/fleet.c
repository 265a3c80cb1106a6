// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fleet.h"
#include "output.h"
#include "row.h"
#include "row_rule.h"

void fleet_view_read(const struct request *request, struct gpuspec_fleet_view *view)
{
	if (request->place)
		memset(view, 0, sizeof(*view));
	else
		gpuspec_fleet_view_read(view, GPUSPEC_POLICY_FOLDER);
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

/* --- rows --- */

void fleet_verdict_sentence(const struct gpuspec_fleet_view *view,
			    const struct gpuspec_answer *judged,
			    const struct gpuspec_fleet_claim *claim, char *sentence, size_t size)
{
	int length = snprintf(sentence, size, "%s ", judged->id);

	gpuspec_fleet_view_phrase(view, judged, claim, sentence + length, size - length);
}

json_t *row_refused_by(const struct gpuspec_fleet_view *view, const struct gpuspec_answer *judged,
		       const struct gpuspec_fleet_claim *claim)
{
	struct gpuspec_fleet_verdicts verdicts;

	if (!gpuspec_fleet_view_blame(view, judged, claim, &verdicts))
		return NULL;
	if (verdicts.host == GPUSPEC_REASON_ALLOWED)
		return json_string("fleet");
	return json_string(verdicts.fleet == GPUSPEC_REASON_ALLOWED ? "host" : "both");
}

void fleet_add_rules(json_t *row, const struct gpuspec_fleet_view *view, const char *id)
{
	bool joined = view->fleet.joined;

	output_set(row, "fleet_default", joined ?
		   row_string(row_default(view->fleet.policy.unnamed)) : NULL);
	output_set(row, "fleet", joined ?
		   row_rule(gpuspec_policy_spec(&view->fleet.policy, id)) : NULL);
	output_set(row, "host", joined ?
		   row_rule(gpuspec_policy_spec(&view->host, id)) : NULL);
}

json_t *row_fleet(const struct gpuspec_fleet_view *view)
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
