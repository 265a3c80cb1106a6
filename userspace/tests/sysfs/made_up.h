/* SPDX-License-Identifier: GPL-2.0 */
/* A sysfs and the module's tables of a host that there is not, for tests. */
#ifndef TESTS_MADE_UP_H
#define TESTS_MADE_UP_H

#include "inventory.h"

/* The folder that stands for /sys. It is emptied for the next host, and goes when the test ends. */
extern char made_up[];
void made_up_begin(void);

/* A file, its folders included: made_up_file("bus/pci/devices/...", "text\n") */
void made_up_file(const char *text, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
void made_up_folder(const char *path, ...) __attribute__((format(printf, 1, 2)));
/* A file that was there is gone. */
void made_up_gone(const char *path);
/* A link at @path, to what is there or not. */
void made_up_link(const char *target, const char *path, ...)
	__attribute__((format(printf, 2, 3)));

/* A PCI function, in an IOMMU group and with a driver, both of which may be NULL. */
void made_up_function(const char *address, const char *group, const char *driver);
/* A VF of one, without a driver. */
void made_up_vf(const char *pf, const char *address, const char *group);
/* An mdev type: its parent is a PCI function, or else a virtual device. */
void made_up_type(const char *parent, const char *type, const char *name,
		  const char *description, int available);
void made_up_mdev(const char *parent, const char *uuid);

/* The module's tables; @holder is who holds the device, or NULL. */
void made_up_device(struct gpuspec_inventory *inventory, const char *spec, const char *address,
		    const char *holder);
void made_up_spec(struct gpuspec_inventory *inventory, const char *id);
/* Read the inventory of that host; 0 or a negative errno. */
int made_up_read(struct gpuspec_inventory *inventory);

#endif /* TESTS_MADE_UP_H */
