// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the ROM parser, with what rom_judge() demands of it. The first byte
 * of a case says what the ROM is held against, the rest is the ROM. The Makefile
 * gives the function the name that libFuzzer wants.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rom_judge.h"

int fuzz_rom_image(const uint8_t *data, size_t size);

static const struct gpuspec_rom_target targets[] = {
	{ .vendor = 0x1234, .device = 0x1111 },
	{ .vendor = 0x10de, .device = 0x2684, .subvendor = 0x10de, .subdevice = 0x16f3 },
	{ .vendor = 0x1002, .device = 0x73bf, .subvendor = 0x1da2, .subdevice = 0xe438,
	  .window = 512 },
};

/* What is cut off where PCIR says that the ROM ends is as safe as the whole. */
static void judge_cut(uint8_t *rom, size_t size)
{
	static struct gpuspec_rom_contents contents;
	uint8_t *cut = rom_memory(size);

	memcpy(cut, rom, size);
	rom_judge(cut, size, NULL, &contents);
	if (gpuspec_rom_unsafe(&contents) || !contents.ended || contents.pcir_size != size)
		abort();
	free(cut);
}

int fuzz_rom_image(const uint8_t *data, size_t size)
{
	static struct gpuspec_rom_contents contents;
	const struct gpuspec_rom_target *target = NULL;
	uint8_t *rom;

	if (!size)
		return 0;
	if (*data < sizeof(targets) / sizeof(targets[0]))
		target = &targets[*data];
	rom = rom_memory(--size);
	memcpy(rom, data + 1, size);
	rom_judge(rom, size, target, &contents);
	if (!gpuspec_rom_unsafe(&contents) && contents.ended)
		judge_cut(rom, contents.pcir_size);
	free(rom);
	return 0;
}
