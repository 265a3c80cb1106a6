// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "fleet.h"
#include "output.h"
#include "place.h"
#include "policy_change.h"
#include "row.h"

/* --- list --- */

static json_t *row_account(const struct gpuspec_tables *tables,
			   const struct gpuspec_account *account)
{
	json_t *row = json_object(), *cgroups = json_array(), *uids = json_array();
	json_int_t specs = 0, in_use = 0;
	size_t i;

	for (i = 0; i < account->cgroup_count; i++)
		json_array_append_new(cgroups, row_string(account->cgroups[i]));
	for (i = 0; i < account->uid_count; i++)
		json_array_append_new(uids, json_integer(account->uids[i]));
	for (i = 0; i < tables->share_count; i++)
		specs += !strcmp(tables->shares[i].account, account->name);
	for (i = 0; i < tables->device_count; i++)
		in_use += tables->devices[i].in_use &&
			  !strcmp(tables->devices[i].holder.account, account->name);
	output_set(row, "name", row_string(account->name));
	output_set(row, "cgroups", cgroups);
	output_set(row, "uids", uids);
	output_set(row, "specs", json_integer(specs));
	output_set(row, "in_use", json_integer(in_use));
	return row;
}

/* The marks of one kind, "-" for none. */
static void join(json_t *row, const char *member, char *text, size_t size)
{
	json_t *list = output_get(row, member), *value;
	size_t i, length;

	snprintf(text, size, "%s", json_array_size(list) ? "" : "-");
	for (i = 0; i < json_array_size(list); i++) {
		value = json_array_get(list, i);
		length = strlen(text);
		if (json_is_string(value))
			snprintf(text + length, size - length, "%s%s", i ? " " : "",
				 json_string_value(value));
		else
			snprintf(text + length, size - length, "%s%lld", i ? " " : "",
				 (long long)json_integer_value(value));
	}
}

static void cgroups(json_t *row, char *text, size_t size)
{
	if (strcmp(output_text(row, "name"), GPUSPEC_ACCOUNT_HOST))
		join(row, "cgroups", text, size);
	else
		snprintf(text, size, "(whoever is of no other account)");
}

static void uids(json_t *row, char *text, size_t size)
{
	join(row, "uids", text, size);
}

/* Whose account it is that the kernel has. */
static json_t *row_from(const struct gpuspec_fleet_view *view, const char *name)
{
	if (!view->fleet.joined)
		return NULL;
	if (gpuspec_policy_account(&view->fleet.policy, name))
		return json_string("fleet");
	return gpuspec_policy_account(&view->host, name) ? json_string("host") : NULL;
}

static const struct column columns[] = {
	{ .title = "ACCOUNT", .member = "name" },
	{ .title = "FROM", .member = "from", .optional = true },
	{ .title = "CGROUPS", .cell = cgroups, .shrinks = true },
	{ .title = "UIDS", .cell = uids, .shrinks = true },
	{ .title = "SPECS", .member = "specs", .right = true },
	{ .title = "IN USE", .member = "in_use", .right = true },
};

int account_list(struct request *request)
{
	static const struct gpuspec_account host = { .name = GPUSPEC_ACCOUNT_HOST };
	json_t *answer = json_object(), *rows = json_array();
	struct gpuspec_fleet_view view;
	struct gpuspec_tables tables;
	size_t i;
	int result;

	output_set(answer, "accounts", rows);
	result = place_tables(request, &tables);
	if (result) {
		json_decref(answer);
		return result;
	}
	for (i = 0; i < tables.account_count; i++)
		json_array_append_new(rows, row_account(&tables, &tables.accounts[i]));
	json_array_append_new(rows, row_account(&tables, &host));
	fleet_view_read(request, &view);
	for (i = 0; i < json_array_size(rows); i++)
		output_set(json_array_get(rows, i), "from",
			   row_from(&view, output_text(json_array_get(rows, i), "name")));
	if (request->json)
		output_json(answer);
	else if (output_table(rows, columns, sizeof(columns) / sizeof(columns[0])))
		result = fail(EXIT_FAILED, request->verb, "out of memory");
	if (*view.problem)
		fail(EXIT_DONE, request->verb, "which are the fleet's cannot be told: %s",
		     view.problem);
	gpuspec_fleet_view_free(&view);
	json_decref(answer);
	gpuspec_nl_free_tables(&tables);
	return result;
}

/* --- add and remove --- */

static int refuse_mark(const struct request *request, const struct gpuspec_account *owner,
		       const char *mark)
{
	return fail(EXIT_FAILED, request->verb, "%s is account %s's already; take it from there first: gpuspec account remove %s",
		    mark, owner->name, owner->name);
}

static bool has_cgroup(const struct gpuspec_account *account, const char *cgroup)
{
	size_t i;

	for (i = 0; i < account->cgroup_count; i++)
		if (!strcmp(account->cgroups[i], cgroup))
			return true;
	return false;
}

static bool has_uid(const struct gpuspec_account *account, uint32_t uid)
{
	size_t i;

	for (i = 0; i < account->uid_count; i++)
		if (account->uids[i] == uid)
			return true;
	return false;
}

/* Is the cgroup (or with NULL, uid) another account's, here or in the fleet? */
static int check_mark(const struct request *request, const struct policy_change *change,
		      const struct gpuspec_account *account, const char *cgroup, uint32_t uid)
{
	const struct gpuspec_account *owner;
	char mark[GPUSPEC_CGROUP_MAX];

	if (cgroup)
		snprintf(mark, sizeof(mark), "%s", cgroup);
	else
		snprintf(mark, sizeof(mark), "uid %u", uid);
	owner = gpuspec_policy_marked(&change->wanted, account, cgroup, uid);
	if (owner)
		return refuse_mark(request, owner, mark);
	owner = gpuspec_policy_marked(&change->fleet.policy, NULL, cgroup, uid);
	if (owner)
		return fail(EXIT_FAILED, request->verb, "%s is account %s's in the fleet, which goes before this host; gpuspec account remove --fleet %s takes it from there",
			    mark, owner->name, owner->name);
	return EXIT_DONE;
}

static int add_cgroup(const struct request *request, const struct policy_change *change,
		      struct gpuspec_account *account, const char *cgroup)
{
	int result = check_mark(request, change, account, cgroup, 0);

	if (result)
		return result;
	if (has_cgroup(account, cgroup))
		return EXIT_DONE;
	if (account->cgroup_count == GPUSPEC_MARKS_MAX)
		return fail(EXIT_FAILED, request->verb, "account %s has %d cgroups already; give it one above them",
			    account->name, GPUSPEC_MARKS_MAX);
	snprintf(account->cgroups[account->cgroup_count++], sizeof(account->cgroups[0]), "%s",
		 cgroup);
	return EXIT_DONE;
}

static int add_uid(const struct request *request, const struct policy_change *change,
		   struct gpuspec_account *account, uint32_t uid)
{
	int result = check_mark(request, change, account, NULL, uid);

	if (result)
		return result;
	if (has_uid(account, uid))
		return EXIT_DONE;
	if (account->uid_count == GPUSPEC_MARKS_MAX)
		return fail(EXIT_FAILED, request->verb, "account %s has %d uids already; know it by a cgroup",
			    account->name, GPUSPEC_MARKS_MAX);
	account->uids[account->uid_count++] = uid;
	return EXIT_DONE;
}

static int add_marks(const struct request *request, const struct policy_change *change,
		     struct gpuspec_account *account)
{
	const struct gpuspec_account *marks = &request->marks;
	int result = EXIT_DONE;
	size_t i;

	for (i = 0; i < marks->cgroup_count && !result; i++)
		result = add_cgroup(request, change, account, marks->cgroups[i]);
	for (i = 0; i < marks->uid_count && !result; i++)
		result = add_uid(request, change, account, marks->uids[i]);
	return result;
}

/* Those of its marks that were named; -1 after it was told that it has not got one. */
static int remove_marks(const struct request *request, struct gpuspec_account *account)
{
	const struct gpuspec_account *marks = &request->marks;
	size_t i, kept;

	for (i = 0; i < marks->cgroup_count; i++)
		if (!has_cgroup(account, marks->cgroups[i]))
			return fail(EXIT_NOT_FOUND, request->verb, "account %s has no cgroup %s",
				    account->name, marks->cgroups[i]);
	for (i = 0; i < marks->uid_count; i++)
		if (!has_uid(account, marks->uids[i]))
			return fail(EXIT_NOT_FOUND, request->verb, "account %s has no uid %u",
				    account->name, marks->uids[i]);
	for (i = kept = 0; i < account->cgroup_count; i++)
		if (!has_cgroup(marks, account->cgroups[i]))
			memmove(account->cgroups[kept++], account->cgroups[i],
				sizeof(account->cgroups[0]));
	account->cgroup_count = kept;
	for (i = kept = 0; i < account->uid_count; i++)
		if (!has_uid(marks, account->uids[i]))
			account->uids[kept++] = account->uids[i];
	account->uid_count = kept;
	return EXIT_DONE;
}

static int make_change(struct request *request, struct policy_change *change)
{
	const char *name = request->argv[0];
	const struct gpuspec_account *account;
	json_t *answer;
	int result;

	result = policy_change_make(request, change, NULL, 0);
	if (result)
		return result;
	account = gpuspec_policy_account(&change->wanted, name);
	answer = json_object();
	output_set(answer, "name", row_string(name));
	output_set(answer, "removed", json_boolean(!account));
	output_set(answer, "dry_run", json_boolean(request->dry_run));
	output_set(answer, "account", account ? row_account(&change->inventory.tables, account) :
						NULL);
	if (request->json)
		output_json(answer);
	else if (!account)
		printf("account %s %s%s\n", name, request->dry_run ? "would be removed" : "is removed",
		       gpuspec_policy_account(&change->fleet.policy, name) ?
		       " here, and stays the fleet's" : "");
	else
		printf("account %s %s %zu cgroup%s and %zu uid%s\n", name,
		       request->dry_run ? "would have" : "has", account->cgroup_count,
		       account->cgroup_count == 1 ? "" : "s", account->uid_count,
		       account->uid_count == 1 ? "" : "s");
	json_decref(answer);
	return EXIT_DONE;
}

/* Is it a name that an account can be given? */
static int check_name(const struct request *request)
{
	const char *name = request->argv[0];

	if (!gpuspec_account_name_is_valid(name))
		return fail(EXIT_USAGE, request->verb, "'%s' is no name of an account: that is up to %d letters, digits and ._@+-, a letter or digit first",
			    name, GPUSPEC_ACCOUNT_MAX);
	if (!strcmp(name, GPUSPEC_ACCOUNT_HOST))
		return fail(EXIT_USAGE, request->verb, "account " GPUSPEC_ACCOUNT_HOST " is whoever is of no other account; take another name");
	return EXIT_DONE;
}

int account_add(struct request *request)
{
	struct policy_change change;
	struct gpuspec_policy *policy = &change.wanted;
	int result;

	result = check_name(request);
	if (result)
		return result;
	result = policy_change_begin(request, &change);
	if (!result && gpuspec_policy_account(&change.fleet.policy, request->argv[0]))
		result = fail(EXIT_FAILED, request->verb, "account %s is the fleet's; gpuspec account add --fleet %s gives it cgroups and uids, on all hosts",
			      request->argv[0], request->argv[0]);
	if (!result && gpuspec_policy_add_account(policy, request->argv[0]))
		result = fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed");
	if (!result)
		result = add_marks(request, &change,
				   gpuspec_policy_account(policy, request->argv[0]));
	if (!result)
		result = make_change(request, &change);
	policy_change_end(&change);
	return result;
}

/* The whole account, to which no spec may be left shared. */
static int remove_account(const struct request *request, struct gpuspec_policy *policy)
{
	const char *name = request->argv[0];
	const struct gpuspec_policy_spec *spec = gpuspec_policy_shared(policy, name);

	if (spec)
		return fail(EXIT_FAILED, request->verb, "%s is shared with account %s; recall it first: gpuspec recall %s --account %s",
			    spec->id, name, spec->id, name);
	gpuspec_policy_remove_account(policy, name);
	return EXIT_DONE;
}

int account_remove(struct request *request)
{
	bool whole = !request->marks.cgroup_count && !request->marks.uid_count;
	struct gpuspec_account *account;
	struct policy_change change;
	int result;

	result = check_name(request);
	if (result)
		return result;
	result = policy_change_begin(request, &change);
	account = result ? NULL : gpuspec_policy_account(&change.wanted, request->argv[0]);
	if (!result && !account && gpuspec_policy_account(&change.fleet.policy, request->argv[0]))
		result = fail(EXIT_FAILED, request->verb, "account %s is the fleet's, and not this host's own; gpuspec account remove --fleet %s removes it on all hosts",
			      request->argv[0], request->argv[0]);
	else if (!result && !account)
		result = fail(EXIT_NOT_FOUND, request->verb, "there is no account %s; gpuspec account list shows those there are",
			      request->argv[0]);
	else if (!result)
		result = whole ? remove_account(request, &change.wanted) :
				 remove_marks(request, account);
	if (!result)
		result = make_change(request, &change);
	policy_change_end(&change);
	return result;
}
