/* SPDX-License-Identifier: GPL-2.0 */
/* The address of a host's device, of what a domain's XML says, as the kernel writes it. */
#ifndef HOST_DEVICE_H
#define HOST_DEVICE_H

#include <linux/gpuspec.h>
#include <stdbool.h>

#define HOST_DEVICE_SIZE	(GPUSPEC_ADDRESS_MAX + 1)

/* The parts of a PCI address, numbers as C writes them; NULL is 0. */
struct host_device_pci {
	const char *domain, *bus, *slot, *function;
};

/* "0000:01:00.0" to @address, of HOST_DEVICE_SIZE bytes. False: it is no address. */
bool host_device_pci(const struct host_device_pci *parts, char *address);

/* The same for a mediated device, by its UUID with or without hyphens. */
bool host_device_mdev(const char *uuid, char *address);

#endif /* HOST_DEVICE_H */
