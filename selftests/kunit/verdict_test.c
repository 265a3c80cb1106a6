// SPDX-License-Identifier: GPL-2.0
/* The verdict's unit test, in the kernel. */
#include <linux/module.h>

#include "unit_test.h"

int verdict_main(void);
#define main verdict_main
#include "tests/verdict.c"

UNIT_TEST(truth_table)
UNIT_TEST(reasons)
UNIT_TEST(longest_phrase)

static struct kunit_case cases[] = {
	KUNIT_CASE(truth_table),
	KUNIT_CASE(reasons),
	KUNIT_CASE(longest_phrase),
	{}
};

static struct kunit_suite suite = {
	.name = "gpuspec_verdict",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit tests of gpuspec's verdict and ROM parser");
MODULE_LICENSE("GPL");
