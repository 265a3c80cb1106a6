// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cli.h"
#include "output.h"
#include "resolve.h"
#include "row.h"
#include "verdict.h"

/* What an admin who wants it otherwise is to do. */
static const char *way_out(enum gpuspec_reason reason)
{
	switch (reason) {
	case GPUSPEC_REASON_UNKNOWN_SPEC:
		return "; gpuspec enable and gpuspec share --all name it";
	case GPUSPEC_REASON_DISABLED:
		return "; gpuspec enable allows it";
	case GPUSPEC_REASON_RECALLED:
		return "; gpuspec share --all allows it";
	default:
		return "";
	}
}

static int tell(const struct request *request, const char *id, enum gpuspec_reason reason)
{
	bool allowed = reason == GPUSPEC_REASON_ALLOWED;
	struct json_object *answer;
	char sentence[512];

	snprintf(sentence, sizeof(sentence), "%s %s%s", id, gpuspec_reason_phrase(reason),
		 way_out(reason));
	answer = json_object_new_object();
	json_object_object_add(answer, "verdict", row_string(allowed ? "allowed" : "refused"));
	json_object_object_add(answer, "reason", row_string(gpuspec_reason_name(reason)));
	json_object_object_add(answer, "sentence", row_string(sentence));
	if (request->json)
		output_json(answer);
	else
		printf("%s: %s\n", output_text(answer, "verdict"), output_text(answer, "sentence"));
	json_object_put(answer);
	return allowed ? EXIT_DONE : EXIT_REFUSED;
}

int check(struct request *request)
{
	struct gpuspec_inventory inventory;
	enum gpuspec_reason reason;
	int error, result = EXIT_DONE;
	const char *id;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "check");
	id = resolve_spec(request, &inventory, request->argv[0], &result);
	if (id) {
		error = gpuspec_nl_check(request->nl, id, NULL, &reason);
		result = error ? fail_nl(request->nl, error, "check") :
				 tell(request, id, reason);
	}
	gpuspec_inventory_free(&inventory);
	return result;
}
