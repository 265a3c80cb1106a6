// SPDX-License-Identifier: GPL-2.0
/* Writes the ROMs of the tests to a directory, as cases for the fuzzer. */
#include <stdio.h>
#include <string.h>

#include "rom_build.h"

/* Which of the fuzzer's targets the ROM is for. */
static int target_of(const struct rom_build *rom)
{
	const __u8 *vendor = memmem(rom->bytes, rom->size, "PCIR", 4);

	vendor += 4;
	if (vendor[0] == 0xde && vendor[1] == 0x10)
		return 1;
	return vendor[0] == 0x02 && vendor[1] == 0x10 ? 2 : 0;
}

int main(int argc, char **argv)
{
	const struct rom_sample *sample;
	static struct rom_build rom;
	char name[4096];
	FILE *file;

	if (argc != 2) {
		fprintf(stderr, "usage: rom_seeds DIRECTORY\n");
		return 2;
	}
	for (sample = rom_samples; sample->name; sample++) {
		memset(&rom, 0, sizeof(rom));
		sample->build(&rom);
		snprintf(name, sizeof(name), "%s/%s", argv[1], sample->name);
		file = fopen(name, "w");
		if (!file || putc(target_of(&rom), file) == EOF ||
		    fwrite(rom.bytes, 1, rom.size, file) != rom.size || fclose(file)) {
			perror(name);
			return 1;
		}
	}
	return 0;
}
