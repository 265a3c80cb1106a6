/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows taken apart again: those of gpuspec list and gpuspec devices that
 * another host published, which may be anything. What a row lacks is not
 * known; a member that is wrong, or too long, makes all of it wrong.
 */
#ifndef GPUSPEC_FLEET_ROW_READ_H
#define GPUSPEC_FLEET_ROW_READ_H

#include <jansson.h>

#include "inventory.h"

/* A row that is read; the first member that is wrong ends it. */
struct row_reading {
	const json_t *row;
	const char *wrong;	/* NULL so far */
};

/*
 * A member of it. Text that is not there is empty, a number is @unknown; it is
 * wrong if it is not printable, or of @size bytes with its NUL; or negative,
 * or more than @most.
 */
void row_read_text(struct row_reading *reading, const char *member, char *text, size_t size);
long long row_read_number(struct row_reading *reading, const char *member, long long most,
			  long long unknown);

/*
 * 0 or -EINVAL, and then *@wrong is the member. The row has to be of the spec
 * @id, or the device @address. Of a model, the accounts that it is shared with
 * are left out.
 */
int row_read_model(struct gpuspec_model *model, const json_t *row, const char *id,
		   const char **wrong);
int row_read_card(struct gpuspec_card *card, const json_t *row, const char *address,
		  const char **wrong);

#endif /* GPUSPEC_FLEET_ROW_READ_H */
