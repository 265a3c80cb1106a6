// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "utf8.h"

void output_set(json_t *object, const char *member, json_t *value)
{
	json_object_set_new(object, member, value ? value : json_null());
}

json_t *output_get(const json_t *object, const char *member)
{
	json_t *value = json_object_get(object, member);

	return json_is_null(value) ? NULL : value;
}

void output_json(json_t *answer)
{
	json_dumpf(answer, stdout, JSON_INDENT(2));
	putchar('\n');
}

void output_json_line(json_t *answer)
{
	json_dumpf(answer, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}

const char *output_text(json_t *object, const char *member)
{
	static char texts[8][1024];
	static unsigned int next;
	json_t *value = output_get(object, member);
	char *text = texts[next++ % 8], *c;

	if (json_is_integer(value))
		snprintf(text, sizeof(texts[0]), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(text, sizeof(texts[0]), "%s", json_is_true(value) ? "true" : "false");
	else
		gpuspec_utf8_clean(text, sizeof(texts[0]),
				   json_is_string(value) ? json_string_value(value) : "-");
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	return text;
}

void output_bytes(json_t *object, const char *member, char *text, size_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	json_t *value = output_get(object, member);
	long long amount = value ? json_integer_value(value) : 0;
	size_t unit = 0;

	while (amount >= 1024 && amount % 1024 == 0 && unit < 4) {
		amount /= 1024;
		unit++;
	}
	if (value)
		snprintf(text, size, "%lld %s", amount, units[unit]);
	else
		snprintf(text, size, "-");
}
