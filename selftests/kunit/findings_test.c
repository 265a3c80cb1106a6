// SPDX-License-Identifier: GPL-2.0
/* The unit test of what the ROM parser's checks say, in the kernel. */
#include "unit_test.h"

int rom_findings_main(void);
#define main rom_findings_main
#include "tests/rom_findings.c"

UNIT_TEST(texts)
UNIT_TEST(names)

static struct kunit_case cases[] = {
	KUNIT_CASE(texts),
	KUNIT_CASE(names),
	{}
};

static struct kunit_suite suite = {
	.name = "gpuspec_rom_findings",
	.test_cases = cases,
};

kunit_test_suite(suite);
