/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which spec is a slice of which, and what keeps a device from being given
 * out: a card is either passed through as a whole, or sliced. The kernel does
 * not judge that, the drivers do.
 */
#ifndef GPUSPEC_FAMILY_H
#define GPUSPEC_FAMILY_H

#include "inventory.h"

/* Find which spec is a slice of which, anew. 0, or -ENOMEM. */
int gpuspec_family_find_kin(struct gpuspec_inventory *inventory);
/* Fill in the kin of an inventory, what is blocked, and what is available. 0, or -ENOMEM. */
int gpuspec_family_find(struct gpuspec_inventory *inventory);

#endif /* GPUSPEC_FAMILY_H */
