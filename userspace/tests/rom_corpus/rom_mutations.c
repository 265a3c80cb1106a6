// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "rom_judge.h"
#include "rom_mutations.h"

/* Bytes at the start of a file that are tried though they do not decide. */
#define SOME_BYTES	1024

static __u8 *copy_of(const struct rom_build *rom, size_t size)
{
	__u8 *bytes = rom_memory(size);

	memcpy(bytes, rom->bytes, size);
	return bytes;
}

void rom_cut_off_everywhere(const struct rom_build *rom,
			    void (*judge)(__u8 *bytes, size_t size))
{
	size_t size;
	__u8 *bytes;

	for (size = 0; size <= rom->size; size++) {
		bytes = copy_of(rom, size);
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

static void try_some_values(__u8 *bytes, size_t size, size_t at,
			    void (*judge)(__u8 *bytes, size_t size))
{
	const __u8 right = bytes[at];
	const __u8 wrong[] = {
		0, 0xff, right + 1, right ^ 0x01, right ^ 0x02, right ^ 0x04, right ^ 0x08,
		right ^ 0x10, right ^ 0x20, right ^ 0x40, right ^ 0x80,
	};
	size_t i;

	for (i = 0; i < sizeof(wrong); i++) {
		bytes[at] = wrong[i];
		judge(bytes, size);
	}
	bytes[at] = right;
}

static void try_all_values(__u8 *bytes, size_t size, size_t at,
			   void (*judge)(__u8 *bytes, size_t size))
{
	const __u8 right = bytes[at];

	while (++bytes[at] != right)
		judge(bytes, size);
}

void rom_break_headers(const struct rom_build *rom, void (*judge)(__u8 *bytes, size_t size))
{
	__u8 *bytes = copy_of(rom, rom->size);
	size_t at;

	for (at = 0; at < rom->size; at++)
		if (decides(rom, at))
			try_some_values(bytes, rom->size, at, judge);
	free(bytes);
}

void rom_break_bytes(const struct rom_build *rom, void (*judge)(__u8 *bytes, size_t size))
{
	__u8 *bytes = copy_of(rom, rom->size);
	size_t at;

	for (at = 0; at < rom->size; at++) {
		if (decides(rom, at))
			try_all_values(bytes, rom->size, at, judge);
		else if (at < SOME_BYTES)
			try_some_values(bytes, rom->size, at, judge);
	}
	free(bytes);
}
