// SPDX-License-Identifier: GPL-2.0
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "sha256.h"

void gpuspec_sha256(const void *bytes, size_t size, uint8_t sha256[GPUSPEC_ROM_SHA256_LEN])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, size, bytes);
	sha256_digest(&context, SHA256_DIGEST_SIZE, sha256);
}

void gpuspec_sha256_hex(const uint8_t sha256[GPUSPEC_ROM_SHA256_LEN],
			char hex[GPUSPEC_SHA256_HEX_SIZE])
{
	int i;

	for (i = 0; i < GPUSPEC_ROM_SHA256_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", sha256[i]);
}

bool gpuspec_sha256_parse(const char *hex, uint8_t sha256[GPUSPEC_ROM_SHA256_LEN])
{
	size_t i, digits = GPUSPEC_SHA256_HEX_SIZE - 1;
	uint8_t value;

	if (strlen(hex) != digits || strspn(hex, "0123456789abcdef") != digits)
		return false;
	for (i = 0; sha256 && i < digits; i++) {
		value = hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10;
		sha256[i / 2] = i % 2 ? sha256[i / 2] | value : value << 4;
	}
	return true;
}
