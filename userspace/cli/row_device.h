/* SPDX-License-Identifier: GPL-2.0 */
/* What a device looks like in JSON, see row.h. */
#ifndef GPUSPEC_ROW_DEVICE_H
#define GPUSPEC_ROW_DEVICE_H

#include <jansson.h>

#include "inventory.h"

json_t *row_device(const struct gpuspec_card *card);
/* Null for no process. */
json_t *row_process(const struct gpuspec_process *process);

/* All devices of a spec, or with @spec NULL of all; only those in use if @in_use. */
json_t *row_devices(const struct gpuspec_inventory *inventory,
		    const char *spec, bool in_use);

/* "qemu-system-x86[4711] uid 64055, account blue", from the row of a device. */
void row_holder_text(json_t *device, char *text, size_t size);

#endif /* GPUSPEC_ROW_DEVICE_H */
