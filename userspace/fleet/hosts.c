// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "output.h"
#include "row.h"
#include "row_read.h"
#include "utf8.h"
#include "verdict.h"

/* --- one host after another --- */

/* Room for one more; NULL without memory. */
static void *make_room(void *array, size_t count, size_t *room, size_t size)
{
	void *larger;

	if (count < *room)
		return array;
	larger = reallocarray(array, *room ? *room * 2 : 64, size);
	if (larger)
		*room = *room ? *room * 2 : 64;
	return larger;
}

static struct fleet_host *take_host(struct fleet_hosts *hosts, const char *name)
{
	json_t *known = json_object_get(hosts->index, name);
	struct fleet_host **larger, *host;

	if (known)
		return hosts->hosts[json_integer_value(known)];
	larger = make_room(hosts->hosts, hosts->count, &hosts->room, sizeof(*larger));
	if (!larger)
		return NULL;
	hosts->hosts = larger;
	host = calloc(1, sizeof(*host));
	if (!host || json_object_set_new(hosts->index, name, json_integer(hosts->count))) {
		free(host);
		return NULL;
	}
	snprintf(host->name, sizeof(host->name), "%s", name);
	hosts->hosts[hosts->count++] = host;
	return host;
}

/* The first one stays: others may come of it. A key may be anything, as may its value. */
static void __attribute__((format(printf, 2, 3)))
complain(struct fleet_host *host, const char *why, ...)
{
	char text[sizeof(host->complaint)];
	va_list args;

	if (*host->complaint)
		return;
	va_start(args, why);
	vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	gpuspec_utf8_clean_line(host->complaint, sizeof(host->complaint), text);
}

static int read_status(struct fleet_status *status, const json_t *row, const char **wrong)
{
	struct row_reading reading = { .row = row };

	row_read_text(&reading, "machine_id", status->machine_id, sizeof(status->machine_id));
	row_read_text(&reading, "kernel", status->kernel, sizeof(status->kernel));
	row_read_text(&reading, "module_version", status->module, sizeof(status->module));
	row_read_text(&reading, "helper_version", status->helper, sizeof(status->helper));
	row_read_text(&reading, "problem", status->problem, sizeof(status->problem));
	row_read_text(&reading, "rom_problem", status->rom_problem, sizeof(status->rom_problem));
	status->revision = row_read_number(&reading, "revision", INT64_MAX, 0);
	status->seen = row_read_number(&reading, "seen", UINT32_MAX, 0);
	status->specs = row_read_number(&reading, "specs", INT32_MAX, 0);
	status->devices = row_read_number(&reading, "devices", INT32_MAX, 0);
	*wrong = reading.wrong;
	return reading.wrong ? -EINVAL : 0;
}

char *fleet_status_text(const struct fleet_status *status)
{
	json_t *row = json_object();
	char *text;

	output_set(row, "machine_id", row_string_or_null(status->machine_id));
	output_set(row, "kernel", row_string_or_null(status->kernel));
	output_set(row, "module_version", row_string_or_null(status->module));
	output_set(row, "helper_version", row_string_or_null(status->helper));
	output_set(row, "revision", json_integer(status->revision));
	output_set(row, "problem", row_string_or_null(status->problem));
	output_set(row, "rom_problem", row_string_or_null(status->rom_problem));
	output_set(row, "seen", json_integer(status->seen));
	output_set(row, "specs", json_integer(status->specs));
	output_set(row, "devices", json_integer(status->devices));
	text = json_dumps(row, JSON_COMPACT);
	json_decref(row);
	return text;
}

/* Is another rule in force there than the fleet's? Of lists it is only seen that they are. */
static bool differs(const struct fleet_hosts *hosts, const struct gpuspec_spec *spec)
{
	const struct gpuspec_policy_spec *named = gpuspec_policy_spec(hosts->policy, spec->id);
	struct gpuspec_rule rule = { .named = named };

	if (named) {
		rule.state = named->state;
		rule.sharing = named->sharing;
	}
	rule = gpuspec_rule_in_force(&rule, hosts->policy->unnamed);
	return rule.state != spec->state || rule.sharing != spec->sharing;
}

static void drop_other_rom(const struct fleet_hosts *hosts, struct gpuspec_spec *spec)
{
	const json_t *known = json_object_get(hosts->roms, spec->id);
	const char *decided = json_string_value(known);
	char sha256[GPUSPEC_SHA256_HEX_SIZE];

	/* The hosts keep what they have. */
	if (json_is_null(known))
		return;
	gpuspec_sha256_hex(spec->rom.sha256, sha256);
	if (hosts->roms && (!decided || strcmp(decided, sha256)))
		memset(&spec->rom, 0, sizeof(spec->rom));
}

/* 0, -ENOMEM, or -EINVAL with the member that is wrong. */
static int take_spec(struct fleet_hosts *hosts, const char *id, const json_t *row,
		     const char **wrong)
{
	struct gpuspec_inventory *inventory = &hosts->inventory;
	const json_t *parents = json_object_get(row, "parents");
	struct gpuspec_model *larger;
	json_t *known;
	size_t i;
	int error;

	larger = make_room(inventory->models, inventory->model_count, &hosts->model_room,
			   sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	inventory->models = larger;
	error = row_read_model(&larger[inventory->model_count], row, id, wrong);
	if (error)
		return error;
	drop_other_rom(hosts, &larger[inventory->model_count].spec);
	larger[inventory->model_count].hosts = 1;
	larger[inventory->model_count].differing = hosts->policy &&
		differs(hosts, &larger[inventory->model_count].spec);
	inventory->model_count++;
	if (!json_array_size(parents))
		return 0;
	known = json_object_get(hosts->parents, id);
	if (!known) {
		known = json_object();
		if (json_object_set_new(hosts->parents, id, known))
			return -ENOMEM;
	}
	for (i = 0; i < json_array_size(parents); i++)
		if (json_is_string(json_array_get(parents, i)) &&
		    json_object_set_new(known, json_string_value(json_array_get(parents, i)),
					json_null()))
			return -ENOMEM;
	return 0;
}

int fleet_hosts_name(struct fleet_hosts *hosts, const char *spec)
{
	json_t *row = json_pack("{ss}", "id", spec);
	const char *wrong;
	int error;

	error = row ? take_spec(hosts, spec, row, &wrong) : -ENOMEM;
	json_decref(row);
	if (error)
		return error;
	hosts->inventory.models[hosts->inventory.model_count - 1].hosts = 0;
	hosts->inventory.models[hosts->inventory.model_count - 1].differing = 0;
	return 0;
}

static int take_device(struct fleet_hosts *hosts, struct fleet_host *host, const char *address,
		       const json_t *row, const char **wrong)
{
	struct gpuspec_inventory *inventory = &hosts->inventory;
	struct gpuspec_card *larger;
	int error;

	larger = make_room(inventory->cards, inventory->card_count, &hosts->card_room,
			   sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	inventory->cards = larger;
	error = row_read_card(&larger[inventory->card_count], row, address, wrong);
	if (error)
		return error;
	larger[inventory->card_count++].host = host->name;
	return 0;
}

int fleet_hosts_take(struct fleet_hosts *hosts, const char *prefix, const char *key,
		     const void *value, size_t size)
{
	const char *wrong = "its form";
	struct gpuspec_fleet_key parsed;
	struct fleet_host *host;
	int error = -EINVAL;
	json_t *row;

	gpuspec_fleet_key_parse(&parsed, prefix, key);
	if (parsed.kind < GPUSPEC_FLEET_STATUS)
		return 0;
	if (!hosts->parents)
		hosts->parents = json_object();
	if (!hosts->index)
		hosts->index = json_object();
	host = hosts->index && hosts->parents ? take_host(hosts, parsed.host) : NULL;
	if (!host)
		return -ENOMEM;
	if (parsed.kind == GPUSPEC_FLEET_ALIVE) {
		host->alive = true;
		return 0;
	}
	if (parsed.kind != GPUSPEC_FLEET_STATUS && hosts->only && strcmp(host->name, hosts->only))
		return 0;
	row = json_loadb(value, size, 0, NULL);
	if (json_is_object(row) && parsed.kind == GPUSPEC_FLEET_STATUS)
		error = read_status(&host->status, row, &wrong);
	else if (json_is_object(row) && parsed.kind == GPUSPEC_FLEET_SPEC)
		error = take_spec(hosts, parsed.name, row, &wrong);
	else if (json_is_object(row))
		error = take_device(hosts, host, parsed.name, row, &wrong);
	json_decref(row);
	if (error == -EINVAL) {
		complain(host, "what it published of %s is not what an agent publishes (%s); restart its gpuspec-agent",
			 parsed.kind == GPUSPEC_FLEET_STATUS ? "itself" : parsed.name, wrong);
		error = 0;
	}
	return error;
}

bool fleet_host_has(const struct fleet_host *host, long long revision)
{
	return host->alive && host->status.revision >= revision && !*host->status.problem;
}

const char *fleet_host_problem(const struct fleet_host *host)
{
	if (*host->complaint)
		return host->complaint;
	return *host->status.problem ? host->status.problem : host->status.rom_problem;
}

/* --- all together --- */

static int by_kind_and_id(const void *a, const void *b)
{
	const struct gpuspec_model *left = a, *right = b;

	if (left->spec.kind != right->spec.kind)
		return left->spec.kind < right->spec.kind ? -1 : 1;
	return strcmp(left->spec.id, right->spec.id);
}

static void keep_text(char *text, size_t size, const char *other)
{
	if (!*text)
		snprintf(text, size, "%s", other);
}

static void keep_number(long long *number, long long other)
{
	if (*number < 0)
		*number = other;
}

/* What is known of the hardware on one host is known. */
static void add_parameters(struct gpuspec_vgpu *sum, const struct gpuspec_vgpu *more)
{
	if (more->memory_from > sum->memory_from) {
		sum->video_memory = more->video_memory;
		sum->memory_from = more->memory_from;
	}
	keep_number(&sum->frame_rate, more->frame_rate);
	keep_number(&sum->heads, more->heads);
	keep_number(&sum->max_instances, more->max_instances);
	keep_number(&sum->weight, more->weight);
	keep_text(sum->resolution, sizeof(sum->resolution), more->resolution);
	keep_text(sum->series, sizeof(sum->series), more->series);
}

static void add_model(struct gpuspec_model *sum, const struct gpuspec_model *more)
{
	keep_text(sum->name, sizeof(sum->name), more->name);
	keep_text(sum->vendor, sizeof(sum->vendor), more->vendor);
	keep_text(sum->blocked, sizeof(sum->blocked), more->blocked);
	add_parameters(&sum->vgpu, &more->vgpu);
	sum->spec.devices += more->spec.devices;
	sum->spec.in_use += more->spec.in_use;
	sum->spec.refused += more->spec.refused;
	if (!sum->spec.rom.size) {
		sum->spec.rom = more->spec.rom;
	} else if (more->spec.rom.size) {
		sum->spec.rom.applied += more->spec.rom.applied;
		sum->spec.rom.pending += more->spec.rom.pending;
	}
	if (more->available >= 0)
		sum->available = (sum->available < 0 ? 0 : sum->available) + more->available;
	sum->at_most |= more->at_most;
	sum->hosts += more->hosts;
	sum->differing += more->differing;
	sum->cards += more->cards;
	sum->blocked_cards += more->blocked_cards;
}

static void merge_models(struct gpuspec_inventory *inventory)
{
	struct gpuspec_model *models = inventory->models;
	size_t i, kept = 0;

	if (!inventory->model_count)
		return;
	qsort(models, inventory->model_count, sizeof(*models), by_kind_and_id);
	for (i = 1; i < inventory->model_count; i++) {
		if (!strcmp(models[kept].spec.id, models[i].spec.id))
			add_model(&models[kept], &models[i]);
		else
			models[++kept] = models[i];
	}
	inventory->model_count = kept + 1;
}

static int find_kin(struct fleet_hosts *hosts)
{
	struct gpuspec_inventory *inventory = &hosts->inventory;
	const char *slice_id, *parent_id;
	json_t *parents, *nothing;
	size_t count = 0;

	json_object_foreach(hosts->parents, slice_id, parents)
		count += json_object_size(parents);
	inventory->kin = calloc(count + 1, sizeof(*inventory->kin));
	if (!inventory->kin)
		return -ENOMEM;
	json_object_foreach(hosts->parents, slice_id, parents) {
		json_object_foreach(parents, parent_id, nothing) {
			struct gpuspec_kin *kin = &inventory->kin[inventory->kin_count];

			(void)nothing;
			kin->slice = gpuspec_inventory_model(inventory, slice_id);
			kin->parent = gpuspec_inventory_model(inventory, parent_id);
			inventory->kin_count += kin->slice && kin->parent;
		}
	}
	return 0;
}

int fleet_hosts_finish(struct fleet_hosts *hosts)
{
	merge_models(&hosts->inventory);
	/* Their own agents named them. */
	hosts->inventory.named = true;
	hosts->inventory.of_fleet = true;
	return find_kin(hosts);
}

void fleet_hosts_free(struct fleet_hosts *hosts)
{
	size_t i;

	for (i = 0; i < hosts->count; i++)
		free(hosts->hosts[i]);
	free(hosts->hosts);
	json_decref(hosts->parents);
	json_decref(hosts->index);
	json_decref(hosts->roms);
	gpuspec_inventory_free(&hosts->inventory);
	memset(hosts, 0, sizeof(*hosts));
}
