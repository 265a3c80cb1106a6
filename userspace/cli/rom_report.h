/* SPDX-License-Identifier: GPL-2.0 */
/* What the parser found in a ROM, as JSON and for people. */
#ifndef GPUSPEC_ROM_REPORT_H
#define GPUSPEC_ROM_REPORT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "rom_image.h"

/* Make warnings of the errors that an admin waives. */
void rom_report_waive(struct gpuspec_rom_contents *rom, uint64_t waived);

/* Errors, and of these the ones that cannot be waived. */
unsigned int rom_report_errors(const struct gpuspec_rom_contents *rom, unsigned int *hard);

json_t *row_image(const struct gpuspec_rom_image *image, unsigned int number,
		  const uint8_t *bytes);
json_t *row_images(const struct gpuspec_rom_contents *rom, const uint8_t *bytes);
json_t *row_finding(const struct gpuspec_rom_finding *finding);
/* Errors first. */
json_t *row_findings(const struct gpuspec_rom_contents *rom);
/* Add "bios" and "uefi": will firmware of guests run an image of it? */
void row_add_guests(json_t *row, const struct gpuspec_rom_contents *rom);

/* Rows of row_images() as a table; non-zero without memory. */
int print_images(json_t *rows);
/* "BIOS and UEFI guests", from what row_add_guests() added. */
const char *guests_text(json_t *row);
/* A line for each row of row_findings(). */
void print_findings(FILE *out, json_t *rows);
/* Where ids do not fit (E11, E12): those of the ROM above those of the spec. */
void print_ids(FILE *out, const struct gpuspec_rom_contents *rom, const uint8_t *bytes,
	       const struct gpuspec_rom_target *target);

#endif /* GPUSPEC_ROM_REPORT_H */
