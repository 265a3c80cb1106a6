/* SPDX-License-Identifier: GPL-2.0 */
/* Opening devices through VFIO, as QEMU does. */
#ifndef SELFTESTS_VFIO_H
#define SELFTESTS_VFIO_H

#include <stdbool.h>
#include <stddef.h>

/* What is open; -1 where nothing is. */
struct vfio_user {
	int group, container, iommufd, device;
};

/*
 * The node by which the device at this address is opened: of its group, or its own. False
 * if it has none, with errno.
 */
bool vfio_group_node(const char *address, char *node, size_t size);
bool vfio_cdev_node(const char *address, char *node, size_t size);

/*
 * Open it: 0, or a negative errno, with nothing open. @what is then the step that failed,
 * or NULL where the device itself was refused.
 */
int vfio_open_group(const char *node, const char *address, struct vfio_user *user,
		    const char **what);
int vfio_open_cdev(const char *node, struct vfio_user *user, const char **what);
void vfio_close(struct vfio_user *user);

#endif /* SELFTESTS_VFIO_H */
