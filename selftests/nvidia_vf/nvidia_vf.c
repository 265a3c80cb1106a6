// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for NVIDIA's driver in the host, which keeps the virtual functions
 * of its cards: it has that driver's name and its files in sysfs, by which a VF
 * is made a vGPU of a type, and has a VFIO device as long as it is one. It
 * takes any VF that it is given (by driver_override).
 *
 * Its parameters make it behave as no driver should, or as a slow one does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

static char says[64];
module_param_string(says, says, sizeof(says), 0644);
MODULE_PARM_DESC(says, "what current_vgpu_type reads as, instead of the type");

static int show_error;
module_param(show_error, int, 0644);
MODULE_PARM_DESC(show_error, "the errno with which current_vgpu_type cannot be read");

static uint at_open;
module_param(at_open, uint, 0644);
MODULE_PARM_DESC(at_open, "the type that a VF gets at the moment it is opened");

static uint store_ms;
module_param(store_ms, uint, 0644);
MODULE_PARM_DESC(store_ms, "how long a change of type takes, for all of which reads of it wait");

static const struct {
	unsigned int id;
	const char *name;
} types[] = {
	{ 557, "NVIDIA A40-16Q" },
	{ 558, "NVIDIA A40-24Q" },
	{ 559, "NVIDIA A40-48Q" },
};

struct vgpu {
	struct vfio_pci_core_device core;
	struct vf *vf;
};

struct vf {
	struct pci_dev *pdev;
	struct mutex lock;	/* of the type and the VFIO device that comes and goes with it */
	unsigned int type;
	struct vgpu *vgpu;
	atomic_t opens;
};

static int vgpu_open(struct vfio_device *vdev)
{
	struct vgpu *vgpu = container_of(vdev, struct vgpu, core.vdev);
	struct vf *vf = vgpu->vf;
	int error;

	if (at_open)
		WRITE_ONCE(vf->type, at_open);
	error = vfio_pci_core_enable(&vgpu->core);
	if (error)
		return error;
	vfio_pci_core_finish_enable(&vgpu->core);
	atomic_inc(&vf->opens);
	return 0;
}

static void vgpu_close(struct vfio_device *vdev)
{
	struct vgpu *vgpu = container_of(vdev, struct vgpu, core.vdev);

	vfio_pci_core_close_device(vdev);
	atomic_dec(&vgpu->vf->opens);
}

static const struct vfio_device_ops vgpu_ops = {
	.name = "nvidia-vgpu-vfio",
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = vgpu_open,
	.close_device = vgpu_close,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	.match_token_uuid = vfio_pci_core_match_token_uuid,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	.get_region_info_caps = vfio_pci_ioctl_get_region_info,
#endif
};

static int make_vgpu(struct vf *vf)
{
	struct vgpu *vgpu;
	int error;

	vgpu = vfio_alloc_device(vgpu, core.vdev, &vf->pdev->dev, &vgpu_ops);
	if (IS_ERR(vgpu))
		return PTR_ERR(vgpu);
	vgpu->vf = vf;
	pci_set_drvdata(vf->pdev, &vgpu->core);
	error = vfio_pci_core_register_device(&vgpu->core);
	if (error)
		vfio_put_device(&vgpu->core.vdev);
	else
		vf->vgpu = vgpu;
	return error;
}

static void unmake_vgpu(struct vf *vf)
{
	if (!vf->vgpu)
		return;
	vfio_pci_core_unregister_device(&vf->vgpu->core);
	vfio_put_device(&vf->vgpu->core.vdev);
	vf->vgpu = NULL;
}

static ssize_t creatable_vgpu_types_show(struct device *dev, struct device_attribute *attr,
					 char *buffer)
{
	int length = sysfs_emit(buffer, "ID    : vGPU Name\n");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		length += sysfs_emit_at(buffer, length, "%-5u : %s\n", types[i].id, types[i].name);
	return length;
}
static DEVICE_ATTR_RO(creatable_vgpu_types);

static ssize_t current_vgpu_type_show(struct device *dev, struct device_attribute *attr,
				      char *buffer)
{
	struct vf *vf = dev_get_platdata(dev);
	unsigned int type;

	if (show_error)
		return -show_error;
	if (*says)
		return strscpy(buffer, says, PAGE_SIZE);
	mutex_lock(&vf->lock);
	type = READ_ONCE(vf->type);
	mutex_unlock(&vf->lock);
	return sysfs_emit(buffer, "%u\n", type);
}

static bool is_creatable(unsigned int type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].id == type)
			return true;
	return false;
}

/*
 * The VFIO device comes and goes under the lock that reads of the type take,
 * too, and under that of the device, as vfio-pci-core wants it; for which one
 * cannot wait here, since remove() has it and waits for us.
 */
static ssize_t current_vgpu_type_store(struct device *dev, struct device_attribute *attr,
				       const char *buffer, size_t count)
{
	struct vf *vf = dev_get_platdata(dev);
	unsigned int type;
	int error;

	error = kstrtouint(buffer, 10, &type);
	if (error)
		return error;
	if (type && !is_creatable(type))
		return -EINVAL;
	if (!device_trylock(dev))
		return -EAGAIN;
	mutex_lock(&vf->lock);
	if (atomic_read(&vf->opens)) {
		error = -EBUSY;
	} else {
		if (store_ms)
			msleep(store_ms);
		if (!type)
			unmake_vgpu(vf);
		else if (!vf->vgpu)
			error = make_vgpu(vf);
		if (!error)
			WRITE_ONCE(vf->type, type);
	}
	mutex_unlock(&vf->lock);
	device_unlock(dev);
	return error ?: count;
}
static DEVICE_ATTR_RW(current_vgpu_type);

static struct attribute *attrs[] = {
	&dev_attr_creatable_vgpu_types.attr,
	&dev_attr_current_vgpu_type.attr,
	NULL
};

static const struct attribute_group group = {
	.name = "nvidia",
	.attrs = attrs,
};

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vf *vf;
	int error;

	if (!pdev->is_virtfn)
		return -ENODEV;
	vf = devm_kzalloc(&pdev->dev, sizeof(*vf), GFP_KERNEL);
	if (!vf)
		return -ENOMEM;
	vf->pdev = pdev;
	mutex_init(&vf->lock);
	pdev->dev.platform_data = vf;
	error = sysfs_create_group(&pdev->dev.kobj, &group);
	if (error)
		pdev->dev.platform_data = NULL;
	return error;
}

static void remove(struct pci_dev *pdev)
{
	struct vf *vf = dev_get_platdata(&pdev->dev);

	sysfs_remove_group(&pdev->dev.kobj, &group);
	unmake_vgpu(vf);
	pdev->dev.platform_data = NULL;
}

static const struct pci_device_id ids[] = { {} };

static struct pci_driver nvidia_driver = {
	.name = "nvidia",
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.driver_managed_dma = true,
};
module_pci_driver(nvidia_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test double of NVIDIA's driver for virtual functions");
