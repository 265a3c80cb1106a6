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
 * worker is left behind, and the type counts as one that cannot be told: at
 * once for those who ask while it still waits, so that a driver that hangs
 * has one worker, and costs everybody's patience once.
 * A worker has the kernel's credentials, besides, and not the opener's.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vf_type.h"

static struct vfsmount *sysfs;
static struct workqueue_struct *readers;

/* Inquiries that nobody waits for any more, though their workers still do. */
static LIST_HEAD(left_behind);
static DEFINE_SPINLOCK(left_behind_lock);

/* Of one who waits for the type, and the worker. */
struct gpuspec_vf_inquiry {
	struct kref kref;
	struct work_struct work;
	struct completion done;
	struct list_head left_behind;
	int error;
	u32 type;		/* 0: none */
	char path[];
};

static void free_inquiry(struct kref *kref)
{
	kfree(container_of(kref, struct gpuspec_vf_inquiry, kref));
}

static int read_type(const char *path, u32 *type)
{
	struct file *file;
	char text[16];
	ssize_t length;
	loff_t at = 0;

	file = file_open_root(&(struct path){ .mnt = sysfs, .dentry = sysfs->mnt_root }, path,
			      O_RDONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	length = kernel_read(file, text, sizeof(text), &at);
	filp_close(file, NULL);
	if (length < 0)
		return length;
	/* All of it is to be a number, and perhaps an end of line. */
	if (length == sizeof(text))
		return -EPROTO;
	text[length] = '\0';
	return strlen(text) == length && !kstrtou32(text, 10, type) ? 0 : -EPROTO;
}

static void read_it(struct work_struct *work)
{
	struct gpuspec_vf_inquiry *inquiry = container_of(work, struct gpuspec_vf_inquiry, work);

	inquiry->error = read_type(inquiry->path, &inquiry->type);
	/* Not a VF of this kind, most often; or its driver lets go of it. */
	if (inquiry->error == -ENOENT || inquiry->error == -ENODEV) {
		inquiry->error = 0;
		inquiry->type = 0;
	}
	spin_lock(&left_behind_lock);
	complete(&inquiry->done);
	list_del_init(&inquiry->left_behind);
	spin_unlock(&left_behind_lock);
	kref_put(&inquiry->kref, free_inquiry);
}

static bool waits(const char *path)
{
	struct gpuspec_vf_inquiry *inquiry;
	bool found = false;

	spin_lock(&left_behind_lock);
	list_for_each_entry(inquiry, &left_behind, left_behind)
		found |= !strcmp(inquiry->path, path);
	spin_unlock(&left_behind_lock);
	return found;
}

struct gpuspec_vf_inquiry *gpuspec_vf_type_ask(struct device *dev)
{
	static const char path[] = "bus/pci/devices/%s/nvidia/current_vgpu_type";
	struct gpuspec_vf_inquiry *inquiry;
	size_t size;

	if (!dev_is_pci(dev) || !to_pci_dev(dev)->is_virtfn)
		return NULL;
	size = sizeof(path) + strlen(dev_name(dev));
	inquiry = kzalloc(struct_size(inquiry, path, size), GFP_KERNEL);
	if (!inquiry)
		return ERR_PTR(-ENOMEM);
	/* No other driver has a group of this name; so whose the device is need not be asked. */
	snprintf(inquiry->path, size, path, dev_name(dev));
	if (waits(inquiry->path)) {
		kfree(inquiry);
		return ERR_PTR(-ETIMEDOUT);
	}
	kref_init(&inquiry->kref);
	kref_get(&inquiry->kref);
	INIT_WORK(&inquiry->work, read_it);
	INIT_LIST_HEAD(&inquiry->left_behind);
	init_completion(&inquiry->done);
	queue_work(readers, &inquiry->work);
	return inquiry;
}

/* Wait for it, or leave the worker behind. */
static int wait_for(struct gpuspec_vf_inquiry *inquiry, unsigned long deadline)
{
	long left = deadline - jiffies;

	if (wait_for_completion_timeout(&inquiry->done, max(left, 0L)))
		return inquiry->error;
	spin_lock(&left_behind_lock);
	/* It may have come to its end just now. */
	if (!completion_done(&inquiry->done))
		list_add(&inquiry->left_behind, &left_behind);
	spin_unlock(&left_behind_lock);
	return -ETIMEDOUT;
}

int gpuspec_vf_type_answer(struct gpuspec_vf_inquiry *inquiry, unsigned long deadline,
			   char type[GPUSPEC_VF_TYPE_SIZE])
{
	int told;

	if (IS_ERR_OR_NULL(inquiry))
		return PTR_ERR(inquiry);
	told = wait_for(inquiry, deadline);
	if (!told && inquiry->type) {
		snprintf(type, GPUSPEC_VF_TYPE_SIZE, "nvidia-%u", inquiry->type);
		told = 1;
	}
	kref_put(&inquiry->kref, free_inquiry);
	return told;
}

int gpuspec_vf_type(struct device *dev, char type[GPUSPEC_VF_TYPE_SIZE])
{
	return gpuspec_vf_type_answer(gpuspec_vf_type_ask(dev), gpuspec_vf_type_deadline(), type);
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
