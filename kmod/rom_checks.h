/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the two halves of the ROM parser only: rom_image.c finds the images,
 * rom_checks.c says what is wrong with them.
 */
#ifndef GPUSPEC_ROM_CHECKS_H
#define GPUSPEC_ROM_CHECKS_H

#include "rom_image.h"

#define GPUSPEC_ROM_HEADER_SIZE	0x1a
#define GPUSPEC_ROM_VENDOR_AMD		0x1002
#define GPUSPEC_ROM_VENDOR_NVIDIA	0x10de

/* A part of the file: nothing outside of it may be read. */
struct gpuspec_rom_bytes {
	const __u8 *start;
	__u32 size;
};

struct gpuspec_rom_parser {
	struct gpuspec_rom_bytes file;
	const struct gpuspec_rom_target *target;	/* or NULL */
	struct gpuspec_rom_contents *rom;
	bool broken;		/* PCIR's chain ends in an error, that says why */
	bool npde_open;		/* NPDE's chain does not reach an image marked last */
	bool npde_unread;	/* it goes on with an image of NVIDIA's own kind */
	bool subsystem_known;	/* AMD only */
	__u16 subvendor;
	__u16 subdevice;
};

/* Are @count bytes from @at on inside? To be asked before any of them is read. */
static inline bool gpuspec_rom_has(const struct gpuspec_rom_bytes *bytes,
				   __u32 at, __u32 count)
{
	return at <= bytes->size && count <= bytes->size - at;
}

static inline __u16 gpuspec_rom_u16(const struct gpuspec_rom_bytes *bytes, __u32 at)
{
	return bytes->start[at] | bytes->start[at + 1] << 8;
}

static inline __u32 gpuspec_rom_u32(const struct gpuspec_rom_bytes *bytes, __u32 at)
{
	return gpuspec_rom_u16(bytes, at) | (__u32)gpuspec_rom_u16(bytes, at + 2) << 16;
}

/* The part of the file that starts at @at, which is inside, and has @size bytes at most. */
static inline struct gpuspec_rom_bytes
gpuspec_rom_part(const struct gpuspec_rom_bytes *bytes, __u32 at, __u32 size)
{
	struct gpuspec_rom_bytes part = { bytes->start + at, bytes->size - at };

	if (part.size > size)
		part.size = size;
	return part;
}

/* The values of a finding; those that are not named are 0. */
struct gpuspec_rom_values {
	__u32 value[5];
};

#define GPUSPEC_ROM_VALUES(...)	(&(const struct gpuspec_rom_values){ { __VA_ARGS__ } })

/* @image: one of rom->images, or NULL for the file; @values: NULL for none. */
void gpuspec_rom_report(struct gpuspec_rom_parser *parser,
			const struct gpuspec_rom_image *image,
			enum gpuspec_rom_check check, unsigned int variant,
			const struct gpuspec_rom_values *values);

/* A file that does not start with a ROM: E04, with what it may be instead. */
void gpuspec_rom_check_no_rom(struct gpuspec_rom_parser *parser);

/* What is wrong with an image that can be read. */
void gpuspec_rom_check_image(struct gpuspec_rom_parser *parser,
			     const struct gpuspec_rom_bytes *bytes,
			     struct gpuspec_rom_image *image);

/* What is wrong with all images together. */
void gpuspec_rom_check_file(struct gpuspec_rom_parser *parser);

#endif /* GPUSPEC_ROM_CHECKS_H */
