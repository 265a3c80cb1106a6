// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_device.h"

/* Without the blanks and signs that strtoul() would take. */
static bool number(const char *text, unsigned long most, unsigned long *value)
{
	char *end;

	*value = 0;
	if (!text)
		return true;
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoul(text, &end, 0);
	return !errno && !*end && *value <= most;
}

bool host_device_pci(const struct host_device_pci *parts, char *address)
{
	unsigned long domain, bus, slot, function;

	if (!number(parts->domain, 0xffffffff, &domain) || !number(parts->bus, 0xff, &bus) ||
	    !number(parts->slot, 0x1f, &slot) || !number(parts->function, 7, &function))
		return false;
	snprintf(address, HOST_DEVICE_SIZE, "%04lx:%02lx:%02lx.%lx", domain, bus, slot, function);
	return true;
}

/* Where a UUID has its hyphens. */
static bool is_hyphen(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

bool host_device_mdev(const char *uuid, char *address)
{
	size_t at;

	if (!uuid)
		return false;
	for (at = 0; at < 36; at++) {
		if (is_hyphen(at)) {
			address[at] = '-';
			uuid += *uuid == '-';
		} else if (isxdigit((unsigned char)*uuid)) {
			address[at] = tolower((unsigned char)*uuid++);
		} else {
			return false;
		}
	}
	address[at] = '\0';
	return !*uuid;
}
