/* SPDX-License-Identifier: GPL-2.0 */
/* What the checks of the ROM parser are called, and what they say. */
#ifndef GPUSPEC_ROM_FINDINGS_H
#define GPUSPEC_ROM_FINDINGS_H

#include "rom_image.h"

/* Room for the longest sentence there is. */
#define ROM_FINDING_MAX	256

/* "E05"; "?" for a number that is no check. */
const char *rom_finding_name(enum gpuspec_rom_check check);

/* The check of that name; 0 if there is none. */
enum gpuspec_rom_check rom_finding_by_name(const char *name);

/*
 * The sentence, as snprintf() writes it and with its return value:
 * "image 1 at 0x8000: image length is 0".
 */
int rom_finding_text(const struct gpuspec_rom_finding *finding, char *text, size_t size);

#endif /* GPUSPEC_ROM_FINDINGS_H */
