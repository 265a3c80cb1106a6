// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "spec_id.h"

static int failed;

static void expect(const char *id, bool valid)
{
	struct gpuspec_id parsed;

	if (gpuspec_id_parse(id, &parsed) == valid)
		return;
	printf("not as expected: '%s' is taken as %s\n", id, valid ? "malformed" : "well formed");
	failed = 1;
}

static void expect_round_trip(const char *id)
{
	struct gpuspec_id parsed;
	char again[GPUSPEC_ID_SIZE] = "";

	expect(id, true);
	gpuspec_id_parse(id, &parsed);
	if (parsed.form == GPUSPEC_ID_PCI)
		gpuspec_id_pci(again, parsed.vendor, parsed.device, parsed.subvendor,
			       parsed.subdevice);
	else if (parsed.form == GPUSPEC_ID_VF && parsed.vf_type)
		gpuspec_id_vf_typed(again, parsed.vendor, parsed.device, parsed.vf_device,
				    parsed.vf_type);
	else if (parsed.form == GPUSPEC_ID_VF)
		gpuspec_id_vf(again, parsed.vendor, parsed.device, parsed.vf_device);
	else
		gpuspec_id_mdev(again, parsed.mdev_type);
	if (strcmp(id, again)) {
		printf("not as expected: '%s' comes back as '%s'\n", id, again);
		failed = 1;
	}
}

int main(void)
{
	static const char *const malformed[] = {
		"", "pci", "pci:", "pci:10de", "pci:10de:2684:10de", "pci:10DE:2684:10de:167c",
		"pci:10de:2684:10de:167c:", "pci:10de:2684:10de:167c0", "pci:10de:2684:10de:167",
		"pci:10de:2684:10de:167g", "pci 10de:2684:10de:167c", "vf:10de:2684",
		"vf:10de:2684:10de:167c", "mdev", "mdev:", "mdev:a b", "mdev:a/b", "mdev:a\n",
		"vf:10de:2684:10de/", "vf:10de:2684:10de/a b", "vf:10de:2684:10de/a/b",
		"vf:10de:2684:10de//a", "vf:10de:2684:10de/a\n", "vf:10de:2684:10de/\x80",
		"vf:10de:2684:10dE/a", "vf:10de:2684/nvidia-559", "vf/nvidia-559",
		"pci:10de:2684:10de:167c/nvidia-559",
		"mdev:\x7f", "mdev:\x80", "PCI:10de:2684:10de:167c", " pci:10de:2684:10de:167c", "10de:2684",
	};
	char longest[GPUSPEC_ID_SIZE + 1] = "mdev:";
	char longest_vf[GPUSPEC_ID_SIZE + 1] = "vf:10de:2684:2684/";
	struct gpuspec_id parsed;
	char out[GPUSPEC_ID_SIZE];
	size_t i;

	for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		expect(malformed[i], false);
	expect_round_trip("pci:10de:2684:10de:167c");
	expect_round_trip("pci:0000:ffff:0000:ffff");
	expect_round_trip("vf:8086:56c0:56c1");
	expect_round_trip("mdev:nvidia-35");
	expect_round_trip("mdev:i915-GVTg_V5_4");
	memset(longest + 5, 'x', GPUSPEC_ID_MAX - 5);
	expect_round_trip(longest);
	longest[GPUSPEC_ID_MAX] = 'x';
	expect(longest, false);
	expect_round_trip("vf:10de:25b6:25b6/nvidia-559");
	expect_round_trip("vf:10de:25b6:25b6/x");
	memset(longest_vf + 18, 'x', GPUSPEC_ID_MAX - 18);
	expect_round_trip(longest_vf);
	longest_vf[GPUSPEC_ID_MAX] = 'x';
	expect(longest_vf, false);
	gpuspec_id_mdev(out, "a b/c");
	if (strcmp(out, "mdev:a?b?c"))
		failed = 1;
	gpuspec_id_vf_typed(out, 0x10de, 0x25b6, 0x25b7, "a b/c");
	if (strcmp(out, "vf:10de:25b6:25b7/a?b?c"))
		failed = 1;
	/* A type that is too long is cut, and the id a valid one. */
	gpuspec_id_vf_typed(out, 0x10de, 0x25b6, 0x25b7, longest_vf + 1);
	expect(out, true);
	if (gpuspec_id_parse("vf:10de:25b6:25b6", &parsed) && parsed.vf_type)
		failed = 1;
	if (gpuspec_id_kind("vf:10de:25b6:25b6/nvidia-559") != GPUSPEC_KIND_VGPU)
		failed = 1;
	return failed;
}
