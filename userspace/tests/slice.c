// SPDX-License-Identifier: GPL-2.0
/* Where slices go, and what is written to make them, on a sysfs of plain files. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "made_up.h"
#include "mdevctl.h"
#include "slice.h"
#include "sysfs.h"

#define T4	"pci:10de:1eb8:10de:12a2"
#define A40	"pci:10de:2235:10de:145a"
#define FLEX	"pci:8086:56c0:8086:4905"
#define VF	"vf:8086:56c0:56c0"
#define A40_VF	"vf:10de:2235:2235"

static struct gpuspec_inventory inventory;
static struct gpuspec_slice slice;

static void begin(void)
{
	made_up_begin();
	memset(&inventory, 0, sizeof(inventory));
}

static int place(const char *spec, const char *parent, bool pack)
{
	memset(&slice, 0, sizeof(slice));
	slice.sysfs = made_up;
	snprintf(slice.spec, sizeof(slice.spec), "%s", spec);
	snprintf(slice.parent, sizeof(slice.parent), "%s", parent);
	return gpuspec_slice_place(&slice, &inventory, pack);
}

static bool file_is(const char *path, const char *expected)
{
	char text[128];

	gpuspec_sysfs_text(made_up, path, text, sizeof(text));
	if (strcmp(text, expected))
		printf("%s is '%s'\n", path, text);
	return !strcmp(text, expected);
}

static void add_card(const char *address, int slices, int available, const char *holder)
{
	static int made;
	char uuid[40];
	int i;

	made_up_function(address, NULL, "nvidia");
	made_up_type(address, "nvidia-230", "GRID T4-1Q\n", NULL, available);
	made_up_device(&inventory, T4, address, holder);
	for (i = 0; i < slices; i++) {
		snprintf(uuid, sizeof(uuid), "00000000-0000-4000-8000-%012d", made++);
		made_up_mdev(address, uuid);
		made_up_device(&inventory, "mdev:nvidia-230", uuid, NULL);
	}
}

static void test_place(void)
{
	begin();
	add_card("0000:01:00.0", 3, 13, NULL);
	add_card("0000:02:00.0", 1, 15, NULL);
	add_card("0000:03:00.0", 4, 0, NULL);
	add_card("0000:04:00.0", 0, 16, "qemu");
	add_card("0000:05:00.0", 1, 15, NULL);
	check(!made_up_read(&inventory));
	/* Not the one that is held, though it is empty; not the one that is full. */
	check(!place("mdev:nvidia-230", "", false) && !strcmp(slice.parent, "0000:02:00.0"));
	check(!place("mdev:nvidia-230", "", true) && !strcmp(slice.parent, "0000:01:00.0"));
	check(!place("mdev:nvidia-230", "0000:05:00.0", true) &&
	      !strcmp(slice.parent, "0000:05:00.0"));
	check(place("mdev:nvidia-230", "0000:03:00.0", false) == -ENOSPC);
	check(!strcmp(slice.sentence, "0000:03:00.0 has no room for mdev:nvidia-230"));
	check(place("mdev:nvidia-230", "0000:04:00.0", false) == -ENOSPC);
	check_says(slice.sentence,
		   "0000:04:00.0 has no room for mdev:nvidia-230: 0000:04:00.0 is held as a whole by qemu[4711]");
	check(place("mdev:nvidia-230", "0000:06:00.0", false) == -ENOENT);
	check(place("mdev:nvidia-231", "", false) == -ENOSPC);
	gpuspec_inventory_free(&inventory);
}

static void test_mdev(void)
{
	begin();
	add_card("0000:01:00.0", 0, 16, NULL);
	made_up_file("", "devices/pci/0000:01:00.0/mdev_supported_types/nvidia-230/create");
	check(!made_up_read(&inventory));
	check(!place("mdev:nvidia-230", "", false));
	check(gpuspec_uuid_make(slice.address) && strlen(slice.address) == 36);
	check(!gpuspec_slice_make(&slice, &inventory));
	check(file_is("devices/pci/0000:01:00.0/mdev_supported_types/nvidia-230/create",
		      slice.address));
	/* The parent goes away in between. */
	made_up_gone("class/mdev_bus/0000:01:00.0");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOENT);
	check(strstr(slice.sentence, "No such file"));
	gpuspec_inventory_free(&inventory);
}

static void add_vf(const char *pf, const char *address, int number)
{
	char target[64];

	made_up_function(address, NULL, NULL);
	snprintf(target, sizeof(target), "../%s", pf);
	made_up_link(target, "devices/pci/%s/physfn", address);
	snprintf(target, sizeof(target), "../%s", address);
	made_up_link(target, "devices/pci/%s/virtfn%d", pf, number);
	made_up_file("", "devices/pci/%s/driver_override", address);
}

static void add_pf(const char *spec, const char *address, const char *vfs)
{
	made_up_function(address, NULL, "i915");
	made_up_file("4\n", "devices/pci/%s/sriov_totalvfs", address);
	made_up_file(vfs, "devices/pci/%s/sriov_numvfs", address);
	made_up_file("1\n", "devices/pci/%s/sriov_drivers_autoprobe", address);
	made_up_file(strcmp(spec, FLEX) ? "2235\n" : "56c0\n", "devices/pci/%s/sriov_vf_device",
		     address);
	made_up_device(&inventory, spec, address, NULL);
}

static void test_vf(void)
{
	begin();
	add_pf(FLEX, "0000:11:00.0", "2\n");
	add_vf("0000:11:00.0", "0000:11:00.1", 0);
	add_vf("0000:11:00.0", "0000:11:00.2", 1);
	made_up_device(&inventory, VF, "0000:11:00.1", "qemu");
	made_up_device(&inventory, VF, "0000:11:00.2", NULL);
	made_up_file("", "bus/pci/drivers/vfio-pci/bind");
	check(!made_up_read(&inventory));
	check(!place(VF, "", false) && !gpuspec_slice_make(&slice, &inventory));
	check(!strcmp(slice.address, "0000:11:00.2") && !slice.raised_vfs);
	check(file_is("bus/pci/drivers/vfio-pci/bind", "0000:11:00.2"));
	check(file_is("devices/pci/0000:11:00.2/driver_override", "vfio-pci"));
	check(file_is("devices/pci/0000:11:00.0/sriov_numvfs", "2"));
	/* Without vfio-pci. */
	made_up_gone("bus/pci/drivers/vfio-pci/bind");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOENT);
	check(strstr(slice.sentence, "modprobe vfio-pci"));
	gpuspec_inventory_free(&inventory);

	/* These files make no VF, so what was raised is lowered. */
	begin();
	add_pf(FLEX, "0000:11:00.0", "0\n");
	check(!made_up_read(&inventory));
	check(!place(VF, "", false));
	check(gpuspec_slice_make(&slice, &inventory) == -ENOSPC && !slice.raised_vfs);
	check(file_is("devices/pci/0000:11:00.0/sriov_numvfs", "0"));
	check(file_is("devices/pci/0000:11:00.0/sriov_drivers_autoprobe", "1"));
	gpuspec_inventory_free(&inventory);
}

static void test_vendor_vf(void)
{
	static const char half[] = A40_VF "/nvidia-563";

	begin();
	add_pf(A40, "0000:21:00.0", "3\n");
	add_vf("0000:21:00.0", "0000:21:00.4", 0);
	add_vf("0000:21:00.0", "0000:21:00.5", 1);
	add_vf("0000:21:00.0", "0000:21:00.6", 2);
	made_up_file("563\n", "devices/pci/0000:21:00.4/nvidia/current_vgpu_type");
	made_up_file("0\n", "devices/pci/0000:21:00.5/nvidia/current_vgpu_type");
	made_up_file("0\n", "devices/pci/0000:21:00.6/nvidia/current_vgpu_type");
	made_up_file("ID    : vGPU Name\n564   : NVIDIA A40-48Q\n",
		     "devices/pci/0000:21:00.5/nvidia/creatable_vgpu_types");
	made_up_file("ID    : vGPU Name\n563   : NVIDIA A40-24Q\n",
		     "devices/pci/0000:21:00.6/nvidia/creatable_vgpu_types");
	made_up_device(&inventory, half, "0000:21:00.4", NULL);
	made_up_device(&inventory, A40_VF, "0000:21:00.5", NULL);
	made_up_device(&inventory, A40_VF, "0000:21:00.6", NULL);
	check(!made_up_read(&inventory));
	/* Of no type, it is nothing that anyone can have. */
	check(place(A40_VF, "", false) == -ENOSPC);
	check(!place(half, "", false) && !strcmp(slice.parent, "0000:21:00.0"));
	check(!gpuspec_slice_make(&slice, &inventory));
	check(!strcmp(slice.address, "0000:21:00.6"));
	check(file_is("devices/pci/0000:21:00.6/nvidia/current_vgpu_type", "563"));
	/* There is no other. */
	check(gpuspec_slice_make(&slice, &inventory) == -ENOSPC);
	snprintf(slice.address, sizeof(slice.address), "0000:21:00.6");
	check(!gpuspec_slice_remove(&slice));
	/* A plain file keeps what is behind the 0 that was written. */
	check(file_is("devices/pci/0000:21:00.6/nvidia/current_vgpu_type", "063"));
	gpuspec_inventory_free(&inventory);
}

/* The host keeps what its drivers have, as long as there is another VF, on whatever card. */
static void test_vf_of_a_driver(void)
{
	begin();
	add_pf(FLEX, "0000:11:00.0", "2\n");
	add_pf(FLEX, "0000:12:00.0", "2\n");
	add_vf("0000:11:00.0", "0000:11:00.1", 0);
	add_vf("0000:11:00.0", "0000:11:00.2", 1);
	add_vf("0000:12:00.0", "0000:12:00.1", 0);
	add_vf("0000:12:00.0", "0000:12:00.2", 1);
	made_up_function("0000:11:00.1", NULL, "i915");
	made_up_function("0000:11:00.2", NULL, "i915");
	made_up_function("0000:12:00.1", NULL, "i915");
	made_up_file("", "bus/pci/drivers/i915/unbind");
	made_up_file("", "bus/pci/drivers/vfio-pci/bind");
	made_up_device(&inventory, VF, "0000:11:00.1", NULL);
	made_up_device(&inventory, VF, "0000:11:00.2", NULL);
	made_up_device(&inventory, VF, "0000:12:00.1", NULL);
	made_up_device(&inventory, VF, "0000:12:00.2", NULL);
	check(!made_up_read(&inventory));
	check(!place(VF, "", false) && !strcmp(slice.parent, "0000:12:00.0") && !*slice.driver);
	check(!gpuspec_slice_make(&slice, &inventory));
	check(!strcmp(slice.address, "0000:12:00.2") && !*slice.driver);
	check(file_is("bus/pci/drivers/i915/unbind", ""));
	check(!place(VF, "0000:11:00.0", false) && !strcmp(slice.driver, "i915"));
	check(!gpuspec_slice_make(&slice, &inventory));
	check(!strcmp(slice.address, "0000:11:00.1") && !strcmp(slice.driver, "i915"));
	check(file_is("bus/pci/drivers/i915/unbind", "0000:11:00.1"));
	gpuspec_inventory_free(&inventory);
}

static void add_vf_of_i915(const char *override)
{
	begin();
	add_pf(FLEX, "0000:11:00.0", "1\n");
	add_vf("0000:11:00.0", "0000:11:00.1", 0);
	made_up_function("0000:11:00.1", NULL, "i915");
	made_up_file(override, "devices/pci/0000:11:00.1/driver_override");
	made_up_file("", "bus/pci/drivers/i915/bind");
	made_up_file("", "bus/pci/drivers/i915/unbind");
	made_up_device(&inventory, VF, "0000:11:00.1", NULL);
	check(!made_up_read(&inventory));
	check(!place(VF, "", false));
}

/* There is no vfio-pci: what was taken is given back, or it is said what is not. */
static void test_vf_is_given_back(void)
{
	add_vf_of_i915("i915\n");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOENT && !*slice.left);
	/* A plain file keeps what is behind that. */
	check(file_is("devices/pci/0000:11:00.1/driver_override", "i915-pci"));
	check(file_is("bus/pci/drivers/i915/bind", "0000:11:00.1"));
	gpuspec_inventory_free(&inventory);

	add_vf_of_i915("(null)\n");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOENT && !*slice.left);
	check(file_is("devices/pci/0000:11:00.1/driver_override", "\nfio-pci"));
	gpuspec_inventory_free(&inventory);

	add_vf_of_i915("(null)\n");
	made_up_gone("bus/pci/drivers/i915/bind");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOENT);
	check(strstr(slice.left, "0000:11:00.1 is left without a driver; echo 0000:11:00.1 >"));
	check(strstr(slice.left, "/bus/pci/drivers/i915/bind gives it back"));
	gpuspec_inventory_free(&inventory);

	/* It could not be taken at all. */
	add_vf_of_i915("(null)\n");
	made_up_gone("bus/pci/drivers/i915/unbind");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOENT && !*slice.left);
	check(file_is("bus/pci/drivers/i915/bind", ""));
	gpuspec_inventory_free(&inventory);
}

static void test_vf_is_not_all_removed(void)
{
	add_vf_of_i915("vfio-pci\n");
	made_up_gone("devices/pci/0000:11:00.1/driver");
	made_up_link("../../../bus/pci/drivers/vfio-pci", "devices/pci/0000:11:00.1/driver");
	made_up_file("", "bus/pci/drivers/vfio-pci/unbind");
	made_up_gone("devices/pci/0000:11:00.1/driver_override");
	snprintf(slice.address, sizeof(slice.address), "0000:11:00.1");
	check(gpuspec_slice_remove(&slice) == -ENOENT);
	check(strstr(slice.left, "it has no driver, and is left for vfio-pci alone; echo >"));
	gpuspec_inventory_free(&inventory);
}

static void add_mdevctl(const char *text)
{
	char path[PATH_MAX];

	made_up_file(text, "bin/mdevctl");
	snprintf(path, sizeof(path), "%s/bin/mdevctl", made_up);
	check(!chmod(path, 0755));
	snprintf(path, sizeof(path), "%s/bin:/usr/bin:/bin", made_up);
	check(!setenv("PATH", path, 1));
}

static void test_definition_is_left(void)
{
	begin();
	add_card("0000:01:00.0", 0, 16, NULL);
	check(!made_up_read(&inventory));
	check(!place("mdev:nvidia-230", "", false));
	slice.persistent = true;
	snprintf(slice.address, sizeof(slice.address), "11111111-2222-3333-4444-00000000000a");
	add_mdevctl("#!/bin/sh\n[ $1 != start ] || { echo no room; exit 1; }\n");
	check(gpuspec_slice_make(&slice, &inventory) == -EIO && !*slice.left);
	check_says(slice.sentence, "mdevctl start failed: no room");
	add_mdevctl("#!/bin/sh\n[ $1 = define ] || { echo no $1; exit 1; }\n");
	check(gpuspec_slice_make(&slice, &inventory) == -EIO);
	check_says(slice.sentence, "mdevctl start failed: no start");
	check_says(slice.left,
		   "mdevctl still defines it, and will make it after the next boot; mdevctl undefine --uuid 11111111-2222-3333-4444-00000000000a --parent 0000:01:00.0 ends that");
	gpuspec_inventory_free(&inventory);
}

/* A VF that mdevs are made on is none to be given away, though nobody holds one of them. */
static void test_vf_of_mdevs(void)
{
	begin();
	add_pf(FLEX, "0000:11:00.0", "3\n");
	add_vf("0000:11:00.0", "0000:11:00.1", 0);
	add_vf("0000:11:00.0", "0000:11:00.2", 1);
	add_vf("0000:11:00.0", "0000:11:00.3", 2);
	made_up_type("0000:11:00.1", "nvidia-557", "NVIDIA A40-1Q\n", NULL, 1);
	made_up_mdev("0000:11:00.2", "aaaaaaaa-0000-4000-8000-000000000001");
	made_up_device(&inventory, VF, "0000:11:00.1", NULL);
	made_up_device(&inventory, VF, "0000:11:00.2", NULL);
	made_up_device(&inventory, VF, "0000:11:00.3", NULL);
	made_up_device(&inventory, "mdev:nvidia-557", "aaaaaaaa-0000-4000-8000-000000000001",
		       NULL);
	made_up_file("", "bus/pci/drivers/vfio-pci/bind");
	check(!made_up_read(&inventory));
	check(gpuspec_inventory_model(&inventory, VF)->available == 1);
	check(!place(VF, "", false) && !gpuspec_slice_make(&slice, &inventory));
	check(!strcmp(slice.address, "0000:11:00.3"));
	/* That one begins to carry mdevs in between. */
	made_up_folder("devices/pci/0000:11:00.3/mdev_supported_types");
	check(gpuspec_slice_make(&slice, &inventory) == -ENOSPC);
	check_says(slice.sentence, "no VF of 0000:11:00.0 is free");
	gpuspec_inventory_free(&inventory);

	begin();
	add_pf(FLEX, "0000:11:00.0", "1\n");
	add_vf("0000:11:00.0", "0000:11:00.1", 0);
	made_up_type("0000:11:00.1", "nvidia-557", "NVIDIA A40-1Q\n", NULL, 1);
	made_up_device(&inventory, VF, "0000:11:00.1", NULL);
	check(!made_up_read(&inventory));
	check(place(VF, "", false) == -ENOSPC);
	gpuspec_inventory_free(&inventory);
}

static void add_vendor_vf(const char *pf, const char *address, int number, const char *spec,
			  const char *type)
{
	add_vf(pf, address, number);
	made_up_file(type, "devices/pci/%s/nvidia/current_vgpu_type", address);
	made_up_file("563   : NVIDIA A40-24Q\n", "devices/pci/%s/nvidia/creatable_vgpu_types",
		     address);
	made_up_device(&inventory, spec, address, NULL);
}

/* A VF that has a type is a slice of its card, though nobody holds it. */
static void test_vendor_vfs_of_two_cards(void)
{
	static const char half[] = A40_VF "/nvidia-563";

	begin();
	add_pf(A40, "0000:21:00.0", "2\n");
	add_pf(A40, "0000:31:00.0", "2\n");
	add_vendor_vf("0000:21:00.0", "0000:21:00.4", 0, half, "563\n");
	add_vendor_vf("0000:21:00.0", "0000:21:00.5", 1, A40_VF, "0\n");
	add_vendor_vf("0000:31:00.0", "0000:31:00.4", 0, A40_VF, "0\n");
	add_vendor_vf("0000:31:00.0", "0000:31:00.5", 1, A40_VF, "0\n");
	check(!made_up_read(&inventory));
	check(!place(half, "", false) && !strcmp(slice.parent, "0000:31:00.0"));
	check(!place(half, "", true) && !strcmp(slice.parent, "0000:21:00.0"));
	gpuspec_inventory_free(&inventory);
}

static enum gpuspec_mdevctl_definition define(const char *text)
{
	made_up_file(text, "0000:01:00.0/11111111-2222-3333-4444-00000000000a");
	return gpuspec_mdevctl_definition(made_up, "0000:01:00.0",
					  "11111111-2222-3333-4444-00000000000a");
}

static void test_definition(void)
{
	begin();
	check(gpuspec_mdevctl_definition(made_up, "0000:01:00.0", "none") == GPUSPEC_MDEVCTL_NONE);
	check(define("{\"mdev_type\": \"nvidia-230\", \"start\": \"auto\", \"attrs\": []}\n") ==
	      GPUSPEC_MDEVCTL_AUTO);
	check(define("{\"mdev_type\": \"nvidia-230\", \"start\": \"manual\"}\n") ==
	      GPUSPEC_MDEVCTL_MANUAL);
	/* What mdevctl cannot read, it does not start. */
	check(define("{\"start\": [\"auto\"]}\n") == GPUSPEC_MDEVCTL_MANUAL);
	check(define("\"start\": \"auto\"") == GPUSPEC_MDEVCTL_MANUAL);
	check(define("") == GPUSPEC_MDEVCTL_MANUAL);
}

static void test_uuid(void)
{
	char uuid[GPUSPEC_UUID_SIZE];

	check(gpuspec_uuid_parse("AAAAAAAA-bbbb-CCCC-dddd-0123456789EF", uuid));
	check(!strcmp(uuid, "aaaaaaaa-bbbb-cccc-dddd-0123456789ef"));
	check(!gpuspec_uuid_parse("", uuid));
	check(!gpuspec_uuid_parse("aaaaaaaa-bbbb-cccc-dddd-0123456789e", uuid));
	check(!gpuspec_uuid_parse("aaaaaaaa-bbbb-cccc-dddd-0123456789eff", uuid));
	check(!gpuspec_uuid_parse("aaaaaaaabbbb-cccc-dddd--0123456789ef", uuid));
	check(!gpuspec_uuid_parse("aaaaaaaa-bbbb-cccc-dddd-0123456789eg", uuid));
}

int main(void)
{
	test_place();
	test_mdev();
	test_vf();
	test_vf_of_a_driver();
	test_vf_is_given_back();
	test_vf_is_not_all_removed();
	test_definition_is_left();
	test_vf_of_mdevs();
	test_vendor_vf();
	test_vendor_vfs_of_two_cards();
	test_definition();
	test_uuid();
	return failed;
}
