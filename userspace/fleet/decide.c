// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "decide.h"
#include "login.h"
#include "output.h"
#include "row.h"
#include "row_policy.h"
#include "utc_time.h"

/* Specs, and accounts, that a line of the log has. */
#define LINE_ROWS	50

/* Lines of the log that are removed at once at most: etcd takes no longer transactions. */
#define OLD_MAX		(GPUSPEC_ETCD_OPS_MAX / 2)

/* --- the log --- */

/* Who did what, when and where; what has changed is added by the caller. */
static json_t *row_line(const struct request *request, const struct fleet_etcd *fleet)
{
	json_t *row = json_object();
	char when[GPUSPEC_UTC_TIME_SIZE], who[64];

	gpuspec_utc_time(when, time(NULL));
	gpuspec_login_name(who, sizeof(who));
	output_set(row, "when", row_string(when));
	output_set(row, "who", row_string(who));
	output_set(row, "host", row_string(fleet->conf.host_name));
	output_set(row, "verb", row_string(request->verb));
	return row;
}

/* Microseconds, so that the names of lines are in their order even where revisions are not seen. */
static void key_line(const struct fleet_etcd *fleet, char *key)
{
	char when[GPUSPEC_UTC_TIME_SIZE], name[GPUSPEC_FLEET_HOST_MAX + 96];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	gpuspec_utc_time(when, now.tv_sec);
	/* They go in front of the Z. */
	snprintf(name, sizeof(name), "%.19s.%06ldZ.%s.%d", when, now.tv_nsec / 1000,
		 fleet->conf.host_name, getpid());
	gpuspec_fleet_key(key, fleet->conf.etcd_prefix, GPUSPEC_FLEET_LOG, NULL, name);
}

/* The oldest make way. Whoever decides next does it, if it fails now. */
static void trim_log(struct fleet_etcd *fleet)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true, .keys_only = true };
	struct gpuspec_etcd_op removals[OLD_MAX];
	struct gpuspec_etcd_txn txn = { .ops = removals };
	struct gpuspec_etcd_found found;

	gpuspec_fleet_key(key, fleet->conf.etcd_prefix, GPUSPEC_FLEET_LOG, NULL, NULL);
	if (gpuspec_etcd_range(fleet->etcd, &range, &found))
		return;
	/* By their names, which begin with the time. */
	while (txn.op_count < OLD_MAX && found.count > DECIDE_LOG_MAX + txn.op_count) {
		removals[txn.op_count] = (struct gpuspec_etcd_op){
			.what = GPUSPEC_ETCD_DELETE, .key = found.kvs[txn.op_count].key,
		};
		txn.op_count++;
	}
	if (txn.op_count)
		gpuspec_etcd_txn(fleet->etcd, &txn, NULL);
	gpuspec_etcd_found_free(&found);
}

/* --- decisions --- */

/*
 * One that compares and puts, with its line in the log, and is freed. What it
 * points to is the caller's.
 */
struct decision {
	struct gpuspec_etcd_compare *compares;
	size_t compare_count;
	struct gpuspec_etcd_op ops[8];
	size_t op_count;
	json_t *line;
};

/* Of a list in a line only the first: a line is to be read, and is no backup. */
static void shorten(json_t *line, const char *member)
{
	json_t *rows = output_get(line, member);
	size_t count = json_array_size(rows);

	if (count <= LINE_ROWS)
		return;
	while (json_array_size(rows) > LINE_ROWS)
		json_array_remove(rows, json_array_size(rows) - 1);
	output_set(line, "more", json_integer(count - LINE_ROWS +
					      json_integer_value(output_get(line, "more"))));
}

static int put(struct fleet_etcd *fleet, struct decision *decision, int64_t *revision)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	char *line;
	struct gpuspec_etcd_txn txn = {
		.compares = decision->compares, .compare_count = decision->compare_count,
		.ops = decision->ops,
	};
	struct gpuspec_etcd_found found = {};
	int error = -ENOMEM;

	shorten(decision->line, "accounts");
	shorten(decision->line, "specs");
	line = json_dumps(decision->line, JSON_COMPACT);
	key_line(fleet, key);
	if (line) {
		decision->ops[decision->op_count++] = (struct gpuspec_etcd_op){
			.what = GPUSPEC_ETCD_PUT, .key = key, .value = line, .size = strlen(line),
		};
		txn.op_count = decision->op_count;
		error = gpuspec_etcd_txn(fleet->etcd, &txn, &found);
		*revision = found.revision;
		gpuspec_etcd_found_free(&found);
	}
	if (!error)
		trim_log(fleet);
	free(line);
	json_decref(decision->line);
	return error;
}

static int put_policy(struct request *request, struct fleet_etcd *fleet,
		      const struct decided *decided, const struct gpuspec_policy *wanted,
		      const char *text, int64_t *revision)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_compare compare = {
		.what = GPUSPEC_ETCD_IS_AT, .key = key, .revision = decided->policy_revision,
	};
	struct decision decision = {
		.compares = &compare, .compare_count = 1, .op_count = 1,
		.ops = { {
			.what = GPUSPEC_ETCD_PUT, .key = key, .value = text,
			.size = strlen(text),
		} },
		.line = row_line(request, fleet),
	};

	gpuspec_fleet_key(key, fleet->conf.etcd_prefix, GPUSPEC_FLEET_POLICY, NULL, NULL);
	output_set(decision.line, "default", row_policy_default(&decided->policy, wanted));
	output_set(decision.line, "accounts", row_policy_accounts(&decided->policy, wanted));
	output_set(decision.line, "specs", row_policy_specs(&decided->policy, wanted));
	return put(fleet, &decision, revision);
}

int decide_policy(struct request *request, struct fleet_etcd *fleet,
		  const struct decided *decided, const struct gpuspec_policy *wanted,
		  int64_t *revision)
{
	size_t count = gpuspec_policy_size(wanted), length;
	struct gpuspec_policy_diff diff;
	char *text;
	int error;

	*revision = 0;
	error = gpuspec_policy_diff(&diff, &decided->policy, wanted);
	if (error)
		return error;
	free(diff.changes);
	if (!diff.count && decided->policy_revision && !decided->bad_policy)
		return 0;
	if (count > GPUSPEC_CHANGES_MAX)
		return fail(EXIT_FAILED, request->verb, "the fleet's policy would have %zu accounts, specs and shares in all, and a kernel takes %d; nothing was changed",
			    count, GPUSPEC_CHANGES_MAX);
	text = gpuspec_policy_text(wanted);
	if (!text)
		return -ENOMEM;
	length = strlen(text);
	if (length > DECIDED_POLICY_MAX)
		error = fail(EXIT_FAILED, request->verb, "the fleet's policy would be a text of %zu KiB, and etcd takes %d; nothing was changed",
			     length >> 10, DECIDED_POLICY_MAX >> 10);
	else
		error = put_policy(request, fleet, decided, wanted, text, revision);
	free(text);
	return error;
}

static json_t *row_entry(const char *spec, const struct gpuspec_rom_entry *entry)
{
	json_t *row = json_object();

	output_set(row, "spec", row_string(spec));
	output_set(row, "action", row_string(gpuspec_rom_action_name(entry->action)));
	output_set(row, "sha256", row_string_or_null(entry->sha256));
	output_set(row, "version", row_string_or_null(entry->version));
	return row;
}

int decide_rom(struct request *request, struct fleet_etcd *fleet,
	       const struct gpuspec_rom_history *history, int64_t changed,
	       const struct rom_pieces *pieces, int64_t *revision)
{
	char key[GPUSPEC_FLEET_KEY_SIZE], *text = gpuspec_rom_history_text(history);
	struct gpuspec_etcd_compare compares[ROM_PIECES_MAX + 1] = { {
		.what = GPUSPEC_ETCD_IS_AT, .key = key, .revision = changed,
	} };
	struct decision decision = {
		.compares = compares, .compare_count = 1, .op_count = 1,
		.ops = { { .what = GPUSPEC_ETCD_PUT, .key = key, .value = text } },
	};
	size_t i;
	int error;

	*revision = 0;
	if (!text)
		return -ENOMEM;
	decision.ops[0].size = strlen(text);
	decision.line = row_line(request, fleet);
	output_set(decision.line, "rom",
		   row_entry(history->spec, &history->entries[history->count - 1]));
	for (i = 0; pieces && i < pieces->count; i++)
		compares[decision.compare_count++] = pieces->compares[i];
	gpuspec_fleet_key(key, fleet->conf.etcd_prefix, GPUSPEC_FLEET_ROM, NULL, history->spec);
	error = put(fleet, &decision, revision);
	free(text);
	return error;
}
