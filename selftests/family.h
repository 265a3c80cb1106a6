/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kmod/gpuspec.yaml says of the family: its attributes, and what each
 * command takes and answers. The table itself is made by family.py.
 */
#ifndef SELFTESTS_FAMILY_H
#define SELFTESTS_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum family_type {
	FAMILY_NONE, FAMILY_FLAG, FAMILY_U32, FAMILY_U64, FAMILY_STRING, FAMILY_BINARY,
	FAMILY_NEST, FAMILY_PAD,
};

enum family_set_id {
	FAMILY_SET_GPUSPEC, FAMILY_SET_INFO, FAMILY_SET_REFUSALS, FAMILY_SET_SPEC, FAMILY_SET_ROM,
	FAMILY_SET_DEVICE, FAMILY_SET_PROCESS,
};

struct family_attribute {
	const char *name;
	enum family_type type;
	uint32_t min, max;		/* of a number; or of a length, without a string's NUL */
	enum family_set_id nested;
	bool repeats;
	const char *const *values;	/* good ones, and some that are nearly; ends with NULL */
};

struct family_set {
	const struct family_attribute *attributes;	/* by their number */
	uint16_t max;					/* the highest of these */
};

/* A command, asked in one way of two. */
struct family_call {
	const char *name;
	uint8_t command;
	bool dump;
	enum family_set_id set;		/* that the reply is made of */
	uint64_t request, reply;	/* a bit for each attribute */
	int errors[16];			/* that it may answer with: errno; ends with 0 */
};

extern const struct family_set family_sets[];
extern const struct family_call family_calls[];
extern const size_t family_call_count;

/* NULL if there is no such command, or not in this way. */
const struct family_call *family_call(uint8_t command, bool dump);
/* Does the command take the attribute, in one way at least? */
bool family_takes(uint8_t command, uint16_t attribute);
/* Of the set, or NULL. */
const struct family_attribute *family_attribute(enum family_set_id set, uint16_t type);
bool family_may_answer(const struct family_call *call, int error);

#endif /* SELFTESTS_FAMILY_H */
