// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <string.h>

#include "rom_build.h"

#define AMD	0x1002
#define NVIDIA	0x10de

static const __u16 devices[] = { 0x1112, 0x1113, 0x2684, 0 };

static void x86(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_X86 });
}

static void efi_compressed(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_EFI, .compressed = true });
}

static void efi(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_EFI });
}

static void efi_signed(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_EFI, .is_signed = true });
}

static void hybrid(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_X86, .not_last = true });
	efi_compressed(rom);
}

static void fcode(struct rom_build *rom)
{
	size_t at = rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_FCODE });

	rom_put16(rom, at + 2, 0x34);
}

static void device_list(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .revision = 3, .devices = devices, .not_last = true,
	});
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_EFI, .revision = 3, .devices = devices, .is_signed = true,
	});
}

/* PCIR's chain ends with the EFI image, NPDE's does not. */
static void npde_chain(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .vendor = NVIDIA, .device = 0x2684, .not_last = true,
		.npde_sectors = 1, .npde_not_last = true,
	});
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_EFI, .vendor = NVIDIA, .device = 0x2684, .is_signed = true,
		.npde_sectors = 1, .npde_not_last = true,
	});
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_FWSEC, .vendor = NVIDIA, .device = 0x2684,
		.npde_sectors = 1, .npde_not_last = true,
	});
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_NBSI, .vendor = NVIDIA, .device = 0x2684, .not_last = true,
	});
}

static void atom(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .vendor = AMD, .device = 0x73bf, .subvendor = 0x1da2,
		.subdevice = 0xe438, .not_last = true,
	});
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_EFI, .vendor = AMD, .device = 0x73bf, .compressed = true,
	});
}

static void bad_sum(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_X86, .sectors = 2, .init = 1 });
	rom_put8(rom, 0x1ff, rom->bytes[0x1ff] + 1);
}

static void nvidia_old(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .vendor = NVIDIA, .device = 0x1b80,
	});
}

/* What stands in front of the ROM in flash. */
static void nvgi_header(struct rom_build *rom, __u8 version, __u16 fixed_size, __u32 total_size)
{
	rom_put_text(rom, 0, "NVGI");
	rom_put32(rom, 4, version << 8 | (__u32)fixed_size << 16);
	rom_put32(rom, 8, total_size);
}

static void nvgi_v1(struct rom_build *rom)
{
	rom_fill(rom, 0x200, 0);
	nvgi_header(rom, 1, 0x10, 0);
	rom_put32(rom, 0x14, 0x200);
	x86(rom);
}

static void nvgi_v2(struct rom_build *rom)
{
	rom_fill(rom, 0x600, 0xff);
	nvgi_header(rom, 2, 0x14, 0);
	rom_put32(rom, 0x18, 0x600);
	x86(rom);
}

static void nvgi_v3(struct rom_build *rom)
{
	rom_fill(rom, 0x1400, 0);
	nvgi_header(rom, 3, 0x10, 0x20);
	rom_put32(rom, 0x20, 0x100);
	rom_put_text(rom, 0x1100, "RFRD");
	rom_put32(rom, 0x1108, 0x1400);
	x86(rom);
}

static void header_in_front(struct rom_build *rom)
{
	rom_fill(rom, 0x200, 0x42);
	x86(rom);
}

static void padded(struct rom_build *rom)
{
	hybrid(rom);
	rom_fill(rom, 0x200, 0);
	rom_fill(rom, 0x200, 0xff);
}

static void half_hybrid(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){ .type = GPUSPEC_ROM_X86, .not_last = true });
	rom_fill(rom, 0x200, 0x5a);
}

static void overlap(struct rom_build *rom)
{
	rom_add(rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .vendor = NVIDIA, .device = 0x1b80, .sectors = 2,
		.npde_sectors = 1, .npde_not_last = true,
	});
	rom_put16(rom, 0x200, 0xaa55);
	rom_fix_sum(rom, 0);
}

/* As many images as there may be: PCIR's chain of 16, and NPDE's of 16 more. */
static void many(struct rom_build *rom)
{
	int i;

	for (i = 0; i < GPUSPEC_ROM_IMAGES_MAX; i++)
		rom_add(rom, &(struct rom_spec){
			.type = i % 2 ? GPUSPEC_ROM_EFI : GPUSPEC_ROM_X86, .compressed = true,
			.npde_sectors = 1, .npde_not_last = i < GPUSPEC_ROM_IMAGES_MAX - 1,
			.not_last = i < 15,
		});
}

const struct rom_sample rom_samples[] = {
	{ "x86", x86 },
	{ "efi", efi },
	{ "efi-compressed", efi_compressed },
	{ "efi-signed", efi_signed },
	{ "hybrid", hybrid },
	{ "fcode", fcode },
	{ "device-list", device_list },
	{ "npde-chain", npde_chain },
	{ "atom", atom },
	{ "bad-sum", bad_sum },
	{ "nvidia-old", nvidia_old },
	{ "nvgi-v1", nvgi_v1 },
	{ "nvgi-v2", nvgi_v2 },
	{ "nvgi-v3", nvgi_v3 },
	{ "header-in-front", header_in_front },
	{ "padded", padded },
	{ "half-hybrid", half_hybrid },
	{ "overlap", overlap },
	{ "many", many },
	{ NULL, NULL },
};

void rom_build_sample(struct rom_build *rom, const char *name)
{
	const struct rom_sample *sample;

	rom->size = 0;
	for (sample = rom_samples; sample->name && strcmp(sample->name, name); sample++)
		;
	assert(sample->name);
	sample->build(rom);
}
