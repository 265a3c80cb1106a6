// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO calls a device's open_device for its first open and close_device for
 * its last close, both under the lock of its device set (linux/vfio.h). The
 * gate stands there: the device's ops are exchanged for a copy in which those
 * two ask and tell gpuspec. The copy stays until VFIO releases the device,
 * since a device on its way out can still be opened through a descriptor
 * that was there before; or until the module goes.
 *
 * The gate also knows when nobody can be reading a card's ROM, which is when
 * the card is made to show the one of its spec; see show_rom().
 */
#define pr_fmt(fmt) "gpuspec: " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/vfio.h>
#include <linux/wait.h>

#include "compat.h"
#include "device.h"
#include "open_gate.h"
#include "rom.h"
#include "rom_overlay.h"

struct gate {
	struct list_head node;
	struct list_head visited;	/* while gpuspec_open_gate_show_rom() is at it */
	struct vfio_device *vdev;	/* NULL: being released */
	struct module *owner;		/* of native, and of what releases the device */
	const struct vfio_device_ops *native;
	struct vfio_device_ops ops;	/* native, but for what stands below */
	bool leaving;			/* VFIO has unregistered it; it may be open yet */
	bool can_show_rom;
	struct gpuspec_overlay overlay;	/* changes under the lock of the device set */
	struct gpuspec_rom *last_rom;	/* for those who are reading it while the gate goes */
};

static LIST_HEAD(gates);
static DEFINE_MUTEX(gates_lock);
static DECLARE_WAIT_QUEUE_HEAD(gate_gone);
DEFINE_STATIC_SRCU(callers);	/* of gate_read() and its like, which may sleep */

static struct gate *to_gate(struct vfio_device *vdev)
{
	return container_of(vdev->ops, struct gate, ops);
}

static ssize_t gate_read(struct vfio_device *vdev, char __user *buffer, size_t count,
			 loff_t *offset);
static ssize_t gate_write(struct vfio_device *vdev, const char __user *buffer, size_t count,
			  loff_t *offset);
static gpuspec_region_result gate_region(struct vfio_device *vdev, GPUSPEC_REGION_ARGS);

/* Stand in the way of readers, too, while there is an uploaded ROM for them to read. */
static void meet_readers(struct gate *gate)
{
	bool shows = gate->overlay.rom;

	WRITE_ONCE(gate->ops.read, shows ? gate_read : gate->native->read);
	WRITE_ONCE(gate->ops.write, shows ? gate_write : gate->native->write);
	WRITE_ONCE(gate->ops.GPUSPEC_REGION_OP,
		   shows ? gate_region : gate->native->GPUSPEC_REGION_OP);
}

/*
 * Make a card show the ROM that its spec has by now, or on its way out of
 * VFIO's hands its own. Under the lock of its device set, while it is not in
 * use, so that no VM sees its ROM change; or as the module goes.
 */
static void show_rom(struct gate *gate)
{
	struct device *dev = gate->vdev->dev;
	struct gpuspec_rom *wanted = NULL;
	int error = 0;

	if (!dev_is_pci(dev))
		return;
	lockdep_assert_held(&gate->vdev->dev_set->lock);
	if (!gate->leaving)
		wanted = gpuspec_device_wanted_rom(dev);
	if (wanted && !gate->can_show_rom)
		error = -EOPNOTSUPP;
	else if (wanted != gate->overlay.rom)
		error = gpuspec_overlay_show(&gate->overlay, to_pci_dev(dev), wanted);
	meet_readers(gate);
	gpuspec_device_shows_rom(dev, gate->overlay.rom, error);
	gpuspec_rom_put(wanted);
}

static int gate_open(struct vfio_device *vdev)
{
	struct gate *gate = to_gate(vdev);
	int error;

	error = gpuspec_device_open(vdev->dev);
	if (error)
		return error;
	WRITE_ONCE(gate->overlay.bar, 0);
	if (gate->native->open_device)
		error = gate->native->open_device(vdev);
	if (!error && !gpuspec_device_is_as_judged(vdev->dev)) {
		pr_notice_ratelimited("%s: closed again: its vGPU type changed as it was opened\n",
				      dev_name(vdev->dev));
		if (gate->native->close_device)
			gate->native->close_device(vdev);
		error = -EAGAIN;
	}
	gpuspec_device_opened(vdev->dev, error);
	return error;
}

static void gate_close(struct vfio_device *vdev)
{
	struct gate *gate = to_gate(vdev);

	if (gate->native->close_device)
		gate->native->close_device(vdev);
	show_rom(gate);
	gpuspec_device_closed(vdev->dev);
}

/*
 * Unlike open and close, the following are called under no lock, and the gate
 * may have been taken down since VFIO looked at ops: NULL then.
 */
static struct gate *find_gate(const struct vfio_device_ops *ops)
{
	return ops->open_device == gate_open ? container_of(ops, struct gate, ops) : NULL;
}

static ssize_t gate_read(struct vfio_device *vdev, char __user *buffer, size_t count,
			 loff_t *offset)
{
	int idx = srcu_read_lock(&callers);
	const struct vfio_device_ops *ops = READ_ONCE(vdev->ops);
	struct gate *gate = find_gate(ops);
	const struct gpuspec_rom *rom = gate ? READ_ONCE(gate->overlay.rom) : NULL;
	loff_t at = *offset;
	ssize_t done;

	if (rom && gpuspec_overlay_is_region(at)) {
		done = gpuspec_overlay_read(rom, buffer, count, offset);
	} else {
		done = (gate ? gate->native : ops)->read(vdev, buffer, count, offset);
		if (rom && done > 0 &&
		    gpuspec_overlay_read_bar(&gate->overlay, rom, buffer, done, at))
			done = -EFAULT;
	}
	srcu_read_unlock(&callers, idx);
	return done;
}

static ssize_t gate_write(struct vfio_device *vdev, const char __user *buffer, size_t count,
			  loff_t *offset)
{
	int idx = srcu_read_lock(&callers);
	const struct vfio_device_ops *ops = READ_ONCE(vdev->ops);
	struct gate *gate = find_gate(ops);
	loff_t at = *offset;
	ssize_t done;

	done = (gate ? gate->native : ops)->write(vdev, buffer, count, offset);
	if (gate && READ_ONCE(gate->overlay.rom) && done > 0 &&
	    gpuspec_overlay_write_bar(&gate->overlay, buffer, done, at))
		done = -EFAULT;
	srcu_read_unlock(&callers, idx);
	return done;
}

static gpuspec_region_result gate_region(struct vfio_device *vdev, GPUSPEC_REGION_ARGS)
{
	int idx = srcu_read_lock(&callers);
	const struct vfio_device_ops *ops = READ_ONCE(vdev->ops);
	struct gate *gate = find_gate(ops);
	const struct gpuspec_rom *rom = gate ? READ_ONCE(gate->overlay.rom) : NULL;
	gpuspec_region_result result;

	result = (gate ? gate->native : ops)->GPUSPEC_REGION_OP(vdev, GPUSPEC_REGION_VALUES);
	if (rom && !result)
		result = gpuspec_edit_region(gpuspec_overlay_region_info, rom,
					     GPUSPEC_REGION_VALUES);
	srcu_read_unlock(&callers, idx);
	return result;
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
 * Is it a card behind vfio-pci or a variant of it, which have their regions as
 * linux/vfio_pci_core.h says? A virtual function has no ROM (PCI Express Base
 * Specification 6.0, 9.3.4.1).
 */
static bool can_show_rom(const struct vfio_device *vdev)
{
	return dev_is_pci(vdev->dev) && !to_pci_dev(vdev->dev)->is_virtfn &&
	       vdev->ops->read && vdev->ops->write && vdev->ops->GPUSPEC_REGION_OP;
}

/*
 * VFIO has registered a device, or it was there when the gate was put up. No
 * error here could stop it, and without the gate it would be open to all:
 * hence the allocation that does not fail.
 */
static int add_gate(GPUSPEC_INTERFACE_ARGS(dev))
{
	struct vfio_device *vdev = container_of(dev, struct vfio_device, device);
	struct gate *gate;

	/* Without a device set, for want of memory, VFIO cannot open it. */
	if (!vdev->dev_set || !gpuspec_device_known(vdev->dev))
		return 0;
	gate = kzalloc(sizeof(*gate), GFP_KERNEL | __GFP_NOFAIL);
	gate->vdev = vdev;
	gate->owner = vdev->dev->driver->owner;

	/* The lock tells whether an open came before the gate or meets it. */
	mutex_lock(&vdev->dev_set->lock);
	gate->native = vdev->ops;
	gate->ops = *vdev->ops;
	gate->ops.open_device = gate_open;
	gate->ops.close_device = gate_close;
	gate->ops.release = gate_release;
	gate->can_show_rom = can_show_rom(vdev);
	mutex_lock(&gates_lock);
	list_add(&gate->node, &gates);
	mutex_unlock(&gates_lock);
	WRITE_ONCE(vdev->ops, &gate->ops);
	if (vdev->open_count)
		gpuspec_device_found_open(vdev->dev);
	else
		show_rom(gate);
	mutex_unlock(&vdev->dev_set->lock);
	return 0;
}

/*
 * VFIO lets go of a device; from here on the card is to show its own ROM. If
 * it is open still, which before 6.2 it is not, that waits for the close.
 */
static void leave_gate(GPUSPEC_INTERFACE_ARGS(dev))
{
	struct vfio_device *vdev = container_of(dev, struct vfio_device, device);
	struct gate *gate = NULL, *each;

	mutex_lock(&gates_lock);
	list_for_each_entry(each, &gates, node)
		if (each->vdev == vdev)
			gate = each;
	mutex_unlock(&gates_lock);
	if (!gate)
		return;
	/* It is not released meanwhile: whoever unregisters it has a reference. */
	mutex_lock(&vdev->dev_set->lock);
	gate->leaving = true;
	if (!vdev->open_count)
		show_rom(gate);
	mutex_unlock(&vdev->dev_set->lock);
}

static struct class_interface interface = {
	.add_dev = add_gate,
	.remove_dev = leave_gate,
};

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
	struct module *owner = gate->owner;

	/* With the last reference goes the gate. */
	put_device(&gate->vdev->device);
	module_put(owner);
}

void gpuspec_open_gate_show_rom(const char *id)
{
	static DEFINE_MUTEX(visit);
	struct gate *gate, *next;
	LIST_HEAD(visited);

	mutex_lock(&visit);
	mutex_lock(&gates_lock);
	list_for_each_entry(gate, &gates, node)
		if (gate->vdev && gpuspec_device_is_of(gate->vdev->dev, id) && get_vdev(gate))
			list_add_tail(&gate->visited, &visited);
	mutex_unlock(&gates_lock);
	list_for_each_entry_safe(gate, next, &visited, visited) {
		mutex_lock(&gate->vdev->dev_set->lock);
		/* One that leaves has its own ROM back, and its card may be gone. */
		if (!gate->leaving && !gate->vdev->open_count)
			show_rom(gate);
		mutex_unlock(&gate->vdev->dev_set->lock);
		put_vdev(gate);
	}
	mutex_unlock(&visit);
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
		gate->last_rom = gpuspec_rom_get(gate->overlay.rom);
		/* The others have theirs back since leave_gate(). */
		if (gate->vdev->open_count)
			show_rom(gate);
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
	wait_event(gate_gone, list_empty(&gates));
	/* The last gate_release() may still be under the lock. */
	mutex_lock(&gates_lock);
	mutex_unlock(&gates_lock);
	/*
	 * Other CPUs may be between reading vdev->ops and calling through the
	 * copy, or on the last instructions of gate_release(): neither sleeps.
	 * Callers that sleep, in native code, have then said so to SRCU; they too
	 * have last instructions.
	 */
	synchronize_rcu_tasks();
	synchronize_srcu(&callers);
	synchronize_rcu_tasks();
	list_for_each_entry_safe(gate, next, &taken, node) {
		gpuspec_rom_put(gate->last_rom);
		kfree(gate);
	}
}
