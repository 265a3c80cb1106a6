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

/* What is in the way of the device that was asked about, or of its spec; empty if nothing. */
static const char *find_blocked(const struct gpuspec_inventory *inventory, const char *word,
				const char *id)
{
	const struct gpuspec_card *card = resolve_device(inventory, word);
	const struct gpuspec_model *model = gpuspec_inventory_model(inventory, id);

	return card ? card->blocked : model ? model->blocked : "";
}

static int tell(const struct request *request, const char *id, enum gpuspec_reason reason,
		const char *account, const char *blocked)
{
	bool allowed = reason == GPUSPEC_REASON_ALLOWED;
	char sentence[512], phrase[GPUSPEC_PHRASE_SIZE];
	json_t *answer;

	gpuspec_reason_phrase(reason, account, phrase);
	snprintf(sentence, sizeof(sentence), "%s %s%s", id, phrase,
		 gpuspec_reason_way_out(reason));
	answer = json_object();
	output_set(answer, "verdict", row_string(allowed ? "allowed" : "refused"));
	output_set(answer, "reason", row_string(gpuspec_reason_name(reason)));
	output_set(answer, "sentence", row_string(sentence));
	output_set(answer, "account", row_string(account));
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
	char account[GPUSPEC_ACCOUNT_SIZE];
	struct gpuspec_inventory inventory;
	enum gpuspec_reason reason;
	int error, result = EXIT_DONE;
	const char *id;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "check");
	if (request->account && !is_account(&inventory.tables, request->account))
		result = fail(EXIT_NOT_FOUND, "check", "there is no account %s; gpuspec account list shows those there are",
			      request->account);
	id = result ? NULL : resolve_spec(request, &inventory, request->argv[0], &result);
	if (id) {
		question.id = id;
		error = gpuspec_nl_check(request->nl, &question, &reason, account);
		if (error == -ESRCH)
			result = fail(EXIT_NOT_FOUND, "check", "there is no process %u",
				      request->pid);
		else
			result = error ? fail_nl(request->nl, error, "check") :
				tell(request, id, reason, account,
				     find_blocked(&inventory, request->argv[0], id));
	}
	gpuspec_inventory_free(&inventory);
	return result;
}
