// SPDX-License-Identifier: GPL-2.0
/*
 * The driver core ignores what bus notifiers return, so the veto is a PM
 * domain: it is set when the core announces a probe, the core activates it
 * before the driver's own probe (really_probe() in drivers/base/dd.c), and
 * that fails. It is gone again before anyone else can see the device.
 */
#define pr_fmt(fmt) "gpuspec: " fmt

#include <linux/device.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/pm_domain.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "bind_gate.h"
#include "bus.h"
#include "compat.h"
#include "device.h"

/* A probe in progress that is to fail. */
struct veto {
	struct list_head node;
	struct device *dev;	/* referenced; probes of one device exclude each other */
	struct dev_pm_domain domain;
	int error;
	struct rcu_head rcu;
};

static LIST_HEAD(vetoes);
static DEFINE_SPINLOCK(vetoes_lock);

static int refuse(struct device *dev)
{
	return container_of(dev->pm_domain, struct veto, domain)->error;
}

/*
 * driver_managed_dma alone is not it: NVIDIA's host driver sets it in some
 * builds, and a disabled GPU stays usable by its host driver. A VFIO driver
 * of another name meets the open gate.
 */
static bool is_vfio_driver(struct device *dev)
{
	if (!dev_is_pci(dev))
		return true;
	return to_pci_driver(dev->driver)->driver_managed_dma &&
	       strstr(dev->driver->name, "vfio");
}

static void set_veto(struct device *dev, int error)
{
	struct veto *veto;

	veto = kzalloc(sizeof(*veto), GFP_KERNEL | __GFP_NOFAIL);
	veto->dev = get_device(dev);
	/* Whatever else the PM core asks of the device meanwhile is the bus's, as before. */
	if (dev->bus->pm)
		veto->domain.ops = *dev->bus->pm;
	veto->domain.activate = refuse;
	veto->error = error;
	spin_lock(&vetoes_lock);
	list_add(&veto->node, &vetoes);
	spin_unlock(&vetoes_lock);
	dev_pm_domain_set(dev, &veto->domain);
}

static void lift_veto(struct veto *veto)
{
	dev_pm_domain_set(veto->dev, NULL);
	put_device(veto->dev);
	/* Runtime PM may be reading the domain, under no lock of ours. */
	kfree_rcu(veto, rcu);
}

static struct veto *take_veto(struct device *dev)
{
	struct veto *veto, *found = NULL;

	spin_lock(&vetoes_lock);
	list_for_each_entry(veto, &vetoes, node)
		if (veto->dev == dev) {
			found = veto;
			list_del(&veto->node);
			break;
		}
	spin_unlock(&vetoes_lock);
	return found;
}

static void ask(struct device *dev)
{
	int error;

	if (!is_vfio_driver(dev) || !gpuspec_device_known(dev))
		return;
	if (dev->pm_domain) {
		pr_warn_ratelimited("%s has a PM domain already: binding %s is left to the open gate\n",
				    dev_name(dev), dev->driver->name);
		return;
	}
	error = gpuspec_device_bind(dev);
	if (error)
		set_veto(dev, error);
}

/* Comes under the device's lock. */
static int on_bus_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;
	struct veto *veto;

	switch (event) {
	case BUS_NOTIFY_BIND_DRIVER:
		ask(dev);
		break;
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
	case BUS_NOTIFY_BOUND_DRIVER:	/* by device_bind_driver(), which does not probe */
		veto = take_veto(dev);
		if (veto)
			lift_veto(veto);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block pci_notifier = { .notifier_call = on_bus_event };
static struct notifier_block mdev_notifier = { .notifier_call = on_bus_event };

int gpuspec_bind_gate_init(void)
{
	int error;

	error = bus_register_notifier(&pci_bus_type, &pci_notifier);
	if (error)
		return error;
	error = bus_register_notifier(gpuspec_mutable_bus(gpuspec_mdev_bus()),
				      &mdev_notifier);
	if (error)
		bus_unregister_notifier(&pci_bus_type, &pci_notifier);
	return error;
}

void gpuspec_bind_gate_exit(void)
{
	struct veto *veto, *next;

	bus_unregister_notifier(gpuspec_mutable_bus(gpuspec_mdev_bus()),
				&mdev_notifier);
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
	/*
	 * A probe that was announced to us may still be on its way to its
	 * failure; it runs under the device's lock.
	 */
	list_for_each_entry_safe(veto, next, &vetoes, node) {
		struct device *dev = get_device(veto->dev);

		device_lock(dev);
		lift_veto(veto);
		device_unlock(dev);
		put_device(dev);
	}
}
