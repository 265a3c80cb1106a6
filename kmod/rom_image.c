// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "rom_checks.h"

#define SECTOR		512u
#define PCIR_POINTER	0x18	/* in the header */
#define PCIR_SIZE_MIN	0x18
#define NPDE_SIZE_MIN	0x0b
#define LAST		0x80	/* in PCIR's indicator, and NPDE's */

static bool is_unsafe(enum gpuspec_rom_check check)
{
	return check <= GPUSPEC_ROM_E10 ||
	       (check >= GPUSPEC_ROM_E20 && check <= GPUSPEC_ROM_E23);
}

/* What has the higher rank drives out what has a lower one, once the list is full. */
static int rank(const struct gpuspec_rom_finding *finding)
{
	if (finding->warning)
		return 0;
	return is_unsafe(finding->check) ? 2 : 1;
}

/*
 * There cannot be as many unsafe errors as the list has room for (per image E07
 * or E09, E20, E22 and E23): none of them is ever lost.
 */
static void add_finding(struct gpuspec_rom_contents *rom,
			const struct gpuspec_rom_finding *finding)
{
	struct gpuspec_rom_finding *list = rom->findings;
	unsigned int i, victim = rom->finding_count;

	if (rom->finding_count == GPUSPEC_ROM_FINDINGS_MAX) {
		for (i = 0; i < rom->finding_count; i++)
			if (rank(&list[i]) < rank(finding) &&
			    (victim == rom->finding_count ||
			     rank(&list[i]) <= rank(&list[victim])))
				victim = i;
		if (victim == rom->finding_count)
			return;
		rom->finding_count--;
		for (i = victim; i < rom->finding_count; i++)
			list[i] = list[i + 1];
	}
	list[rom->finding_count++] = *finding;
}

void gpuspec_rom_report(struct gpuspec_rom_parser *parser,
			const struct gpuspec_rom_image *image,
			enum gpuspec_rom_check check, unsigned int variant,
			const struct gpuspec_rom_values *values)
{
	struct gpuspec_rom_finding finding = {
		.check = check,
		.variant = variant,
		.warning = check >= GPUSPEC_ROM_W01,
		.image = image ? image - parser->rom->images : -1,
		.offset = image ? image->offset : 0,
	};

	if (values)
		memcpy(finding.value, values->value, sizeof(finding.value));
	add_finding(parser->rom, &finding);
}

static bool has_signature(const struct gpuspec_rom_bytes *bytes, __u32 at)
{
	return gpuspec_rom_has(bytes, at, 2) && gpuspec_rom_u16(bytes, at) == 0xaa55;
}

static bool has_header(const struct gpuspec_rom_bytes *bytes, __u32 at)
{
	return gpuspec_rom_has(bytes, at, GPUSPEC_ROM_HEADER_SIZE) &&
	       has_signature(bytes, at);
}

/* Is there a PCIR, of which the fixed part can be read? @bytes: to the file's end. */
static bool find_pcir(struct gpuspec_rom_parser *parser, struct gpuspec_rom_image *image,
		      const struct gpuspec_rom_bytes *bytes)
{
	bool outside, in_header;
	const __u8 *pcir;
	__u16 length;

	image->pcir = gpuspec_rom_u16(bytes, PCIR_POINTER);
	outside = !gpuspec_rom_has(bytes, image->pcir, PCIR_SIZE_MIN);
	in_header = image->pcir < GPUSPEC_ROM_HEADER_SIZE;
	if (outside || in_header || image->pcir % 4) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E05,
				   outside ? 0 : in_header ? 1 : 2,
				   GPUSPEC_ROM_VALUES(image->pcir));
		return false;
	}
	pcir = bytes->start + image->pcir;
	if (memcmp(pcir, "PCIR", 4)) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E06, 0,
				   GPUSPEC_ROM_VALUES(image->pcir, pcir[0], pcir[1],
						      pcir[2], pcir[3]));
		return false;
	}
	length = gpuspec_rom_u16(bytes, image->pcir + 0x0a);
	/* ffff is what a card that does not answer reads as; the kernel takes it for that. */
	if (length < PCIR_SIZE_MIN || length == 0xffff ||
	    !gpuspec_rom_has(bytes, image->pcir, length)) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E07, 0,
				   GPUSPEC_ROM_VALUES(length));
		return false;
	}
	return true;
}

static void read_pcir(struct gpuspec_rom_image *image, const struct gpuspec_rom_bytes *bytes)
{
	const struct gpuspec_rom_bytes pcir = gpuspec_rom_part(bytes, image->pcir, bytes->size);

	image->vendor = gpuspec_rom_u16(&pcir, 0x04);
	image->device = gpuspec_rom_u16(&pcir, 0x06);
	image->pcir_revision = pcir.start[0x0c];
	image->class = gpuspec_rom_u32(&pcir, 0x0c) >> 8;
	image->length = gpuspec_rom_u16(&pcir, 0x10) * SECTOR;
	image->code_revision = gpuspec_rom_u16(&pcir, 0x12);
	image->type = pcir.start[0x14];
	image->last = pcir.start[0x15] & LAST;
	if (image->pcir_revision >= 3)
		image->max_runtime = gpuspec_rom_u16(&pcir, 0x16);
}

/* NVIDIA's extension stands behind PCIR, at the next multiple of 16. */
static void read_npde(struct gpuspec_rom_parser *parser, struct gpuspec_rom_image *image,
		      const struct gpuspec_rom_bytes *bytes)
{
	__u32 at = image->pcir + gpuspec_rom_u16(bytes, image->pcir + 0x0a);

	at = (at + 15) & ~15u;
	if (!gpuspec_rom_has(bytes, at, NPDE_SIZE_MIN) || memcmp(bytes->start + at, "NPDE", 4))
		return;
	image->npde_length = gpuspec_rom_u16(bytes, at + 0x08) * SECTOR;
	image->npde_last = bytes->start[at + 0x0a] & LAST;
	/* The chain stops here for nova; nouveau would read this image over and over. */
	if (!image->npde_length && !image->npde_last)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E22, 1, NULL);
}

/* Devices that the image is for, besides that of PCIR. @bytes: the image. */
static void read_device_list(struct gpuspec_rom_parser *parser, struct gpuspec_rom_image *image,
			     const struct gpuspec_rom_bytes *bytes)
{
	__u32 at, pointer = gpuspec_rom_u16(bytes, image->pcir + 0x08);

	if (image->pcir_revision < 3 || !pointer)
		return;
	image->device_list = image->pcir + pointer;
	for (at = image->device_list; gpuspec_rom_has(bytes, at, 2); at += 2) {
		if (!gpuspec_rom_u16(bytes, at)) {
			image->device_count = (at - image->device_list) / 2;
			return;
		}
	}
	gpuspec_rom_report(parser, image, GPUSPEC_ROM_E20, 0, NULL);
}

/* What the chain by which the image was found says of its length. */
static __u32 length_in_chain(const struct gpuspec_rom_image *image)
{
	return image->tail && image->npde_length ? image->npde_length : image->length;
}

/* Read the image at @offset, where there is a header. NULL if that cannot be done. */
static struct gpuspec_rom_image *read_image(struct gpuspec_rom_parser *parser, __u32 offset,
					    bool tail)
{
	struct gpuspec_rom_contents *rom = parser->rom;
	struct gpuspec_rom_image *image = &rom->images[rom->image_count];
	struct gpuspec_rom_bytes bytes = gpuspec_rom_part(&parser->file, offset, ~0u);
	__u32 length;

	image->offset = offset;
	image->tail = tail;
	if (!find_pcir(parser, image, &bytes))
		return NULL;
	read_pcir(image, &bytes);
	if (!image->length) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E08, 0, NULL);
		return NULL;
	}
	rom->image_count++;
	read_npde(parser, image, &bytes);
	length = length_in_chain(image);
	if (length > bytes.size)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E09, 0,
				   GPUSPEC_ROM_VALUES(length, length - bytes.size));
	bytes = gpuspec_rom_part(&bytes, 0, length);
	length = gpuspec_rom_u16(&bytes, image->pcir + 0x0a);
	if (!gpuspec_rom_has(&bytes, image->pcir, length)) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E07, 0,
				   GPUSPEC_ROM_VALUES(length));
		return image;
	}
	read_device_list(parser, image, &bytes);
	gpuspec_rom_check_image(parser, &bytes, image);
	return image;
}

/* Bytes up to the end of the image, of which the file may have less. */
static __u32 image_end(const struct gpuspec_rom_parser *parser,
		       const struct gpuspec_rom_image *image, __u32 length)
{
	__u32 left = parser->file.size - image->offset;

	return image->offset + (length < left ? length : left);
}

/* As the kernel does it, in pci_get_rom_size(). */
static void walk_pcir(struct gpuspec_rom_parser *parser)
{
	struct gpuspec_rom_contents *rom = parser->rom;
	const struct gpuspec_rom_image *image;

	do {
		if (rom->image_count == GPUSPEC_ROM_IMAGES_MAX) {
			gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_E21, 0, NULL);
			parser->broken = true;
			return;
		}
		image = read_image(parser, rom->pcir_size, false);
		if (!image) {
			parser->broken = true;
			return;
		}
		rom->pcir_size = image_end(parser, image, image->length);
		if (image->length > rom->pcir_size - image->offset)
			parser->broken = true;
		rom->ended = image->last;
	} while (!image->last && has_header(&parser->file, rom->pcir_size));
}

static bool has_npde(const struct gpuspec_rom_contents *rom)
{
	unsigned int i;

	for (i = 0; i < rom->image_count; i++)
		if (rom->images[i].npde_length)
			return true;
	return false;
}

/* The image that NPDE's chain has at @offset; NULL where it ends. */
static const struct gpuspec_rom_image *
npde_image(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_image *before, __u32 offset)
{
	struct gpuspec_rom_contents *rom = parser->rom;
	unsigned int i;
	__u16 signature;

	for (i = 0; i < rom->image_count; i++)
		if (rom->images[i].offset == offset)
			return &rom->images[i];
	if (!has_header(&parser->file, offset)) {
		signature = gpuspec_rom_has(&parser->file, offset, 2) ?
			gpuspec_rom_u16(&parser->file, offset) : 0;
		parser->npde_unread = signature == 0xbb77 || signature == 0x4e56;
		return NULL;
	}
	if (offset < rom->pcir_size) {
		gpuspec_rom_report(parser, before, GPUSPEC_ROM_E22, 0, NULL);
		return NULL;
	}
	if (rom->image_count == GPUSPEC_ROM_IMAGES_MAX) {
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_E21, 0, NULL);
		return NULL;
	}
	return read_image(parser, offset, true);
}

/*
 * As NVIDIA's drivers do it: what NPDE says comes before what PCIR says, and
 * there is nothing behind an NBSI image. It may go on where PCIR's chain ends.
 */
static void walk_npde(struct gpuspec_rom_parser *parser)
{
	struct gpuspec_rom_contents *rom = parser->rom;
	const struct gpuspec_rom_image *image = &rom->images[0];
	bool last, use_npde;

	while (image) {
		use_npde = image->type != GPUSPEC_ROM_NBSI && image->npde_length;
		rom->npde_size = image_end(parser, image,
					   use_npde ? image->npde_length : image->length);
		last = use_npde ? image->npde_last : image->last;
		if (last || image->type == GPUSPEC_ROM_NBSI)
			return;
		image = npde_image(parser, image, rom->npde_size);
	}
	parser->npde_open = true;
}

/* All 00 or ff: what a file is filled up with, and erased flash. */
static bool is_padding(const struct gpuspec_rom_bytes *bytes, __u32 at)
{
	for (; at < bytes->size; at++)
		if (bytes->start[at] && bytes->start[at] != 0xff)
			return false;
	return true;
}

/* What stands behind the end of PCIR's chain. */
static void check_rest(struct gpuspec_rom_parser *parser)
{
	struct gpuspec_rom_contents *rom = parser->rom;
	__u32 rest = rom->size - rom->pcir_size;
	bool padding = is_padding(&parser->file, rom->pcir_size);
	bool goes_on = rom->npde_size > rom->pcir_size || parser->npde_open;
	unsigned int i, last = 0;

	if (!rom->ended) {
		const struct gpuspec_rom_finding finding = {
			.check = GPUSPEC_ROM_E10,
			.warning = padding,
			.image = -1,
			.value = { rest },
		};

		add_finding(rom, &finding);
		return;
	}
	for (i = 0; i < rom->image_count && !rom->images[i].tail; i++)
		last = rom->images[i].offset;
	if (!padding)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W05, goes_on ? 0 : 1,
				   GPUSPEC_ROM_VALUES(last, rest));
}

void gpuspec_rom_parse(const void *bytes, size_t size, const struct gpuspec_rom_target *target,
		       struct gpuspec_rom_contents *rom)
{
	struct gpuspec_rom_parser parser = {
		.file = { .start = bytes },
		.target = target,
		.rom = rom,
	};

	memset(rom, 0, sizeof(*rom));
	rom->size = size > ~0u ? ~0u : size;
	parser.file.size = rom->size;
	if (!size) {
		gpuspec_rom_report(&parser, NULL, GPUSPEC_ROM_E01, 0, NULL);
	} else if (size < GPUSPEC_ROM_HEADER_SIZE) {
		gpuspec_rom_report(&parser, NULL, GPUSPEC_ROM_E02, 0,
				   GPUSPEC_ROM_VALUES(rom->size));
	} else if (size > GPUSPEC_ROM_FILE_MAX) {
		gpuspec_rom_report(&parser, NULL, GPUSPEC_ROM_E03, 0,
				   GPUSPEC_ROM_VALUES(rom->size, GPUSPEC_ROM_FILE_MAX));
	} else if (!has_signature(&parser.file, 0)) {
		gpuspec_rom_check_no_rom(&parser);
	} else {
		walk_pcir(&parser);
		if (!parser.broken) {
			if (has_npde(rom))
				walk_npde(&parser);
			check_rest(&parser);
		}
		gpuspec_rom_check_file(&parser);
	}
}

const struct gpuspec_rom_finding *gpuspec_rom_unsafe(const struct gpuspec_rom_contents *rom)
{
	unsigned int i;

	for (i = 0; i < rom->finding_count; i++)
		if (rank(&rom->findings[i]) == 2)
			return &rom->findings[i];
	return NULL;
}

bool gpuspec_rom_can_waive(enum gpuspec_rom_check check)
{
	return check == GPUSPEC_ROM_E12 || check == GPUSPEC_ROM_E16 || check == GPUSPEC_ROM_E24;
}

/* Read at @at, if that is inside. */
static bool read_u32(const struct gpuspec_rom_bytes *bytes, __u32 at, __u32 *value)
{
	if (!gpuspec_rom_has(bytes, at, 4))
		return false;
	*value = gpuspec_rom_u32(bytes, at);
	return true;
}

__u32 gpuspec_rom_nvgi_offset(const void *bytes, size_t size)
{
	const struct gpuspec_rom_bytes file = {
		.start = bytes,
		.size = size > GPUSPEC_ROM_FILE_MAX ? GPUSPEC_ROM_FILE_MAX : size,
	};
	__u32 fixed, version, total, directory, rom = 0;

	if (!gpuspec_rom_has(&file, 0, 12) || memcmp(bytes, "NVGI", 4))
		return 0;
	fixed = gpuspec_rom_u32(&file, 4);
	version = fixed >> 8 & 0xff;
	if (version == 1 || version == 2) {
		read_u32(&file, (fixed >> 16 & 0x7fff) + 4, &rom);
	} else if (version == 3) {
		total = gpuspec_rom_u32(&file, 8) & 0xfffff;
		if (!read_u32(&file, total, &directory) || directory > file.size)
			return 0;
		directory += 4096;
		if (!gpuspec_rom_has(&file, directory, 12) ||
		    memcmp(file.start + directory, "RFRD", 4))
			return 0;
		rom = gpuspec_rom_u32(&file, directory + 8);
	}
	return has_signature(&file, rom) ? rom : 0;
}
