/* SPDX-License-Identifier: GPL-2.0 */
/* What show says of the hardware behind a spec. */
#ifndef GPUSPEC_CLI_HARDWARE_H
#define GPUSPEC_CLI_HARDWARE_H

#include <jansson.h>

#include "inventory.h"

/* What can be sliced into instances of a spec: {"parent", "spec", "available", ...} each. */
json_t *row_offers(const struct gpuspec_inventory *inventory, const char *id);

/* As tables, of such rows, and of those of row_devices(); non-zero without memory. */
int print_offers(json_t *rows);
int print_hardware(json_t *rows);

#endif /* GPUSPEC_CLI_HARDWARE_H */
