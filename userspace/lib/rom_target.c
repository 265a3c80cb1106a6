// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_target.h"
#include "spec_id.h"

#define ROM_LINE	7	/* of "resource" in sysfs, from 1 */
#define ROM_SHADOW	2	/* IORESOURCE_ROM_SHADOW: not the BAR, but what is shown for it */

static unsigned int read_id(const char *folder, const char *name)
{
	char path[PATH_MAX];
	unsigned int id = UINT_MAX;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return id;
	if (fscanf(file, "0x%x", &id) != 1)
		id = UINT_MAX;
	fclose(file);
	return id;
}

static bool is_of(const char *folder, const struct gpuspec_rom_target *target)
{
	return read_id(folder, "vendor") == target->vendor &&
	       read_id(folder, "device") == target->device &&
	       read_id(folder, "subsystem_vendor") == target->subvendor &&
	       read_id(folder, "subsystem_device") == target->subdevice;
}

/* Bytes of the card's ROM BAR; 0: it has none, or it is not known. */
static __u32 read_window(const char *folder)
{
	unsigned long long start = 0, end = 0, flags = 0;
	char path[PATH_MAX], line[128] = "";
	FILE *file;
	int i;

	snprintf(path, sizeof(path), "%s/resource", folder);
	file = fopen(path, "re");
	if (!file)
		return 0;
	for (i = 0; i < ROM_LINE; i++)
		if (!fgets(line, sizeof(line), file))
			*line = '\0';
	fclose(file);
	/* An end before the start, too, is further away than a BAR can be long. */
	if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3 || !end ||
	    end - start >= UINT_MAX || (flags & ROM_SHADOW))
		return 0;
	return end - start + 1;
}

bool gpuspec_rom_target(const char *sysfs, const char *spec, struct gpuspec_rom_target *target)
{
	char devices[PATH_MAX / 2], folder[PATH_MAX];
	struct dirent *entry;
	struct gpuspec_id id;
	__u32 window;
	DIR *dir;

	memset(target, 0, sizeof(*target));
	if (!gpuspec_id_parse(spec, &id) || id.form != GPUSPEC_ID_PCI)
		return false;
	target->vendor = id.vendor;
	target->device = id.device;
	target->subvendor = id.subvendor;
	target->subdevice = id.subdevice;
	snprintf(devices, sizeof(devices), "%s/bus/pci/devices", sysfs);
	dir = opendir(devices);
	while (dir && (entry = readdir(dir))) {
		snprintf(folder, sizeof(folder), "%s/%s", devices, entry->d_name);
		window = entry->d_name[0] != '.' && is_of(folder, target) ? read_window(folder) : 0;
		if (window && (!target->window || window < target->window))
			target->window = window;
	}
	if (dir)
		closedir(dir);
	return true;
}
