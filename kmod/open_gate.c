// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO calls a device's open_device for its first open and close_device for
 * its last close, both under the lock of its device set (linux/vfio.h). The
 * gate stands there: the device's ops are exchanged for a copy in which those
 * two ask and tell gpuspec. The copy stays until VFIO releases the device,
 * since a device on its way out can still be opened through a descriptor
 * that was there before; or until the module goes.
 */
#define pr_fmt(fmt) "gpuspec: " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vfio.h>
#include <linux/wait.h>

#include "compat.h"
#include "device.h"
#include "open_gate.h"

struct gate {
	struct list_head node;
	struct vfio_device *vdev;	/* NULL: being released */
	struct module *owner;		/* of native, and of what releases the device */
	const struct vfio_device_ops *native;
	struct vfio_device_ops ops;	/* native, but for what stands below */
};

static LIST_HEAD(gates);
static DEFINE_MUTEX(gates_lock);
static DECLARE_WAIT_QUEUE_HEAD(gate_gone);

static struct gate *to_gate(struct vfio_device *vdev)
{
	return container_of(vdev->ops, struct gate, ops);
}

static int gate_open(struct vfio_device *vdev)
{
	struct gate *gate = to_gate(vdev);
	int error;

	error = gpuspec_device_open(vdev->dev);
	if (error)
		return error;
	if (gate->native->open_device)
		error = gate->native->open_device(vdev);
	gpuspec_device_opened(vdev->dev, error);
	return error;
}

static void gate_close(struct vfio_device *vdev)
{
	struct gate *gate = to_gate(vdev);

	if (gate->native->close_device)
		gate->native->close_device(vdev);
	gpuspec_device_closed(vdev->dev);
}

/* The last reference to the VFIO device is gone, and the device with it. */
static void gate_release(struct vfio_device *vdev)
{
	struct gate *gate = to_gate(vdev);

	/* The native release may free the device, which the exit then must not touch. */
	mutex_lock(&gates_lock);
	gate->vdev = NULL;
	mutex_unlock(&gates_lock);
	if (gate->native->release)
		gate->native->release(vdev);
	mutex_lock(&gates_lock);
	list_del(&gate->node);
	kfree(gate);
	wake_up(&gate_gone);
	mutex_unlock(&gates_lock);
}

/*
 * VFIO has registered a device, or it was there when the gate was put up. No
 * error here could stop it, and without the gate it would be open to all:
 * hence the allocation that does not fail.
 */
static int add_gate(GPUSPEC_ADD_DEV_ARGS(dev))
{
	struct vfio_device *vdev = container_of(dev, struct vfio_device, device);
	struct gate *gate;

	/* Without a device set, for want of memory, VFIO cannot open it. */
	if (!vdev->dev_set || !gpuspec_device_known(vdev->dev))
		return 0;
	gate = kzalloc(sizeof(*gate), GFP_KERNEL | __GFP_NOFAIL);
	gate->vdev = vdev;
	gate->owner = vdev->dev->driver->owner;
	mutex_lock(&gates_lock);
	list_add(&gate->node, &gates);
	mutex_unlock(&gates_lock);

	/* The lock tells whether an open came before the gate or meets it. */
	mutex_lock(&vdev->dev_set->lock);
	gate->native = vdev->ops;
	gate->ops = *vdev->ops;
	gate->ops.open_device = gate_open;
	gate->ops.close_device = gate_close;
	gate->ops.release = gate_release;
	WRITE_ONCE(vdev->ops, &gate->ops);
	if (vdev->open_count)
		gpuspec_device_found_open(vdev->dev);
	mutex_unlock(&vdev->dev_set->lock);
	return 0;
}

static struct class_interface interface = { .add_dev = add_gate };

static const struct vfio_device_ops probe_ops = {
	.name = "gpuspec",
	.release = GPUSPEC_VFIO_RELEASE,
};

struct probe {
	struct vfio_device vdev;
};

/*
 * The class of VFIO devices is not exported, but a device that is allocated
 * and never registered carries it.
 */
static int find_class(void)
{
	struct device *root;
	struct probe *probe;
	int error = 0;

	root = root_device_register("gpuspec");
	if (IS_ERR(root))
		return PTR_ERR(root);
	probe = vfio_alloc_device(probe, vdev, root, &probe_ops);
	if (IS_ERR(probe)) {
		error = PTR_ERR(probe);
	} else {
		interface.class = probe->vdev.device.class;
		vfio_put_device(&probe->vdev);
	}
	root_device_unregister(root);
	if (!error && (!interface.class || strcmp(interface.class->name, "vfio-dev"))) {
		pr_err("this kernel's VFIO devices are of the class '%s' and not 'vfio-dev': the open gate was not proven on it\n",
		       interface.class ? interface.class->name : "");
		error = -EOPNOTSUPP;
	}
	return error;
}

int gpuspec_open_gate_init(void)
{
	int error;

	error = find_class();
	if (error)
		return error;
	return class_interface_register(&interface);
}

/*
 * Keep the gate's device, and the driver that releases it, from going away.
 * False if the device is on its way out: gate_release() is running, or comes.
 */
static bool get_vdev(struct gate *gate)
{
	lockdep_assert_held(&gates_lock);
	if (!gate->vdev || !try_module_get(gate->owner))
		return false;
	if (kref_get_unless_zero(&gate->vdev->device.kobj.kref))
		return true;
	module_put(gate->owner);
	return false;
}

static void put_vdev(struct gate *gate)
{
	put_device(&gate->vdev->device);
	module_put(gate->owner);
}

/* Take down the gates of all devices that are not on their way out. */
static void take_down(struct list_head *taken)
{
	struct gate *gate, *next;

	mutex_lock(&gates_lock);
	list_for_each_entry_safe(gate, next, &gates, node)
		if (get_vdev(gate))
			list_move(&gate->node, taken);
	mutex_unlock(&gates_lock);

	list_for_each_entry(gate, taken, node) {
		/* Whoever is inside open or close is out once we have the lock. */
		mutex_lock(&gate->vdev->dev_set->lock);
		WRITE_ONCE(gate->vdev->ops, gate->native);
		mutex_unlock(&gate->vdev->dev_set->lock);
		put_vdev(gate);
	}
}

void gpuspec_open_gate_exit(void)
{
	struct gate *gate, *next;
	LIST_HEAD(taken);

	class_interface_unregister(&interface);
	take_down(&taken);
	wait_event(gate_gone, list_empty_careful(&gates));
	/* The last gate_release() may still be under the lock. */
	mutex_lock(&gates_lock);
	mutex_unlock(&gates_lock);
	/*
	 * Other CPUs may be between reading vdev->ops and calling through the
	 * copy, or on the last instructions of gate_release(): neither sleeps.
	 */
	synchronize_rcu_tasks();
	list_for_each_entry_safe(gate, next, &taken, node)
		kfree(gate);
}
