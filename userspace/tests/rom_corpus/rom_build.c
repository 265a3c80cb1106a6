// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <string.h>

#include "rom_build.h"

void rom_put8(struct rom_build *rom, size_t at, __u8 value)
{
	assert(at < ROM_BUILD_MAX);
	rom->bytes[at] = value;
}

void rom_put16(struct rom_build *rom, size_t at, __u16 value)
{
	rom_put8(rom, at, value);
	rom_put8(rom, at + 1, value >> 8);
}

void rom_put32(struct rom_build *rom, size_t at, __u32 value)
{
	rom_put16(rom, at, value);
	rom_put16(rom, at + 2, value >> 16);
}

void rom_put_text(struct rom_build *rom, size_t at, const char *text)
{
	for (; *text; text++)
		rom_put8(rom, at++, *text);
}

void rom_fill(struct rom_build *rom, size_t bytes, __u8 value)
{
	assert(bytes <= ROM_BUILD_MAX - rom->size);
	memset(rom->bytes + rom->size, value, bytes);
	rom->size += bytes;
}

void rom_fix_sum(struct rom_build *rom, size_t offset)
{
	size_t i, end = offset + rom->bytes[offset + 2] * 512;
	__u8 sum = 0;

	for (i = offset; i < end - 1; i++)
		sum += rom->bytes[i];
	rom_put8(rom, end - 1, -sum);
}

static void add_pcir(struct rom_build *rom, size_t at, const struct rom_spec *spec)
{
	const __u32 class = spec->class ? spec->class : 0x030000;
	const __u16 *device = spec->devices;
	size_t list = at - ROM_PCIR + ROM_LIST;

	rom_put_text(rom, at, "PCIR");
	rom_put16(rom, at + 0x04, spec->vendor ? spec->vendor : 0x1234);
	rom_put16(rom, at + 0x06, spec->device ? spec->device : 0x1111);
	rom_put16(rom, at + 0x0a, spec->revision >= 3 ? 0x1c : 0x18);
	rom_put32(rom, at + 0x0c, class << 8 | spec->revision);
	rom_put16(rom, at + 0x10, spec->sectors ? spec->sectors : 1);
	rom_put16(rom, at + 0x12, 0x0102);
	rom_put8(rom, at + 0x14, spec->type);
	rom_put8(rom, at + 0x15, spec->not_last ? 0 : 0x80);
	if (device) {
		rom_put16(rom, at + 0x08, ROM_LIST - ROM_PCIR);
		do
			rom_put16(rom, list, *device);
		while (list += 2, *device++);
	}
}

static void add_npde(struct rom_build *rom, size_t at, const struct rom_spec *spec)
{
	rom_put_text(rom, at, "NPDE");
	rom_put16(rom, at + 0x04, 0x0101);
	rom_put16(rom, at + 0x06, 0x0b);
	rom_put16(rom, at + 0x08, spec->npde_sectors);
	rom_put8(rom, at + 0x0a, spec->npde_not_last ? 0 : 0x80);
}

static void add_efi(struct rom_build *rom, size_t at, const struct rom_spec *spec,
		    unsigned int sectors)
{
	rom_put16(rom, at + 0x02, sectors);
	rom_put32(rom, at + 0x04, 0x0ef1);
	rom_put16(rom, at + 0x08, 0x0b);
	rom_put16(rom, at + 0x0a, 0x8664);
	rom_put16(rom, at + 0x0c, spec->compressed);
	rom_put16(rom, at + 0x16, ROM_MZ);
	if (spec->compressed)
		return;
	rom_put_text(rom, at + ROM_MZ, "MZ");
	rom_put32(rom, at + ROM_MZ + 0x3c, ROM_PE - ROM_MZ);
	rom_put_text(rom, at + ROM_PE, "PE");
	rom_put16(rom, at + ROM_PE + 4, 0x8664);
	rom_put16(rom, at + ROM_PE + 20, 112 + 5 * 8);
	rom_put16(rom, at + ROM_PE_OPTIONAL, 0x20b);
	rom_put32(rom, at + ROM_PE_OPTIONAL + 108, 5);
	if (spec->is_signed) {
		rom_put32(rom, at + ROM_PE_OPTIONAL + 144, ROM_CERTIFICATE - ROM_MZ);
		rom_put32(rom, at + ROM_PE_OPTIONAL + 148, 8);
	}
}

/* What the drivers of the two vendors look for in an x86 image. */
static void add_tables(struct rom_build *rom, size_t at, const struct rom_spec *spec)
{
	if (spec->vendor == 0x1002) {
		rom_put16(rom, at + 0x48, ROM_ATOM);
		rom_put_text(rom, at + ROM_ATOM + 4, "ATOM");
		rom_put16(rom, at + ROM_ATOM + 0x18, spec->subvendor);
		rom_put16(rom, at + ROM_ATOM + 0x1a, spec->subdevice);
	} else if (spec->vendor == 0x10de) {
		rom_put16(rom, at + ROM_BIT, 0xb8ff);
		rom_put_text(rom, at + ROM_BIT + 2, "BIT");
	}
}

size_t rom_add(struct rom_build *rom, const struct rom_spec *spec)
{
	const unsigned int sectors = spec->sectors ? spec->sectors : 1;
	const size_t at = rom->size;

	rom_fill(rom, sectors * 512, 0);
	rom_put16(rom, at, 0xaa55);
	rom_put16(rom, at + 0x18, ROM_PCIR);
	add_pcir(rom, at + ROM_PCIR, spec);
	if (spec->npde_sectors)
		add_npde(rom, at + ROM_NPDE, spec);
	if (spec->type == GPUSPEC_ROM_EFI)
		add_efi(rom, at, spec, sectors);
	if (spec->type == GPUSPEC_ROM_X86) {
		rom_put8(rom, at + 2, spec->init ? spec->init : sectors);
		add_tables(rom, at, spec);
		rom_fix_sum(rom, at);
	}
	return at;
}
