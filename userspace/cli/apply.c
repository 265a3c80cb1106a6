// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "policy_change.h"
#include "rom_apply.h"
#include "row.h"
#include "row_rule.h"

/* --- what is not as it is to be --- */

static json_t *row_account(const struct gpuspec_account *account)
{
	json_t *row, *cgroups, *uids;
	size_t i;

	if (!account)
		return NULL;
	row = json_object();
	cgroups = json_array();
	uids = json_array();
	for (i = 0; i < account->cgroup_count; i++)
		json_array_append_new(cgroups, row_string(account->cgroups[i]));
	for (i = 0; i < account->uid_count; i++)
		json_array_append_new(uids, json_integer(account->uids[i]));
	output_set(row, "cgroups", cgroups);
	output_set(row, "uids", uids);
	return row;
}

static void add_account(json_t *rows, const struct gpuspec_account *before,
			const struct gpuspec_account *after)
{
	json_t *row;

	if (before && after && gpuspec_policy_same_account(before, after))
		return;
	row = json_object();
	output_set(row, "name", row_string(before ? before->name : after->name));
	output_set(row, "before", row_account(before));
	output_set(row, "after", row_account(after));
	json_array_append_new(rows, row);
}

static void add_spec(json_t *rows, const struct gpuspec_policy_spec *before,
		     const struct gpuspec_policy_spec *after)
{
	json_t *row;

	if (before && after && gpuspec_policy_same_spec(before, after))
		return;
	row = json_object();
	output_set(row, "id", row_string(before ? before->id : after->id));
	output_set(row, "before", row_rule(before));
	output_set(row, "after", row_rule(after));
	json_array_append_new(rows, row);
}

static json_t *row_accounts(const struct gpuspec_policy *now, const struct gpuspec_policy *wanted)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < now->account_count; i++)
		add_account(rows, &now->accounts[i],
			    gpuspec_policy_account(wanted, now->accounts[i].name));
	for (i = 0; i < wanted->account_count; i++)
		if (!gpuspec_policy_account(now, wanted->accounts[i].name))
			add_account(rows, NULL, &wanted->accounts[i]);
	return rows;
}

static json_t *row_specs(const struct gpuspec_policy *now, const struct gpuspec_policy *wanted)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < now->spec_count; i++)
		add_spec(rows, &now->specs[i], gpuspec_policy_spec(wanted, now->specs[i].id));
	for (i = 0; i < wanted->spec_count; i++)
		if (!gpuspec_policy_spec(now, wanted->specs[i].id))
			add_spec(rows, NULL, &wanted->specs[i]);
	return rows;
}

static json_t *row_new_default(const struct policy_change *change)
{
	enum gpuspec_default before = change->inventory.info.unnamed;
	enum gpuspec_default after = change->in_force->unnamed;
	json_t *row;

	if (before == after)
		return NULL;
	row = json_object();
	output_set(row, "before", row_string(row_default(before)));
	output_set(row, "after", row_string(row_default(after)));
	return row;
}

/* --- for people --- */

static void print_spec(json_t *row)
{
	char before[1200], after[1200];

	row_rule_text(output_get(row, "before"), before, sizeof(before));
	row_rule_text(output_get(row, "after"), after, sizeof(after));
	printf("  %s: %s -> %s\n", output_text(row, "id"), before, after);
}

static void print_account(json_t *row)
{
	json_t *after = output_get(row, "after");

	printf("  account %s: ", output_text(row, "name"));
	if (!after)
		puts("removed");
	else
		printf("%s, with %zu cgroups and %zu uids\n",
		       output_get(row, "before") ? "changed" : "added",
		       json_array_size(output_get(after, "cgroups")),
		       json_array_size(output_get(after, "uids")));
}

static void print_rom(json_t *row)
{
	if (!output_get(row, "error"))
		printf("  %s: ROM %.8s -> %.8s\n", output_text(row, "spec"),
		       output_text(row, "before"), output_text(row, "after"));
}

static void print_failed_rom(json_t *row)
{
	if (output_get(row, "error"))
		printf("%s: its ROM was left as it is\n", output_text(row, "spec"));
}

static size_t count_changed(json_t *roms)
{
	size_t count = 0, i;

	for (i = 0; i < json_array_size(roms); i++)
		count += !output_get(json_array_get(roms, i), "error");
	return count;
}

static void print_each(json_t *answer, const char *member, void (*print)(json_t *row))
{
	json_t *rows = output_get(answer, member);
	size_t i;

	for (i = 0; i < json_array_size(rows); i++)
		print(json_array_get(rows, i));
}

static void print_answer(json_t *answer, bool dry_run)
{
	json_t *unnamed = output_get(answer, "default");

	if (json_is_true(output_get(answer, "written")))
		puts(GPUSPEC_POLICY_FOLDER "/" GPUSPEC_POLICY_FILE " has the new policy.");
	if (output_get(answer, "fleet_revision"))
		printf("The fleet's policy, revision %s, and this host's own both hold.\n",
		       output_text(answer, "fleet_revision"));
	print_each(answer, "roms", print_failed_rom);
	if (!json_is_true(output_get(answer, "changed"))) {
		puts("Nothing to change: the kernel has this policy in force.");
		return;
	}
	puts(dry_run ? "The kernel would get:" : "The kernel got:");
	if (unnamed)
		printf("  default: %s -> %s\n", output_text(unnamed, "before"),
		       output_text(unnamed, "after"));
	print_each(answer, "accounts", print_account);
	print_each(answer, "specs", print_spec);
	print_each(answer, "roms", print_rom);
}

static json_t *row_answer(const struct request *request, const struct policy_change *change,
			  json_t *roms)
{
	json_t *answer = json_object();
	json_t *accounts = row_accounts(&change->now, change->in_force);
	json_t *specs = row_specs(&change->now, change->in_force);
	json_t *unnamed = row_new_default(change);

	output_set(answer, "changed", json_boolean(unnamed || json_array_size(accounts) ||
						   json_array_size(specs) ||
						   count_changed(roms)));
	output_set(answer, "written", json_boolean(change->written));
	output_set(answer, "dry_run", json_boolean(request->dry_run));
	output_set(answer, "fleet_revision",
		   change->fleet.joined ? json_integer(change->fleet.revision) : NULL);
	output_set(answer, "default", unnamed);
	output_set(answer, "accounts", accounts);
	output_set(answer, "specs", specs);
	output_set(answer, "roms", roms);
	return answer;
}

/* --- the verb --- */

static int apply_all(struct request *request, struct policy_change *change)
{
	bool any = request->argc || change->file.text || change->fleet.joined;
	json_t *answer, *roms = json_array();
	int result = EXIT_DONE;

	change->keeps_file = !request->argc;
	/* Without a file there is nothing to bring into the kernel. */
	if (any)
		result = policy_change_make(request, change, NULL, 0);
	if (result) {
		json_decref(roms);
		return result;
	}
	if (!request->no_rom)
		result = rom_apply(request, &change->inventory, &change->fleet, roms);
	answer = row_answer(request, change, roms);
	if (request->json)
		output_json(answer);
	else if (!any && !json_array_size(roms))
		puts("There is no policy yet: " GPUSPEC_POLICY_FOLDER "/" GPUSPEC_POLICY_FILE " comes with the first change.");
	else
		print_answer(answer, request->dry_run);
	json_decref(answer);
	return result;
}

int apply(struct request *request)
{
	struct gpuspec_policy_file source = GPUSPEC_POLICY_FILE_CLOSED;
	struct policy_change change;
	struct gpuspec_policy given;
	int result;

	/* First, since standard input may take its time. */
	if (request->argc && gpuspec_policy_file_import(&source, request->argv[0], &given))
		return fail(EXIT_FAILED, request->verb, "%s; nothing was changed",
			    source.folder.sentence);
	result = policy_change_begin(request, &change);
	if (request->argc) {
		gpuspec_policy_free(&change.wanted);
		change.wanted = given;
	}
	if (!result)
		result = apply_all(request, &change);
	policy_change_end(&change);
	return result;
}
