// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "rom_findings.h"

#define NO_ROM	"no ROM signature (55 AA) at offset 0: found %02x %02x"

#define NO_X86	"no x86 image: SeaBIOS guests have no picture"
#define SHADOWED \
	"x86 image equals a shadowed dump pattern (init size shrunk, sum wrong, taken from the boot GPU)"

/* The text; as the compiler also sees a printf(), it holds the text against its values. */
#define TEXT(...)	(sizeof(printf(__VA_ARGS__)) ? FIRST(__VA_ARGS__, 0) : NULL)
#define FIRST(text, ...)	(text)
#define N		1u	/* a value */

static const struct {
	enum gpuspec_rom_check check;
	unsigned int variant;
	const char *format;	/* shows the first values of the finding */
} texts[] = {
	{ GPUSPEC_ROM_E01, 0, TEXT("file is empty") },
	{ GPUSPEC_ROM_E02, 0,
	  TEXT("file is %u bytes; at least 26 are needed for a ROM header", N) },
	{ GPUSPEC_ROM_E03, 0, TEXT("file is %u bytes; the limit is %u (16 MiB)", N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_NONE, TEXT(NO_ROM, N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_NVGI,
	  TEXT(NO_ROM "; this is an NVIDIA flash dump; the ROM starts at 0x%x: use --strip-nvgi",
	       N, N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_LATER,
	  TEXT(NO_ROM "; a ROM starts at 0x%x: the file has a header in front", N, N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_ALL_FF,
	  TEXT(NO_ROM "; the dump is all ff: the card was powered down or its ROM was not readable",
	       N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_ALL_00,
	  TEXT(NO_ROM "; the dump is all 00: the device has no ROM BAR", N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_MZ,
	  TEXT(NO_ROM "; this is a bare EFI driver; wrap it with EfiRom", N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_ELF, TEXT(NO_ROM "; this is an ELF file", N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_GZIP, TEXT(NO_ROM "; this is a gzip file", N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_ZIP, TEXT(NO_ROM "; this is a zip file", N, N) },
	{ GPUSPEC_ROM_E04, GPUSPEC_ROM_HINT_TEXT, TEXT(NO_ROM "; this is markup or text", N, N) },
	{ GPUSPEC_ROM_E05, 0, TEXT("PCIR pointer 0x%x points outside the file", N) },
	{ GPUSPEC_ROM_E05, 1, TEXT("PCIR pointer 0x%x points inside the 26-byte header", N) },
	{ GPUSPEC_ROM_E05, 2, TEXT("PCIR pointer 0x%x is not 4-byte aligned", N) },
	{ GPUSPEC_ROM_E06, 0, TEXT("no PCIR at 0x%x: found %02x %02x %02x %02x", N, N, N, N, N) },
	{ GPUSPEC_ROM_E07, 0, TEXT("PCIR length %u is not in 24..(image end)", N) },
	{ GPUSPEC_ROM_E08, 0, TEXT("image length is 0") },
	{ GPUSPEC_ROM_E09, 0,
	  TEXT("image length %u runs %u bytes past the end of the file (truncated download or dump)",
	       N, N) },
	{ GPUSPEC_ROM_E10, 0,
	  TEXT("no image is marked last; %u bytes follow without a signature (half of a hybrid ROM?)",
	       N) },
	{ GPUSPEC_ROM_E11, 0, TEXT("PCIR vendor %04x is not the model's vendor %04x", N, N) },
	{ GPUSPEC_ROM_E12, 0,
	  TEXT("PCIR device %04x and its device list (%u entries) do not name %04x", N, N, N) },
	{ GPUSPEC_ROM_E13, 0, TEXT("class code %06x is not a display controller (03xxxx)", N) },
	{ GPUSPEC_ROM_E14, 0, TEXT("EFI image: signature is %08x, not 00000ef1", N) },
	{ GPUSPEC_ROM_E15, 0, TEXT("EFI header offset 0x%x outside the image", N) },
	{ GPUSPEC_ROM_E16, 0, TEXT("EFI machine %04x does not fit an x86-64 guest", N) },
	{ GPUSPEC_ROM_E17, 0, TEXT("EFI subsystem %04x is not 000b/000c", N) },
	{ GPUSPEC_ROM_E18, 0, TEXT("EFI compression type %u unknown", N) },
	{ GPUSPEC_ROM_E19, 0,
	  TEXT("uncompressed EFI image has no MZ/PE header, or PE machine differs") },
	{ GPUSPEC_ROM_E20, 0, TEXT("device list not ended by 0000 within the image") },
	{ GPUSPEC_ROM_E21, 0, TEXT("more than 32 images") },
	{ GPUSPEC_ROM_E22, 0, TEXT("two images overlap") },
	{ GPUSPEC_ROM_E22, 1, TEXT("no progress") },
	{ GPUSPEC_ROM_E23, 0,
	  TEXT("x86 image: init size %u is larger than the image length %u", N, N) },
	{ GPUSPEC_ROM_E24, 0, TEXT("x86 image: byte sum is %02x, must be 00", N) },
	{ GPUSPEC_ROM_E25, 0,
	  TEXT("upload: SHA-256 of %u received bytes does not match the announced one", N) },
	{ GPUSPEC_ROM_E25, 1, TEXT("upload: gap or overlap at chunk offset") },
	{ GPUSPEC_ROM_W01, 0,
	  TEXT("no EFI image: OVMF guests will have no picture until the driver loads") },
	{ GPUSPEC_ROM_W02, 0,
	  TEXT(NO_X86 "; AMD drivers may refuse (\"Not an x86 BIOS ROM\")") },
	{ GPUSPEC_ROM_W03, 0, TEXT("AMD: ATOM/MOTA not found via 0x48") },
	{ GPUSPEC_ROM_W04, 0, TEXT("NVIDIA: no BIT (b8ff \"BIT\\0\")") },
	{ GPUSPEC_ROM_W04, 1, TEXT("NVIDIA: no FwSec (e0) on Turing+") },
	{ GPUSPEC_ROM_W05, 0,
	  TEXT("PCIR says last at 0x%x but %u bytes follow (NVIDIA NPDE chain continues: keep them)",
	       N, N) },
	{ GPUSPEC_ROM_W05, 1, TEXT("PCIR says last at 0x%x but %u bytes follow", N, N) },
	{ GPUSPEC_ROM_W06, 0, TEXT("NPDE and PCIR lengths differ: %u vs %u", N, N) },
	{ GPUSPEC_ROM_W07, 0,
	  TEXT("size is not a power of two: guest BAR will be %u (padding ff)", N) },
	{ GPUSPEC_ROM_W08, 0, TEXT("larger than the card's ROM BAR (%u)", N) },
	{ GPUSPEC_ROM_W09, 0, TEXT("larger than 2 MiB") },
	{ GPUSPEC_ROM_W10, 0, TEXT("code type %02x unknown, kept", N) },
	{ GPUSPEC_ROM_W11, 0, TEXT("revision %u PCIR (expected 0 or 3)", N) },
	{ GPUSPEC_ROM_W12, 0,
	  TEXT("subsystem vendor/board not derivable: check it is your board") },
	{ GPUSPEC_ROM_W12, 1,
	  TEXT("subsystem %04x:%04x is not the model's %04x:%04x: check it is your board",
	       N, N, N, N) },
	{ GPUSPEC_ROM_W13, 0,
	  TEXT(SHADOWED ": re-dump with another primary GPU") },
	{ GPUSPEC_ROM_W14, 0, TEXT("max run-time length > image length") },
	{ GPUSPEC_ROM_W15, 0, TEXT("reserved indicator bits set") },
	{ GPUSPEC_ROM_W16, 0, TEXT("EFI image is unsigned: Secure Boot guests reject it") },
	{ GPUSPEC_ROM_W17, 0, TEXT("identical ROM already loaded for this model") },
	{ GPUSPEC_ROM_W18, 0,
	  TEXT("file not readable by uid/profile of qemu (libvirt/AppArmor path)") },
};

static const char *const names[] = {
	"?",
	"E01", "E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "E10", "E11", "E12", "E13",
	"E14", "E15", "E16", "E17", "E18", "E19", "E20", "E21", "E22", "E23", "E24", "E25",
	"W01", "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10", "W11", "W12", "W13",
	"W14", "W15", "W16", "W17", "W18",
};

#define NAMES	(sizeof(names) / sizeof(names[0]))

const char *rom_finding_name(enum gpuspec_rom_check check)
{
	return names[(size_t)check < NAMES ? check : 0];
}

enum gpuspec_rom_check rom_finding_by_name(const char *name)
{
	size_t i;

	for (i = 1; i < NAMES; i++)
		if (!strcmp(name, names[i]))
			return i;
	return 0;
}

static const char *format_of(const struct gpuspec_rom_finding *finding)
{
	size_t i;

	/* The one text that depends on a value. */
	if (finding->check == GPUSPEC_ROM_E04 && finding->variant == GPUSPEC_ROM_HINT_NVGI &&
	    !finding->value[2])
		return TEXT(NO_ROM "; this is an NVIDIA flash dump; its headers lead to no ROM",
			    N, N);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].check == finding->check && texts[i].variant == finding->variant)
			return texts[i].format;
	return "?";
}

int rom_finding_text(const struct gpuspec_rom_finding *finding, char *text, size_t size)
{
	const __u32 *v = finding->value;
	size_t prefix = 0, left;

	if (finding->image >= 0)
		prefix = snprintf(text, size, "image %d at 0x%x: ", finding->image,
				  finding->offset);
	left = prefix < size ? size - prefix : 0;
	return prefix + snprintf(left ? text + prefix : NULL, left, format_of(finding),
				 v[0], v[1], v[2], v[3], v[4]);
}
