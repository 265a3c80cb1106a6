// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "fleet.h"
#include "output.h"
#include "place.h"
#include "resolve.h"
#include "row.h"
#include "verdict.h"

static const char *blocked_spec(const struct gpuspec_inventory *inventory, const char *id)
{
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, id);

	return model ? model->blocked : "";
}

/* How many devices of the spec has the account that was judged? */
static uint32_t count_held(const struct gpuspec_inventory *inventory,
			   const struct gpuspec_answer *judged)
{
	const struct gpuspec_device *device;
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < inventory->card_count; i++) {
		device = &inventory->cards[i].device;
		count += device->in_use && !strcmp(device->spec, judged->id) &&
			 !strcmp(device->holder.account, judged->account);
	}
	return count;
}

/* @blocked: what is in the way of what was asked about; empty if nothing. */
static int tell(const struct request *request, const struct gpuspec_inventory *inventory,
		const struct gpuspec_answer *judged, const char *blocked)
{
	const struct gpuspec_fleet_claim claim = {
		.id = judged->id, .account = judged->account,
		.held = count_held(inventory, judged),
	};
	bool allowed = judged->reason == GPUSPEC_REASON_ALLOWED;
	struct gpuspec_fleet_view view;
	char sentence[1024];
	json_t *answer;

	fleet_view_read(request, &view);
	fleet_verdict_sentence(&view, judged, &claim, sentence, sizeof(sentence));
	answer = json_object();
	output_set(answer, "spec", row_string(judged->id));
	output_set(answer, "verdict", row_string(allowed ? "allowed" : "refused"));
	output_set(answer, "reason", row_string(gpuspec_reason_name(judged->reason)));
	output_set(answer, "sentence", row_string(sentence));
	output_set(answer, "refused_by", row_refused_by(&view, judged, &claim));
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
	/* The verdict is the kernel's, and stands without. */
	if (*view.problem)
		fail(EXIT_DONE, request->verb, "whose rule it is cannot be told: %s", view.problem);
	json_decref(answer);
	gpuspec_fleet_view_free(&view);
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

static int ask(struct request *request, const struct gpuspec_inventory *inventory,
	       const struct gpuspec_question *question, struct gpuspec_answer *answer)
{
	int error;

	if (request->place)
		return request->place->check(request, inventory, question, answer);
	error = gpuspec_nl_check(request->nl, question, answer);
	if (error == -ESRCH)
		return fail(EXIT_NOT_FOUND, "check", "there is no process %u", request->pid);
	return error ? fail_nl(request->nl, error, "check") : EXIT_DONE;
}

int check(struct request *request)
{
	struct gpuspec_question question = { .account = request->account, .pid = request->pid };
	struct gpuspec_inventory inventory;
	const struct gpuspec_card *card;
	struct gpuspec_answer answer;
	int result;

	result = place_read(request, &inventory);
	if (result)
		return result;
	if (request->account && !is_account(&inventory.tables, request->account))
		result = fail(EXIT_NOT_FOUND, "check", "there is no account %s; gpuspec account list%s shows those there are",
			      request->account, place_option(request));
	card = resolve_device(&inventory, request->argv[0]);
	/* A device is judged by what it is at that moment, which the kernel finds out. */
	if (card)
		question.address = card->device.address;
	else if (!result)
		question.id = resolve_spec(request, &inventory, request->argv[0], &result);
	if (!result)
		result = ask(request, &inventory, &question, &answer);
	if (!result)
		result = tell(request, &inventory, &answer, card ? card->blocked :
			      blocked_spec(&inventory, question.id));
	gpuspec_inventory_free(&inventory);
	return result;
}
