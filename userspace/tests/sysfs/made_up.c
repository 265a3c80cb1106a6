// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made_up.h"
#include "spec_id.h"

char made_up[] = "/tmp/gpuspec-sysfs.XXXXXX";

static void die(const char *path)
{
	perror(path);
	exit(1);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void remove_all(void)
{
	nftw(made_up, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void made_up_begin(void)
{
	static bool begun;

	if (!begun)
		atexit(remove_all);
	remove_all();
	if (begun ? mkdir(made_up, 0700) : !mkdtemp(made_up))
		die(made_up);
	begun = true;
}

static void make_folders(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			die(path);
		*slash = '/';
	}
}

static void make_path(char *path, const char *format, va_list args)
{
	int length = snprintf(path, PATH_MAX, "%s/", made_up);

	vsnprintf(path + length, PATH_MAX - length, format, args);
	make_folders(path);
}

void made_up_file(const char *text, const char *path, ...)
{
	char full[PATH_MAX];
	va_list args;
	FILE *file;

	va_start(args, path);
	make_path(full, path, args);
	va_end(args);
	file = fopen(full, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		die(full);
}

void made_up_folder(const char *path, ...)
{
	char full[PATH_MAX];
	va_list args;

	va_start(args, path);
	make_path(full, path, args);
	va_end(args);
	if (mkdir(full, 0755) && errno != EEXIST)
		die(full);
}

void made_up_link(const char *target, const char *path, ...)
{
	char full[PATH_MAX];
	va_list args;

	va_start(args, path);
	make_path(full, path, args);
	va_end(args);
	if (symlink(target, full) && errno != EEXIST)
		die(full);
}

void made_up_function(const char *address, const char *group, const char *driver)
{
	char target[PATH_MAX];

	made_up_folder("devices/pci/%s", address);
	snprintf(target, sizeof(target), "../../../devices/pci/%s", address);
	made_up_link(target, "bus/pci/devices/%s", address);
	if (driver) {
		snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
		made_up_link(target, "devices/pci/%s/driver", address);
	}
	if (group) {
		made_up_folder("kernel/iommu_groups/%s/devices/%s", group, address);
		snprintf(target, sizeof(target), "../../../kernel/iommu_groups/%s", group);
		made_up_link(target, "devices/pci/%s/iommu_group", address);
	}
}

void made_up_vf(const char *pf, const char *address, const char *group)
{
	char target[64];

	made_up_function(address, group, NULL);
	snprintf(target, sizeof(target), "../%s", pf);
	made_up_link(target, "devices/pci/%s/physfn", address);
}

static const char *folder_of(const char *parent)
{
	return strchr(parent, ':') ? "pci" : "virtual";
}

void made_up_type(const char *parent, const char *type, const char *name,
		  const char *description, int available)
{
	char path[PATH_MAX], number[16];

	snprintf(path, sizeof(path), "../../devices/%s/%s", folder_of(parent), parent);
	made_up_link(path, "class/mdev_bus/%s", parent);
	snprintf(path, sizeof(path), "devices/%s/%s/mdev_supported_types/%s", folder_of(parent),
		 parent, type);
	snprintf(number, sizeof(number), "%d\n", available);
	made_up_file(number, "%s/available_instances", path);
	if (name)
		made_up_file(name, "%s/name", path);
	if (description)
		made_up_file(description, "%s/description", path);
}

void made_up_gone(const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", made_up, path);
	if (remove(full))
		die(full);
}

void made_up_mdev(const char *parent, const char *uuid)
{
	char target[PATH_MAX];

	made_up_folder("devices/%s/%s/%s", folder_of(parent), parent, uuid);
	snprintf(target, sizeof(target), "../../../devices/%s/%s/%s", folder_of(parent), parent,
		 uuid);
	made_up_link(target, "bus/mdev/devices/%s", uuid);
}

void made_up_spec(struct gpuspec_inventory *inventory, const char *id)
{
	struct gpuspec_tables *tables = &inventory->tables;
	struct gpuspec_spec *spec;

	tables->specs = reallocarray(tables->specs, tables->spec_count + 1, sizeof(*spec));
	if (!tables->specs)
		die("specs");
	spec = &tables->specs[tables->spec_count++];
	memset(spec, 0, sizeof(*spec));
	snprintf(spec->id, sizeof(spec->id), "%s", id);
	spec->kind = gpuspec_id_kind(id);
	spec->state = GPUSPEC_STATE_ENABLED;
	spec->sharing = GPUSPEC_SHARING_ALL;
}

static struct gpuspec_spec *find_spec(struct gpuspec_inventory *inventory, const char *id)
{
	size_t i;

	for (i = 0; i < inventory->tables.spec_count; i++)
		if (!strcmp(inventory->tables.specs[i].id, id))
			return &inventory->tables.specs[i];
	made_up_spec(inventory, id);
	return &inventory->tables.specs[inventory->tables.spec_count - 1];
}

void made_up_device(struct gpuspec_inventory *inventory, const char *spec, const char *address,
		    const char *holder)
{
	struct gpuspec_tables *tables = &inventory->tables;
	struct gpuspec_spec *its = find_spec(inventory, spec);
	struct gpuspec_device *device;

	tables->devices = reallocarray(tables->devices, tables->device_count + 1, sizeof(*device));
	if (!tables->devices)
		die("devices");
	device = &tables->devices[tables->device_count++];
	memset(device, 0, sizeof(*device));
	snprintf(device->spec, sizeof(device->spec), "%s", spec);
	snprintf(device->address, sizeof(device->address), "%s", address);
	its->devices++;
	if (!holder)
		return;
	its->in_use++;
	device->in_use = true;
	device->holder.pid = 4711;
	snprintf(device->holder.comm, sizeof(device->holder.comm), "%s", holder);
	snprintf(device->holder.account, sizeof(device->holder.account), "host");
}

int made_up_read(struct gpuspec_inventory *inventory)
{
	inventory->tables.info.unnamed = GPUSPEC_DEFAULT_OPEN;
	return gpuspec_inventory_complete(inventory, made_up);
}
