// SPDX-License-Identifier: GPL-2.0
/* The smallest ROM BAR of a spec's cards, in a sysfs that is made up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rom_target.h"

#define SPEC	"pci:10de:2684:10de:167c"
#define BARS	"0x00000000f0000000 0x00000000f0ffffff 0x0000000000040200\n" \
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
		"0x000000000000e000 0x000000000000e07f 0x0000000000040101\n"

static int failed;
static char sysfs[32] = "/tmp/gpuspec-sysfs-XXXXXX";

static void put(const char *card, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/bus/pci/devices/%s", sysfs, card);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/bus/pci/devices/%s/%s", sysfs, card, name);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file)) {
		printf("cannot write %s\n", path);
		exit(1);
	}
}

static void card(const char *address, const char *subdevice, const char *resource)
{
	put(address, "vendor", "0x10de\n");
	put(address, "device", "0x2684\n");
	put(address, "subsystem_vendor", "0x10de\n");
	put(address, "subsystem_device", subdevice);
	put(address, "resource", resource);
}

static void expect(const char *what, __u32 window)
{
	struct gpuspec_rom_target target;

	if (gpuspec_rom_target(sysfs, SPEC, &target) && target.window == window &&
	    target.vendor == 0x10de && target.device == 0x2684 && target.subvendor == 0x10de &&
	    target.subdevice == 0x167c)
		return;
	printf("%s: the window is %u, and not %u\n", what, target.window, window);
	failed = 1;
}

int main(void)
{
	static const char *const others[] = {
		"mdev:nvidia-35", "vf:8086:56c0:56c1", "pci:10de", "../..", "",
	};
	struct gpuspec_rom_target target;
	char command[128];
	size_t i;

	if (!mkdtemp(sysfs))
		return 1;
	expect("no sysfs", 0);
	snprintf(command, sizeof(command), "mkdir -p %s/bus/pci/devices", sysfs);
	if (system(command))
		return 1;
	expect("no card", 0);
	card("0000:01:00.0", "0x167d\n", BARS "0xf1000000 0xf1000fff 0x46200\n");
	expect("another board", 0);
	card("0000:02:00.0", "0x167c\n", BARS "0xf1000000 0xf107ffff 0x46200\n");
	expect("one", 0x80000);
	card("0000:03:00.0", "0x167c\n", BARS "0 0 0\n");
	expect("one, and one without", 0x80000);
	/* The boot GPU's copy in memory is not its BAR. */
	card("0000:04:00.0", "0x167c\n", BARS "0xc0000 0xdffff 0x212\n");
	expect("one, and a shadow", 0x80000);
	card("0000:05:00.0", "0x167c\n", BARS "0xf2000000 0xf203ffff 0x46200\n");
	expect("two", 0x40000);
	card("0000:06:00.0", "0x167c\n", "");
	card("0000:07:00.0", "0x167c\n", BARS);
	card("0000:08:00.0", "0x167c\n", BARS "rom rom rom\n");
	card("0000:09:00.0", "0x167c\n", BARS "0xf2000000 0x10000000 0x46200\n");
	card("0000:0a:00.0", "0x167c\n", BARS "0 0x100000fff 0x46200\n");
	card("0000:0b:00.0", "", BARS "0xf1000000 0xf1000fff 0x46200\n");
	expect("two, and nonsense", 0x40000);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (gpuspec_rom_target(sysfs, others[i], &target)) {
			printf("'%s' is taken for a pGPU\n", others[i]);
			failed = 1;
		}
	snprintf(command, sizeof(command), "rm -rf %s", sysfs);
	return system(command) || failed;
}
