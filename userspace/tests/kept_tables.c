// SPDX-License-Identifier: GPL-2.0
/* What a user without privilege sees of a host that is made up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kept_tables.h"
#include "made_up.h"

static struct gpuspec_tables tables;

static const struct gpuspec_device *device(const char *address)
{
	size_t i;

	for (i = 0; i < tables.device_count; i++)
		if (!strcmp(tables.devices[i].address, address))
			return &tables.devices[i];
	return NULL;
}

static const struct gpuspec_spec *spec(const char *id)
{
	size_t i;

	for (i = 0; i < tables.spec_count; i++)
		if (!strcmp(tables.specs[i].id, id))
			return &tables.specs[i];
	return NULL;
}

static void function(const char *address, const char *class, const char *device)
{
	made_up_file(class, "bus/pci/devices/%s/class", address);
	made_up_file("0x10de\n", "bus/pci/devices/%s/vendor", address);
	made_up_file(device, "bus/pci/devices/%s/device", address);
	made_up_file("0x10de\n", "bus/pci/devices/%s/subsystem_vendor", address);
	made_up_file("0x1458\n", "bus/pci/devices/%s/subsystem_device", address);
}

static void make_host(void)
{
	made_up_begin();
	function("0000:01:00.0", "0x030000\n", "0x2235\n");
	function("0000:02:00.0", "0x120000\n", "0x2235\n");
	/* Its sound, a bridge, and one without a class. */
	function("0000:01:00.1", "0x040300\n", "0x1aef\n");
	function("0000:00:01.0", "0x060400\n", "0x1901\n");
	made_up_file("0x10de\n", "bus/pci/devices/0000:03:00.0/vendor");
	function("0000:01:00.4", "0x030200\n", "0x2236\n");
	made_up_link("../0000:01:00.0", "bus/pci/devices/0000:01:00.4/physfn");
	function("0000:01:00.5", "0x030200\n", "0x2236\n");
	made_up_link("../0000:01:00.0", "bus/pci/devices/0000:01:00.5/physfn");
	made_up_file("559\n", "bus/pci/devices/0000:01:00.5/nvidia/current_vgpu_type");
	function("0000:04:00.0", "0x010802\n", "0x0010\n");
	made_up_link("../types/nvidia-35", "bus/mdev/devices/83b8f4f2-0000-4000-8000-000000000001/mdev_type");
}

static void read_with(const struct gpuspec_policy *policy)
{
	gpuspec_nl_free_tables(&tables);
	check(!gpuspec_kept_tables(&tables, policy, made_up));
}

static void test_devices(void)
{
	struct gpuspec_policy policy = {};

	read_with(&policy);
	check(tables.device_count == 5);
	check(!strcmp(device("0000:01:00.0")->spec, "pci:10de:2235:10de:1458"));
	check(spec("pci:10de:2235:10de:1458")->devices == 2);
	check(!strcmp(device("0000:01:00.4")->spec, "vf:10de:2235:2236"));
	check(!strcmp(device("0000:01:00.5")->spec, "vf:10de:2235:2236/nvidia-559"));
	check(!strcmp(device("83b8f4f2-0000-4000-8000-000000000001")->spec, "mdev:nvidia-35"));
	check(!device("0000:01:00.1") && !device("0000:04:00.0"));
	made_up_file("0108,0b\n", "module/gpuspec/parameters/match_class");
	read_with(&policy);
	check(tables.device_count == 6);
	check(device("0000:04:00.0"));
}

static void test_policy(void)
{
	struct gpuspec_policy policy = { .unnamed = GPUSPEC_DEFAULT_CLOSED };

	check(!gpuspec_policy_add_account(&policy, "blue"));
	check(!gpuspec_policy_name(&policy, "pci:10de:2235:10de:1458", GPUSPEC_STATE_DISABLED,
				   GPUSPEC_SHARING_ALL));
	check(!gpuspec_policy_name(&policy, "pci:10de:9999:10de:0001", GPUSPEC_STATE_ENABLED,
				   GPUSPEC_SHARING_NONE));
	check(!gpuspec_policy_share_with(gpuspec_policy_spec(&policy, "pci:10de:9999:10de:0001"),
					 "blue", 2));
	read_with(&policy);
	check(spec("pci:10de:2235:10de:1458")->state == GPUSPEC_STATE_DISABLED);
	check(spec("pci:10de:2235:10de:1458")->sharing == GPUSPEC_SHARING_ALL);
	check(spec("pci:10de:9999:10de:0001")->devices == 0);
	check(spec("pci:10de:9999:10de:0001")->shares == 1);
	check(tables.share_count == 1 && tables.shares[0].maximum == 2);
	/* What it does not name, its default refuses. */
	check(spec("mdev:nvidia-35")->state == GPUSPEC_STATE_DISABLED);
	check(spec("mdev:nvidia-35")->sharing == GPUSPEC_SHARING_NONE);
	gpuspec_policy_free(&policy);
}

int main(void)
{
	make_host();
	test_devices();
	test_policy();
	gpuspec_nl_free_tables(&tables);
	return failed;
}
