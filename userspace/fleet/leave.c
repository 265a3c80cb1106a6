// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etcd_auth.h"
#include "fleet_file.h"
#include "fleet_verbs.h"
#include "membership.h"
#include "output.h"
#include "policy_change.h"
#include "rom_apply.h"
#include "row.h"

/* The kernel gets the host's own policy alone; the fleet's file goes once it has. */
static int leave_fleet(struct request *request)
{
	struct gpuspec_policy_file file = GPUSPEC_POLICY_FILE_CLOSED;
	struct gpuspec_fleet none = {}, kept;
	struct policy_change change;
	json_t *roms = json_array();
	int result;

	result = policy_change_begin(request, &change);
	gpuspec_fleet_free(&change.fleet);
	change.keeps_file = true;
	if (!result)
		result = policy_change_make(request, &change, NULL, 0);
	if (!result && (gpuspec_fleet_file_open(&file, GPUSPEC_POLICY_FOLDER, 0, &kept) ||
			gpuspec_policy_file_remove(&file)))
		result = fail(EXIT_FAILED, request->verb, "%s", file.folder.sentence);
	if (!result) {
		gpuspec_fleet_free(&kept);
		/* What is not as it should be is told; the host has left all the same. */
		rom_apply(request, &change.inventory, &none, roms);
	}
	gpuspec_policy_file_close(&file);
	policy_change_end(&change);
	json_decref(roms);
	return result;
}

/* Nothing of it is left with the others. */
static int forget_host(struct request *request, struct fleet_etcd *fleet)
{
	const struct gpuspec_conf *conf = &fleet->conf;
	char own[GPUSPEC_FLEET_KEY_SIZE], specs[GPUSPEC_FLEET_KEY_SIZE];
	char devices[GPUSPEC_FLEET_KEY_SIZE];
	char user[GPUSPEC_FLEET_USER_SIZE];
	const struct gpuspec_etcd_op ops[] = {
		{ .what = GPUSPEC_ETCD_DELETE_UNDER, .key = own },
		{ .what = GPUSPEC_ETCD_DELETE_UNDER, .key = specs },
		{ .what = GPUSPEC_ETCD_DELETE_UNDER, .key = devices },
	};
	const struct gpuspec_etcd_txn txn = { .ops = ops, .op_count = 3 };
	int error;

	gpuspec_fleet_key_hosts(own, conf->etcd_prefix, conf->host_name);
	gpuspec_fleet_key_specs(specs, conf->etcd_prefix, conf->host_name);
	gpuspec_fleet_key_devices(devices, conf->etcd_prefix, conf->host_name);
	gpuspec_fleet_user(user, conf->etcd_prefix, conf->host_name);
	error = gpuspec_etcd_txn(fleet->etcd, &txn, NULL);
	if (!error && request->login)
		error = gpuspec_etcd_remove_user(fleet->etcd, user);
	if (!error && request->login)
		error = gpuspec_etcd_remove_role(fleet->etcd, user);
	return error;
}

int fleet_verb_leave(struct request *request, struct fleet_etcd *fleet)
{
	json_t *answer;
	int error, result;
	bool stopped;

	result = connect_module(request);
	if (result)
		return result;
	stopped = !membership_systemctl("stop");
	result = leave_fleet(request);
	if (result && stopped)
		membership_systemctl("start");
	if (result)
		return result;
	membership_systemctl("disable");
	error = forget_host(request, fleet);
	if (error)
		fail(EXIT_DONE, request->verb, "this host has left, but the others are not told: %s",
		     error == -ENOMEM ? "out of memory" : gpuspec_etcd_sentence(fleet->etcd));
	if (!error && request->login)
		unlink(membership_login(fleet->conf.etcd_login, FLEET_LOGIN));
	if (request->json) {
		answer = json_object();
		output_set(answer, "host", row_string(fleet->conf.host_name));
		output_set(answer, "forgotten", json_boolean(!error));
		output_json(answer);
		json_decref(answer);
	} else {
		puts("This host has left the fleet: its own policy holds alone.");
	}
	return EXIT_DONE;
}
