/* SPDX-License-Identifier: GPL-2.0 */
/* What things look like in JSON: the names and units that gpuspec(8) documents. */
#ifndef GPUSPEC_ROW_H
#define GPUSPEC_ROW_H

#include <jansson.h>

#include "inventory.h"

json_t *row_spec(const struct gpuspec_inventory *inventory, const struct gpuspec_model *model);

/* {"account", "max"} */
json_t *row_share(const char *account, uint32_t maximum);
/* "all", "none" or "blue:2,red", from the row of a spec. */
void row_shared_text(json_t *spec, char *text, size_t size);

/* A string as valid UTF-8; a byte that is not becomes '?'. */
json_t *row_string(const char *text);
/* Null if it is empty. */
json_t *row_string_or_null(const char *text);
/* Null if it is -1. */
json_t *row_number_or_null(long long value);
json_t *row_sha256(const uint8_t sha256[GPUSPEC_ROM_SHA256_LEN]);
/* Null if the spec has none. */
json_t *row_rom(const struct gpuspec_rom *rom);

const char *row_state(enum gpuspec_state state);
const char *row_sharing(enum gpuspec_sharing sharing);
const char *row_default(enum gpuspec_default unnamed);
const char *row_rom_state(enum gpuspec_rom_state state);
/* Empty for what is not known. */
const char *row_memory_source(enum gpuspec_memory_from from);

/* The strings in an array that is a member of the row; "-" */
void row_words_text(json_t *row, const char *member, const char *between, char *text,
		    size_t size);
/* "48 GiB", with "~" before it where it is a guess; "-" */
void row_memory_text(json_t *row, char *text, size_t size);
/* "3", "at most 16", or "-" */
void row_available_text(json_t *row, char *text, size_t size);
/* "v2", or the beginning of the SHA-256, from the row of a spec. */
void row_rom_text(json_t *spec, char *text, size_t size);

#endif /* GPUSPEC_ROW_H */
