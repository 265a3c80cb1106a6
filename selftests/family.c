// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/gpuspec.h>

#include "family.h"

#define BIT_OF(attribute)	(1ull << (attribute))

#include "family_table.h"

const struct family_call *family_call(uint8_t command, bool dump)
{
	size_t i;

	for (i = 0; i < family_call_count; i++)
		if (family_calls[i].command == command && family_calls[i].dump == dump)
			return &family_calls[i];
	return NULL;
}

bool family_takes(uint8_t command, uint16_t attribute)
{
	const struct family_call *call;
	int dump;

	for (dump = 0; dump < 2; dump++) {
		call = family_call(command, dump);
		if (call && attribute < 64 && call->request & BIT_OF(attribute))
			return true;
	}
	return false;
}

const struct family_attribute *family_attribute(enum family_set_id set, uint16_t type)
{
	const struct family_set *of = &family_sets[set];

	return type && type <= of->max ? &of->attributes[type] : NULL;
}

bool family_may_answer(const struct family_call *call, int error)
{
	const int *allowed;

	for (allowed = call->errors; *allowed; allowed++)
		if (*allowed == error)
			return true;
	return false;
}
