/* SPDX-License-Identifier: GPL-2.0 */
/* What NVIDIA's library knows of this host's cards and of their types of vGPUs. */
#ifndef GPUSPEC_NVIDIA_H
#define GPUSPEC_NVIDIA_H

#include "inventory.h"

/* Have it say how much memory its cards have, and what its types are and have. */
void gpuspec_nvidia_ask(struct gpuspec_inventory *inventory);
/* Add the types that its cards' VFs can be made, at another time if not now. 0, or -ENOMEM. */
int gpuspec_nvidia_add_types(struct gpuspec_inventory *inventory);

#endif /* GPUSPEC_NVIDIA_H */
