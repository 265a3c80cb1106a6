/* SPDX-License-Identifier: GPL-2.0 */
/* One device of the module's, and what sysfs says of it: see struct gpuspec_card. */
#ifndef GPUSPEC_CARD_H
#define GPUSPEC_CARD_H

#include "inventory.h"

/* What it is sliced from and into, and its driver. */
void gpuspec_card_read(struct gpuspec_card *card, const struct gpuspec_device *device,
		       const char *sysfs);
/* Its memory, as far as sysfs knows; once. */
void gpuspec_card_read_memory(struct gpuspec_card *card, const char *sysfs);
/* That, and all else there is of it: 0, or -ENOMEM. */
int gpuspec_card_read_hardware(struct gpuspec_card *card, const char *sysfs);

bool gpuspec_card_is_mdev(const struct gpuspec_card *card);
/* A physical function, which is of a pGPU spec. */
bool gpuspec_card_is_physical(const struct gpuspec_card *card);
/* That, of NVIDIA's and with its driver. */
bool gpuspec_card_is_nvidia(const struct gpuspec_card *card);
/* That, and what it can be sliced into is not known before its VFs are made. */
bool gpuspec_card_awaits_vfs(const struct gpuspec_card *card);

/* Held, or with a VFIO driver, to be held; or of a vendor's type. */
bool gpuspec_card_is_taken(const struct gpuspec_card *card);

#endif /* GPUSPEC_CARD_H */
