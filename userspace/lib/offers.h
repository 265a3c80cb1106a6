/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GPUSPEC_OFFERS_H
#define GPUSPEC_OFFERS_H

#include "inventory.h"

/*
 * Find out what the devices of this host can be sliced into: mdev types, the
 * virtual functions of a physical one, and the types that a vendor's virtual
 * function can be made. The cards are there already; models that are not are
 * added. 0, or -ENOMEM.
 */
int gpuspec_offers_read(struct gpuspec_inventory *inventory, const char *sysfs);

#endif /* GPUSPEC_OFFERS_H */
