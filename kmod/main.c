// SPDX-License-Identifier: GPL-2.0
#include <linux/gpuspec.h>
#include <linux/init.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "bind_gate.h"
#include "bus.h"
#include "device.h"
#include "event_log.h"
#include "netlink.h"
#include "open_gate.h"
#include "policy.h"
#include "spec.h"

static int __init gpuspec_init(void)
{
	int error;

	error = gpuspec_device_init();
	if (error)
		return error;
	error = gpuspec_bus_init();
	if (error)
		goto err_device;
	error = gpuspec_bind_gate_init();
	if (error)
		goto err_bus;
	error = gpuspec_open_gate_init();
	if (error)
		goto err_bind_gate;
	/* Last: what autoloads the module by the family's name finds it all there. */
	error = gpuspec_netlink_init();
	if (error)
		goto err_open_gate;
	return 0;

err_open_gate:
	gpuspec_open_gate_exit();
err_bind_gate:
	gpuspec_bind_gate_exit();
err_bus:
	gpuspec_bus_exit();
err_device:
	gpuspec_device_exit();
	gpuspec_spec_exit();
	gpuspec_event_log_exit();
	return error;
}

static void __exit gpuspec_exit(void)
{
	gpuspec_netlink_exit();
	gpuspec_open_gate_exit();
	gpuspec_bind_gate_exit();
	/* Not before the gates: they ask for accounts to the end. */
	gpuspec_policy_exit();
	gpuspec_bus_exit();
	gpuspec_device_exit();
	gpuspec_spec_exit();
	gpuspec_event_log_exit();
}

module_init(gpuspec_init);
module_exit(gpuspec_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Refuses GPUs to virtual machines by model, as policy says");
MODULE_VERSION(GPUSPEC_VERSION);
MODULE_ALIAS_GENL_FAMILY(GPUSPEC_FAMILY_NAME);
