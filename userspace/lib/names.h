/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GPUSPEC_NAMES_H
#define GPUSPEC_NAMES_H

#include "inventory.h"

/* Give the models that have none a name and a vendor: from pci.ids, and types by themselves. */
void gpuspec_names_look_up(struct gpuspec_inventory *inventory);

#endif /* GPUSPEC_NAMES_H */
