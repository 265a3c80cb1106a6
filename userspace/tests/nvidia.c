// SPDX-License-Identifier: GPL-2.0
/*
 * Cards of NVIDIA's and their types of vGPUs, with GPUSPEC_TEST_NVML those that
 * the library of tests/sysfs/nvml.c knows, which LD_LIBRARY_PATH has found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "host.h"
#include "made_up.h"
#include "offers.h"

#define MIB	(1LL << 20)
#define GIB	(1LL << 30)

#define NO_BAR	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

/* With the library of tests/nvml.c, which is found by LD_LIBRARY_PATH. */
static void test_nvidia_card(void)
{
	static const char spec[] = "pci:10de:2235:10de:145a";
	bool has_library = getenv("GPUSPEC_TEST_NVML");

	host_begin();
	made_up_function("0000:41:00.0", "30", "nvidia");
	made_up_file(NO_BAR "0x0000030000000000 0x0000030fffffffff 0x000000000014220c\n",
		     "devices/pci/0000:41:00.0/resource");
	made_up_device(&inventory, spec, "0000:41:00.0", NULL);
	host_read();
	check(card("0000:41:00.0")->pci.bar == 64 * GIB);
	check(model(spec)->vgpu.memory_from == (has_library ? GPUSPEC_MEMORY_FROM_NVML :
						GPUSPEC_MEMORY_FROM_BAR));
	check(model(spec)->vgpu.video_memory == (has_library ? 46068 * MIB : 64 * GIB));
	host_end();
}

static void test_vendor_vfs(void)
{
	static const char pf[] = "pci:10de:2235:10de:145a", vf[] = "vf:10de:2235:2235";
	static const char whole[] = "vf:10de:2235:2235/nvidia-564";
	static const char half[] = "vf:10de:2235:2235/nvidia-563";

	host_begin();
	made_up_function("0000:61:00.0", "50", "nvidia");
	made_up_file("32\n", "devices/pci/0000:61:00.0/sriov_totalvfs");
	made_up_file("3\n", "devices/pci/0000:61:00.0/sriov_numvfs");
	made_up_file("2235\n", "devices/pci/0000:61:00.0/sriov_vf_device");
	made_up_vf("0000:61:00.0", "0000:61:00.4", "51");
	made_up_vf("0000:61:00.0", "0000:61:00.5", "52");
	made_up_vf("0000:61:00.0", "0000:61:00.6", "53");
	made_up_file("563\n", "devices/pci/0000:61:00.4/nvidia/current_vgpu_type");
	/* It is listed for one that has a type, too, and cannot be had there. */
	made_up_file("ID    : vGPU Name\n563   : NVIDIA A40-24Q\n",
		     "devices/pci/0000:61:00.4/nvidia/creatable_vgpu_types");
	made_up_file("0\n", "devices/pci/0000:61:00.5/nvidia/current_vgpu_type");
	made_up_file("0\n", "devices/pci/0000:61:00.6/nvidia/current_vgpu_type");
	made_up_file("ID    : vGPU Name\n563   : NVIDIA A40-24Q\n",
		     "devices/pci/0000:61:00.5/nvidia/creatable_vgpu_types");
	made_up_file("ID    : vGPU Name\n563   : NVIDIA A40-24Q\n564   : NVIDIA A40-48Q\n",
		     "devices/pci/0000:61:00.6/nvidia/creatable_vgpu_types");
	made_up_device(&inventory, pf, "0000:61:00.0", NULL);
	made_up_device(&inventory, half, "0000:61:00.4", "qemu");
	made_up_device(&inventory, vf, "0000:61:00.5", NULL);
	made_up_device(&inventory, vf, "0000:61:00.6", NULL);
	host_read();
	check(is_kin(whole, pf) && is_kin(half, pf) && is_kin(vf, pf));
	check(!strcmp(model(half)->name, "NVIDIA A40-24Q"));
	check(model(half)->vgpu.video_memory == 24 * GIB);
	check(model(half)->vgpu.memory_from == (getenv("GPUSPEC_TEST_NVML") ?
						GPUSPEC_MEMORY_FROM_NVML :
						GPUSPEC_MEMORY_FROM_NAME));
	check(model(half)->available == 2 && model(half)->at_most);
	check(model(whole)->available == 1 && model(whole)->cards == 1);
	/* As it is, without a type, nobody can have one. */
	check(model(vf)->available == -1);
	check(strstr(model(pf)->blocked, "0000:61:00.4, held by qemu[4711]"));
	host_end();
}

static void check_hint(const char *spec)
{
	char hint[256];

	gpuspec_offers_hint(&inventory, spec, hint, sizeof(hint));
	check_says(hint,
		   "what 0000:61:00.0 can be sliced into is not known before its VFs are made; /usr/lib/nvidia/sriov-manage -e 0000:61:00.0 makes them");
}

/* What becomes of VFs that NVIDIA's driver has is up to it, and not known before they are there. */
static void test_nvidia_card_without_vfs(void)
{
	static const char pf[] = "pci:10de:2235:10de:145a", vf[] = "vf:10de:2235:2235";
	char hint[256];

	host_begin();
	made_up_function("0000:61:00.0", "50", "nvidia");
	made_up_file("32\n", "devices/pci/0000:61:00.0/sriov_totalvfs");
	made_up_file("0\n", "devices/pci/0000:61:00.0/sriov_numvfs");
	made_up_file("2235\n", "devices/pci/0000:61:00.0/sriov_vf_device");
	made_up_device(&inventory, pf, "0000:61:00.0", NULL);
	host_read();
	check(model(vf)->available == -1 && is_kin(vf, pf));
	check_hint(pf);
	check_hint("vf:10de:2235:2235/nvidia-563");
	gpuspec_offers_hint(&inventory, "pci:10de:2235:10de:1459", hint, sizeof(hint));
	check(!*hint);
	host_end();

	/* Another driver has it. */
	host_begin();
	made_up_function("0000:61:00.0", "50", "vfio-pci");
	made_up_file("32\n", "devices/pci/0000:61:00.0/sriov_totalvfs");
	made_up_file("0\n", "devices/pci/0000:61:00.0/sriov_numvfs");
	made_up_file("2235\n", "devices/pci/0000:61:00.0/sriov_vf_device");
	made_up_device(&inventory, pf, "0000:61:00.0", NULL);
	host_read();
	check(model(vf)->available == 32);
	gpuspec_offers_hint(&inventory, pf, hint, sizeof(hint));
	check(!*hint);
	host_end();
}

/* What cannot be made now is a slice all the same: what policy or the library names. */
static void test_types_that_cannot_be_made_now(void)
{
	static const char pf[] = "pci:10de:2235:10de:145a", vf[] = "vf:10de:2235:2235";
	static const char here[] = "vf:10de:2235:2235/nvidia-563";
	static const char named[] = "vf:10de:2235:2235/nvidia-570";
	static const char other[] = "vf:10de:20b0:20b0/nvidia-570";
	static const char filed[] = "vf:10de:2235:2235/nvidia-571";
	static const char supported[] = "vf:10de:2235:2235/nvidia-564";
	static const char *const ids[] = { filed, "mdev:nvidia-571", "nonsense" };
	bool has_library = getenv("GPUSPEC_TEST_NVML");

	host_begin();
	made_up_function("0000:41:00.0", "50", "nvidia");
	made_up_file("2235\n", "devices/pci/0000:41:00.0/sriov_vf_device");
	made_up_file("32\n", "devices/pci/0000:41:00.0/sriov_totalvfs");
	made_up_file("1\n", "devices/pci/0000:41:00.0/sriov_numvfs");
	made_up_vf("0000:41:00.0", "0000:41:00.4", "51");
	made_up_file("563\n", "devices/pci/0000:41:00.4/nvidia/current_vgpu_type");
	made_up_device(&inventory, pf, "0000:41:00.0", NULL);
	made_up_device(&inventory, here, "0000:41:00.4", NULL);
	made_up_spec(&inventory, named);
	made_up_spec(&inventory, other);
	check(!made_up_read(&inventory));
	check(is_kin(named, pf) && !is_kin(other, pf) && !is_kin(filed, pf));
	check(gpuspec_offers_vendor_types(&inventory, card("0000:41:00.0")));
	check(!gpuspec_inventory_add_types(&inventory, ids, 3));
	check(is_kin(filed, pf) && is_kin(named, pf) && is_kin(here, pf) && is_kin(vf, pf));
	check(is_kin(supported, pf) == has_library);
	check(card("0000:41:00.0")->types_known == has_library);
	check(!gpuspec_inventory_model(&inventory, "mdev:nvidia-571"));
	gpuspec_inventory_name(&inventory);
	if (has_library)
		check_says(model(supported)->name, "NVIDIA A40-48Q");
	host_end();

	/* What its VFs will be is not known before they are there. */
	host_begin();
	made_up_function("0000:41:00.0", "50", "nvidia");
	made_up_file("2235\n", "devices/pci/0000:41:00.0/sriov_vf_device");
	made_up_file("32\n", "devices/pci/0000:41:00.0/sriov_totalvfs");
	made_up_file("0\n", "devices/pci/0000:41:00.0/sriov_numvfs");
	made_up_device(&inventory, pf, "0000:41:00.0", NULL);
	check(!made_up_read(&inventory));
	check(!gpuspec_inventory_add_types(&inventory, NULL, 0));
	check(is_kin(supported, pf) == has_library && !card("0000:41:00.0")->types_known);
	check(gpuspec_offers_vendor_types(&inventory, card("0000:41:00.0")));
	host_end();
}

/* Where the card is full, its driver names no type: not even those that there are. */
static void test_vendor_type_that_cannot_be_made(void)
{
	static const char pf[] = "pci:10de:2235:10de:145a";
	static const char known[] = "vf:10de:2235:2235/nvidia-563";
	static const char unknown[] = "vf:10de:2235:2235/nvidia-999";
	bool has_library = getenv("GPUSPEC_TEST_NVML");

	host_begin();
	made_up_function("0000:61:00.0", "50", "nvidia");
	made_up_vf("0000:61:00.0", "0000:61:00.4", "51");
	made_up_vf("0000:61:00.0", "0000:61:00.5", "52");
	made_up_file("563\n", "devices/pci/0000:61:00.4/nvidia/current_vgpu_type");
	made_up_file("999\n", "devices/pci/0000:61:00.5/nvidia/current_vgpu_type");
	made_up_file("0x0000030000000000 0x0000030fffffffff 0x000000000014220c\n",
		     "devices/pci/0000:61:00.4/resource");
	made_up_device(&inventory, pf, "0000:61:00.0", NULL);
	made_up_device(&inventory, known, "0000:61:00.4", NULL);
	made_up_device(&inventory, unknown, "0000:61:00.5", NULL);
	host_read();
	check_says(model(known)->name, has_library ? "NVIDIA A40-24Q" : "nvidia-563");
	check(model(known)->vgpu.video_memory == (has_library ? 24 * GIB : -1));
	check(!strcmp(model(known)->vgpu.series, has_library ? "Q" : ""));
	check_says(model(unknown)->name, "nvidia-999");
	check(model(unknown)->vgpu.video_memory == -1);
	check(card("0000:61:00.4")->pci.video_memory == -1);
	host_end();
}

int main(void)
{
	test_nvidia_card();
	test_vendor_vfs();
	test_nvidia_card_without_vfs();
	test_types_that_cannot_be_made_now();
	test_vendor_type_that_cannot_be_made();
	return failed;
}
