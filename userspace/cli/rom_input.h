/* SPDX-License-Identifier: GPL-2.0 */
/* What an admin names for the verbs "rom ...": a spec, and a ROM. */
#ifndef GPUSPEC_ROM_INPUT_H
#define GPUSPEC_ROM_INPUT_H

#include "cli.h"
#include "inventory.h"
#include "rom_file.h"

/* As resolve_spec(), but a vGPU spec is refused: EXIT_USAGE. */
const char *rom_input_spec(const struct request *request,
			   struct gpuspec_inventory *inventory,
			   const char *word, int *status);

/* The same without an inventory: the module is asked for other words than ids only. */
int rom_input_spec_alone(struct request *request, const char *word,
			 char spec[GPUSPEC_ID_MAX + 1]);

/* Read the ROM, and strip it if that was asked for; EXIT_FAILED when it was told why not. */
int rom_input_file(const struct request *request, const char *path,
		   struct gpuspec_rom_file *file);

#endif /* GPUSPEC_ROM_INPUT_H */
