/* SPDX-License-Identifier: GPL-2.0 */
/* A ROM that is right, cut off and broken: @judge is called with each file that this makes. */
#ifndef ROM_MUTATIONS_H
#define ROM_MUTATIONS_H

#include "rom_build.h"

/* At every length, from none to all, in memory of just that size. */
void rom_cut_off_everywhere(const struct rom_build *rom,
			    void (*judge)(__u8 *bytes, size_t size));

/* Each byte that decides, of headers, PCIRs and NPDEs, with some wrong values. */
void rom_break_headers(const struct rom_build *rom, void (*judge)(__u8 *bytes, size_t size));

/* With all wrong values, and some of the other bytes with some. */
void rom_break_bytes(const struct rom_build *rom, void (*judge)(__u8 *bytes, size_t size));

#endif /* ROM_MUTATIONS_H */
