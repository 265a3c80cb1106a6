// SPDX-License-Identifier: GPL-2.0
/* Strings that a process or a driver chose, on their way to JSON and to a terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "row.h"

static int failed;

static void expect(const char *given, const char *json, const char *text)
{
	json_t *object = json_object();
	char *dump;

	output_set(object, "x", row_string(given));
	dump = json_dumps(output_get(object, "x"), JSON_ENCODE_ANY);
	if (strcmp(dump, json) || strcmp(output_text(object, "x"), text)) {
		printf("not as expected: %s, '%s'\n", dump, output_text(object, "x"));
		failed = 1;
	}
	free(dump);
	json_decref(object);
}

int main(void)
{
	char endless[5000];
	json_t *row;

	expect("qemu-system-x86", "\"qemu-system-x86\"", "qemu-system-x86");
	expect("a\nb", "\"a\\nb\"", "a b");
	expect("\x1b[2J\x07", "\"\\u001B[2J\\u0007\"", " [2J ");
	expect("\"quoted\\", "\"\\\"quoted\\\\\"", "\"quoted\\");
	expect("/sch\xc3\xb6n.slice", "\"/sch\xc3\xb6n.slice\"", "/sch\xc3\xb6n.slice");
	/* overlong, cut short, a surrogate, beyond Unicode, a C1 control, a stray byte */
	expect("\xc0\xaf", "\"\?\?\"", "\?\?");
	expect("\xe2\x82", "\"\?\?\"", "\?\?");
	expect("\xed\xa0\x80", "\"\?\?\?\"", "\?\?\?");
	expect("\xf4\x90\x80\x80", "\"\?\?\?\?\"", "\?\?\?\?");
	expect("\xc2\x9b", "\"\?\?\"", "\?\?");
	expect("a\x80z", "\"a?z\"", "a?z");
	memset(endless, 0xff, sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	row = row_string(endless);
	if (json_string_length(row) > 1024)
		failed = 1;
	json_decref(row);
	return failed;
}
