/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An uploaded ROM in the place of a card's own, for those who see the card
 * through VFIO, and in sysfs. Nothing of the card is touched: reads are
 * answered from memory.
 */
#ifndef GPUSPEC_ROM_OVERLAY_H
#define GPUSPEC_ROM_OVERLAY_H

#include <linux/sysfs.h>
#include <linux/types.h>

struct gpuspec_rom;
struct pci_dev;
struct vfio_region_info;

/* To be embedded; all zero: the card shows its own ROM. */
struct gpuspec_overlay {
	struct gpuspec_rom *rom;	/* that it shows; referenced */
	struct bin_attribute file;	/* rom, in the place of the kernel's */
	bool readable;			/* the file, after a "1" was written to it */
	u32 bar;			/* what the one who has it open wrote to its ROM BAR */
};

/*
 * Show @rom, or with NULL the card's own. Nobody may be reading through VFIO;
 * readers of sysfs are waited for. 0; or with the card's own shown, -ENODEV:
 * the kernel has no file rom of the kind known; -ENOMEM.
 */
int gpuspec_overlay_show(struct gpuspec_overlay *overlay, struct pci_dev *pdev,
			 struct gpuspec_rom *rom);

/*
 * What a user of VFIO is told and reads of a card that shows @rom.
 */

/* What the card's driver has told of a region: if it is the ROM's, its size is changed. */
void gpuspec_overlay_region_info(const struct gpuspec_rom *rom, struct vfio_region_info *info);
/* Is this an offset of the ROM region? The read of it: its length, or -EINVAL, -EFAULT. */
bool gpuspec_overlay_is_region(loff_t offset);
ssize_t gpuspec_overlay_read(const struct gpuspec_rom *rom, char __user *buffer,
			     size_t count, loff_t *offset);
/*
 * The ROM BAR, where he just read or wrote @count bytes at @offset: it sizes
 * as that of a card with such a ROM does. 0 or -EFAULT.
 */
int gpuspec_overlay_read_bar(const struct gpuspec_overlay *overlay,
			     const struct gpuspec_rom *rom, char __user *buffer,
			     size_t count, loff_t offset);
int gpuspec_overlay_write_bar(struct gpuspec_overlay *overlay, const char __user *buffer,
			      size_t count, loff_t offset);

#endif /* GPUSPEC_ROM_OVERLAY_H */
