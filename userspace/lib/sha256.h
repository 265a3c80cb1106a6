/* SPDX-License-Identifier: GPL-2.0 */
/* What a ROM is known by. */
#ifndef GPUSPEC_SHA256_H
#define GPUSPEC_SHA256_H

#include <linux/gpuspec.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In lower-case hex, with its NUL. */
#define GPUSPEC_SHA256_HEX_SIZE	(2 * GPUSPEC_ROM_SHA256_LEN + 1)

void gpuspec_sha256(const void *bytes, size_t size, uint8_t sha256[GPUSPEC_ROM_SHA256_LEN]);
void gpuspec_sha256_hex(const uint8_t sha256[GPUSPEC_ROM_SHA256_LEN],
			char hex[GPUSPEC_SHA256_HEX_SIZE]);
/* False if the text is anything else than 64 lower-case hex digits; @sha256 may be NULL. */
bool gpuspec_sha256_parse(const char *hex, uint8_t sha256[GPUSPEC_ROM_SHA256_LEN]);

#endif /* GPUSPEC_SHA256_H */
