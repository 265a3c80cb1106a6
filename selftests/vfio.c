// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vfio.h"

static void sysfs_path(char *path, size_t size, const char *address, const char *file)
{
	snprintf(path, size, "/sys/bus/%s/devices/%s/%s",
		 strchr(address, ':') ? "pci" : "mdev", address, file);
}

bool vfio_group_node(const char *address, char *node, size_t size)
{
	char link[PATH_MAX], path[PATH_MAX];
	ssize_t length;

	sysfs_path(path, sizeof(path), address, "iommu_group");
	length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		return false;
	link[length] = '\0';
	snprintf(node, size, "/dev/vfio/%s", strrchr(link, '/') + 1);
	return true;
}

bool vfio_cdev_node(const char *address, char *node, size_t size)
{
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir;

	sysfs_path(path, sizeof(path), address, "vfio-dev");
	dir = opendir(path);
	if (!dir)
		return false;
	do {
		entry = readdir(dir);
	} while (entry && entry->d_name[0] == '.');
	if (entry)
		snprintf(node, size, "/dev/vfio/devices/%s", entry->d_name);
	closedir(dir);
	return entry;
}

static void close_one(int *file)
{
	if (*file >= 0)
		close(*file);
	*file = -1;
}

void vfio_close(struct vfio_user *user)
{
	close_one(&user->device);
	close_one(&user->group);
	close_one(&user->container);
	close_one(&user->iommufd);
}

static int give_up(struct vfio_user *user, const char **what, const char *step)
{
	int error = -errno;

	*what = step;
	vfio_close(user);
	return error;
}

int vfio_open_group(const char *node, const char *address, struct vfio_user *user,
		    const char **what)
{
	*user = (struct vfio_user){ -1, -1, -1, -1 };
	user->group = open(node, O_RDWR);
	if (user->group < 0)
		return give_up(user, what, node);
	user->container = open("/dev/vfio/vfio", O_RDWR);
	if (user->container < 0)
		return give_up(user, what, "/dev/vfio/vfio");
	if (ioctl(user->group, VFIO_GROUP_SET_CONTAINER, &user->container))
		return give_up(user, what, "VFIO_GROUP_SET_CONTAINER");
	if (ioctl(user->container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU))
		return give_up(user, what, "VFIO_SET_IOMMU");
	user->device = ioctl(user->group, VFIO_GROUP_GET_DEVICE_FD, address);
	return user->device < 0 ? give_up(user, what, NULL) : 0;
}

int vfio_open_cdev(const char *node, struct vfio_user *user, const char **what)
{
	*user = (struct vfio_user){ -1, -1, -1, -1 };
#ifdef VFIO_DEVICE_BIND_IOMMUFD
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };

	user->device = open(node, O_RDWR);
	if (user->device < 0)
		return give_up(user, what, node);
	user->iommufd = open("/dev/iommu", O_RDWR);
	if (user->iommufd < 0)
		return give_up(user, what, "/dev/iommu");
	bind.iommufd = user->iommufd;
	return ioctl(user->device, VFIO_DEVICE_BIND_IOMMUFD, &bind) ?
		give_up(user, what, NULL) : 0;
#else
	errno = ENOTSUP;
	return give_up(user, what, "built without iommufd");
#endif
}
