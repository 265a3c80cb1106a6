// SPDX-License-Identifier: GPL-2.0
/* Hosts of each family of cards, as their drivers' sysfs has them; and broken ones. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "host.h"
#include "made_up.h"

#define MIB	(1LL << 20)
#define GIB	(1LL << 30)

/* --- what the hardware says --- */

#define NO_BAR	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

static void test_amd(void)
{
	static const char spec[] = "pci:1002:73bf:1002:0e3a";

	host_begin();
	made_up_function("0000:03:00.0", "17", "amdgpu");
	made_up_function("0000:03:00.1", "17", "snd_hda_intel");
	made_up_file("17163091968\n", "devices/pci/0000:03:00.0/mem_info_vram_total");
	made_up_file("0x0000007800000000 0x000000780fffffff 0x000000000014220c\n" NO_BAR
		     "0x0000007810000000 0x00000078101fffff 0x000000000014220c\n" NO_BAR
		     "0x000000000000e000 0x000000000000e0ff 0x0000000000040101\n"
		     /* A larger one, which is not prefetchable. */
		     "0x0000007900000000 0x000000793fffffff 0x0000000000140204\n",
		     "devices/pci/0000:03:00.0/resource");
	/* 256 MiB to 16 GiB */
	made_up_file("0000000000007f00\n", "devices/pci/0000:03:00.0/resource0_resize");
	made_up_file("16.0 GT/s PCIe\n", "devices/pci/0000:03:00.0/current_link_speed");
	made_up_file("16\n", "devices/pci/0000:03:00.0/current_link_width");
	made_up_file("32.0 GT/s PCIe\n", "devices/pci/0000:03:00.0/max_link_speed");
	made_up_file("16\n", "devices/pci/0000:03:00.0/max_link_width");
	made_up_file("1\n", "devices/pci/0000:03:00.0/numa_node");
	made_up_device(&inventory, spec, "0000:03:00.0", NULL);
	host_read();
	check(card("0000:03:00.0")->pci.video_memory == 17163091968);
	check(card("0000:03:00.0")->pci.bar == 256 * MIB);
	check(card("0000:03:00.0")->pci.bar_max == 16 * GIB);
	check(card("0000:03:00.0")->pci.link.speed == 16000);
	check(card("0000:03:00.0")->pci.link_max.speed == 32000);
	check(card("0000:03:00.0")->pci.link.width == 16);
	check(card("0000:03:00.0")->iommu_group == 17);
	check(card("0000:03:00.0")->numa_node == 1);
	check(card("0000:03:00.0")->peer_count == 1);
	check(!strcmp(card("0000:03:00.0")->peers[0], "0000:03:00.1"));
	check(!strcmp(card("0000:03:00.0")->driver, "amdgpu"));
	check(card("0000:03:00.0")->pci.total_vfs == -1);
	check(model(spec)->vgpu.video_memory == 17163091968);
	check(model(spec)->vgpu.memory_from == GPUSPEC_MEMORY_FROM_DRIVER);
	check(model(spec)->cards == 1);
	host_end();
}

/* One model, a card of which VFIO has: the other's driver knows better than a BAR. */
static void test_intel(void)
{
	static const char spec[] = "pci:8086:56a0:8086:1020", tiles[] = "pci:8086:0bd5:8086:2f7a";

	host_begin();
	made_up_function("0000:04:00.0", "18", "i915");
	made_up_file("17079205888\n", "devices/pci/0000:04:00.0/drm/card1/lmem_total_bytes");
	made_up_folder("devices/pci/0000:04:00.0/drm/renderD128");
	made_up_function("0000:05:00.0", "19", "vfio-pci");
	made_up_file("0x0000006000000000 0x000000600fffffff 0x000000000014220c\n",
		     "devices/pci/0000:05:00.0/resource");
	made_up_file("ffffffffffffffff\n", "devices/pci/0000:05:00.0/resource0_resize");
	made_up_function("0000:06:00.0", "20", "xe");
	made_up_file("68719476736\n", "devices/pci/0000:06:00.0/tile0/physical_vram_size_bytes");
	made_up_file("68719476736\n", "devices/pci/0000:06:00.0/tile1/physical_vram_size_bytes");
	made_up_device(&inventory, spec, "0000:04:00.0", NULL);
	made_up_device(&inventory, spec, "0000:05:00.0", NULL);
	made_up_device(&inventory, tiles, "0000:06:00.0", NULL);
	host_read();
	check(card("0000:04:00.0")->pci.video_memory == 17079205888);
	check(card("0000:05:00.0")->pci.video_memory == 256 * MIB);
	check(card("0000:05:00.0")->pci.memory_from == GPUSPEC_MEMORY_FROM_BAR);
	check(card("0000:05:00.0")->pci.bar_max == -1);
	check(card("0000:06:00.0")->pci.video_memory == 128 * GIB);
	check(model(spec)->vgpu.video_memory == 17079205888);
	check(model(tiles)->vgpu.video_memory == 128 * GIB);
	host_end();
}

/* Virtio's prefetchable BAR has registers: a card without memory of its own. */
static void test_registers_are_no_memory(void)
{
	host_begin();
	made_up_function("0000:07:00.0", "21", "virtio-pci");
	made_up_file(NO_BAR NO_BAR NO_BAR NO_BAR
		     "0x00000000fe000000 0x00000000fe003fff 0x000000000014220c\n",
		     "devices/pci/0000:07:00.0/resource");
	made_up_device(&inventory, "pci:1af4:1050:1af4:1100", "0000:07:00.0", NULL);
	host_read();
	check(card("0000:07:00.0")->pci.bar == 16384);
	check(card("0000:07:00.0")->pci.video_memory == -1);
	host_end();
}

/* --- slices --- */

static void test_mdev(void)
{
	static const char a40[] = "pci:10de:2235:10de:145a", t4[] = "pci:10de:1eb8:10de:12a2";
	static const char own[] = "mdev:nvidia-230", shared[] = "mdev:nvidia-222";

	host_begin();
	made_up_function("0000:42:00.0", "31", "nvidia");
	made_up_function("0000:43:00.0", "32", "nvidia");
	made_up_type("0000:42:00.0", "nvidia-230", "GRID T4-1Q\n",
		     "num_heads=4, frl_config=60, framebuffer=1024M, max_resolution=5120x2880, max_instance=16\n",
		     15);
	made_up_type("0000:42:00.0", "nvidia-222", "GRID T4-2B4\n", "\n", 8);
	made_up_type("0000:43:00.0", "nvidia-222", "GRID T4-2B4\n", "\n", 4);
	made_up_type("mtty", "mtty-1", "Single port serial\n", NULL, 24);
	made_up_mdev("0000:42:00.0", "aaaaaaaa-0000-0000-0000-000000000001");
	made_up_device(&inventory, t4, "0000:42:00.0", NULL);
	made_up_device(&inventory, a40, "0000:43:00.0", NULL);
	made_up_device(&inventory, own, "aaaaaaaa-0000-0000-0000-000000000001", "qemu");
	host_read();
	check(model(own)->vgpu.video_memory == GIB && model(own)->vgpu.frame_rate == 60);
	check(!strcmp(model(own)->vgpu.series, "Q"));
	check(model(own)->available == 15 && !model(own)->at_most);
	check(model(shared)->available == 12 && model(shared)->cards == 2);
	check(model(shared)->vgpu.video_memory == 2 * GIB);
	check(model(shared)->vgpu.memory_from == GPUSPEC_MEMORY_FROM_NAME);
	check(is_kin(own, t4) && !is_kin(own, a40));
	check(is_kin(shared, t4) && is_kin(shared, a40));
	check(inventory.kin_count == 3);
	check(!strcmp(card("aaaaaaaa-0000-0000-0000-000000000001")->parent, "0000:42:00.0"));
	check(card("0000:42:00.0")->mdev_types == 2);
	/* A type without a description, on a parent that is no card. */
	check(model("mdev:mtty-1")->available == 24 && model("mdev:mtty-1")->cards == 1);
	check(!strcmp(model("mdev:mtty-1")->name, "Single port serial"));
	/* The T4 cannot be had as a whole; the other can. */
	check_says(card("0000:42:00.0")->blocked,
		   "0000:42:00.0 has a slice in use, aaaaaaaa-0000-0000-0000-000000000001, held by qemu[4711]");
	check(!*card("0000:43:00.0")->blocked);
	check(!strcmp(model(t4)->blocked, card("0000:42:00.0")->blocked));
	check(!*model(own)->blocked && !*model(shared)->blocked);
	host_end();
}

static void test_passed_through(void)
{
	static const char spec[] = "pci:10de:1eb8:10de:12a2", type[] = "mdev:nvidia-230";

	host_begin();
	made_up_function("0000:44:00.0", "33", "vfio-pci");
	made_up_function("0000:45:00.0", "34", "nvidia");
	made_up_type("0000:44:00.0", "nvidia-230", "GRID T4-1Q\n", NULL, 16);
	made_up_type("0000:45:00.0", "nvidia-230", "GRID T4-1Q\n", NULL, 15);
	made_up_mdev("0000:44:00.0", "aaaaaaaa-0000-0000-0000-000000000002");
	made_up_device(&inventory, spec, "0000:44:00.0", "qemu");
	made_up_device(&inventory, spec, "0000:45:00.0", NULL);
	made_up_device(&inventory, type, "aaaaaaaa-0000-0000-0000-000000000002", NULL);
	host_read();
	check(!strcmp(card("aaaaaaaa-0000-0000-0000-000000000002")->blocked,
		      "0000:44:00.0 is held as a whole by qemu[4711]"));
	check(!*card("0000:44:00.0")->blocked && !*card("0000:45:00.0")->blocked);
	check(*offer(type, "0000:44:00.0")->blocked && !*offer(type, "0000:45:00.0")->blocked);
	check(model(type)->blocked_cards == 1 && model(type)->cards == 2);
	check(!strcmp(model(type)->blocked,
		      "1 of 2 cards: 0000:44:00.0 is held as a whole by qemu[4711]"));
	/* What its driver would give is not to be had. */
	check(offer(type, "0000:44:00.0")->available == 16);
	check(model(type)->available == 15);
	check(!*model(spec)->blocked);
	host_end();
}

static void test_vfs(void)
{
	static const char pf[] = "pci:8086:56c0:8086:0001", vf[] = "vf:8086:56c0:56c0";

	host_begin();
	made_up_function("0000:51:00.0", "40", "i915");
	made_up_file("31\n", "devices/pci/0000:51:00.0/sriov_totalvfs");
	made_up_file("0\n", "devices/pci/0000:51:00.0/sriov_numvfs");
	made_up_file("56c0\n", "devices/pci/0000:51:00.0/sriov_vf_device");
	made_up_function("0000:52:00.0", "41", "i915");
	made_up_file("31\n", "devices/pci/0000:52:00.0/sriov_totalvfs");
	made_up_file("2\n", "devices/pci/0000:52:00.0/sriov_numvfs");
	made_up_file("56c0\n", "devices/pci/0000:52:00.0/sriov_vf_device");
	made_up_vf("0000:52:00.0", "0000:52:00.1", "42");
	made_up_vf("0000:52:00.0", "0000:52:00.2", "43");
	made_up_file("0x0000004000000000 0x000000403fffffff 0x000000000014220c\n",
		     "devices/pci/0000:52:00.1/resource");
	made_up_device(&inventory, pf, "0000:51:00.0", NULL);
	made_up_device(&inventory, pf, "0000:52:00.0", NULL);
	made_up_device(&inventory, vf, "0000:52:00.1", NULL);
	made_up_device(&inventory, vf, "0000:52:00.2", "qemu");
	host_read();
	check(is_kin(vf, pf) && inventory.kin_count == 1);
	check(model(vf)->vgpu.max_instances == 31);
	check(offer(vf, "0000:51:00.0")->available == 31);
	check(offer(vf, "0000:52:00.0")->available == 1);
	check(model(vf)->available == 32);
	check(model(vf)->vgpu.video_memory == GIB);
	check(model(vf)->vgpu.memory_from == GPUSPEC_MEMORY_FROM_BAR);
	check_says(model(pf)->blocked,
		   "1 of 2 cards: 0000:52:00.0 has a slice in use, 0000:52:00.2, held by qemu[4711]");
	/* One VF is not in another's way. */
	check(!*card("0000:52:00.1")->blocked && !*model(vf)->blocked);
	host_end();

	/* None was ever made. */
	host_begin();
	made_up_function("0000:51:00.0", "40", "i915");
	made_up_file("31\n", "devices/pci/0000:51:00.0/sriov_totalvfs");
	made_up_file("0\n", "devices/pci/0000:51:00.0/sriov_numvfs");
	made_up_file("56c0\n", "devices/pci/0000:51:00.0/sriov_vf_device");
	made_up_device(&inventory, pf, "0000:51:00.0", NULL);
	host_read();
	check(model(vf)->spec.devices == 0 && model(vf)->available == 31);
	check(model(vf)->spec.kind == GPUSPEC_KIND_VGPU && is_kin(vf, pf));
	host_end();
}

/* An mdev of a VF; of VFs of one card as well. */
static void test_three_generations(void)
{
	static const char pf[] = "pci:10de:2235:10de:1459", vf[] = "vf:10de:2235:2235";
	static const char type[] = "mdev:nvidia-557";

	host_begin();
	made_up_function("0000:71:00.0", "60", "nvidia");
	made_up_vf("0000:71:00.0", "0000:71:00.4", "61");
	made_up_vf("0000:71:00.0", "0000:71:00.5", "62");
	made_up_type("0000:71:00.4", "nvidia-557", "NVIDIA A40-1Q\n", NULL, 0);
	made_up_type("0000:71:00.5", "nvidia-557", "NVIDIA A40-1Q\n", NULL, 1);
	made_up_mdev("0000:71:00.4", "aaaaaaaa-0000-0000-0000-000000000003");
	made_up_device(&inventory, pf, "0000:71:00.0", NULL);
	made_up_device(&inventory, vf, "0000:71:00.4", NULL);
	made_up_device(&inventory, vf, "0000:71:00.5", NULL);
	made_up_device(&inventory, type, "aaaaaaaa-0000-0000-0000-000000000003", "qemu");
	host_read();
	check(is_kin(type, vf) && is_kin(vf, pf) && !is_kin(type, pf));
	check(model(type)->available == 1 && model(type)->at_most);
	check(*card("0000:71:00.0")->blocked && *card("0000:71:00.4")->blocked);
	check(!*card("0000:71:00.5")->blocked);
	host_end();

	/* A VF that is held as it is has no room for mdevs. */
	host_begin();
	made_up_function("0000:71:00.0", "60", "nvidia");
	made_up_vf("0000:71:00.0", "0000:71:00.4", "61");
	made_up_type("0000:71:00.4", "nvidia-557", "NVIDIA A40-1Q\n", NULL, 1);
	made_up_device(&inventory, pf, "0000:71:00.0", NULL);
	made_up_device(&inventory, vf, "0000:71:00.4", "qemu");
	host_read();
	check(!strcmp(offer(type, "0000:71:00.4")->blocked,
		      "0000:71:00.4 is held as a whole by qemu[4711]"));
	check(model(type)->available == 0);
	host_end();
}

/* Two physical functions of one slot are one card; VFs may share the slot, and are none. */
static void test_functions_of_a_card(void)
{
	static const char spec[] = "pci:1002:744c:1002:0e0d", type[] = "mdev:x-1";

	host_begin();
	made_up_function("0000:46:00.0", NULL, NULL);
	made_up_function("0000:46:00.1", NULL, "vfio-pci");
	made_up_type("0000:46:00.0", "x-1", NULL, NULL, 3);
	made_up_device(&inventory, spec, "0000:46:00.0", NULL);
	made_up_device(&inventory, spec, "0000:46:00.1", "qemu");
	host_read();
	check(!strcmp(model(type)->blocked, "0000:46:00.1 is held as a whole by qemu[4711]"));
	check(model(type)->available == 0);
	check(!*card("0000:46:00.0")->blocked && !*card("0000:46:00.1")->blocked);
	host_end();
}

/* --- broken --- */

static void test_nothing(void)
{
	host_begin();
	made_up_device(&inventory, "pci:0001:0002:0003:0004", "0000:99:00.0", NULL);
	made_up_device(&inventory, "mdev:gone-1", "aaaaaaaa-0000-0000-0000-00000000dead", NULL);
	host_read();
	check(card("0000:99:00.0")->iommu_group == -1 && card("0000:99:00.0")->numa_node == -1);
	check(card("0000:99:00.0")->pci.video_memory == -1);
	check(card("0000:99:00.0")->pci.link.speed == -1);
	check(!*card("aaaaaaaa-0000-0000-0000-00000000dead")->parent);
	check(model("mdev:gone-1")->available == -1 && model("mdev:gone-1")->cards == 0);
	host_end();
}

static void put_hostile(const char *address, const char *text)
{
	static const char *const files[] = {
		"resource", "resource0_resize", "mem_info_vram_total", "numa_node",
		"current_link_speed", "current_link_width", "max_link_speed", "max_link_width",
		"sriov_totalvfs", "sriov_numvfs", "sriov_vf_device", "nvidia/current_vgpu_type",
		"nvidia/creatable_vgpu_types", "tile0/physical_vram_size_bytes",
		"drm/card0/lmem_total_bytes",
	};
	size_t i;

	made_up_function(address, NULL, NULL);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		made_up_file(text, "devices/pci/%s/%s", address, files[i]);
}

static void test_hostile(void)
{
	static const char *const texts[] = {
		"", "\n", "-1\n", "99999999999999999999999999\n", "0x\n", "ffffffffffffffff\n",
		"0x0 0xffffffffffffffff 0xffffffffffffffff\n",
		"0xffffffffffffffff 0x0 0x2200\n", "0x1 0x8000000000000001 0x2200\n",
		"9223372036854775807\n", "\x01\xff\xfe%s%n\n", "1 2 3 4 5\n", "16 GT\n",
		"99999999999.9 GT/s PCIe\n", "0 GT/s\n", "18446744073709551615 : x\n",
		"Unknown\n", "0\n", "255\n",
	};
	char address[32], huge[20001];
	size_t i;

	host_begin();
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(address, sizeof(address), "%04zx:80:00.0", i + 1);
		put_hostile(address, texts[i]);
		made_up_device(&inventory, "pci:0001:0002:0003:0004", address, NULL);
	}
	memset(huge, '7', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	put_hostile("00ff:80:00.0", huge);
	made_up_device(&inventory, "vf:0001:0002:0003", "00ff:80:00.0", "qemu");
	/* A VF of itself, and two of each other. */
	made_up_link("../00ff:80:00.0", "devices/pci/00ff:80:00.0/physfn");
	made_up_vf("00fe:80:00.0", "00fd:80:00.0", NULL);
	made_up_vf("00fd:80:00.0", "00fe:80:00.0", NULL);
	made_up_device(&inventory, "vf:0001:0002:0004", "00fd:80:00.0", "qemu");
	made_up_device(&inventory, "vf:0001:0002:0005", "00fe:80:00.0", "qemu");
	/* Folders where files should be, names of types that no id has, a group of nonsense. */
	made_up_folder("devices/pci/00fc:80:00.0/resource");
	made_up_function("00fc:80:00.0", "9x", NULL);
	made_up_type("00fc:80:00.0", "a b\xff", "\x1b[2J\n", "\x1b[2J=\x1b\n", -7);
	made_up_device(&inventory, "pci:0001:0002:0003:0004", "00fc:80:00.0", NULL);
	host_read();
	check(card("0003:80:00.0")->pci.video_memory == -1);
	check(card("0004:80:00.0")->pci.video_memory == -1);
	check(card("0006:80:00.0")->pci.bar_max == -1 && card("0007:80:00.0")->pci.bar == -1);
	check(card("0008:80:00.0")->pci.bar == -1 && card("0009:80:00.0")->pci.bar == -1);
	check(card("000e:80:00.0")->pci.link.speed == -1);
	check(card("0013:80:00.0")->pci.link.width == -1);
	check(card("00fc:80:00.0")->iommu_group == -1);
	check(model("mdev:a?b?")->available == -1);
	check(*card("00fd:80:00.0")->blocked && *card("00fe:80:00.0")->blocked);
	host_end();
}

int main(void)
{
	test_amd();
	test_intel();
	test_registers_are_no_memory();
	test_mdev();
	test_passed_through();
	test_vfs();
	test_three_generations();
	test_functions_of_a_card();
	test_nothing();
	test_hostile();
	return failed;
}
