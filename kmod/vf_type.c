// SPDX-License-Identifier: GPL-2.0
/*
 * The file is opened and read as a process would do it, since only so does
 * kernfs keep the attribute, and with it its driver's data, from going away
 * meanwhile: a module that looks the attribute up, and calls its show()
 * itself, cannot hold it (kernfs_get_active() is not exported).
 *
 * It is opened on a mount of our own, since what an opener, in its mount
 * namespace, has at /sys may be anything.
 *
 * And a worker does it. The device is judged under the lock of its VFIO
 * device set, which its driver takes by way of the open gate when it registers
 * or unregisters the VFIO device: in the middle of a write of the type,
 * perhaps, under a lock for which the read of the type has to wait. Then the
 * worker is left behind, and the type counts as one that cannot be read.
 * A worker has the kernel's credentials, besides, and not the opener's.
 */
#define pr_fmt(fmt) "gpuspec " fmt

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/mount.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vf_type.h"

#define PATIENCE_S	5

static struct vfsmount *sysfs;
static struct workqueue_struct *readers;

/* Of one who waits for the type, and the worker. */
struct inquiry {
	struct kref kref;
	struct work_struct work;
	struct completion done;
	u32 type;		/* 0: none, or not to be read */
	char path[];
};

static void free_inquiry(struct kref *kref)
{
	kfree(container_of(kref, struct inquiry, kref));
}

static u32 read_type(const char *path)
{
	struct file *file;
	char text[16];
	ssize_t length;
	loff_t at = 0;
	u32 type;

	/* Not a VF of this kind, most often. */
	file = file_open_root(&(struct path){ .mnt = sysfs, .dentry = sysfs->mnt_root }, path,
			      O_RDONLY, 0);
	if (IS_ERR(file))
		return 0;
	length = kernel_read(file, text, sizeof(text), &at);
	filp_close(file, NULL);
	/* All of it is to be a number, and perhaps an end of line. */
	if (length < 0 || length == sizeof(text))
		return 0;
	text[length] = '\0';
	return strlen(text) == length && !kstrtou32(text, 10, &type) ? type : 0;
}

static void answer(struct work_struct *work)
{
	struct inquiry *inquiry = container_of(work, struct inquiry, work);

	inquiry->type = read_type(inquiry->path);
	complete(&inquiry->done);
	kref_put(&inquiry->kref, free_inquiry);
}

bool gpuspec_vf_type(struct device *dev, char type[GPUSPEC_VF_TYPE_SIZE])
{
	static const char path[] = "bus/pci/devices/%s/nvidia/current_vgpu_type";
	struct inquiry *inquiry;
	size_t size;
	u32 number = 0;

	if (!dev_is_pci(dev) || !to_pci_dev(dev)->is_virtfn)
		return false;
	size = sizeof(path) + strlen(dev_name(dev));
	inquiry = kzalloc(struct_size(inquiry, path, size), GFP_KERNEL);
	if (!inquiry)
		return false;
	kref_init(&inquiry->kref);
	kref_get(&inquiry->kref);
	INIT_WORK(&inquiry->work, answer);
	init_completion(&inquiry->done);
	/* No other driver has a group of this name; so whose the device is need not be asked. */
	snprintf(inquiry->path, size, path, dev_name(dev));
	queue_work(readers, &inquiry->work);
	if (wait_for_completion_timeout(&inquiry->done, PATIENCE_S * HZ))
		number = inquiry->type;
	else
		pr_warn_ratelimited("%s: its driver does not tell its vGPU type within %d s\n",
				    dev_name(dev), PATIENCE_S);
	kref_put(&inquiry->kref, free_inquiry);
	if (!number)
		return false;
	snprintf(type, GPUSPEC_VF_TYPE_SIZE, "nvidia-%u", number);
	return true;
}

int gpuspec_vf_type_init(void)
{
	struct file_system_type *fs = get_fs_type("sysfs");

	if (!fs)
		return -ENODEV;
	sysfs = kern_mount(fs);
	if (IS_ERR(sysfs))
		return PTR_ERR(sysfs);
	readers = alloc_workqueue("gpuspec", WQ_UNBOUND, 0);
	if (readers)
		return 0;
	kern_unmount(sysfs);
	return -ENOMEM;
}

void gpuspec_vf_type_exit(void)
{
	/* Waits for those that were left behind. */
	destroy_workqueue(readers);
	kern_unmount(sysfs);
}
