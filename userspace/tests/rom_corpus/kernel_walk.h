/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_WALK_H
#define KERNEL_WALK_H

#include <stddef.h>

/*
 * What the kernel's own pci_get_rom_size() makes of a ROM in a window of @size
 * bytes, at an address that is a multiple of 512.
 */
size_t kernel_walk(void *rom, size_t size);

#endif /* KERNEL_WALK_H */
