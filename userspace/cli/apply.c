// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "place.h"
#include "policy_change.h"
#include "rom_apply.h"
#include "row.h"
#include "row_policy.h"

/* --- for people --- */

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

static void print_answer(const struct request *request, json_t *answer)
{
	const char *who = request->place ? "the fleet" : "the kernel";
	bool dry_run = request->dry_run;

	if (json_is_true(output_get(answer, "written")))
		puts(GPUSPEC_POLICY_FOLDER "/" GPUSPEC_POLICY_FILE " has the new policy.");
	if (output_get(answer, "fleet_revision"))
		printf("The fleet's policy, revision %s, and this host's own both hold.\n",
		       output_text(answer, "fleet_revision"));
	print_each(answer, "roms", print_failed_rom);
	if (!json_is_true(output_get(answer, "changed"))) {
		printf("Nothing to change: %s has this policy in force.\n", who);
		return;
	}
	printf("The %s %s:\n", who + strlen("the "), dry_run ? "would get" : "got");
	print_policy_change(answer, "  ");
	print_each(answer, "roms", print_rom);
}

static json_t *row_answer(const struct request *request, const struct policy_change *change,
			  json_t *roms)
{
	json_t *answer = json_object();
	json_t *accounts = row_policy_accounts(&change->now, change->in_force);
	json_t *specs = row_policy_specs(&change->now, change->in_force);
	json_t *unnamed = row_policy_default(&change->now, change->in_force);

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
	/* The fleet's ROMs have nothing to do with what this host has. */
	if (!request->no_rom && !request->place)
		result = rom_apply(request, &change->inventory, &change->fleet, roms);
	answer = row_answer(request, change, roms);
	if (request->json)
		output_json(answer);
	else if (!any && !json_array_size(roms))
		puts("There is no policy yet: " GPUSPEC_POLICY_FOLDER "/" GPUSPEC_POLICY_FILE " comes with the first change.");
	else
		print_answer(request, answer);
	json_decref(answer);
	return result;
}

int apply(struct request *request)
{
	struct gpuspec_policy_file source = GPUSPEC_POLICY_FILE_CLOSED;
	struct policy_change change;
	struct gpuspec_policy given;
	int result;

	if (request->place && !request->argc)
		return fail(EXIT_USAGE, request->verb, "say which policy the fleet is to have: gpuspec apply --fleet FILE");
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
