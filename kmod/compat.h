/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels supported: the only place with a version in it. */
#ifndef GPUSPEC_COMPAT_H
#define GPUSPEC_COMPAT_H

#include <linux/device.h>
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

#endif /* GPUSPEC_COMPAT_H */
