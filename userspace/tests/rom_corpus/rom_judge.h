/* SPDX-License-Identifier: GPL-2.0 */
/* What must hold for whatever bytes the ROM parser is given. */
#ifndef ROM_JUDGE_H
#define ROM_JUDGE_H

#include <stddef.h>

#include "rom_image.h"

#define ROM_LINES_MAX	(GPUSPEC_ROM_FINDINGS_MAX * 300)

/* Memory for a file: starts at a multiple of 512, and the sanitizer guards its end. */
__u8 *rom_memory(size_t size);

/*
 * Parse @bytes, that are in such memory, into @rom. Prints what does not hold
 * and aborts.
 */
void rom_judge(__u8 *bytes, size_t size, const struct gpuspec_rom_target *target,
	       struct gpuspec_rom_contents *rom);

/*
 * The findings as lines: "E24 image 0 at 0x0: x86 image: ...". The name of an
 * error that does not matter here is in parentheses.
 */
void rom_lines(const struct gpuspec_rom_contents *rom, char *lines);

#endif /* ROM_JUDGE_H */
