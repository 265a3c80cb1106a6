// SPDX-License-Identifier: GPL-2.0
/*
 * What the checks of the ROM parser are called, and what they say. It also runs in the
 * kernel (selftests/kunit).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_findings.h"

static int failed;

static void expect(bool holds, const char *what)
{
	if (holds)
		return;
	printf("does not hold: %s\n", what);
	failed = 1;
}

#define EXPECT(condition)	expect(condition, #condition)

static void expect_text(const struct gpuspec_rom_finding *finding, const char *expected)
{
	char text[ROM_FINDING_MAX];
	int length = rom_finding_text(finding, text, sizeof(text));

	if (length == (int)strlen(text) && !strcmp(text, expected))
		return;
	printf("expected '%s' but got '%s'\n", expected, text);
	failed = 1;
}

/* What others than the parser say, and the texts as such. */
static void test_texts(void)
{
	struct gpuspec_rom_finding finding = { .check = GPUSPEC_ROM_E25, .image = -1,
					       .value = { 4096 } };
	char text[ROM_FINDING_MAX];

	expect_text(&finding,
		    "upload: SHA-256 of 4096 received bytes does not match the announced one");
	finding.variant = 1;
	expect_text(&finding, "upload: gap or overlap at chunk offset");
	finding = (struct gpuspec_rom_finding){ .check = GPUSPEC_ROM_W17, .image = -1 };
	expect_text(&finding, "identical ROM already loaded for this model");
	finding.check = GPUSPEC_ROM_W18;
	expect_text(&finding, "file not readable by uid/profile of qemu (libvirt/AppArmor path)");
	finding = (struct gpuspec_rom_finding){ .check = GPUSPEC_ROM_E08, .image = 7,
						.offset = 0x12600 };
	expect_text(&finding, "image 7 at 0x12600: image length is 0");
	EXPECT(rom_finding_text(&finding, text, 10) == 37);
	EXPECT(!strcmp(text, "image 7 a"));
	EXPECT(rom_finding_text(&finding, text, 22) == 37);
	EXPECT(!strcmp(text, "image 7 at 0x12600: i"));
	EXPECT(rom_finding_text(&finding, NULL, 0) == 37);
	finding.variant = 1;
	expect_text(&finding, "image 7 at 0x12600: ?");
}

static void test_names(void)
{
	int check;

	for (check = GPUSPEC_ROM_E01; check <= GPUSPEC_ROM_W18; check++) {
		const bool error = check <= GPUSPEC_ROM_E25;
		const char *name = rom_finding_name(check);

		EXPECT(rom_finding_by_name(name) == (enum gpuspec_rom_check)check);
		EXPECT(atoi(name + 1) == (error ? check : check - GPUSPEC_ROM_E25));
		EXPECT(name[0] == (error ? 'E' : 'W'));
		EXPECT(gpuspec_rom_can_waive(check) == !!strstr("E12 E16 E24", name));
	}
	EXPECT(!strcmp(rom_finding_name(0), "?") && !strcmp(rom_finding_name(44), "?"));
	EXPECT(!rom_finding_by_name("E26") && !rom_finding_by_name("?"));
}

int main(void)
{
	test_texts();
	test_names();
	return failed;
}
