// SPDX-License-Identifier: GPL-2.0
/* What tools/mkrom makes is right, and says what it was told to say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rom_judge.h"

#define IPXE	"/usr/lib/ipxe/qemu/efi-e1000.rom"
#define FILL	0x200
#define W01	"W01 no EFI image: OVMF guests will have no picture until the driver loads\n"
#define W09	"W09 larger than 2 MiB\n"

static int failed;

static void expect(bool holds, const char *what, const char *options)
{
	if (holds)
		return;
	printf("mkrom %s: does not hold: %s\n", options, what);
	failed = 1;
}

#define EXPECT(condition)	expect(condition, #condition, options)

static char directory[32];

/* The exit status. */
static int mkrom(const char *options)
{
	char command[512];

	snprintf(command, sizeof(command), "../tools/mkrom %s 1234:1111 %s/rom 2>%s/errors",
		 options, directory, directory);
	return system(command);
}

static __u8 *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "r");
	__u8 *bytes;

	if (!file || fseek(file, 0, SEEK_END)) {
		perror(name);
		exit(1);
	}
	*size = ftell(file);
	rewind(file);
	bytes = rom_memory(*size);
	if (fread(bytes, 1, *size, file) != *size)
		exit(1);
	fclose(file);
	return bytes;
}

static __u8 *made_rom(size_t *size)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/rom", directory);
	return read_file(name, size);
}

static __u32 word(const __u8 *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (__u32)at[3] << 24;
}

/* Is the fill from FILL up to @end of one kind? @first: its first word. */
static bool is_filled(const __u8 *rom, size_t end, __u32 *first)
{
	size_t at;

	*first = word(rom + FILL);
	for (at = FILL; at < end; at += 4)
		if (word(rom + at) != *first + (at - FILL))
			return false;
	return true;
}

static void test_size(size_t size, const char *options)
{
	static struct gpuspec_rom_contents contents;
	static char lines[ROM_LINES_MAX];
	static __u32 fills[2];
	size_t made;
	__u8 *rom;

	EXPECT(!mkrom(options));
	rom = made_rom(&made);
	rom_judge(rom, made, NULL, &contents);
	rom_lines(&contents, lines);
	EXPECT(made == size);
	EXPECT(contents.image_count == 1 && contents.images[0].length == size);
	EXPECT(contents.images[0].init_size == (size < 255 * 512 ? size : 255 * 512));
	EXPECT(contents.images[0].code_revision == 42);
	EXPECT(!strcmp(lines, size > 2 << 20 ? W09 W01 : W01));
	EXPECT(!strcmp((char *)rom + 0x80, "MARK MY WORDS\n"));
	fills[0] = fills[1];
	EXPECT(size == FILL || is_filled(rom, size, &fills[1]));
	EXPECT(size == FILL || fills[0] != fills[1]);
	free(rom);
}

/* The EFI driver of a real ROM, for a second image. */
static void test_efi(void)
{
	static struct gpuspec_rom_contents contents;
	static char lines[ROM_LINES_MAX];
	char name[64], options[128];
	size_t size, driver;
	__u8 *rom;
	FILE *file;

	rom = read_file(IPXE, &size);
	rom_judge(rom, size, NULL, &contents);
	driver = contents.images[1].offset + contents.images[1].efi_header;
	snprintf(name, sizeof(name), "%s/driver.efi", directory);
	file = fopen(name, "w");
	if (!file || fwrite(rom + driver, 1, size - driver, file) != size - driver || fclose(file))
		exit(1);
	free(rom);

	snprintf(options, sizeof(options), "--efi %s --size 65536", name);
	EXPECT(mkrom(options));
	snprintf(options, sizeof(options), "--efi %s/rom --size 262144", directory);
	EXPECT(mkrom(options));
	snprintf(options, sizeof(options), "--efi %s --size 262144", name);
	EXPECT(!mkrom(options));
	rom = made_rom(&size);
	rom_judge(rom, size, NULL, &contents);
	rom_lines(&contents, lines);
	EXPECT(contents.image_count == 2 && contents.images[1].efi_machine == 0x8664);
	EXPECT(contents.finding_count == 1 && strstr(lines, "EFI image is unsigned"));
	free(rom);
}

int main(void)
{
	static const char *const refused[] = {
		"--size 1000", "--size 8388608", "--size 0", "--size x", "--version 65536",
		"--efi /dev/null", "--efi /nowhere", "--nothing", "0000",
	};
	char command[64];
	size_t i;

	snprintf(directory, sizeof(directory), "/tmp/rom_mkrom.XXXXXX");
	if (!mkdtemp(directory))
		return 1;
	test_size(512, "--marker 'MARK MY WORDS' --version 42 --size 512");
	test_size(65536, "--marker 'MARK MY WORDS' --version 42 --fill one");
	test_size(131072, "--marker 'MARK MY WORDS' --version 42 --fill two --size 0x20000");
	test_size(4 << 20, "--marker 'MARK MY WORDS' --version 42 --fill 3 --size 4194304");
	test_efi();
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		expect(mkrom(refused[i]), "is refused", refused[i]);
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command) || failed;
}
