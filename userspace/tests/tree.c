// SPDX-License-Identifier: GPL-2.0
/* A host with 64 mdevs over four cards, and 16 VFs: list, devices and show stay readable. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_table.h"
#include "hardware.h"
#include "made_up.h"
#include "output.h"
#include "row.h"
#include "row_device.h"
#include "spec_table.h"

#define T4	"pci:10de:1eb8:10de:12a2"
#define P4	"pci:10de:1bb3:10de:11d8"
#define FLEX	"pci:8086:56c0:8086:4905"
#define VF	"vf:8086:56c0:56c0"

static const char *const parents[] = {
	"0000:3b:00.0", "0000:5e:00.0", "0000:86:00.0", "0000:af:00.0",
};

static void add_nvidia(struct gpuspec_inventory *inventory)
{
	const char *parent;
	char uuid[40];
	int card, i;

	for (card = 0; card < 4; card++) {
		parent = parents[card];
		made_up_function(parent, "7", "nvidia");
		made_up_device(inventory, card < 3 ? T4 : P4, parent, NULL);
		if (card < 3)
			made_up_type(parent, "nvidia-230", "GRID T4-1Q\n",
				     "num_heads=4, frl_config=60, framebuffer=1024M, max_resolution=5120x2880, max_instance=16\n",
				     0);
		else
			made_up_type(parent, "nvidia-63", "GRID P4-1Q\n",
				     "num_heads=4, frl_config=60, framebuffer=1024M, max_resolution=5120x2880, max_instance=8\n",
				     8);
		/* Two models offer this one. */
		made_up_type(parent, "nvidia-222", "GRID T4-1B\n",
			     "num_heads=4, frl_config=45, framebuffer=1024M, max_resolution=5120x2880, max_instance=16\n",
			     card < 3 ? 0 : 8);
		for (i = 0; i < 16; i++) {
			snprintf(uuid, sizeof(uuid), "%08x-0000-4000-8000-%012x",
				 (unsigned int)(i * 2654435761U), card);
			made_up_mdev(parent, uuid);
			made_up_device(inventory, card < 3 && i < 12 ? "mdev:nvidia-230" :
				       "mdev:nvidia-222", uuid,
				       i % 5 ? NULL : "qemu-system-x86");
		}
	}
}

static void add_intel(struct gpuspec_inventory *inventory)
{
	char address[16];
	int i;

	made_up_function("0000:d8:00.0", "90", "i915");
	made_up_file("31\n", "devices/pci/0000:d8:00.0/sriov_totalvfs");
	made_up_file("16\n", "devices/pci/0000:d8:00.0/sriov_numvfs");
	made_up_file("56c0\n", "devices/pci/0000:d8:00.0/sriov_vf_device");
	made_up_file("16.0 GT/s PCIe\n", "devices/pci/0000:d8:00.0/current_link_speed");
	made_up_file("8\n", "devices/pci/0000:d8:00.0/current_link_width");
	made_up_file("16.0 GT/s PCIe\n", "devices/pci/0000:d8:00.0/max_link_speed");
	made_up_file("16\n", "devices/pci/0000:d8:00.0/max_link_width");
	made_up_device(inventory, FLEX, "0000:d8:00.0", NULL);
	for (i = 1; i <= 16; i++) {
		snprintf(address, sizeof(address), "0000:d8:%02x.%d", i / 8, i % 8);
		made_up_function(address, "91", "vfio-pci");
		made_up_link("../0000:d8:00.0", "devices/pci/%s/physfn", address);
		made_up_device(inventory, VF, address, i == 9 ? "qemu-system-x86" : NULL);
	}
}

static int failed;

static void expect(const char *what, char *text, const char *expected)
{
	if (!strcmp(text, expected))
		return;
	printf("%s is not as expected:\n%s", what, text);
	failed = 1;
}

/* What @print says of @rows, with the blanks at the ends of lines taken off. */
static void catch(int (*print)(json_t *rows), json_t *rows, char *text, size_t size)
{
	char line[512];
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);
	size_t length = 0, end;

	if (!file || out < 0) {
		perror("tree");
		exit(1);
	}
	fflush(stdout);
	if (dup2(fileno(file), STDOUT_FILENO) < 0 || print(rows))
		failed = 1;
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(file);
	while (fgets(line, sizeof(line), file) && length < size) {
		end = strlen(line);
		while (end && isspace((unsigned char)line[end - 1]))
			end--;
		length += snprintf(text + length, size - length, "%.*s\n", (int)end, line);
	}
	fclose(file);
}

static char text[65536];

static const char list_text[] = {
	"SPEC                    NAME       KIND MEMORY STATE   SHARED  IN USE FREE BLOCKED ROM REFUSED\n"
	P4 " -          pGPU      - enabled all     0 of 1    -  1 of 1 -         0\n"
	"|-mdev:nvidia-222       GRID T4-1B vGPU  1 GiB enabled all    7 of 28    8       - -         0\n"
	"`-mdev:nvidia-63        GRID P4-1Q vGPU  1 GiB enabled all     0 of 0    8       - -         0\n"
	T4 " -          pGPU      - enabled all     0 of 3    -  3 of 3 -         0\n"
	"|-mdev:nvidia-222       see above\n"
	"`-mdev:nvidia-230       GRID T4-1Q vGPU  1 GiB enabled all    9 of 36    0       - -         0\n"
	FLEX " -          pGPU      - enabled all     0 of 1    -  1 of 1 -         0\n"
	"`-vf:8086:56c0:56c0     -          vGPU      - enabled all    1 of 16    0       - -         0\n"
};

static const char offers_text[] =
	"PARENT       SPEC                    FREE\n"
	"0000:3b:00.0 " T4 "    0\n"
	"0000:5e:00.0 " T4 "    0\n"
	"0000:86:00.0 " T4 "    0\n"
	"0000:af:00.0 " P4 "    8\n";

static const char hardware_text[] =
	"ADDRESS      LINK       LINK MAX    VFS\n"
	"0000:d8:00.0 16 GT/s x8 16 GT/s x16 16 of 31\n";

/* Each slice below its own card, the types of a card together, and what is blocked told. */
static void check_devices(void)
{
	char *line, *rest = text, parent[40] = "", type[40] = "", address[40], spec[40];
	int cards = 0, mdevs = 0, vfs = 0, blocked = 0;

	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) && *line) {
		blocked += !!strstr(line, "in use, ");
		if (*line == '0') {
			if (sscanf(line, "%39s", parent) == 1)
				cards++;
			*type = '\0';
			continue;
		}
		if (sscanf(line + 2, "%39s %39s", address, spec) != 2)
			failed = 1;
		if (!strncmp(spec, "mdev:", 5)) {
			mdevs++;
			failed |= strcmp(parents[address[35] - '0'], parent);
			failed |= strcmp(spec, type) < 0;
			snprintf(type, sizeof(type), "%s", spec);
		} else {
			vfs++;
			failed |= strcmp(parent, "0000:d8:00.0");
		}
	}
	if (cards != 5 || mdevs != 64 || vfs != 16 || blocked != 5)
		failed = 1;
	if (failed)
		printf("devices: %d cards, %d mdevs, %d VFs, %d blocked\n", cards, mdevs, vfs,
		       blocked);
}

int main(void)
{
	struct gpuspec_inventory inventory = {};
	json_t *rows = json_array();
	size_t i;

	made_up_begin();
	add_nvidia(&inventory);
	add_intel(&inventory);
	if (made_up_read(&inventory))
		return 1;
	for (i = 0; i < inventory.model_count; i++)
		json_array_append_new(rows, row_spec(&inventory, &inventory.models[i]));
	catch(print_specs, rows, text, sizeof(text));
	json_decref(rows);
	expect("list", text, list_text);

	rows = row_offers(&inventory, "mdev:nvidia-222");
	catch(print_offers, rows, text, sizeof(text));
	json_decref(rows);
	expect("the offers", text, offers_text);

	if (gpuspec_inventory_hardware(&inventory))
		return 1;
	rows = row_devices(&inventory, FLEX, false);
	catch(print_hardware, rows, text, sizeof(text));
	json_decref(rows);
	expect("the hardware", text, hardware_text);

	rows = row_devices(&inventory, NULL, false);
	catch(print_devices, rows, text, sizeof(text));
	json_decref(rows);
	check_devices();

	gpuspec_inventory_free(&inventory);
	return failed;
}
