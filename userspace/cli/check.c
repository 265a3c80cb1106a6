// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "resolve.h"
#include "row.h"
#include "verdict.h"
#include "way_out.h"

static const char *blocked_spec(const struct gpuspec_inventory *inventory, const char *id)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, id);

	return model ? model->blocked : "";
}

/* @blocked: what is in the way of what was asked about; empty if nothing. */
static int tell(const struct request *request, const struct gpuspec_answer *judged,
		const char *blocked)
{
	bool allowed = judged->reason == GPUSPEC_REASON_ALLOWED;
	char sentence[512], phrase[GPUSPEC_PHRASE_SIZE];
	json_t *answer;

	gpuspec_reason_phrase(judged->reason, judged->account, phrase);
	snprintf(sentence, sizeof(sentence), "%s %s%s", judged->id, phrase,
		 gpuspec_reason_way_out(judged->reason));
	answer = json_object();
	output_set(answer, "spec", row_string(judged->id));
	output_set(answer, "verdict", row_string(allowed ? "allowed" : "refused"));
	output_set(answer, "reason", row_string(gpuspec_reason_name(judged->reason)));
	output_set(answer, "sentence", row_string(sentence));
	output_set(answer, "account", row_string(judged->account));
	output_set(answer, "blocked", row_string_or_null(blocked));
	if (request->json)
		output_json(answer);
	else
		printf("%s: %s\n", output_text(answer, "verdict"), output_text(answer, "sentence"));
	/* That is up to drivers, and not to policy. */
	if (!request->json && *blocked)
		printf("%s: %s\n", allowed ? "but blocked" : "blocked as well",
		       output_text(answer, "blocked"));
	json_decref(answer);
	return allowed ? EXIT_DONE : EXIT_REFUSED;
}

static bool is_account(const struct gpuspec_tables *tables, const char *name)
{
	size_t i;

	for (i = 0; i < tables->account_count; i++)
		if (!strcmp(tables->accounts[i].name, name))
			return true;
	return !strcmp(name, GPUSPEC_ACCOUNT_HOST);
}

int check(struct request *request)
{
	struct gpuspec_question question = { .account = request->account, .pid = request->pid };
	struct gpuspec_inventory inventory;
	const struct gpuspec_card *card;
	struct gpuspec_answer answer;
	int error, result = EXIT_DONE;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "check");
	if (request->account && !is_account(&inventory.tables, request->account))
		result = fail(EXIT_NOT_FOUND, "check", "there is no account %s; gpuspec account list shows those there are",
			      request->account);
	card = resolve_device(&inventory, request->argv[0]);
	/* A device is judged by what it is at that moment, which the kernel finds out. */
	if (card)
		question.address = card->device.address;
	else if (!result)
		question.id = resolve_spec(request, &inventory, request->argv[0], &result);
	if (!result) {
		error = gpuspec_nl_check(request->nl, &question, &answer);
		if (error == -ESRCH)
			result = fail(EXIT_NOT_FOUND, "check", "there is no process %u",
				      request->pid);
		else
			result = error ? fail_nl(request->nl, error, "check") :
				tell(request, &answer, card ? card->blocked :
				     blocked_spec(&inventory, question.id));
	}
	gpuspec_inventory_free(&inventory);
	return result;
}
