// SPDX-License-Identifier: GPL-2.0
/*
 * Every ROM of the corpus, cut off at every length and with every byte broken:
 * rom_judge() says what must hold nevertheless. And files that are made to
 * keep the parser busy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rom_build.h"
#include "rom_judge.h"
#include "rom_mutations.h"

static const struct gpuspec_rom_target target = {
	.vendor = 0x10de, .device = 0x2684, .subvendor = 0x10de, .subdevice = 0x16f3,
	.window = 1024,
};

static struct gpuspec_rom_contents contents;
static unsigned long parsed;

static void judge(__u8 *bytes, size_t size)
{
	/* Not always the same target, to have both ways through the checks. */
	rom_judge(bytes, size, parsed++ % 2 ? &target : NULL, &contents);
}

/* An image of @sectors sectors that leaves nothing out that takes time to look at. */
static void add_slow_image(__u8 *at, unsigned int sectors, unsigned int npde_sectors, bool last)
{
	static struct rom_build rom;

	rom.size = 0;
	rom_add(&rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .vendor = 0x10de, .device = 0x2684, .revision = 3,
		.sectors = 1, .not_last = !last, .npde_sectors = npde_sectors,
		.npde_not_last = true,
	});
	rom_put8(&rom, 2, 0xff);
	rom_put16(&rom, ROM_PCIR + 0x08, ROM_LIST - ROM_PCIR);
	rom_put16(&rom, ROM_PCIR + 0x10, sectors);
	memset(rom.bytes + ROM_LIST, 0xff, 512 - ROM_LIST);
	memcpy(at, rom.bytes, 512);
}

static int expect_quick(const char *what, __u8 *bytes)
{
	const clock_t start = clock();
	double seconds;

	gpuspec_rom_parse(bytes, GPUSPEC_ROM_FILE_MAX, &target, &contents);
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	rom_judge(bytes, GPUSPEC_ROM_FILE_MAX, &target, &contents);
	if (seconds < 1)
		return 0;
	printf("%s takes %.1f seconds\n", what, seconds);
	return 1;
}

/* With the sanitizers the parser is several times slower than without. */
static int test_time(void)
{
	__u8 *bytes = rom_memory(GPUSPEC_ROM_FILE_MAX);
	unsigned int i;
	int failed = 0;

	memset(bytes, 0xff, GPUSPEC_ROM_FILE_MAX);
	for (i = 0; i < 32; i++)
		add_slow_image(bytes + i * 0x80000, 0x400, 0x400, i == 15);
	failed |= expect_quick("a file of large images", bytes);
	memset(bytes, 0xff, GPUSPEC_ROM_FILE_MAX);
	/* Behind the first, each says that it goes on to the end of the file. */
	for (i = 0; i < 32; i++)
		add_slow_image(bytes + i * 512, i ? 0x7fff - i : 1, 1, !i);
	failed |= expect_quick("a chain of images that reach to the end", bytes);
	for (i = 0; i < GPUSPEC_ROM_FILE_MAX; i += 512) {
		bytes[i] = i ? 0x55 : 0xff;
		bytes[i + 1] = 0xaa;
	}
	failed |= expect_quick("a file of signatures", bytes);
	free(bytes);
	return failed;
}

int main(void)
{
	const struct rom_sample *sample;
	static struct rom_build rom;

	for (sample = rom_samples; sample->name; sample++) {
		memset(&rom, 0, sizeof(rom));
		rom_build_sample(&rom, sample->name);
		rom_cut_off_everywhere(&rom, judge);
		rom_break_bytes(&rom, judge);
	}
	printf("%lu files judged\n", parsed);
	return test_time();
}
