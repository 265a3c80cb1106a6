/* SPDX-License-Identifier: GPL-2.0 */
/* Option ROMs for tests, put together by hand: small, and right until a test breaks them. */
#ifndef ROM_BUILD_H
#define ROM_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "rom_image.h"

#define ROM_BUILD_MAX	(64 * 1024)

/* Where an image has its parts. */
#define ROM_PCIR	0x50
#define ROM_NPDE	0x70
#define ROM_LIST	0x80
#define ROM_ATOM	0x90	/* vendor 1002 only */
#define ROM_BIT		0xc0	/* vendor 10de only */
#define ROM_MZ		0x100	/* EFI, not compressed */
#define ROM_PE		0x140
#define ROM_PE_OPTIONAL	(ROM_PE + 24)
#define ROM_CERTIFICATE	0x1f0

struct rom_build {
	size_t size;
	__u8 bytes[ROM_BUILD_MAX];
};

/* One image; what is not named is 0, or as the comment says. */
struct rom_spec {
	__u8 type;
	__u16 vendor;			/* 0: 1234 */
	__u16 device;			/* 0: 1111 */
	__u32 class;			/* 0: 030000 */
	unsigned int sectors;		/* of 512 bytes; 0: 1 */
	unsigned int init;		/* sectors; 0: all */
	__u8 revision;
	bool not_last;
	const __u16 *devices;		/* ended by 0; for revision 3 */
	unsigned int npde_sectors;	/* 0: no NPDE */
	bool npde_not_last;
	bool compressed;		/* EFI */
	bool is_signed;			/* EFI, not compressed */
	__u16 subvendor, subdevice;	/* AMD */
};

/* Add an image; returns where it starts. */
size_t rom_add(struct rom_build *rom, const struct rom_spec *spec);

void rom_fill(struct rom_build *rom, size_t bytes, __u8 value);
void rom_put8(struct rom_build *rom, size_t at, __u8 value);
void rom_put16(struct rom_build *rom, size_t at, __u16 value);
void rom_put32(struct rom_build *rom, size_t at, __u32 value);
void rom_put_text(struct rom_build *rom, size_t at, const char *text);

/* Make the byte sum of the x86 image at @offset 0 again, by its last byte. */
void rom_fix_sum(struct rom_build *rom, size_t offset);

/* Whole ROMs, one of each kind that there is. */
struct rom_sample {
	const char *name;
	void (*build)(struct rom_build *rom);
};

extern const struct rom_sample rom_samples[];	/* ended by no name */

void rom_build_sample(struct rom_build *rom, const char *name);

#endif /* ROM_BUILD_H */
