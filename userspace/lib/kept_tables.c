// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kept_tables.h"
#include "spec_id.h"
#include "sysfs.h"
#include "verdict.h"

/* Classes that count as GPUs: see the module's identity.c. */
#define DISPLAY		0x03
#define ACCELERATOR	0x12

struct reading {
	struct gpuspec_tables *tables;
	char classes[256];	/* further ones: the module's parameter match_class= */
};

static struct gpuspec_spec *find_spec(struct gpuspec_tables *tables, const char *id)
{
	size_t i;

	for (i = 0; i < tables->spec_count; i++)
		if (!strcmp(tables->specs[i].id, id))
			return &tables->specs[i];
	return NULL;
}

/* One that the policy does not name: its default holds. */
static struct gpuspec_spec *add_spec(struct gpuspec_tables *tables, const char *id)
{
	struct gpuspec_rule rule = {};
	struct gpuspec_spec *specs;

	specs = reallocarray(tables->specs, tables->spec_count + 1, sizeof(*specs));
	if (!specs)
		return NULL;
	tables->specs = specs;
	specs = &specs[tables->spec_count++];
	memset(specs, 0, sizeof(*specs));
	rule = gpuspec_rule_in_force(&rule, tables->info.unnamed);
	snprintf(specs->id, sizeof(specs->id), "%s", id);
	specs->kind = gpuspec_id_kind(id);
	specs->state = rule.state;
	specs->sharing = rule.sharing;
	return specs;
}

static int add_device(struct gpuspec_tables *tables, const char *id, const char *address)
{
	struct gpuspec_spec *spec = find_spec(tables, id);
	struct gpuspec_device *devices;

	if (!spec)
		spec = add_spec(tables, id);
	devices = reallocarray(tables->devices, tables->device_count + 1, sizeof(*devices));
	if (devices)
		tables->devices = devices;
	if (!spec || !devices)
		return -ENOMEM;
	devices = &devices[tables->device_count++];
	memset(devices, 0, sizeof(*devices));
	snprintf(devices->spec, sizeof(devices->spec), "%s", id);
	snprintf(devices->address, sizeof(devices->address), "%s", address);
	spec->devices++;
	return 0;
}

static bool is_listed(const struct reading *reading, unsigned int class)
{
	char classes[sizeof(reading->classes)], *rest = classes, *word;
	unsigned long value;

	memcpy(classes, reading->classes, sizeof(classes));
	while ((word = strsep(&rest, ","))) {
		value = strtoul(word, NULL, 16);
		if (*word && value == (strlen(word) > 2 ? class >> 8 : class >> 16))
			return true;
	}
	return false;
}

static bool is_gpu(const struct reading *reading, const char *folder)
{
	long long class = gpuspec_sysfs_number(folder, "class");

	return class >= 0 && (class >> 16 == DISPLAY || class >> 16 == ACCELERATOR ||
			      is_listed(reading, class));
}

static unsigned int number(const char *folder, const char *file)
{
	long long value = gpuspec_sysfs_number(folder, file);

	return value < 0 ? 0 : value;
}

static void identify_vf(const char *folder, char *id)
{
	long long type = gpuspec_sysfs_number(folder, "nvidia/current_vgpu_type");
	unsigned int vendor = number(folder, "vendor"), device = number(folder, "device");
	unsigned int pf = number(folder, "physfn/device");
	char name[32];

	snprintf(name, sizeof(name), "nvidia-%lld", type);
	if (type > 0)
		gpuspec_id_vf_typed(id, vendor, pf, device, name);
	else
		gpuspec_id_vf(id, vendor, pf, device);
}

static int take_function(const char *devices, const char *address, void *data)
{
	struct reading *reading = data;
	char folder[PATH_MAX], path[PATH_MAX + 16], id[GPUSPEC_ID_SIZE];

	snprintf(folder, sizeof(folder), "%s/%s", devices, address);
	if (strlen(address) > GPUSPEC_ADDRESS_MAX || !is_gpu(reading, folder))
		return 0;
	snprintf(path, sizeof(path), "%s/physfn", folder);
	if (!access(path, F_OK))
		identify_vf(folder, id);
	else
		gpuspec_id_pci(id, number(folder, "vendor"), number(folder, "device"),
			       number(folder, "subsystem_vendor"),
			       number(folder, "subsystem_device"));
	return add_device(reading->tables, id, address);
}

static int take_mdev(const char *devices, const char *uuid, void *data)
{
	struct reading *reading = data;
	char folder[PATH_MAX], type[GPUSPEC_ID_SIZE], id[GPUSPEC_ID_SIZE];

	snprintf(folder, sizeof(folder), "%s/%s", devices, uuid);
	gpuspec_sysfs_link(folder, "mdev_type", type, sizeof(type));
	if (strlen(uuid) > GPUSPEC_ADDRESS_MAX || !*type)
		return 0;
	gpuspec_id_mdev(id, type);
	return add_device(reading->tables, id, uuid);
}

int gpuspec_kept_tables(struct gpuspec_tables *tables, const struct gpuspec_policy *policy,
			const char *sysfs)
{
	struct reading reading = { .tables = tables };
	char path[PATH_MAX];
	int error;

	error = gpuspec_policy_tables(tables, policy);
	if (error)
		return error;
	snprintf(path, sizeof(path), "%s/module/gpuspec/parameters", sysfs);
	gpuspec_sysfs_text(path, "match_class", reading.classes, sizeof(reading.classes));
	snprintf(path, sizeof(path), "%s/bus/pci/devices", sysfs);
	error = gpuspec_sysfs_each(path, take_function, &reading);
	snprintf(path, sizeof(path), "%s/bus/mdev/devices", sysfs);
	if (!error)
		error = gpuspec_sysfs_each(path, take_mdev, &reading);
	if (error)
		gpuspec_nl_free_tables(tables);
	return error;
}
