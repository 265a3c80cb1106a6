// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "cli.h"

static char told[2048];

int fail(enum exit_status status, const char *what, const char *why, ...)
{
	va_list args;

	fprintf(stderr, "gpuspec: %s: ", what);
	va_start(args, why);
	vfprintf(stderr, why, args);
	va_end(args);
	fputc('\n', stderr);
	va_start(args, why);
	vsnprintf(told, sizeof(told), why, args);
	va_end(args);
	return status;
}

const char *last_failure(void)
{
	return told;
}

void forget_failure(void)
{
	*told = '\0';
}
