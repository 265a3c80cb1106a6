// SPDX-License-Identifier: GPL-2.0
/*
 * The ROM parser's unit test, in the kernel, and ROMs that are cut off and broken: each in
 * memory of just its size, behind which KASAN sees every read.
 */
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "rom_mutations.h"
#include "unit_test.h"

int rom_image_main(void);
#define main rom_image_main
#include "tests/rom_image.c"

static bool thorough;
module_param(thorough, bool, 0);
MODULE_PARM_DESC(thorough, "Break ROMs in all the ways that userspace's test does");

__u8 *rom_memory(size_t size)
{
	void *memory = kvmalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(current->kunit_test, memory);
	return memory;
}

UNIT_TEST(samples)
UNIT_TEST(sizes)
UNIT_TEST(too_many)
UNIT_TEST(full_list)
UNIT_TEST(atom)
UNIT_TEST(chains)
UNIT_TEST(nvgi)

static const void *next_sample(const void *previous, char *name)
{
	const struct rom_sample *sample = previous;

	sample = sample ? sample + 1 : rom_samples;
	if (!sample->name)
		return NULL;
	strscpy(name, sample->name, KUNIT_PARAM_DESC_SIZE);
	return sample;
}

static struct rom_build sample_rom;

static const struct rom_build *build_sample(const struct kunit *test)
{
	const struct rom_sample *sample = test->param_value;

	memset(&sample_rom, 0, sizeof(sample_rom));
	sample->build(&sample_rom);
	return &sample_rom;
}

static void judge_any(__u8 *bytes, size_t size)
{
	static struct gpuspec_rom_contents contents;
	static unsigned int judged;

	/* With and without a target, to have both ways through the checks. */
	rom_judge(bytes, size, judged++ % 2 ? &board : NULL, &contents);
	cond_resched();
}

static void cut_off(struct kunit *test)
{
	rom_cut_off_everywhere(build_sample(test), judge_any);
}

static void broken(struct kunit *test)
{
	const struct rom_build *rom = build_sample(test);

	/* KUnit gives a case five minutes, too little for all of a long chain. */
	if (thorough && rom->size <= SZ_8K)
		rom_break_bytes(rom, judge_any);
	else
		rom_break_headers(rom, judge_any);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(samples),
	KUNIT_CASE(sizes),
	KUNIT_CASE(too_many),
	KUNIT_CASE(full_list),
	KUNIT_CASE(atom),
	KUNIT_CASE(chains),
	KUNIT_CASE(nvgi),
	KUNIT_CASE_PARAM(cut_off, next_sample),
	KUNIT_CASE_PARAM(broken, next_sample),
	{}
};

static struct kunit_suite suite = {
	.name = "gpuspec_rom",
	.test_cases = cases,
};

kunit_test_suite(suite);
