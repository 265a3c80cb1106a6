/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels supported: the only place with a version in it. */
#ifndef GPUSPEC_COMPAT_H
#define GPUSPEC_COMPAT_H

#include <linux/device.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "gpuspec needs Linux 6.1 or newer: its gates were not proven on older kernels"
#endif

#ifndef CONFIG_PM
#error "gpuspec needs CONFIG_PM: the bind gate refuses by a PM domain"
#endif

#if defined(CONFIG_PREEMPTION) && !defined(CONFIG_TASKS_RCU)
#error "gpuspec needs CONFIG_TASKS_RCU on a preemptible kernel, to be unloaded safely"
#endif

/* In 6.1 and 6.6 since a stable release of each. */
#ifndef GENL_MCAST_CAP_SYS_ADMIN
#error "gpuspec needs GENL_MCAST_CAP_SYS_ADMIN: take a newer stable release of this kernel"
#endif

/* 6.4 made bus pointers const, where it takes them and where it gives them. */
#define gpuspec_mutable_bus(bus)	((struct bus_type *)(bus))

/* 6.4 took the second argument of class_interface callbacks away. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define GPUSPEC_INTERFACE_ARGS(dev)	struct device *(dev)
#else
#define GPUSPEC_INTERFACE_ARGS(dev)	struct device *(dev), struct class_interface *unused
#endif

/*
 * Before 6.2 VFIO calls ops->release without a look, and the memory is freed
 * there; from then on it frees the memory itself.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define GPUSPEC_VFIO_RELEASE	NULL
#else
#define GPUSPEC_VFIO_RELEASE	vfio_free_device
#endif

/* 6.2 made the first argument of pre_doit a struct genl_split_ops. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define gpuspec_genl_ops	genl_split_ops
#else
#define gpuspec_genl_ops	genl_ops
#endif

/* 6.6 put a struct genl_info into struct genl_dumpit_info. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define gpuspec_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#else
#define gpuspec_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#endif

/* 6.17 made what a file of sysfs is made from const for its callbacks. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define gpuspec_bin_attribute	const struct bin_attribute
#else
#define gpuspec_bin_attribute	struct bin_attribute
#endif

/*
 * What a VFIO driver has to say of a region it wrote to the user by its ioctl;
 * since 6.19 it has an op for it, and the core does the writing. An op of the
 * one kind or the other, and @edit on what it said: 0 or -EFAULT.
 */
struct gpuspec_rom;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define GPUSPEC_REGION_OP	get_region_info_caps
#define GPUSPEC_REGION_ARGS	struct vfio_region_info *info, struct vfio_info_cap *caps
#define GPUSPEC_REGION_VALUES	info, caps
#define gpuspec_region_result	int

static inline int
gpuspec_edit_region(void (*edit)(const struct gpuspec_rom *, struct vfio_region_info *),
		    const struct gpuspec_rom *rom, GPUSPEC_REGION_ARGS)
{
	edit(rom, info);
	return 0;
}
#else
#define GPUSPEC_REGION_OP	ioctl
#define GPUSPEC_REGION_ARGS	unsigned int command, unsigned long argument
#define GPUSPEC_REGION_VALUES	command, argument
#define gpuspec_region_result	long

static inline int
gpuspec_edit_region(void (*edit)(const struct gpuspec_rom *, struct vfio_region_info *),
		    const struct gpuspec_rom *rom, GPUSPEC_REGION_ARGS)
{
	struct vfio_region_info __user *to = (void __user *)argument;
	struct vfio_region_info info;

	if (command != VFIO_DEVICE_GET_REGION_INFO)
		return 0;
	if (copy_from_user(&info, to, offsetofend(struct vfio_region_info, offset)))
		return -EFAULT;
	edit(rom, &info);
	return copy_to_user(to, &info, offsetofend(struct vfio_region_info, offset)) ?
		-EFAULT : 0;
}
#endif

#endif /* GPUSPEC_COMPAT_H */
