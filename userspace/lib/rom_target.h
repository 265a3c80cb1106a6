/* SPDX-License-Identifier: GPL-2.0 */
/* A spec as the ROM parser knows it. */
#ifndef GPUSPEC_ROM_TARGET_H
#define GPUSPEC_ROM_TARGET_H

#include <stdbool.h>

#include "rom_image.h"

/*
 * The ids that are in a pGPU spec's own, and the smallest ROM BAR among its
 * cards here, by @sysfs ("/sys", but for tests). False if @spec is no pGPU's.
 */
bool gpuspec_rom_target(const char *sysfs, const char *spec, struct gpuspec_rom_target *target);

#endif /* GPUSPEC_ROM_TARGET_H */
