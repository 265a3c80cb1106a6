// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>

#include "base64.h"

static const char digits[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void gpuspec_base64_encode(const void *bytes, size_t size, char *text)
{
	const unsigned char *in = bytes;
	uint32_t three;

	for (; size; in += 3, text += 4) {
		three = in[0] << 16 | (size > 1 ? in[1] << 8 : 0) | (size > 2 ? in[2] : 0);
		text[0] = digits[three >> 18];
		text[1] = digits[three >> 12 & 63];
		text[2] = size > 1 ? digits[three >> 6 & 63] : '=';
		text[3] = size > 2 ? digits[three & 63] : '=';
		size -= size > 3 ? 3 : size;
	}
	*text = '\0';
}

/* -1: it is none. */
static int value_of(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

ssize_t gpuspec_base64_decode(const char *text, size_t length, void *bytes)
{
	size_t padding = 0, i, used = 0;
	unsigned char *out = bytes;
	uint32_t bits = 0;
	int value;

	if (length % 4)
		return -1;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	for (i = 0; i < length - padding; i++) {
		value = value_of(text[i]);
		if (value < 0)
			return -1;
		bits = bits << 6 | value;
		/* After 4 digits 24 bits are there, after 3 two bytes, after 2 one. */
		if (i % 4)
			out[used++] = bits >> (6 - 2 * (i % 4));
	}
	/* Bits that are left over are none of a byte: others could be written for the same. */
	if ((padding == 1 && bits & 3) || (padding == 2 && bits & 15))
		return -1;
	return used;
}
