// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide.h"
#include "fleet_place.h"
#include "log.h"
#include "names.h"
#include "output.h"
#include "place_rom.h"
#include "policy_change.h"
#include "row.h"

void fleet_place_free(struct fleet_place *place)
{
	decided_free(&place->decided);
	fleet_hosts_free(&place->hosts);
}

/* --- what there is --- */

int fleet_place_read_decided(struct request *request, struct fleet_place *place)
{
	int error;

	decided_free(&place->decided);
	error = decided_read(place->fleet, &place->decided, NULL);
	/* A policy that replaces all of it has nothing to do with what is there. */
	if (error == -EINVAL && !strcmp(request->verb, "apply") && place->decided.bad_policy)
		return EXIT_DONE;
	if (error == -EINVAL)
		return fail(EXIT_FAILED, request->verb, "%s%s", place->decided.why,
			    place->decided.bad_policy ?
			    "; gpuspec apply --fleet FILE puts a good policy in its place" : "");
	if (error)
		return fleet_fail(place->fleet, error, request->verb);
	if (!place->decided.policy_revision)
		return fail(EXIT_FAILED, request->verb, "nothing was decided for this fleet yet; gpuspec fleet init makes its first policy");
	return EXIT_DONE;
}

/* The rule that the fleet has, and not that of the host which came first. */
static void set_rules(struct gpuspec_inventory *inventory)
{
	const struct gpuspec_share *shares = inventory->tables.shares;
	const struct gpuspec_spec *specs = inventory->tables.specs;
	static const struct gpuspec_rule unnamed;
	struct gpuspec_rule rule;
	size_t i, j;

	inventory->info = inventory->tables.info;
	for (i = 0; i < inventory->model_count; i++) {
		rule = gpuspec_rule_in_force(&unnamed, inventory->info.unnamed);
		inventory->models[i].spec.state = rule.state;
		inventory->models[i].spec.sharing = rule.sharing;
	}
	for (j = 0; j < inventory->tables.spec_count; shares += specs[j].shares, j++) {
		struct gpuspec_model *model = gpuspec_inventory_model(inventory, specs[j].id);

		/* It is on other hosts than the one that is asked for. */
		if (!model)
			continue;
		model->spec.named = true;
		model->spec.state = specs[j].state;
		model->spec.sharing = specs[j].sharing;
		model->spec.shares = specs[j].shares;
		model->shares = shares;
	}
}

/* Who holds what, for those who ask the tables; by each account's share, too. */
static int set_devices(struct gpuspec_inventory *inventory)
{
	struct gpuspec_tables *tables = &inventory->tables;
	const struct gpuspec_device *device;
	size_t i, j;

	tables->devices = calloc(inventory->card_count + 1, sizeof(*tables->devices));
	if (!tables->devices)
		return -ENOMEM;
	for (i = 0; i < inventory->card_count; i++) {
		device = &inventory->cards[i].device;
		tables->devices[tables->device_count++] = *device;
		tables->info.in_use += device->in_use;
		for (j = 0; device->in_use && j < tables->share_count; j++)
			tables->shares[j].held +=
				!strcmp(tables->shares[j].spec, device->spec) &&
				!strcmp(tables->shares[j].account, device->holder.account);
	}
	tables->info.devices = inventory->card_count;
	return 0;
}

/* The ROMs that were decided; how far they came, of the hosts that have heard of it. */
static void set_roms(const struct decided *decided, struct gpuspec_inventory *inventory)
{
	const struct gpuspec_rom_entry *current;
	const struct decided_rom *decision;
	struct gpuspec_rom *rom;
	size_t i;

	for (i = 0; i < inventory->model_count; i++) {
		decision = decided_rom(decided, inventory->models[i].spec.id);
		current = decision ? gpuspec_rom_history_current(&decision->history) : NULL;
		if (!current)
			continue;
		rom = &inventory->models[i].spec.rom;
		rom->size = current->size;
		gpuspec_sha256_parse(current->sha256, rom->sha256);
		snprintf(rom->version, sizeof(rom->version), "%s", current->version);
	}
}

static int put_together(struct fleet_place *place, struct gpuspec_inventory *inventory)
{
	const struct gpuspec_policy *policy = &place->decided.policy;
	struct fleet_hosts *hosts = &place->hosts;
	int error = 0;
	size_t i;

	for (i = 0; i < policy->spec_count && !error && !hosts->only; i++)
		error = fleet_hosts_name(hosts, policy->specs[i].id);
	if (!error)
		error = fleet_hosts_finish(hosts);
	if (!error)
		error = gpuspec_policy_tables(&hosts->inventory.tables, policy);
	if (!error)
		error = set_devices(&hosts->inventory);
	if (error)
		return error;
	set_rules(&hosts->inventory);
	set_roms(&place->decided, &hosts->inventory);
	gpuspec_names_look_up(&hosts->inventory);
	*inventory = hosts->inventory;
	memset(&hosts->inventory, 0, sizeof(hosts->inventory));
	return 0;
}

/* Lists need no devices, which are most of all; but for how many each account holds. */
static enum fleet_wanted wanted(const struct request *request,
				const struct gpuspec_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->spec_count; i++)
		if (policy->specs[i].share_count)
			return FLEET_DEVICES;
	return strcmp(request->verb, "list") ? FLEET_DEVICES : FLEET_SPECS;
}

/* What hosts have is held against what was decided. */
static int compare(const struct request *request, struct fleet_place *place)
{
	const struct gpuspec_rom_entry *current;
	const struct decided_rom *rom;
	size_t i;

	place->hosts.policy = &place->decided.policy;
	place->hosts.only = request->host;
	place->hosts.roms = json_object();
	for (i = 0; i < place->decided.rom_count && place->hosts.roms; i++) {
		rom = &place->decided.roms[i];
		current = gpuspec_rom_history_current(&rom->history);
		if ((current || rom->broken) &&
		    json_object_set_new(place->hosts.roms, rom->history.spec,
					current ? json_string(current->sha256) : json_null()))
			return -ENOMEM;
	}
	return place->hosts.roms ? 0 : -ENOMEM;
}

/* The host that was asked for is one of the fleet's. */
static int find_host(const struct request *request, const struct fleet_hosts *hosts)
{
	size_t i;

	for (i = 0; i < hosts->count && request->host; i++)
		if (!strcmp(hosts->hosts[i]->name, request->host))
			return EXIT_DONE;
	return request->host ? fail(EXIT_NOT_FOUND, request->verb, "there is no host %s in the fleet; gpuspec hosts names them",
				    request->host) : EXIT_DONE;
}

static int read_all(struct request *request, struct gpuspec_inventory *inventory)
{
	struct fleet_place *place = request->place_data;
	int result;

	memset(inventory, 0, sizeof(*inventory));
	fleet_hosts_free(&place->hosts);
	result = fleet_place_read_decided(request, place);
	if (!result && compare(request, place))
		result = fail(EXIT_FAILED, request->verb, "out of memory");
	if (!result)
		result = fleet_read_hosts(place->fleet, request->verb, &place->hosts,
					  wanted(request, &place->decided.policy));
	if (!result)
		result = find_host(request, &place->hosts);
	if (!result && put_together(place, inventory))
		result = fail(EXIT_FAILED, request->verb, "out of memory");
	return result;
}

static int read_place(struct request *request, struct gpuspec_inventory *inventory)
{
	const struct fleet_place *place = request->place_data;
	int result = read_all(request, inventory);

	/* One of the ROMs; nothing would have been read with a policy that is broken. */
	if (!result && *place->decided.why)
		fail(EXIT_DONE, request->verb, "%s", place->decided.why);
	return result;
}

static json_t *gone(struct request *request)
{
	struct fleet_place *place = request->place_data;
	json_t *names = json_array();
	size_t i;

	for (i = 0; i < place->hosts.count; i++)
		if (!place->hosts.hosts[i]->alive &&
		    (!request->host || !strcmp(request->host, place->hosts.hosts[i]->name)))
			json_array_append_new(names, row_string(place->hosts.hosts[i]->name));
	return names;
}

/* By the fleet's policy alone: a host's own may be stricter. */
static int check_place(struct request *request, const struct gpuspec_inventory *inventory,
		       const struct gpuspec_question *question, struct gpuspec_answer *answer)
{
	const struct fleet_place *place = request->place_data;
	const char *account = question->account ? question->account : GPUSPEC_ACCOUNT_HOST;
	uint32_t held = 0;
	size_t i;

	if (question->pid)
		return fail(EXIT_USAGE, request->verb, "--pid is of a process on one host; ask there, without --fleet");
	if (!question->id)
		return fail(EXIT_USAGE, request->verb, "what is asked of the fleet is whether a spec may be given, and not one device; name the spec");
	for (i = 0; i < inventory->tables.share_count; i++)
		if (!strcmp(inventory->tables.shares[i].spec, question->id) &&
		    !strcmp(inventory->tables.shares[i].account, account))
			held = inventory->tables.shares[i].held;
	memset(answer, 0, sizeof(*answer));
	snprintf(answer->id, sizeof(answer->id), "%s", question->id);
	snprintf(answer->account, sizeof(answer->account), "%s", account);
	answer->reason = gpuspec_policy_verdict(&place->decided.policy, question->id,
						account, held);
	return EXIT_DONE;
}

/* --- what is decided --- */

static int begin(struct request *request, struct policy_change *change)
{
	struct fleet_place *place = request->place_data;
	int result;

	/* There is no file that is opened. */
	change->file.folder.fd = -1;
	change->file.folder.lock = -1;
	result = read_all(request, &change->inventory);
	if (result)
		return result;
	if (gpuspec_policy_copy(&change->now, &place->decided.policy) ||
	    gpuspec_policy_copy(&change->wanted, &place->decided.policy))
		return fail(EXIT_FAILED, request->verb, "out of memory; nothing was changed");
	return EXIT_DONE;
}

static int make(struct request *request, struct policy_change *change)
{
	struct fleet_place *place = request->place_data;
	int error;

	error = decide_policy(request, place->fleet, &place->decided, &change->wanted,
			      &place->revision);
	if (error == -EAGAIN) {
		place->outrun = true;
		return EXIT_FAILED;
	}
	return error < 0 ? fleet_fail_decision(place->fleet, error, request->verb) : error;
}

const struct place fleet_place = {
	.read = read_place, .begin = begin, .make = make, .check = check_place, .gone = gone,
	.rom_history = fleet_rom_history, .rom_bytes = fleet_rom_bytes, .rom_make = fleet_rom_make,
	.log = fleet_log,
};
