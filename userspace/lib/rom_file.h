/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ROM that an admin hands over, whatever the path may lead to: read in
 * bounded time and memory. What is in it is not looked at here.
 */
#ifndef GPUSPEC_ROM_FILE_H
#define GPUSPEC_ROM_FILE_H

#include <linux/gpuspec.h>
#include <stddef.h>
#include <stdint.h>

struct gpuspec_rom_file {
	uint8_t *bytes;
	size_t size;		/* may be 0, GPUSPEC_ROM_FILE_MAX at most */
	size_t stripped;	/* bytes in front that were taken away */
	uint8_t sha256[GPUSPEC_ROM_SHA256_LEN];
	char sentence[256];	/* why it could not be read */
};

/*
 * Read the file at @path, or standard input for "-": 0 or a negative errno,
 * told by the sentence. -EFBIG: more than GPUSPEC_ROM_FILE_MAX, of which no
 * more is read than it takes to know. -ETIMEDOUT: a pipe or a device did not
 * give all of it in @seconds. To be freed if 0.
 */
int gpuspec_rom_file_read(const char *path, unsigned int seconds,
			  struct gpuspec_rom_file *file);
void gpuspec_rom_file_free(struct gpuspec_rom_file *file);

/*
 * Take away what lies in front of the ROM in a dump of NVIDIA flash, by its
 * headers; nothing if there are none, or they lead nowhere.
 */
void gpuspec_rom_file_strip_nvgi(struct gpuspec_rom_file *file);

#endif /* GPUSPEC_ROM_FILE_H */
