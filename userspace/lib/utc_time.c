// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "utc_time.h"

void gpuspec_utc_time(char text[GPUSPEC_UTC_TIME_SIZE], time_t seconds)
{
	struct tm utc;

	/* What strftime() leaves where there is no room is not said. */
	if (!gmtime_r(&seconds, &utc) ||
	    !strftime(text, GPUSPEC_UTC_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc))
		*text = '\0';
}

bool gpuspec_utc_time_is_valid(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	size_t i;

	for (i = 0; i < sizeof(form); i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}
