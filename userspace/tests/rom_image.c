// SPDX-License-Identifier: GPL-2.0
/*
 * Each check of the ROM parser, on ROMs that are right but for one thing. It also runs in
 * the kernel (selftests/kunit).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_build.h"
#include "rom_judge.h"

#define W01	"W01 no EFI image: OVMF guests will have no picture until the driver loads\n"
#define W02	"W02 no x86 image: SeaBIOS guests have no picture; " \
		"AMD drivers may refuse (\"Not an x86 BIOS ROM\")\n"
#define W03	"W03 image 0 at 0x0: AMD: ATOM/MOTA not found via 0x48\n"
#define W04	"W04 NVIDIA: no FwSec (e0) on Turing+\n"
#define W05(last, rest)	"W05 PCIR says last at " #last " but " #rest " bytes follow " \
		"(NVIDIA NPDE chain continues: keep them)\n"
#define W07(n)	"W07 size is not a power of two: guest BAR will be " #n " (padding ff)\n"
#define W12	"W12 subsystem vendor/board not derivable: check it is your board\n"
#define W13	"W13 image 0 at 0x0: x86 image equals a shadowed dump pattern (init size shrunk, " \
		"sum wrong, taken from the boot GPU): re-dump with another primary GPU\n"
#define W16	"W16 image 0 at 0x0: EFI image is unsigned: Secure Boot guests reject it\n"
#define E19	"E19 image 0 at 0x0: uncompressed EFI image has no MZ/PE header, " \
		"or PE machine differs\n"
#define E04(a, b)	"E04 no ROM signature (55 AA) at offset 0: found " #a " " #b
#define E09(image, length, past) "E09" image "image length " #length " runs " #past \
		" bytes past the end of the file (truncated download or dump)\n"
#define HALF(rest)	"no image is marked last; " #rest \
		" bytes follow without a signature (half of a hybrid ROM?)\n"
#define IMAGE_0	" image 0 at 0x0: "
#define IMAGE_1	" image 1 at 0x200: "

static const struct gpuspec_rom_target plain = { .vendor = 0x1234, .device = 0x1111 };
static const struct gpuspec_rom_target listed = { .vendor = 0x1234, .device = 0x2684 };
static const struct gpuspec_rom_target other = { .vendor = 0x1235, .device = 0x1110 };
static const struct gpuspec_rom_target board = {
	.vendor = 0x1002, .device = 0x73bf, .subvendor = 0x1da2, .subdevice = 0xe438,
	.window = 1024,
};

static const struct gpuspec_rom_target other_board = {
	.vendor = 0x1002, .device = 0x73bf, .subvendor = 0x1da2, .subdevice = 0xe439,
	.window = 512,
};

struct test {
	const char *sample;
	const char *expected;
	const struct gpuspec_rom_target *target;
	struct {
		__u16 at;
		char size;	/* 1, 2, 4; 0: no more of them */
		__u32 value;
	} change[3];
	bool wrong_sum;		/* of the first image: not made right after the changes */
	size_t cut;		/* to so many bytes; 0: not */
};

#define PCIR(field)	(ROM_PCIR + (field))

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
static const struct test tests[] = {
	/* The samples as they are. */
	{ "x86", W01 },
	{ "efi", W16 W02 },
	{ "efi-compressed", W02 },
	{ "efi-signed", W02 },
	{ "hybrid", "" },
	{ "hybrid", W12, &plain },
	{ "fcode", W01 W02 },
	{ "device-list", W12, &listed },
	{ "atom", "", &board },
	{ "atom", "" },
	{ "nvidia-old", W01 },
	{ "padded", "" },
	{ "many", W05(0x1e00, 8192) },
	/* E04 and its hints. */
	{ "x86", E04(57, aa) "\n", .change = { { 0, 1, 0x57 }, { 3, 1, 0x80 } } },
	{ "x86", E04(55, ab) "\n", .change = { { 1, 1, 0xab } } },
	{ "nvgi-v1", E04(4e, 56) "; this is an NVIDIA flash dump; "
	  "the ROM starts at 0x200: use --strip-nvgi\n" },
	{ "nvgi-v2", E04(4e, 56) "; this is an NVIDIA flash dump; "
	  "the ROM starts at 0x600: use --strip-nvgi\n" },
	{ "nvgi-v3", E04(4e, 56) "; this is an NVIDIA flash dump; "
	  "the ROM starts at 0x1400: use --strip-nvgi\n" },
	{ "nvgi-v1", E04(4e, 56) "; a ROM starts at 0x200: the file has a header in front\n",
	  .change = { { 5, 1, 4 } } },
	{ "nvgi-v1", E04(4e, 56) "; this is an NVIDIA flash dump; its headers lead to no ROM\n",
	  .change = { { 0x200, 1, 0 } } },
	{ "header-in-front",
	  E04(42, 42) "; a ROM starts at 0x200: the file has a header in front\n" },
	{ "header-in-front", E04(00, 42) "\n", .change = { { 0, 1, 0 }, { 0x250, 1, 'p' } } },
	{ "header-in-front", E04(00, 42) "\n", .change = { { 0, 1, 0 }, { 0x218, 2, 0x1fe } } },
	{ "header-in-front", E04(4d, 5a) "; this is a bare EFI driver; wrap it with EfiRom\n",
	  .change = { { 0, 2, 0x5a4d } } },
	{ "x86", E04(7f, 45) "; this is an ELF file\n", .change = { { 0, 4, 0x464c457f } } },
	{ "x86", E04(1f, 8b) "; this is a gzip file\n", .change = { { 0, 2, 0x8b1f } } },
	{ "x86", E04(50, 4b) "; this is a zip file\n", .change = { { 0, 4, 0x04034b50 } } },
	{ "x86", E04(3c, 00) "; this is markup or text\n", .change = { { 0, 2, '<' } } },
	{ "header-in-front", E04(42, 42) "; this is markup or text\n",
	  .change = { { 1, 4, 0x0a0d0942 } }, .cut = 0x200 },
	{ "header-in-front", E04(42, 42) "; this is markup or text\n", .cut = 0x80 },
	{ "header-in-front", E04(42, 42) "; this is markup or text\n",
	  .change = { { 0x100, 1, 0 } }, .cut = 0x200 },
	{ "header-in-front", E04(42, 42) "\n", .change = { { 26, 1, 0x7f } }, .cut = 0x200 },
	{ "header-in-front", E04(42, 42) "\n", .change = { { 26, 1, 0x0b } }, .cut = 0x200 },
	/* E05 to E10: the walk. */
	{ "x86", "E05" IMAGE_0 "PCIR pointer 0xfff2 points outside the file\n",
	  .change = { { 0x18, 2, 0xfff2 } } },
	{ "x86", "E05" IMAGE_0 "PCIR pointer 0x1ec points outside the file\n",
	  .change = { { 0x18, 2, 0x1ec } } },
	{ "x86", "E06" IMAGE_0 "no PCIR at 0x1e8: found 00 00 00 00\n",
	  .change = { { 0x18, 2, 0x1e8 }, { 0x1ff, 1, 1 } }, .wrong_sum = true },
	{ "x86", "E05" IMAGE_0 "PCIR pointer 0x18 points inside the 26-byte header\n",
	  .change = { { 0x18, 2, 0x18 } } },
	{ "x86", "E05" IMAGE_0 "PCIR pointer 0x52 is not 4-byte aligned\n",
	  .change = { { 0x18, 2, 0x52 } } },
	{ "x86", "E06" IMAGE_0 "no PCIR at 0x50: found 4e 50 44 53\n",
	  .change = { { ROM_PCIR, 4, 0x5344504e } } },
	{ "hybrid", "E06" IMAGE_1 "no PCIR at 0x50: found 50 43 49 53\n" W01,
	  .change = { { 0x250, 4, 0x53494350 } } },
	{ "x86", "E07" IMAGE_0 "PCIR length 23 is not in 24..(image end)\n",
	  .change = { { PCIR(0x0a), 2, 23 } } },
	{ "x86", "E07" IMAGE_0 "PCIR length 65535 is not in 24..(image end)\n",
	  .change = { { PCIR(0x0a), 2, 0xffff } } },
	{ "x86", "E07" IMAGE_0 "PCIR length 433 is not in 24..(image end)\n",
	  .change = { { PCIR(0x0a), 2, 433 } } },
	{ "x86", W01, .change = { { PCIR(0x0a), 2, 432 } } },
	/* Its image ends before the file does: the walk can go on. */
	{ "hybrid", "E07" IMAGE_0 "PCIR length 433 is not in 24..(image end)\n",
	  .change = { { PCIR(0x0a), 2, 433 } } },
	{ "hybrid", "E08" IMAGE_1 "image length is 0\n" W01,
	  .change = { { 0x200 + PCIR(0x10), 2, 0 } } },
	{ "x86", "E08" IMAGE_0 "image length is 0\n", .change = { { PCIR(0x10), 2, 0 } } },
	{ "x86", E09(IMAGE_0, 1024, 512) W01, .change = { { PCIR(0x10), 2, 2 } } },
	{ "hybrid", E09(IMAGE_1, 512, 1) W07(1024), .cut = 1023 },
	{ "x86", "(E10) " HALF(0) W01, .change = { { PCIR(0x15), 1, 0 } } },
	{ "half-hybrid", "(E10) " HALF(4) W07(1024) W01,
	  .change = { { 0x200, 4, 0x00ff00ff } }, .cut = 0x204 },
	{ "hybrid", "E10 " HALF(25) W07(1024) W01, .cut = 0x219 },
	{ "half-hybrid", "E10 " HALF(512) W01 },
	/* E11 to E13: for this card? */
	{ "hybrid", "E11" IMAGE_0 "PCIR vendor 1234 is not the model's vendor 1235\n"
	  "E12" IMAGE_0 "PCIR device 1111 and its device list (0 entries) do not name 1110\n"
	  "E11" IMAGE_1 "PCIR vendor 1234 is not the model's vendor 1235\n"
	  "E12" IMAGE_1 "PCIR device 1111 and its device list (0 entries) do not name 1110\n"
	  W12, &other },
	{ "device-list",
	  "E12" IMAGE_1 "PCIR device 1111 and its device list (2 entries) do not name 2684\n" W12,
	  &listed, .change = { { 0x200 + ROM_LIST + 4, 2, 0 } } },
	{ "x86", "E13" IMAGE_0 "class code 020000 is not a display controller (03xxxx)\n" W01,
	  .change = { { PCIR(0x0f), 1, 2 } } },
	{ "x86", W01, .change = { { PCIR(0x0f), 1, 0x12 } } },
	{ "npde-chain", W05(0x200, 1024),
	  .change = { { 0x400 + PCIR(0x0f), 1, 2 } } },
	/* E14 to E19: EFI. */
	{ "efi", "E14" IMAGE_0 "EFI image: signature is 00000ef2, not 00000ef1\n" W02,
	  .change = { { 4, 1, 0xf2 }, { 8, 4, 0 } } },
	{ "efi", "E15" IMAGE_0 "EFI header offset 0x200 outside the image\n" W02,
	  .change = { { 0x16, 2, 0x200 } } },
	{ "efi", E19 W02, .change = { { 0x16, 2, 0x1ff } } },
	{ "efi-compressed", W02, .change = { { 0x16, 2, 0x1ff } } },
	{ "efi-compressed", "E16" IMAGE_0 "EFI machine 014c does not fit an x86-64 guest\n" W02,
	  .change = { { 0x0a, 2, 0x14c } } },
	{ "efi-compressed", W02, .change = { { 0x0a, 2, 0x0ebc } } },
	{ "efi-compressed", W02, .change = { { 8, 2, 0x0c } } },
	{ "efi", "E17" IMAGE_0 "EFI subsystem 000a is not 000b/000c\n" W16 W02,
	  .change = { { 8, 2, 0x0a } } },
	{ "efi", "E18" IMAGE_0 "EFI compression type 2 unknown\n" W02,
	  .change = { { 0x0c, 2, 2 } } },
	{ "efi", E19 W02, .change = { { ROM_MZ, 1, 'N' } } },
	{ "efi", E19 W02, .change = { { ROM_MZ + 0x3c, 4, 0 } } },
	{ "efi", E19 W02, .change = { { ROM_MZ, 4, 0x4550 }, { ROM_MZ + 4, 2, 0x8664 } } },
	{ "efi", E19 W02, .change = { { ROM_MZ + 0x3c, 4, 0xffffffff } } },
	{ "efi", E19 W02, .change = { { ROM_MZ + 0x3c, 4, 0xe9 } } },
	{ "efi", E19 W02, .change = { { ROM_PE + 3, 1, 1 } } },
	{ "efi", E19 W02, .change = { { ROM_PE + 4, 2, 0x14c } } },
	/* W16, and what is taken for a certificate. */
	{ "efi-signed", W16 W02, .change = { { ROM_PE_OPTIONAL + 148, 4, 17 } } },
	{ "efi-signed", W16 W02, .change = { { ROM_PE_OPTIONAL + 144, 4, 0xfffffff8 } } },
	{ "efi-signed", W16 W02, .change = { { ROM_PE_OPTIONAL + 108, 4, 4 } } },
	{ "efi-signed", W16 W02, .change = { { ROM_PE + 20, 2, 151 } } },
	{ "efi-signed", W16 W02, .change = { { ROM_PE + 20, 2, 0xa9 } } },
	{ "efi-signed", W02, .change = { { ROM_PE + 20, 2, 0xa8 } } },
	{ "efi-signed", W16 W02, .change = { { ROM_PE_OPTIONAL, 2, 0x10b } } },
	{ "efi-signed", W02, .change = { { ROM_PE_OPTIONAL, 2, 0x10b },
		{ ROM_PE_OPTIONAL + 92, 4, 5 }, { ROM_PE_OPTIONAL + 132, 4, 1 } } },
	{ "efi", W16 W02, .change = { { ROM_MZ + 0x3c, 4, 0xe8 }, { 0x1e8, 4, 0x4550 },
		{ 0x1ec, 2, 0x8664 } } },
	/* E20, E22, E23, E24. */
	{ "device-list", "E20" IMAGE_0 "device list not ended by 0000 within the image\n",
	  .change = { { PCIR(8), 2, 0x1ae }, { 0x1fe, 2, 0x0101 } } },
	{ "device-list", "E20" IMAGE_0 "device list not ended by 0000 within the image\n",
	  .change = { { PCIR(8), 2, 0xffff } } },
	{ "device-list", "", .change = { { PCIR(8), 2, 0 } } },
	/* In revision 0 these two fields are not what they are in 3. */
	{ "x86", W01, .change = { { PCIR(8), 2, 0xffff }, { PCIR(0x16), 2, 0xffff } } },
	{ "overlap", "W06" IMAGE_0 "NPDE and PCIR lengths differ: 512 vs 1024\n"
	  "W04" IMAGE_0 "NVIDIA: no BIT (b8ff \"BIT\\0\")\n"
	  "E22" IMAGE_0 "two images overlap\n" W01, .change = { { ROM_BIT, 1, 0 } } },
	{ "npde-chain", "E22" IMAGE_0 "no progress\n"
	  W05(0x200, 1024),
	  .change = { { ROM_NPDE + 8, 2, 0 } } },
	{ "npde-chain", W05(0x200, 1024),
	  .change = { { ROM_NPDE + 8, 1, 0 }, { ROM_NPDE + 10, 1, 0x80 } } },
	{ "x86",
	  "E23" IMAGE_0 "x86 image: init size 1024 is larger than the image length 512\n" W01,
	  .change = { { 2, 1, 2 } }, .wrong_sum = true },
	{ "bad-sum", "E24" IMAGE_0 "x86 image: byte sum is 01, must be 00\n" W13 W01,
	  .wrong_sum = true },
	{ "x86", "E24" IMAGE_0 "x86 image: byte sum is ff, must be 00\n" W01,
	  .change = { { 0x20, 1, 0xff } }, .wrong_sum = true },
	/* The vendors. */
	{ "atom", W03 W12, &board, .change = { { 0x48, 2, 0 } } },
	{ "atom", W03, .change = { { 0x48, 2, 0x1f9 } } },
	{ "atom", "", .change = { { ROM_ATOM + 4, 4, 0x41544f4d } } },
	{ "atom", W03, .change = { { ROM_ATOM + 4, 1, 'a' } } },
	{ "atom", W12, &board, .change = { { 0x48, 2, 0x1e5 }, { 0x1e9, 4, 0x4d4f5441 } } },
	{ "atom", "W08 larger than the card's ROM BAR (512)\n"
	  "W12 subsystem 1da2:e438 is not the model's 1da2:e439: check it is your board\n",
	  &other_board },
	{ "atom", "W12 subsystem 1da3:e438 is not the model's 1da2:e438: check it is your board\n",
	  &board, .change = { { ROM_ATOM + 0x18, 1, 0xa3 } } },
	{ "npde-chain", W04, .cut = 1024 },
	{ "nvidia-old", W01 W04,
	  .change = { { PCIR(6), 2, 0x1e00 } } },
	{ "nvidia-old", W01, .change = { { PCIR(6), 2, 0x1dff } } },
	/* NVIDIA's own kind of image cannot be read, but may well be FwSec. */
	{ "npde-chain", W05(0x200, 1024), .change = { { 0x400, 2, 0x4e56 } } },
	{ "npde-chain", W05(0x200, 1024), .change = { { 0x400, 2, 0xbb77 } } },
	{ "npde-chain", W05(0x200, 1024) W04,
	  .change = { { 0x400, 2, 0xaa56 } } },
	{ "npde-chain", "E05 image 2 at 0x400: PCIR pointer 0x51 is not 4-byte aligned\n"
	  W05(0x200, 1024) W04,
	  .change = { { 0x418, 2, 0x51 } } },
	{ "npde-chain", E09(" image 3 at 0x600: ", 512, 212)
	  W05(0x200, 812) W07(2048), .cut = 0x72c },
	/* The rest. */
	{ "padded", "W05 PCIR says last at 0x200 but 1024 bytes follow\n",
	  .change = { { 0x7ff, 1, 0xfe } } },
	{ "npde-chain", "W06" IMAGE_0 "NPDE and PCIR lengths differ: 1024 vs 512\n"
	  W05(0x200, 1024), .change = { { ROM_NPDE + 8, 1, 2 } } },
	{ "npde-chain", "W06 image 2 at 0x400: NPDE and PCIR lengths differ: 512 vs 33553920\n"
	  W05(0x200, 1024),
	  .change = { { 0x400 + PCIR(0x10), 2, 0xffff } } },
	{ "npde-chain", "W05 PCIR says last at 0x200 but 1024 bytes follow\n"
	  W04,
	  .change = { { 0x200 + ROM_NPDE + 0x0a, 1, 0x80 } } },
	{ "hybrid", "W10" IMAGE_1 "code type 42 unknown, kept\n" W01,
	  .change = { { 0x200 + PCIR(0x14), 1, 0x42 } } },
	{ "x86", "W11" IMAGE_0 "revision 1 PCIR (expected 0 or 3)\n" W01,
	  .change = { { PCIR(0x0c), 1, 1 } } },
	{ "x86", "W11" IMAGE_0 "revision 4 PCIR (expected 0 or 3)\n" W01,
	  .change = { { PCIR(0x0c), 1, 4 } } },
	{ "device-list", "W14" IMAGE_0 "max run-time length > image length\n",
	  .change = { { PCIR(0x16), 2, 2 } } },
	{ "device-list", "", .change = { { PCIR(0x16), 2, 1 } } },
	{ "x86", "W15" IMAGE_0 "reserved indicator bits set\n" W01,
	  .change = { { PCIR(0x15), 1, 0xc0 } } },
};

static int failed;

static void expect_lines(const char *name, const struct gpuspec_rom_contents *rom,
			 const char *expected)
{
	static char lines[ROM_LINES_MAX];

	rom_lines(rom, lines);
	if (!strcmp(lines, expected))
		return;
	printf("%s: expected\n%s but got\n%s\n", name, expected, lines);
	failed = 1;
}

static void expect(bool holds, const char *what)
{
	if (holds)
		return;
	printf("does not hold: %s\n", what);
	failed = 1;
}

#define EXPECT(condition)	expect(condition, #condition)

/* Judge in memory of just that size. */
static void judge(const void *bytes, size_t size, const struct gpuspec_rom_target *target,
		  struct gpuspec_rom_contents *rom)
{
	__u8 *copy = rom_memory(size);

	memcpy(copy, bytes, size);
	rom_judge(copy, size, target, rom);
	free(copy);
}

static void run(const struct test *test)
{
	static struct rom_build rom;
	static struct gpuspec_rom_contents contents;
	size_t i;

	memset(&rom, 0, sizeof(rom));
	rom_build_sample(&rom, test->sample);
	for (i = 0; i < 3 && test->change[i].size; i++) {
		rom_put8(&rom, test->change[i].at, test->change[i].value);
		if (test->change[i].size > 1)
			rom_put8(&rom, test->change[i].at + 1, test->change[i].value >> 8);
		if (test->change[i].size > 2)
			rom_put16(&rom, test->change[i].at + 2, test->change[i].value >> 16);
	}
	if (rom.bytes[ROM_PCIR + 0x14] == GPUSPEC_ROM_X86 && rom.bytes[0] == 0x55 &&
	    !test->wrong_sum)
		rom_fix_sum(&rom, 0);
	judge(rom.bytes, test->cut ? test->cut : rom.size, test->target, &contents);
	expect_lines(test->sample, &contents, test->expected);
}

static void test_samples(void)
{
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		run(&tests[i]);
}

/* Files of a size that alone says enough, or a content. */
static void test_sizes(void)
{
	const size_t max = GPUSPEC_ROM_FILE_MAX;
	static struct gpuspec_rom_contents contents;
	static struct rom_build rom;
	__u8 *big = rom_memory(max + 1);

	rom_build_sample(&rom, "hybrid");
	judge(rom.bytes, 0, NULL, &contents);
	expect_lines("empty", &contents, "E01 file is empty\n");
	judge(rom.bytes, 25, NULL, &contents);
	expect_lines("25 bytes", &contents,
		     "E02 file is 25 bytes; at least 26 are needed for a ROM header\n");
	memset(big, 0xff, max + 1);
	rom_judge(big, max + 1, NULL, &contents);
	expect_lines("too big", &contents,
		     "E03 file is 16777217 bytes; the limit is 16777216 (16 MiB)\n");
	rom_judge(big, max, NULL, &contents);
	expect_lines("all ff", &contents, E04(ff, ff)
		     "; the dump is all ff: the card was powered down or its ROM was not readable\n");
	memcpy(big, rom.bytes, rom.size);
	rom_judge(big, max, NULL, &contents);
	expect_lines("16 MiB", &contents, "W09 larger than 2 MiB\n");
	rom_judge(big, 2 << 20, NULL, &contents);
	expect_lines("2 MiB", &contents, "");
	/* A PCIR length that would fit, but is what a card that does not answer reads as. */
	big[ROM_PCIR + 0x0a] = 0xff;
	big[ROM_PCIR + 0x0b] = 0xff;
	big[ROM_PCIR + 0x11] = 1;
	rom_judge(big, 1 << 17, NULL, &contents);
	expect_lines("PCIR of 65535", &contents,
		     "E07" IMAGE_0 "PCIR length 65535 is not in 24..(image end)\n");
	memset(big, 0, 26);
	rom_judge(big, 26, NULL, &contents);
	expect_lines("all 00", &contents, E04(00, 00)
		     "; the dump is all 00: the device has no ROM BAR\n");
	free(big);
	/* Of a file of 4 GiB only the size may be looked at. */
	if (sizeof(size_t) > 4) {
		gpuspec_rom_parse(NULL, (size_t)~0u + 2, NULL, &contents);
		expect_lines("4 GiB", &contents,
			     "E03 file is 4294967295 bytes; the limit is 16777216 (16 MiB)\n");
	}
}

/* One image more than there may be, in either chain. */
static void test_too_many(void)
{
	static struct gpuspec_rom_contents contents;
	static struct rom_build rom;
	int i;

	rom_build_sample(&rom, "many");
	rom_put8(&rom, 31 * 512 + ROM_NPDE + 0x0a, 0);
	rom_add(&rom, &(struct rom_spec){ .type = GPUSPEC_ROM_X86 });
	judge(rom.bytes, rom.size, NULL, &contents);
	expect_lines("33 images by NPDE", &contents, "E21 more than 32 images\n"
		     W05(0x1e00, 8704) W07(32768));
	EXPECT(gpuspec_rom_unsafe(&contents) == contents.findings);
	rom.size = 0;
	for (i = 0; i < 33; i++)
		rom_add(&rom, &(struct rom_spec){
			.type = i ? GPUSPEC_ROM_X86 : GPUSPEC_ROM_EFI, .compressed = true,
			.not_last = true,
		});
	judge(rom.bytes, rom.size, NULL, &contents);
	expect_lines("33 images by PCIR", &contents, "E21 more than 32 images\n" W07(32768));
	EXPECT(contents.image_count == 32 && contents.pcir_size == 32 * 512);
}

/*
 * More than the list has room for. Of the last image, what is unsafe must be
 * there: the kernel would take the ROM otherwise.
 */
static void test_full_list(void)
{
	static struct gpuspec_rom_contents contents;
	static struct rom_build rom;
	unsigned int i, warnings = 0;

	for (i = 0; i < 32; i++) {
		size_t at = rom_add(&rom, &(struct rom_spec){
			.type = GPUSPEC_ROM_EFI, .class = 0x010000, .revision = 7,
			.compressed = true, .npde_sectors = 2, .not_last = i < 31,
		});

		rom_put16(&rom, at + 8, 0);
		rom_put16(&rom, at + 10, 0);
		rom_put16(&rom, at + PCIR(0x16), 3);
		if (i == 31) {
			rom_put16(&rom, at + PCIR(0x08), 0x1ae);
			rom_put16(&rom, at + 0x1fe, 0x1111);
		}
	}
	/* Of each image E11, E12, E13, E16, E17, W06, W11 and W14: 160 errors. */
	judge(rom.bytes, rom.size, &other, &contents);
	EXPECT(contents.finding_count == GPUSPEC_ROM_FINDINGS_MAX);
	for (i = 0; i < contents.finding_count; i++)
		warnings += contents.findings[i].warning;
	EXPECT(warnings == GPUSPEC_ROM_FINDINGS_MAX - 161);
	/* The last went first. */
	EXPECT(contents.findings[5].image == 0 && contents.findings[5].warning);
	EXPECT(gpuspec_rom_unsafe(&contents) && gpuspec_rom_unsafe(&contents)->image == 31);
	/* E15 and E18 more: 224 errors, and still the one that counts. */
	for (i = 0; i < 32; i++) {
		rom_put16(&rom, i * 512 + 0x0c, 2);
		rom_put16(&rom, i * 512 + 0x16, 0x200);
	}
	judge(rom.bytes, rom.size, &other, &contents);
	EXPECT(contents.finding_count == GPUSPEC_ROM_FINDINGS_MAX);
	for (i = 0; i < contents.finding_count; i++)
		EXPECT(!contents.findings[i].warning);
	EXPECT(gpuspec_rom_unsafe(&contents) && gpuspec_rom_unsafe(&contents)->image == 31);
}

/* Where AMD's header cannot be, and which one counts. */
static void test_atom(void)
{
	static struct gpuspec_rom_contents contents;
	static struct rom_build rom;

	/* An image that is cut off in front of the pointer to it. */
	rom_build_sample(&rom, "atom");
	memmove(rom.bytes + 0x1c, rom.bytes + ROM_PCIR, 0x18);
	rom_put16(&rom, 0x18, 0x1c);
	judge(rom.bytes, 0x49, NULL, &contents);
	expect_lines("cut off", &contents, E09(IMAGE_0, 512, 439) W03 W07(128) W01);
	/* The driver reads the first. */
	rom_build_sample(&rom, "atom");
	rom_put8(&rom, 0x200 + ROM_PCIR + 0x15, 0);
	rom_add(&rom, &(struct rom_spec){
		.type = GPUSPEC_ROM_X86, .vendor = 0x1002, .device = 0x73bf, .sectors = 2,
	});
	judge(rom.bytes, rom.size, &board, &contents);
	expect_lines("two headers", &contents, "W08 larger than the card's ROM BAR (1024)\n");
}

/* What both chains come to. */
static void test_chains(void)
{
	static struct gpuspec_rom_contents contents;
	static struct rom_build rom;

	rom_build_sample(&rom, "npde-chain");
	judge(rom.bytes, rom.size, NULL, &contents);
	EXPECT(contents.image_count == 4 && contents.ended);
	EXPECT(contents.pcir_size == 0x400 && contents.npde_size == 0x800);
	EXPECT(!contents.images[1].tail && contents.images[2].tail && contents.images[3].tail);
	EXPECT(contents.images[2].type == GPUSPEC_ROM_FWSEC);
	EXPECT(contents.images[1].efi_signed && contents.images[1].last);
	/* An NBSI image ends it, whatever its NPDE says; so does the end of the file. */
	rom_put_text(&rom, 0x600 + ROM_NPDE, "NPDE");
	rom_put16(&rom, 0x600 + ROM_NPDE + 8, 2);
	rom_add(&rom, &(struct rom_spec){ .type = GPUSPEC_ROM_X86 });
	judge(rom.bytes, rom.size, NULL, &contents);
	EXPECT(contents.image_count == 4 && contents.npde_size == 0x800);
	rom_build_sample(&rom, "device-list");
	judge(rom.bytes, rom.size, NULL, &contents);
	EXPECT(contents.npde_size == 0 && contents.pcir_size == 0x400);
	EXPECT(contents.images[0].device_count == 3 && contents.images[0].device_list == ROM_LIST);
}

static void test_nvgi(void)
{
	static const struct {
		const char *sample;
		__u16 at;
		__u32 value, offset;
	} nvgi[] = {
		{ "nvgi-v1", 0x3f0, 0, 0x200 }, { "nvgi-v2", 0x3f0, 0, 0x600 },
		{ "nvgi-v3", 0x3f0, 0, 0x1400 },
		{ "nvgi-v1", 0, 0x4947564f, 0 },	/* no NVGI */
		{ "nvgi-v1", 4, 0x00100000, 0 },	/* version 0 */
		{ "nvgi-v1", 4, 0x7fff0100, 0 },	/* nothing there */
		{ "nvgi-v1", 4, 0x80100100, 0x200 },	/* a reserved bit */
		{ "nvgi-v1", 0x14, 0xfffffff0, 0 }, { "nvgi-v1", 0x14, 0, 0 },
		{ "nvgi-v1", 0x14, 0x3ff, 0 }, { "nvgi-v3", 8, 0xfffff, 0 },
		{ "nvgi-v3", 8, 0xfff00020, 0x1400 },	/* reserved bits */
		{ "nvgi-v3", 0x20, 0xfffff100, 0 },	/* would wrap around */
		{ "nvgi-v3", 0x20, 0x5f5, 0 },		/* directory ends with the file */
		{ "nvgi-v3", 0x20, 0x600, 0 }, { "nvgi-v3", 0x1100, 0x52465245, 0 },
		{ "nvgi-v3", 0x1108, 0x15ff, 0 }, { "nvgi-v3", 0x1108, 0x1401, 0 },
	};
	static struct rom_build rom;
	size_t i;

	for (i = 0; i < sizeof(nvgi) / sizeof(nvgi[0]); i++) {
		rom_build_sample(&rom, nvgi[i].sample);
		rom_put32(&rom, nvgi[i].at, nvgi[i].value);
		if (gpuspec_rom_nvgi_offset(rom.bytes, rom.size) == nvgi[i].offset)
			continue;
		printf("%s with %x at %x: the ROM is not at %x\n", nvgi[i].sample, nvgi[i].value,
		       nvgi[i].at, nvgi[i].offset);
		failed = 1;
	}
	EXPECT(!gpuspec_rom_nvgi_offset("NVGI", 4));
	/* A directory that wraps around to where there is one. */
	rom_build_sample(&rom, "nvgi-v3");
	memcpy(rom.bytes + 0x100, rom.bytes + 0x1100, 12);
	rom_put32(&rom, 0x20, 0xfffff100);
	EXPECT(!gpuspec_rom_nvgi_offset(rom.bytes, rom.size));
}

int main(void)
{
	test_samples();
	test_sizes();
	test_too_many();
	test_full_list();
	test_atom();
	test_chains();
	test_nvgi();
	return failed;
}
