// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "check.h"

int failed;

void check_at(int line, const char *what, bool is_so)
{
	if (is_so)
		return;
	printf("line %d: it is not so that %s\n", line, what);
	failed = 1;
}

void check_says(const char *text, const char *expected)
{
	if (!strcmp(text, expected))
		return;
	printf("it says '%s', and not '%s'\n", text, expected);
	failed = 1;
}
