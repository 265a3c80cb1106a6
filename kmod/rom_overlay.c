// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#include "compat.h"
#include "rom.h"
#include "rom_overlay.h"

/*
 * The kernel hands the size of a new file rom over in a variable of all cards:
 * one card at a time, at least of those that change here.
 */
static DEFINE_MUTEX(file_lock);

/* The attribute group with the file rom, which the PCI bus gives to its devices. */
static const struct attribute_group *find_group(struct pci_dev *pdev)
{
	const struct attribute_group *const *group;

	for (group = pdev->dev.bus->dev_groups; group && *group; group++)
		if ((*group)->bin_attrs && (*group)->bin_attrs[0] &&
		    !strcmp((*group)->bin_attrs[0]->attr.name, "rom"))
			return *group;
	return NULL;
}

/* As the kernel's own file behaves (drivers/pci/pci-sysfs.c): first a "1", then reads. */
static ssize_t read_file(struct file *filp, struct kobject *kobj,
			 gpuspec_bin_attribute *file, char *buffer, loff_t offset, size_t count)
{
	struct gpuspec_overlay *overlay = container_of(file, struct gpuspec_overlay, file);
	const struct gpuspec_rom *rom = overlay->rom;

	if (!READ_ONCE(overlay->readable))
		return -EINVAL;
	if (offset >= rom->size)
		return 0;
	count = min_t(size_t, count, rom->size - offset);
	memcpy(buffer, rom->bytes + offset, count);
	return count;
}

static ssize_t write_file(struct file *filp, struct kobject *kobj,
			  gpuspec_bin_attribute *file, char *buffer, loff_t offset, size_t count)
{
	struct gpuspec_overlay *overlay = container_of(file, struct gpuspec_overlay, file);
	bool readable;

	if (kstrtobool(buffer, &readable))
		return -EINVAL;
	WRITE_ONCE(overlay->readable, readable);
	return count;
}

static int put_up(struct gpuspec_overlay *overlay, struct pci_dev *pdev,
		  struct gpuspec_rom *rom)
{
	int error;

	overlay->file = (struct bin_attribute){
		.attr = { .name = "rom", .mode = 0600 },
		.size = rom->window,
		.read = read_file,
		.write = write_file,
	};
	sysfs_bin_attr_init(&overlay->file);
	/* Readers are let in by the next line, and find the rest in place. */
	overlay->rom = gpuspec_rom_get(rom);
	error = sysfs_create_bin_file(&pdev->dev.kobj, &overlay->file);
	if (error) {
		overlay->rom = NULL;
		gpuspec_rom_put(rom);
	}
	return error;
}

/*
 * The kernel's own file is not to be lost for the want of memory that comes back: sysfs
 * takes no __GFP_NOFAIL, so a second of it is tried here.
 */
static void put_back(struct pci_dev *pdev, const struct attribute_group *group)
{
	int error, tries = 0;

	while ((error = sysfs_update_group(&pdev->dev.kobj, group)) == -ENOMEM && ++tries < 50)
		msleep(20);
	if (error)
		pci_warn(pdev, "gpuspec: its file rom is lost (error %d)\n", error);
}

int gpuspec_overlay_show(struct gpuspec_overlay *overlay, struct pci_dev *pdev,
			 struct gpuspec_rom *rom)
{
	const struct attribute_group *group = find_group(pdev);
	struct gpuspec_rom *old = overlay->rom;
	int error = 0;

	if (!group)
		return -ENODEV;
	mutex_lock(&file_lock);
	/* With the file goes whoever reads it. */
	if (old)
		sysfs_remove_bin_file(&pdev->dev.kobj, &overlay->file);
	else
		sysfs_remove_group(&pdev->dev.kobj, group);
	WRITE_ONCE(overlay->rom, NULL);
	gpuspec_rom_put(old);
	if (rom)
		error = put_up(overlay, pdev, rom);
	if (!overlay->rom)
		put_back(pdev, group);
	mutex_unlock(&file_lock);
	return error;
}

void gpuspec_overlay_region_info(const struct gpuspec_rom *rom, struct vfio_region_info *info)
{
	if (info->index != VFIO_PCI_ROM_REGION_INDEX)
		return;
	info->flags = VFIO_REGION_INFO_FLAG_READ;
	info->size = rom->window;
}

bool gpuspec_overlay_is_region(loff_t offset)
{
	return VFIO_PCI_OFFSET_TO_INDEX(offset) == VFIO_PCI_ROM_REGION_INDEX;
}

ssize_t gpuspec_overlay_read(const struct gpuspec_rom *rom, char __user *buffer,
			     size_t count, loff_t *offset)
{
	loff_t at = *offset & VFIO_PCI_OFFSET_MASK;
	size_t done, piece;
	u8 padding[256];

	if (at >= rom->window)
		return count ? -EINVAL : 0;
	count = min_t(size_t, count, rom->window - at);
	done = at < rom->size ? min_t(size_t, count, rom->size - at) : 0;
	if (copy_to_user(buffer, rom->bytes + at, done))
		return -EFAULT;
	memset(padding, 0xff, sizeof(padding));
	for (; done < count; done += piece) {
		piece = min(count - done, sizeof(padding));
		if (copy_to_user(buffer + done, padding, piece))
			return -EFAULT;
	}
	*offset += done;
	return done;
}

/* Where VFIO has the ROM BAR, in the region of config space. */
#define BAR_OFFSET									\
	((loff_t)VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX) + PCI_ROM_ADDRESS)

/* Which bytes of the ROM BAR do @count bytes at @offset cover? False if none. */
static bool find_bar(loff_t offset, size_t count, unsigned int *from, unsigned int *to)
{
	if (offset >= BAR_OFFSET + (loff_t)sizeof(u32) || offset + (loff_t)count <= BAR_OFFSET)
		return false;
	*from = max(offset, BAR_OFFSET) - BAR_OFFSET;
	*to = min_t(loff_t, offset + count - BAR_OFFSET, sizeof(u32));
	return true;
}

int gpuspec_overlay_read_bar(const struct gpuspec_overlay *overlay,
			     const struct gpuspec_rom *rom, char __user *buffer,
			     size_t count, loff_t offset)
{
	__le32 bar = cpu_to_le32(READ_ONCE(overlay->bar) &
				 (~(rom->window - 1) | PCI_ROM_ADDRESS_ENABLE));
	unsigned int from, to;

	if (!find_bar(offset, count, &from, &to))
		return 0;
	return copy_to_user(buffer + (BAR_OFFSET + from - offset), (char *)&bar + from, to - from) ?
		-EFAULT : 0;
}

int gpuspec_overlay_write_bar(struct gpuspec_overlay *overlay, const char __user *buffer,
			      size_t count, loff_t offset)
{
	__le32 bar = cpu_to_le32(READ_ONCE(overlay->bar));
	unsigned int from, to;

	if (!find_bar(offset, count, &from, &to))
		return 0;
	if (copy_from_user((char *)&bar + from, buffer + (BAR_OFFSET + from - offset), to - from))
		return -EFAULT;
	WRITE_ONCE(overlay->bar, le32_to_cpu(bar));
	return 0;
}
