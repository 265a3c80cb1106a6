/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a PCI option ROM is made of, and what is wrong with it: the one parser
 * of the module, the command line, the tests and the fuzzer. Pure C: it reads
 * nothing but the bytes it is given, and each only after it has made sure that
 * it is there. Layout by the PCI Firmware Specification 3.3 (5.1) and the UEFI
 * Specification 2.10 (14.4.2); NVIDIA's NPDE and NVGI as nouveau and nova-core
 * read them; AMD's ATOM header as amdgpu does.
 */
#ifndef GPUSPEC_ROM_IMAGE_H
#define GPUSPEC_ROM_IMAGE_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

#define GPUSPEC_ROM_IMAGES_MAX		32
#define GPUSPEC_ROM_FINDINGS_MAX	192
#define GPUSPEC_ROM_FILE_MAX		(16u << 20)	/* bytes; UEFI's limit */

/* PCIR code types, and NVIDIA's own. */
enum gpuspec_rom_type {
	GPUSPEC_ROM_X86 = 0x00,
	GPUSPEC_ROM_FCODE = 0x01,
	GPUSPEC_ROM_HPPA = 0x02,
	GPUSPEC_ROM_EFI = 0x03,
	GPUSPEC_ROM_NBSI = 0x70,
	GPUSPEC_ROM_FWSEC = 0xe0,
};

/* One image. Offsets are from the start of the image but for its own. */
struct gpuspec_rom_image {
	__u32 offset;		/* in the file */
	__u32 length;		/* bytes, by PCIR */
	__u32 npde_length;	/* bytes, by NPDE; 0: it has none */
	__u32 init_size;	/* bytes that the header claims; x86 and EFI only */
	__u32 class;		/* base class << 16 | sub-class << 8 | prog-if */
	__u32 device_list;	/* of u16, ended by 0; 0: there is none */
	__u32 device_count;	/* entries of that list */
	__u16 pcir;
	__u16 vendor;
	__u16 device;
	__u16 code_revision;	/* the vendor's version of the image */
	__u16 max_runtime;	/* in units of 512 bytes; PCIR revision 3 */
	__u8 pcir_revision;
	__u8 type;		/* enum gpuspec_rom_type, or another */
	__u8 sum;		/* of the first init_size bytes; x86 only */
	bool last;		/* by PCIR */
	bool npde_last;
	bool tail;		/* behind the image that PCIR calls the last: found by NPDE */
	__u16 efi_header;	/* of the PE image; this and what follows: EFI only */
	__u16 efi_machine;
	__u16 efi_subsystem;
	__u16 efi_compression;
	bool efi_signed;	/* known of an uncompressed one only */
};

/* The checks, in the order of their names in gpuspec-rom(7): E01, ... W18. */
enum gpuspec_rom_check {
	GPUSPEC_ROM_E01 = 1, GPUSPEC_ROM_E02, GPUSPEC_ROM_E03, GPUSPEC_ROM_E04,
	GPUSPEC_ROM_E05, GPUSPEC_ROM_E06, GPUSPEC_ROM_E07, GPUSPEC_ROM_E08,
	GPUSPEC_ROM_E09, GPUSPEC_ROM_E10, GPUSPEC_ROM_E11, GPUSPEC_ROM_E12,
	GPUSPEC_ROM_E13, GPUSPEC_ROM_E14, GPUSPEC_ROM_E15, GPUSPEC_ROM_E16,
	GPUSPEC_ROM_E17, GPUSPEC_ROM_E18, GPUSPEC_ROM_E19, GPUSPEC_ROM_E20,
	GPUSPEC_ROM_E21, GPUSPEC_ROM_E22, GPUSPEC_ROM_E23, GPUSPEC_ROM_E24,
	GPUSPEC_ROM_E25,
	GPUSPEC_ROM_W01, GPUSPEC_ROM_W02, GPUSPEC_ROM_W03, GPUSPEC_ROM_W04,
	GPUSPEC_ROM_W05, GPUSPEC_ROM_W06, GPUSPEC_ROM_W07, GPUSPEC_ROM_W08,
	GPUSPEC_ROM_W09, GPUSPEC_ROM_W10, GPUSPEC_ROM_W11, GPUSPEC_ROM_W12,
	GPUSPEC_ROM_W13, GPUSPEC_ROM_W14, GPUSPEC_ROM_W15, GPUSPEC_ROM_W16,
	GPUSPEC_ROM_W17, GPUSPEC_ROM_W18,
};

/* Variants of E04: what the file seems to be instead. */
enum gpuspec_rom_hint {
	GPUSPEC_ROM_HINT_NONE,
	GPUSPEC_ROM_HINT_NVGI,		/* value[2]: where the ROM starts, 0: unknown */
	GPUSPEC_ROM_HINT_LATER,		/* value[2]: where a ROM starts */
	GPUSPEC_ROM_HINT_ALL_FF,
	GPUSPEC_ROM_HINT_ALL_00,
	GPUSPEC_ROM_HINT_MZ,
	GPUSPEC_ROM_HINT_ELF,
	GPUSPEC_ROM_HINT_GZIP,
	GPUSPEC_ROM_HINT_ZIP,
	GPUSPEC_ROM_HINT_TEXT,
};

/*
 * The values are those that the text of the check shows, in the order in
 * which it shows them.
 */
struct gpuspec_rom_finding {
	enum gpuspec_rom_check check;
	__u8 variant;		/* which text of the check, from 0 */
	bool warning;		/* a W, or an E that does not matter here or was waived */
	__s16 image;		/* number of the image, -1: the file */
	__u32 offset;		/* of the image in the file */
	__u32 value[5];
};

/* What a ROM is held against: the spec, and the card. */
struct gpuspec_rom_target {
	__u16 vendor;
	__u16 device;
	__u16 subvendor;
	__u16 subdevice;
	__u32 window;		/* bytes of the card's ROM BAR, 0: none, or unknown */
};

struct gpuspec_rom_contents {
	__u32 size;		/* bytes of the file */
	__u32 pcir_size;	/* bytes up to the end of PCIR's chain of images */
	__u32 npde_size;	/* bytes up to the end of NPDE's chain; 0: there is none */
	bool ended;		/* PCIR's chain has an image that is marked last */
	unsigned int image_count;
	unsigned int finding_count;
	struct gpuspec_rom_image images[GPUSPEC_ROM_IMAGES_MAX];	/* by offset */
	struct gpuspec_rom_finding findings[GPUSPEC_ROM_FINDINGS_MAX];
};

/*
 * Take @size bytes apart. @target may be NULL: E11, E12, W08 and W12 are then
 * not looked at. Never fails: what is wrong is among the findings. Once
 * there is no more room for findings, warnings make way for errors.
 */
void gpuspec_rom_parse(const void *bytes, size_t size,
		       const struct gpuspec_rom_target *target,
		       struct gpuspec_rom_contents *rom);

/*
 * The first error that makes it unsafe to let the kernel or a guest walk the
 * images (E01 to E10, E20 to E23), or NULL.
 */
const struct gpuspec_rom_finding *
gpuspec_rom_unsafe(const struct gpuspec_rom_contents *rom);

/* May an admin, who knows better, waive the error? E12, E16 and E24. */
bool gpuspec_rom_can_waive(enum gpuspec_rom_check check);

/*
 * Where the ROM starts in a dump of NVIDIA flash, by the headers in front of
 * it (NVGI, RFRD): an offset, at which there is a ROM signature. 0 if there
 * are no such headers, or they lead nowhere.
 */
__u32 gpuspec_rom_nvgi_offset(const void *bytes, size_t size);

#endif /* GPUSPEC_ROM_IMAGE_H */
