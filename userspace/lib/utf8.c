// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>

#include "utf8.h"

/* Length of the sequence that @text begins with; 0 if it begins with none. */
static size_t sequence(const unsigned char *text)
{
	size_t length, i;

	if (*text < 0x80)
		return 1;
	length = *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;
	if (*text < 0xc2 || *text > 0xf4)
		return 0;
	for (i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* No overlong forms, surrogates, C1 controls, or what lies beyond Unicode. */
	if ((text[0] == 0xc2 && text[1] < 0xa0) || (text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

size_t gpuspec_utf8_clean(char *out, size_t size, const char *text)
{
	size_t length, used = 0;

	while (*text) {
		length = sequence((const unsigned char *)text);
		if (used + (length ? length : 1) >= size)
			break;
		if (length)
			memcpy(out + used, text, length);
		else
			out[used] = '?';
		used += length ? length : 1;
		text += length ? length : 1;
	}
	out[used] = '\0';
	return used;
}

size_t gpuspec_utf8_clean_line(char *out, size_t size, const char *text)
{
	size_t length = gpuspec_utf8_clean(out, size, text), i;

	for (i = 0; i < length; i++)
		if (iscntrl((unsigned char)out[i]))
			out[i] = '?';
	return length;
}

bool gpuspec_utf8_is_printable(const char *text)
{
	size_t length;

	for (; *text; text += length) {
		length = sequence((const unsigned char *)text);
		if (!length || iscntrl((unsigned char)*text))
			return false;
	}
	return true;
}
