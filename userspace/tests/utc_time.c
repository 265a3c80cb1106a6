// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "utc_time.h"

static int failed;

static void writes(time_t seconds, const char *expected)
{
	char text[GPUSPEC_UTC_TIME_SIZE];

	gpuspec_utc_time(text, seconds);
	if (!strcmp(text, expected))
		return;
	printf("%lld s is '%s', not '%s'\n", (long long)seconds, expected, text);
	failed = 1;
}

static void is(bool valid, const char *text)
{
	if (gpuspec_utc_time_is_valid(text) == valid)
		return;
	printf("'%s' is %s\n", text, valid ? "a time" : "none");
	failed = 1;
}

int main(void)
{
	writes(0, "1970-01-01T00:00:00Z");
	writes(1764127500, "2025-11-26T03:25:00Z");
	writes(4294967295, "2106-02-07T06:28:15Z");
	writes(253402300799, "9999-12-31T23:59:59Z");
	/* No text has room for a year of eight digits. */
	writes(400000000000000, "");
	is(true, "2026-11-24T03:25:00Z");
	is(false, "");
	is(false, "2026-11-24T03:25:00");
	is(false, "2026-11-24T03:25:00+");
	is(false, "2026-11-24T03:25:00ZZ");
	is(false, "2026-11-24 03:25:00Z");
	is(false, "2026-11-24T03:25:0:Z");
	is(false, "2026-11-24T03:25:0/Z");
	is(false, "yesterday");
	return failed;
}
