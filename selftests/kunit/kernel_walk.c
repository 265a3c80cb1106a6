// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own walk through a ROM, in the kernel. It is a static function, so its text
 * comes from the kernel's source as it does in userspace.
 */
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "kernel_walk.h"

/* There is no device to speak of. */
#undef pci_info
#define pci_info(pdev, ...)	((void)(pdev))

#include "kernel_rom.inc"

/* What kmalloc() does not align. */
#define SMALL	SZ_8K

size_t kernel_walk(void *rom, size_t size)
{
	static u8 window[SMALL] __aligned(PCI_ROM_IMAGE_SECTOR_SIZE);

	if (!IS_ALIGNED((unsigned long)rom, PCI_ROM_IMAGE_SECTOR_SIZE)) {
		if (WARN_ON(size > sizeof(window)))
			return 0;
		memcpy(window, rom, size);
		rom = window;
	}
	return pci_get_rom_size(NULL, (void __iomem __force *)rom, size);
}
