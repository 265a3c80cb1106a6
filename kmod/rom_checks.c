// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "rom_checks.h"

#define SECTORS(count)	((count) * 512u)
#define TWO_MIB			(2u << 20)
#define TURING			0x1e00	/* the first device id of NVIDIA's Turing cards */

static bool is_all(const struct gpuspec_rom_bytes *bytes, __u8 byte)
{
	__u32 i;

	for (i = 0; i < bytes->size; i++)
		if (bytes->start[i] != byte)
			return false;
	return true;
}

static bool is_text(const struct gpuspec_rom_bytes *bytes)
{
	__u32 i;

	if (bytes->start[0] == '<')
		return true;
	for (i = 0; i < bytes->size && i < 256; i++) {
		__u8 c = bytes->start[i];

		if ((c < ' ' || c > '~') && c != '\t' && c != '\n' && c != '\r')
			return false;
	}
	return true;
}

/* Where a ROM starts behind something else; 0 if nowhere. */
static __u32 later_rom(const struct gpuspec_rom_bytes *file)
{
	__u32 at, pcir;

	for (at = 512; gpuspec_rom_has(file, at, GPUSPEC_ROM_HEADER_SIZE); at += 512) {
		if (gpuspec_rom_u16(file, at) != 0xaa55)
			continue;
		pcir = at + gpuspec_rom_u16(file, at + 0x18);
		if (gpuspec_rom_has(file, pcir, 4) && !memcmp(file->start + pcir, "PCIR", 4))
			return at;
	}
	return 0;
}

/* @file: has room for a header, so for what is looked for at its start, too. */
static enum gpuspec_rom_hint hint_of(const struct gpuspec_rom_bytes *file, __u32 *rom)
{
	static const struct {
		const char *text;
		__u32 length;
		enum gpuspec_rom_hint hint;
	} magics[] = {
		{ "MZ", 2, GPUSPEC_ROM_HINT_MZ },
		{ "\177ELF", 4, GPUSPEC_ROM_HINT_ELF },
		{ "\037\213", 2, GPUSPEC_ROM_HINT_GZIP },
		{ "PK\003\004", 4, GPUSPEC_ROM_HINT_ZIP },
		{ NULL, 0, GPUSPEC_ROM_HINT_NONE },
	};
	bool nvgi = !memcmp(file->start, "NVGI", 4);
	unsigned int i;

	*rom = nvgi ? gpuspec_rom_nvgi_offset(file->start, file->size) : 0;
	if (*rom)
		return GPUSPEC_ROM_HINT_NVGI;
	for (i = 0; magics[i].text; i++)
		if (!memcmp(file->start, magics[i].text, magics[i].length))
			return magics[i].hint;
	if (is_all(file, 0xff))
		return GPUSPEC_ROM_HINT_ALL_FF;
	if (is_all(file, 0))
		return GPUSPEC_ROM_HINT_ALL_00;
	*rom = later_rom(file);
	if (*rom)
		return GPUSPEC_ROM_HINT_LATER;
	if (nvgi)
		return GPUSPEC_ROM_HINT_NVGI;
	return is_text(file) ? GPUSPEC_ROM_HINT_TEXT : GPUSPEC_ROM_HINT_NONE;
}

void gpuspec_rom_check_no_rom(struct gpuspec_rom_parser *parser)
{
	const struct gpuspec_rom_bytes *file = &parser->file;
	__u32 rom;
	enum gpuspec_rom_hint hint = hint_of(file, &rom);

	gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_E04, hint,
			   GPUSPEC_ROM_VALUES(file->start[0], file->start[1], rom));
}

/* Of the types that firmware matches to a card; NVIDIA's own are for its driver. */
static bool is_standard(const struct gpuspec_rom_image *image)
{
	return image->type <= GPUSPEC_ROM_EFI;
}

static bool names_device(const struct gpuspec_rom_bytes *bytes,
			 const struct gpuspec_rom_image *image, __u16 device)
{
	__u32 i;

	if (image->device == device)
		return true;
	for (i = 0; i < image->device_count; i++)
		if (gpuspec_rom_u16(bytes, image->device_list + 2 * i) == device)
			return true;
	return false;
}

/* Is the image for a display, and for this card? */
static void check_match(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_bytes *bytes,
			const struct gpuspec_rom_image *image)
{
	const struct gpuspec_rom_target *target = parser->target;
	__u32 base = image->class >> 16;

	if (target && image->vendor != target->vendor)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E11, 0,
				   GPUSPEC_ROM_VALUES(image->vendor, target->vendor));
	if (target && !names_device(bytes, image, target->device))
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E12, 0,
				   GPUSPEC_ROM_VALUES(image->device, image->device_count,
						      target->device));
	/* 12: processing accelerators, as some cards without a display output have it. */
	if (base != 0x03 && base != 0x12)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E13, 0,
				   GPUSPEC_ROM_VALUES(image->class));
}

static void check_pcir(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_bytes *bytes,
		       const struct gpuspec_rom_image *image)
{
	if (image->npde_length && image->npde_length != image->length)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W06, 0,
				   GPUSPEC_ROM_VALUES(image->npde_length, image->length));
	if (!is_standard(image) && image->type != GPUSPEC_ROM_NBSI &&
	    image->type != GPUSPEC_ROM_FWSEC)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W10, 0,
				   GPUSPEC_ROM_VALUES(image->type));
	if (image->pcir_revision != 0 && image->pcir_revision != 3)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W11, 0,
				   GPUSPEC_ROM_VALUES(image->pcir_revision));
	if (SECTORS(image->max_runtime) > image->length)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W14, 0, NULL);
	if (bytes->start[image->pcir + 0x15] & 0x7f)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W15, 0, NULL);
}

/* amdgpu finds its tables by this header, and it names the board. */
static void check_atom(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_bytes *bytes,
		       const struct gpuspec_rom_image *image)
{
	__u32 atom = gpuspec_rom_has(bytes, 0x48, 2) ? gpuspec_rom_u16(bytes, 0x48) : 0;

	if (!atom || !gpuspec_rom_has(bytes, atom + 4, 4) ||
	    (memcmp(bytes->start + atom + 4, "ATOM", 4) &&
	     memcmp(bytes->start + atom + 4, "MOTA", 4))) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W03, 0, NULL);
		return;
	}
	if (parser->subsystem_known || !gpuspec_rom_has(bytes, atom + 0x18, 4))
		return;
	parser->subsystem_known = true;
	parser->subvendor = gpuspec_rom_u16(bytes, atom + 0x18);
	parser->subdevice = gpuspec_rom_u16(bytes, atom + 0x1a);
}

/* NVIDIA's drivers find their tables by this header. */
static bool has_bit(const struct gpuspec_rom_bytes *bytes)
{
	static const __u8 bit[] = { 0xff, 0xb8, 'B', 'I', 'T', 0 };
	__u32 i;

	for (i = 0; gpuspec_rom_has(bytes, i, sizeof(bit)); i++)
		if (bytes->start[i] == bit[0] && !memcmp(bytes->start + i, bit, sizeof(bit)))
			return true;
	return false;
}

static void check_x86(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_bytes *bytes,
		      struct gpuspec_rom_image *image)
{
	__u32 i;

	image->init_size = SECTORS(bytes->start[2]);
	if (image->init_size > image->length)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E23, 0,
				   GPUSPEC_ROM_VALUES(image->init_size, image->length));
	for (i = 0; i < image->init_size && i < bytes->size; i++)
		image->sum += bytes->start[i];
	/* The sum of what is not all there says nothing. */
	if (image->init_size > bytes->size)
		image->sum = 0;
	if (image->sum) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E24, 0,
				   GPUSPEC_ROM_VALUES(image->sum));
		if (image->init_size < image->length)
			gpuspec_rom_report(parser, image, GPUSPEC_ROM_W13, 0, NULL);
	}
	if (image->vendor == GPUSPEC_ROM_VENDOR_AMD)
		check_atom(parser, bytes, image);
	if (image->vendor == GPUSPEC_ROM_VENDOR_NVIDIA && !has_bit(bytes))
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W04, 0, NULL);
}

/* Has the PE image, whose PE signature is at @pe, a certificate? */
static bool is_signed(const struct gpuspec_rom_bytes *image, __u32 pe)
{
	const __u32 optional = pe + 24;
	__u32 directories, size;

	if (!gpuspec_rom_has(image, optional, 2))
		return false;
	/* PE32+ has wider fields in front of the directories than PE32. */
	directories = gpuspec_rom_u16(image, optional) == 0x20b ? 112 : 96;
	/* The fifth is the certificate table; 40 bytes for five of them. */
	size = gpuspec_rom_u16(image, pe + 20);
	if (size < directories + 40 || !gpuspec_rom_has(image, optional, size) ||
	    gpuspec_rom_u32(image, optional + directories - 4) < 5)
		return false;
	size = gpuspec_rom_u32(image, optional + directories + 36);
	return size && gpuspec_rom_has(image, gpuspec_rom_u32(image, optional + directories + 32),
				       size);
}

/* The PE image of an EFI image that is not compressed. */
static void check_pe(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_bytes *pe_bytes,
		     struct gpuspec_rom_image *image)
{
	__u32 pe = 0;

	if (gpuspec_rom_has(pe_bytes, 0, 0x40) && !memcmp(pe_bytes->start, "MZ", 2))
		pe = gpuspec_rom_u32(pe_bytes, 0x3c);
	if (!pe || !gpuspec_rom_has(pe_bytes, pe, 24) ||
	    memcmp(pe_bytes->start + pe, "PE\0", 4) ||
	    gpuspec_rom_u16(pe_bytes, pe + 4) != image->efi_machine) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E19, 0, NULL);
		return;
	}
	image->efi_signed = is_signed(pe_bytes, pe);
	if (!image->efi_signed)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_W16, 0, NULL);
}

static void check_efi(struct gpuspec_rom_parser *parser, const struct gpuspec_rom_bytes *bytes,
		      struct gpuspec_rom_image *image)
{
	__u32 signature = gpuspec_rom_u32(bytes, 0x04);
	struct gpuspec_rom_bytes pe;

	image->init_size = SECTORS(gpuspec_rom_u16(bytes, 0x02));
	image->efi_subsystem = gpuspec_rom_u16(bytes, 0x08);
	image->efi_machine = gpuspec_rom_u16(bytes, 0x0a);
	image->efi_compression = gpuspec_rom_u16(bytes, 0x0c);
	image->efi_header = gpuspec_rom_u16(bytes, 0x16);
	if (signature != 0x0ef1) {
		/* Then the other fields mean nothing. */
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E14, 0,
				   GPUSPEC_ROM_VALUES(signature));
		return;
	}
	/* X64, and EFI byte code, which runs on every machine. */
	if (image->efi_machine != 0x8664 && image->efi_machine != 0x0ebc)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E16, 0,
				   GPUSPEC_ROM_VALUES(image->efi_machine));
	if (image->efi_subsystem != 0x0b && image->efi_subsystem != 0x0c)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E17, 0,
				   GPUSPEC_ROM_VALUES(image->efi_subsystem));
	if (image->efi_compression > 1)
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E18, 0,
				   GPUSPEC_ROM_VALUES(image->efi_compression));
	if (image->efi_header >= bytes->size) {
		gpuspec_rom_report(parser, image, GPUSPEC_ROM_E15, 0,
				   GPUSPEC_ROM_VALUES(image->efi_header));
	} else if (!image->efi_compression) {
		pe = gpuspec_rom_part(bytes, image->efi_header, bytes->size);
		check_pe(parser, &pe, image);
	}
}

void gpuspec_rom_check_image(struct gpuspec_rom_parser *parser,
			     const struct gpuspec_rom_bytes *bytes,
			     struct gpuspec_rom_image *image)
{
	if (is_standard(image))
		check_match(parser, bytes, image);
	check_pcir(parser, bytes, image);
	if (image->type == GPUSPEC_ROM_X86)
		check_x86(parser, bytes, image);
	else if (image->type == GPUSPEC_ROM_EFI)
		check_efi(parser, bytes, image);
}

/* What a guest's firmware and driver will miss. */
static void check_types(struct gpuspec_rom_parser *parser)
{
	const struct gpuspec_rom_contents *rom = parser->rom;
	bool x86 = false, efi = false, fwsec = parser->npde_unread;
	unsigned int i;

	for (i = 0; i < rom->image_count; i++) {
		x86 |= rom->images[i].type == GPUSPEC_ROM_X86;
		efi |= rom->images[i].type == GPUSPEC_ROM_EFI;
		fwsec |= rom->images[i].type == GPUSPEC_ROM_FWSEC;
	}
	if (!efi)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W01, 0, NULL);
	if (!x86)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W02, 0, NULL);
	if (!fwsec && rom->images[0].vendor == GPUSPEC_ROM_VENDOR_NVIDIA &&
	    rom->images[0].device >= TURING)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W04, 1, NULL);
}

static void check_board(struct gpuspec_rom_parser *parser)
{
	const struct gpuspec_rom_target *target = parser->target;

	if (!parser->subsystem_known)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W12, 0, NULL);
	else if (parser->subvendor != target->subvendor ||
		 parser->subdevice != target->subdevice)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W12, 1,
				   GPUSPEC_ROM_VALUES(parser->subvendor, parser->subdevice,
						      target->subvendor, target->subdevice));
}

void gpuspec_rom_check_file(struct gpuspec_rom_parser *parser)
{
	const struct gpuspec_rom_contents *rom = parser->rom;
	__u32 bar = 1;

	while (bar < rom->size)
		bar *= 2;
	if (bar != rom->size)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W07, 0, GPUSPEC_ROM_VALUES(bar));
	if (parser->target && parser->target->window && rom->size > parser->target->window)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W08, 0,
				   GPUSPEC_ROM_VALUES(parser->target->window));
	if (rom->size > TWO_MIB)
		gpuspec_rom_report(parser, NULL, GPUSPEC_ROM_W09, 0, NULL);
	/* Where no image can be read, an error says so. */
	if (!rom->image_count)
		return;
	check_types(parser);
	if (parser->target)
		check_board(parser);
}
