// SPDX-License-Identifier: GPL-2.0
/* The text format of Prometheus, prometheus.io/docs/instrumenting/exposition_formats. */
#include <stdio.h>
#include <string.h>

#include "agent_word.h"
#include "cli.h"
#include "conf.h"
#include "fleet.h"
#include "inventory.h"
#include "row.h"
#include "utf8.h"
#include "verdict.h"

static void begin(const char *name, const char *type, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: what would end it is escaped. */
static void put_label(const char *name, const char *value, bool first)
{
	printf("%s%s=\"", first ? "" : ",", name);
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			putchar('\\');
		if (*value == '\n')
			fputs("\\n", stdout);
		else
			putchar(*value);
	}
	putchar('"');
}

/* One value of each spec, by the spec's id. */
static void put_specs(const struct gpuspec_inventory *inventory, const char *name,
		      const char *type, const char *help,
		      unsigned long long (*value)(const struct gpuspec_spec *spec))
{
	size_t i;

	begin(name, type, help);
	for (i = 0; i < inventory->model_count; i++) {
		printf("%s{", name);
		put_label("spec", inventory->models[i].spec.id, true);
		printf("} %llu\n", value(&inventory->models[i].spec));
	}
}

static unsigned long long is_enabled(const struct gpuspec_spec *spec)
{
	return spec->state == GPUSPEC_STATE_ENABLED;
}

static unsigned long long devices_of(const struct gpuspec_spec *spec)
{
	return spec->devices;
}

static unsigned long long refused_of(const struct gpuspec_spec *spec)
{
	return spec->refused;
}

static void put_models(const struct gpuspec_inventory *inventory)
{
	const struct gpuspec_model *model;
	char name[sizeof(model->name)];
	size_t i;

	begin("gpuspec_spec_info", "gauge", "What a spec is, and whom it is shared with: all, none or list.");
	for (i = 0; i < inventory->model_count; i++) {
		model = &inventory->models[i];
		printf("gpuspec_spec_info{");
		put_label("spec", model->spec.id, true);
		put_label("kind", model->spec.kind == GPUSPEC_KIND_PGPU ? "pgpu" : "vgpu", false);
		gpuspec_utf8_clean(name, sizeof(name), model->name);
		put_label("name", name, false);
		put_label("shared", row_sharing(model->spec.sharing), false);
		puts("} 1");
	}
}

/* Was a device with the same two labels counted before this one? */
static bool is_repeated(const struct gpuspec_tables *tables, size_t at,
			bool (*same)(const struct gpuspec_device *a,
				     const struct gpuspec_device *b))
{
	size_t i;

	for (i = 0; i < at; i++)
		if (same(&tables->devices[i], &tables->devices[at]))
			return true;
	return false;
}

static bool same_use(const struct gpuspec_device *a, const struct gpuspec_device *b)
{
	return a->in_use && b->in_use && !strcmp(a->spec, b->spec) &&
	       !strcmp(a->holder.account, b->holder.account);
}

static bool same_rom_state(const struct gpuspec_device *a, const struct gpuspec_device *b)
{
	return a->rom_state == b->rom_state && !strcmp(a->spec, b->spec);
}

/* Devices by spec and one more label. */
static void put_devices(const struct gpuspec_tables *tables, const char *name, const char *help,
			const char *label,
			const char *(*value)(const struct gpuspec_device *device),
			bool (*same)(const struct gpuspec_device *a,
				     const struct gpuspec_device *b))
{
	unsigned long long count;
	size_t i, j;

	begin(name, "gauge", help);
	for (i = 0; i < tables->device_count; i++) {
		if (!same(&tables->devices[i], &tables->devices[i]) ||
		    is_repeated(tables, i, same))
			continue;
		for (count = 0, j = i; j < tables->device_count; j++)
			count += same(&tables->devices[i], &tables->devices[j]);
		printf("%s{", name);
		put_label("spec", tables->devices[i].spec, true);
		put_label(label, value(&tables->devices[i]), false);
		printf("} %llu\n", count);
	}
}

static const char *account_of(const struct gpuspec_device *device)
{
	return *device->holder.account ? device->holder.account : "(unknown)";
}

static const char *rom_state_of(const struct gpuspec_device *device)
{
	return row_rom_state(device->rom_state);
}

static void put_host(const struct gpuspec_info *info)
{
	enum gpuspec_reason reason;

	begin("gpuspec_info", "gauge", "The version of the module.");
	printf("gpuspec_info{");
	put_label("version", info->version, true);
	puts("} 1");
	begin("gpuspec_default_closed", "gauge", "Are specs refused that policy does not name?");
	printf("gpuspec_default_closed %d\n", info->unnamed == GPUSPEC_DEFAULT_CLOSED);
	begin("gpuspec_accounts", "gauge", "Accounts, without the host's own.");
	printf("gpuspec_accounts %u\n", info->accounts);
	begin("gpuspec_refusals_total", "counter", "Refusals since the module was loaded, by reason.");
	for (reason = GPUSPEC_REASON_ALLOWED + 1; reason < GPUSPEC_REASONS; reason++) {
		printf("gpuspec_refusals_total{");
		put_label("reason", gpuspec_reason_name(reason), true);
		printf("} %llu\n", (unsigned long long)info->refused_for[reason]);
	}
}

/* As this host has it: etcd is not asked. */
static void put_fleet(const struct request *request)
{
	struct gpuspec_fleet_view view;
	struct gpuspec_agent_word word = {};
	struct gpuspec_conf conf;
	bool heard = false;

	fleet_view_read(request, &view);
	if (view.fleet.joined || *view.problem) {
		/* What is wrong with it is told by who needs it. */
		gpuspec_conf_read(GPUSPEC_CONF_PATH, &conf);
		heard = !gpuspec_agent_word_read(&word, GPUSPEC_AGENT_FOLDER);
		begin("gpuspec_fleet_info", "gauge", "The fleet that this host is of, and what it is called there.");
		printf("gpuspec_fleet_info{");
		put_label("prefix", conf.etcd_prefix, true);
		put_label("host", conf.host_name, false);
		puts("} 1");
		begin("gpuspec_fleet_revision", "gauge", "The revision of the fleet's policy that this host has.");
		printf("gpuspec_fleet_revision %lld\n", (long long)view.fleet.revision);
		begin("gpuspec_fleet_problem", "gauge", "Is something that was decided not in force here?");
		printf("gpuspec_fleet_problem %d\n", *view.problem || *word.problem);
	}
	if (heard) {
		begin("gpuspec_fleet_heard_timestamp_seconds", "gauge", "When the agent has heard etcd last.");
		printf("gpuspec_fleet_heard_timestamp_seconds %lld\n", word.heard);
	}
	gpuspec_fleet_view_free(&view);
}

int metrics(struct request *request)
{
	struct gpuspec_inventory inventory;
	int error;

	error = gpuspec_inventory_read(request->nl, "/sys", &inventory);
	if (error)
		return fail_nl(request->nl, error, "metrics");
	gpuspec_inventory_name(&inventory);
	put_host(&inventory.info);
	put_models(&inventory);
	put_specs(&inventory, "gpuspec_spec_enabled", "gauge", "Is the spec enabled?", is_enabled);
	put_specs(&inventory, "gpuspec_spec_devices", "gauge", "Devices of the spec.", devices_of);
	put_specs(&inventory, "gpuspec_spec_refusals_total", "counter",
		  "Refusals of devices of the spec.", refused_of);
	put_devices(&inventory.tables, "gpuspec_devices_in_use",
		    "Devices that a process holds through VFIO, by its account.", "account",
		    account_of, same_use);
	put_devices(&inventory.tables, "gpuspec_rom_devices",
		    "Devices by what became of the ROM of their spec.", "state", rom_state_of,
		    same_rom_state);
	put_fleet(request);
	gpuspec_inventory_free(&inventory);
	return EXIT_DONE;
}
