/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making slices, and undoing that, each kind by the means that its driver has:
 * an mdev; a VF, which is given to vfio-pci; a vendor's VF, which gets a type.
 *
 * Functions return 0 or a negative errno, and the sentence says why. On an
 * error all is as it was, or else what is left says what is not, and the way
 * out.
 */
#ifndef GPUSPEC_SLICE_H
#define GPUSPEC_SLICE_H

#include "inventory.h"

#define GPUSPEC_UUID_SIZE	37

/* Who makes or removes slices has its lock, from before the inventory is read. */
#define GPUSPEC_SLICES_FOLDER	"/run/gpuspec"

struct gpuspec_slice {
	const char *sysfs;		/* "/sys", or for a test another folder */
	char spec[GPUSPEC_ID_MAX + 1];
	char address[GPUSPEC_ADDRESS_MAX + 1];	/* of an mdev its UUID, chosen by the caller */
	char parent[GPUSPEC_ADDRESS_MAX + 1];
	bool persistent;		/* an mdev that mdevctl makes, now and after each boot */
	bool raised_vfs;		/* the parent had no VFs before */
	char driver[64];		/* in the host, which has the VF; empty if none has */
	char sentence[512], left[512];
};

/*
 * Choose the parent that has room, and of several the one with the fewest
 * slices, or with @pack the most; one whose VFs a driver of the host has comes
 * after all others. If @slice->parent is not empty, that one it
 * is. -ENOENT: there is no such parent; -ENOSPC: none has room.
 */
int gpuspec_slice_place(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory,
			bool pack);
/* Make it there; *@slice has its address then. -EPERM: the kernel refused. */
int gpuspec_slice_make(struct gpuspec_slice *slice, const struct gpuspec_inventory *inventory);

/*
 * Undo that, for one that nobody holds. @slice has the spec, the address and
 * the parent. One that persists can be removed, and its definition not.
 */
int gpuspec_slice_remove(struct gpuspec_slice *slice);

/* A new one to @uuid, or false. */
bool gpuspec_uuid_make(char *uuid);
/* Does @text have the form of one? Then to @uuid, in lower case. */
bool gpuspec_uuid_parse(const char *text, char *uuid);

#endif /* GPUSPEC_SLICE_H */
