// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decided.h"
#include "fleet_file.h"
#include "fleet_verbs.h"
#include "output.h"
#include "row.h"

/* What there is to tell. */
struct view {
	struct gpuspec_fleet kept;	/* what this host has of it */
	struct decided decided;
	struct fleet_hosts hosts;
	long long up, current;
};

static void count(struct view *view)
{
	const struct fleet_host *host;
	size_t i;

	for (i = 0; i < view->hosts.count; i++) {
		host = view->hosts.hosts[i];
		view->up += host->alive;
		view->current += fleet_host_has(host, view->decided.revision);
	}
}

static bool is_up(const struct view *view, const char *name)
{
	size_t i;

	for (i = 0; i < view->hosts.count; i++)
		if (!strcmp(view->hosts.hosts[i]->name, name))
			return view->hosts.hosts[i]->alive;
	return false;
}

static json_t *row_answer(const struct fleet_etcd *fleet, const struct view *view, bool reached)
{
	json_t *answer = json_object();

	output_set(answer, "host", row_string(fleet->conf.host_name));
	output_set(answer, "prefix", row_string(fleet->conf.etcd_prefix));
	output_set(answer, "etcd", row_string(fleet->conf.etcd));
	output_set(answer, "endpoint", reached ?
		   row_string(gpuspec_etcd_endpoint(fleet->etcd)) : NULL);
	output_set(answer, "joined", json_boolean(view->kept.joined));
	output_set(answer, "applied", json_integer(view->kept.revision));
	output_set(answer, "applied_since", row_string_or_null(view->kept.when));
	output_set(answer, "agent", reached ?
		   json_boolean(is_up(view, fleet->conf.host_name)) : NULL);
	output_set(answer, "revision", reached ? json_integer(view->decided.revision) : NULL);
	output_set(answer, "problem", row_string_or_null(view->decided.why));
	output_set(answer, "hosts", reached ? json_integer(view->hosts.count) : NULL);
	output_set(answer, "hosts_up", reached ? json_integer(view->up) : NULL);
	output_set(answer, "hosts_current", reached ? json_integer(view->current) : NULL);
	return answer;
}

static void print_answer(json_t *answer)
{
	bool reached = output_get(answer, "endpoint");

	printf("This host  %s, %s\n", output_text(answer, "host"),
	       !json_is_true(output_get(answer, "joined")) ?
	       "which has not joined: gpuspec fleet join" :
	       !reached ? "of the fleet" : json_is_true(output_get(answer, "agent")) ?
	       "of the fleet; its agent is up" :
	       "of the fleet; its agent is not there: systemctl status gpuspec-agent");
	if (json_is_true(output_get(answer, "joined")))
		printf("In force   revision %s since %s\n", output_text(answer, "applied"),
		       output_text(answer, "applied_since"));
	if (reached)
		printf("Newest     revision %s\n", output_text(answer, "revision"));
	if (output_get(answer, "problem"))
		printf("           in which something is wrong: %s\n",
		       output_text(answer, "problem"));
	if (reached)
		printf("Hosts      %s: %s up, %s of these with the newest\n",
		       output_text(answer, "hosts"), output_text(answer, "hosts_up"),
		       output_text(answer, "hosts_current"));
	printf("etcd       %s, below %s\n", output_text(answer, reached ? "endpoint" : "etcd"),
	       output_text(answer, "prefix"));
}

int fleet_verb_status(struct request *request, struct fleet_etcd *fleet)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct view view = {};
	int error, result = EXIT_DONE;
	json_t *answer;

	if (gpuspec_fleet_file_open(&file, GPUSPEC_POLICY_FOLDER, 0, &view.kept))
		result = fail(EXIT_FAILED, request->verb, "%s", file.folder.sentence);
	gpuspec_policy_file_close(&file);
	error = decided_read(fleet, &view.decided, NULL);
	if (error && error != -EINVAL)
		result = fleet_fail(fleet, error, request->verb);
	else
		error = fleet_read_hosts(fleet, request->verb, &view.hosts, FLEET_HOSTS);
	count(&view);
	answer = row_answer(fleet, &view, !error);
	if (request->json)
		output_json(answer);
	else
		print_answer(answer);
	json_decref(answer);
	fleet_hosts_free(&view.hosts);
	decided_free(&view.decided);
	gpuspec_fleet_free(&view.kept);
	return result ? result : error ? EXIT_FAILED : EXIT_DONE;
}
