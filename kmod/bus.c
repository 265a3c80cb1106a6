// SPDX-License-Identifier: GPL-2.0
#include <linux/device.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>

#include "bus.h"
#include "compat.h"
#include "device.h"
#include "spec.h"

static int on_bus_event(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event != BUS_NOTIFY_ADD_DEVICE && event != BUS_NOTIFY_REMOVED_DEVICE)
		return NOTIFY_DONE;
	mutex_lock(&gpuspec_lock);
	if (event == BUS_NOTIFY_ADD_DEVICE)
		gpuspec_device_add(data);
	else
		gpuspec_device_remove(data);
	mutex_unlock(&gpuspec_lock);
	return NOTIFY_DONE;
}

static struct notifier_block pci_notifier = { .notifier_call = on_bus_event };
static struct notifier_block mdev_notifier = { .notifier_call = on_bus_event };

static int add_present(struct device *dev, void *data)
{
	gpuspec_device_add(dev);
	return 0;
}

/*
 * Take in the devices that are there. A device that goes meanwhile has left
 * the bus before its notifier, which waits for the lock, drops it; so none
 * can be taken in and stay. (But one whose device_add() runs out of memory
 * just then: nobody tells of its end, and its row stays until unload.)
 */
static void scan(const struct bus_type *bus)
{
	mutex_lock(&gpuspec_lock);
	bus_for_each_dev(gpuspec_mutable_bus(bus), NULL, NULL, add_present);
	mutex_unlock(&gpuspec_lock);
}

/*
 * A driver that never binds: registering it is how the mdev bus is found.
 * Mediated devices are bound by their parent's driver alone.
 */
static int refuse_probe(struct mdev_device *mdev)
{
	return -ENODEV;
}

static struct mdev_driver bus_finder = {
	.device_api = "none",
	.probe = refuse_probe,
	.driver = {
		.name = "gpuspec",
		.owner = THIS_MODULE,
		.suppress_bind_attrs = true,
	},
};

const struct bus_type *gpuspec_mdev_bus(void)
{
	return bus_finder.driver.bus;
}

int gpuspec_bus_init(void)
{
	int error;

	error = mdev_register_driver(&bus_finder);
	if (error)
		return error;
	error = bus_register_notifier(&pci_bus_type, &pci_notifier);
	if (error)
		goto err_driver;
	error = bus_register_notifier(gpuspec_mutable_bus(gpuspec_mdev_bus()), &mdev_notifier);
	if (error)
		goto err_pci;
	scan(&pci_bus_type);
	scan(gpuspec_mdev_bus());
	/* Without the memory for it they are looked at when they are opened or listed. */
	gpuspec_device_look_again(NULL);
	return 0;

err_pci:
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
err_driver:
	mdev_unregister_driver(&bus_finder);
	return error;
}

void gpuspec_bus_exit(void)
{
	bus_unregister_notifier(gpuspec_mutable_bus(gpuspec_mdev_bus()), &mdev_notifier);
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
	mdev_unregister_driver(&bus_finder);
}
