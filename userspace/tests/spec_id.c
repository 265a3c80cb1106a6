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
		"mdev:\x80", "PCI:10de:2684:10de:167c", " pci:10de:2684:10de:167c", "10de:2684",
	};
	char longest[GPUSPEC_ID_SIZE + 1] = "mdev:";
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
	gpuspec_id_mdev(out, "a b/c");
	if (strcmp(out, "mdev:a?b?c"))
		failed = 1;
	return failed;
}
