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

/* Of the bytes that decide, all other values are tried; of these, some. */
#define SOME_BYTES	1024

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

static void truncate_everywhere(const struct rom_build *rom)
{
	size_t size;
	__u8 *bytes;

	for (size = 0; size <= rom->size; size++) {
		bytes = rom_memory(size);
		memcpy(bytes, rom->bytes, size);
		judge(bytes, size);
		free(bytes);
	}
}

/* Header, PCIR or NPDE of an image? All images of a long chain are alike. */
static bool decides(const struct rom_build *rom, size_t at)
{
	const __u8 *image = rom->bytes + at / 512 * 512;

	if (image[0] != 0x55 || image[1] != 0xaa || at >= 4 * 512)
		return at < 0x1a;
	at %= 512;
	return at < 0x1a || (at >= ROM_PCIR && at < ROM_NPDE + 0x10);
}

static void try_value(__u8 *bytes, size_t size, size_t at, __u8 value)
{
	const __u8 before = bytes[at];

	if (value == before)
		return;
	bytes[at] = value;
	judge(bytes, size);
	bytes[at] = before;
}

static void break_bytes(const struct rom_build *rom)
{
	__u8 *bytes = rom_memory(rom->size);
	size_t at;
	int i;

	memcpy(bytes, rom->bytes, rom->size);
	for (at = 0; at < rom->size; at++) {
		if (decides(rom, at)) {
			for (i = 0; i < 256; i++)
				try_value(bytes, rom->size, at, i);
		} else if (at < SOME_BYTES) {
			try_value(bytes, rom->size, at, 0);
			try_value(bytes, rom->size, at, 0xff);
			try_value(bytes, rom->size, at, bytes[at] + 1);
			for (i = 0; i < 8; i++)
				try_value(bytes, rom->size, at, bytes[at] ^ 1 << i);
		}
	}
	free(bytes);
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
		truncate_everywhere(&rom);
		break_bytes(&rom);
	}
	printf("%lu files judged\n", parsed);
	return test_time();
}
