/* SPDX-License-Identifier: GPL-2.0 */
/* What sysfs says of one PCI function's hardware. A number that is not known is -1. */
#ifndef GPUSPEC_PCI_FUNCTION_H
#define GPUSPEC_PCI_FUNCTION_H

#include "vgpu.h"

struct gpuspec_pci_link {
	long long speed;	/* MT/s: 16000 for the 16 GT/s of PCIe 4 */
	long long width;	/* lanes */
};

struct gpuspec_pci_function {
	long long vfs, total_vfs;	/* that there are, and that there can be */
	long long vf_device;		/* the device id of its virtual functions */

	/* By gpuspec_pci_function_memory(). */
	long long video_memory;		/* bytes */
	enum gpuspec_memory_from memory_from;
	long long bar, bar_max;		/* the largest prefetchable one; and resized, at most */

	/* By gpuspec_pci_function_links(). */
	struct gpuspec_pci_link link, link_max;
};

/* Nothing is known of it. */
void gpuspec_pci_function_clear(struct gpuspec_pci_function *function);
/*
 * Each reads a part, so that what nobody asks for is not looked up. @folder is
 * that of the function; one that is not there says nothing.
 */
void gpuspec_pci_function_read(const char *folder, struct gpuspec_pci_function *function);
void gpuspec_pci_function_memory(const char *folder, const char *driver,
				 struct gpuspec_pci_function *function);
void gpuspec_pci_function_links(const char *folder, struct gpuspec_pci_function *function);

/* Where a function of this driver has the memory from, at best. */
enum gpuspec_memory_from gpuspec_pci_driver_knows(const char *driver);

#endif /* GPUSPEC_PCI_FUNCTION_H */
