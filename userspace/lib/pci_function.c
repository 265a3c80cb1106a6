// SPDX-License-Identifier: GPL-2.0
#include <linux/pci_regs.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pci_function.h"
#include "sysfs.h"

/* Of a line in the file resource, which are the kernel's own (linux/ioport.h). */
#define RESOURCE_MEM		0x00000200ULL
#define RESOURCE_PREFETCH	0x00002000ULL

#define MIB	(1LL << 20)

/* Where the largest prefetchable BAR is noted, and which of the six it is; -1: none. */
static int find_bar(const char *folder, struct gpuspec_pci_function *function)
{
	unsigned long long start, end, flags;
	char text[4096], *line, *rest = text;
	int i, found = -1;

	gpuspec_sysfs_text(folder, "resource", text, sizeof(text));
	for (i = 0; i < PCI_STD_NUM_BARS && (line = strsep(&rest, "\n")); i++) {
		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3 ||
		    !(flags & RESOURCE_MEM) || !(flags & RESOURCE_PREFETCH) ||
		    end <= start || end - start >= LLONG_MAX)
			continue;
		if ((long long)(end - start) + 1 > function->bar) {
			function->bar = (long long)(end - start) + 1;
			found = i;
		}
	}
	return found;
}

/* A mask, in which bit 0 is 1 MiB, and each is twice the one below. */
static long long largest_size(const char *folder, int bar)
{
	char file[32], text[32], *end;
	unsigned long long sizes;
	int bit;

	snprintf(file, sizeof(file), "resource%d_resize", bar);
	gpuspec_sysfs_text(folder, file, text, sizeof(text));
	sizes = strtoull(text, &end, 16);
	if (!*text || *end || !sizes)
		return -1;
	bit = 63 - __builtin_clzll(sizes);
	return bit > 42 ? -1 : MIB << bit;
}

/* "16.0 GT/s PCIe" */
static long long speed(const char *folder, const char *file)
{
	char text[64], unit[8];
	unsigned int whole, tenth = 0;

	gpuspec_sysfs_text(folder, file, text, sizeof(text));
	if (sscanf(text, "%5u.%1u %7s", &whole, &tenth, unit) != 3 &&
	    sscanf(text, "%5u %7s", &whole, unit) != 2)
		return -1;
	return whole && !strcmp(unit, "GT/s") ? whole * 1000LL + tenth * 100LL : -1;
}

static long long width(const char *folder, const char *file)
{
	long long lanes = gpuspec_sysfs_number(folder, file);

	/* 0 and 255 are what a port without a link has there. */
	return lanes >= 1 && lanes <= 32 ? lanes : -1;
}

static int add_tile(const char *folder, const char *entry, void *data)
{
	struct gpuspec_pci_function *function = data;
	char path[PATH_MAX];
	long long memory, sum;

	if (strncmp(entry, "tile", 4))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", folder, entry);
	memory = gpuspec_sysfs_number(path, "physical_vram_size_bytes");
	if (memory > 0 && !__builtin_add_overflow(memory, function->video_memory < 0 ? 0 :
						  function->video_memory, &sum))
		function->video_memory = sum;
	return 0;
}

static int take_lmem(const char *folder, const char *entry, void *data)
{
	struct gpuspec_pci_function *function = data;
	char path[PATH_MAX];
	long long memory;

	snprintf(path, sizeof(path), "%s/%s", folder, entry);
	memory = strncmp(entry, "card", 4) ? -1 : gpuspec_sysfs_number(path, "lmem_total_bytes");
	if (memory > 0)
		function->video_memory = memory;
	return memory > 0;
}

static void ask_amdgpu(const char *folder, struct gpuspec_pci_function *function)
{
	function->video_memory = gpuspec_sysfs_number(folder, "mem_info_vram_total");
}

static void ask_xe(const char *folder, struct gpuspec_pci_function *function)
{
	gpuspec_sysfs_each(folder, add_tile, function);
}

/* Where it is not the kernel's own, which does not say. */
static void ask_i915(const char *folder, struct gpuspec_pci_function *function)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/drm", folder);
	gpuspec_sysfs_each(path, take_lmem, function);
}

static const struct {
	const char *name;
	void (*ask)(const char *folder, struct gpuspec_pci_function *function);
} drivers[] = {
	{ "amdgpu", ask_amdgpu },
	{ "xe", ask_xe },
	{ "i915", ask_i915 },
};

static void ask_driver(const char *folder, const char *driver,
		       struct gpuspec_pci_function *function)
{
	size_t i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(driver, drivers[i].name))
			drivers[i].ask(folder, function);
	if (function->video_memory > 0)
		function->memory_from = GPUSPEC_MEMORY_FROM_DRIVER;
	else
		function->video_memory = -1;
}

enum gpuspec_memory_from gpuspec_pci_driver_knows(const char *driver)
{
	size_t i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(driver, drivers[i].name))
			return GPUSPEC_MEMORY_FROM_DRIVER;
	return GPUSPEC_MEMORY_FROM_BAR;
}

void gpuspec_pci_function_memory(const char *folder, const char *driver,
				 struct gpuspec_pci_function *function)
{
	int bar = find_bar(folder, function);

	if (bar >= 0)
		function->bar_max = largest_size(folder, bar);
	ask_driver(folder, driver, function);
	/* A smaller one has registers, and no memory. */
	if (function->video_memory < 0 && function->bar >= MIB) {
		function->video_memory = function->bar;
		function->memory_from = GPUSPEC_MEMORY_FROM_BAR;
	}
}

void gpuspec_pci_function_links(const char *folder, struct gpuspec_pci_function *function)
{
	function->link.speed = speed(folder, "current_link_speed");
	function->link.width = width(folder, "current_link_width");
	function->link_max.speed = speed(folder, "max_link_speed");
	function->link_max.width = width(folder, "max_link_width");
}

void gpuspec_pci_function_clear(struct gpuspec_pci_function *function)
{
	*function = (struct gpuspec_pci_function){
		.video_memory = -1, .bar = -1, .bar_max = -1, .link = { -1, -1 },
		.link_max = { -1, -1 }, .vfs = -1, .total_vfs = -1, .vf_device = -1,
	};
}

void gpuspec_pci_function_read(const char *folder, struct gpuspec_pci_function *function)
{
	char text[16], *end;

	function->total_vfs = gpuspec_sysfs_number(folder, "sriov_totalvfs");
	if (function->total_vfs < 0)
		return;
	function->vfs = gpuspec_sysfs_number(folder, "sriov_numvfs");
	/* Hexadecimal, without a prefix. */
	gpuspec_sysfs_text(folder, "sriov_vf_device", text, sizeof(text));
	function->vf_device = strtol(text, &end, 16);
	if (!*text || *end || function->vf_device < 0 || function->vf_device > 0xffff)
		function->vf_device = -1;
}
