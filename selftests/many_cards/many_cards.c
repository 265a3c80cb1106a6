// SPDX-License-Identifier: GPL-2.0
/*
 * A large host: PCI buses that are software, with graphics cards by the hundred,
 * some of which mdevs can be made of. None does anything; they are there to be
 * counted, by what lists cards.
 *
 * The buses are of the host's own domain, so that its IOMMU has each card in a
 * group, as it is with real ones.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#define FIRST_BUS	0x80
#define SLOTS		32
#define FUNCTIONS_MAX	((0x100 - FIRST_BUS) * SLOTS)
#define TYPES_MAX	64
#define LANES		16
#define BAR_SIZE	SZ_256M

static uint functions = 1000;
module_param(functions, uint, 0444);
MODULE_PARM_DESC(functions, "how many cards there are, each of one function");

static uint models = 50;
module_param(models, uint, 0444);
MODULE_PARM_DESC(models, "of how many models, which take turns");

static uint parents = 50;
module_param(parents, uint, 0444);
MODULE_PARM_DESC(parents, "of how many of them, the first, mdevs can be made");

static uint types = 10;
module_param(types, uint, 0444);
MODULE_PARM_DESC(types, "of how many types on each; those of a model are the same");

/* NVIDIA's, from V100 to H100, which pci.ids has names for. */
static const u16 devices[] = {
	0x1db4, 0x1db6, 0x1eb8, 0x1e30, 0x20b0, 0x20b2, 0x20b5, 0x20f1, 0x2230, 0x2231, 0x2235,
	0x2236, 0x2237, 0x25b6, 0x26b5, 0x2331,
};

/* --- the buses --- */

static bool is_sizing;

static unsigned int number_of(const struct pci_bus *bus, unsigned int devfn)
{
	return (bus->number - FIRST_BUS) * SLOTS + PCI_SLOT(devfn);
}

/* Where the memory of a card would be, far from all that there is, if it had any. */
static u64 bar_of(unsigned int number)
{
	return BIT_ULL(38) + number * (u64)BAR_SIZE;
}

/*
 * A PCI Express endpoint with a link of 16 GT/s. Its one BAR is 64 bits wide and
 * prefetchable; asked for the size, which is in turn for all cards, it says so.
 */
static u32 config_at(unsigned int number, int where)
{
	unsigned int model = number % models;
	u64 bar = (is_sizing ? ~0ULL : bar_of(number)) & -(u64)BAR_SIZE;

	switch (where) {
	case PCI_VENDOR_ID:
		return PCI_VENDOR_ID_NVIDIA | devices[model % ARRAY_SIZE(devices)] << 16;
	case PCI_COMMAND:
		return PCI_STATUS_CAP_LIST << 16;
	case PCI_CLASS_REVISION:
		return PCI_CLASS_DISPLAY_3D << 16 | 0xa1;
	case PCI_SUBSYSTEM_VENDOR_ID:
		return PCI_VENDOR_ID_NVIDIA | (0x1000 + model) << 16;
	case PCI_BASE_ADDRESS_0:
		return lower_32_bits(bar) | PCI_BASE_ADDRESS_MEM_TYPE_64 |
		       PCI_BASE_ADDRESS_MEM_PREFETCH;
	case PCI_BASE_ADDRESS_1:
		return upper_32_bits(bar);
	case PCI_CAPABILITY_LIST:
		return 0x40;
	case 0x40:
		return PCI_CAP_ID_EXP | 2 << 16;
	case 0x40 + PCI_EXP_LNKCAP:
		return PCI_EXP_LNKCAP_SLS_16_0GB | LANES << 4;
	case 0x40 + PCI_EXP_LNKCTL:
		return (PCI_EXP_LNKSTA_CLS_16_0GB | LANES << 4) << 16;
	case 0x40 + PCI_EXP_LNKCAP2:
		return PCI_EXP_LNKCAP2_SLS_2_5GB | PCI_EXP_LNKCAP2_SLS_5_0GB |
		       PCI_EXP_LNKCAP2_SLS_8_0GB | PCI_EXP_LNKCAP2_SLS_16_0GB;
	}
	return where < PCI_CFG_SPACE_SIZE ? 0 : ~0;
}

static int read_config(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	unsigned int number = number_of(bus, devfn);

	if (PCI_FUNC(devfn) || number >= functions) {
		*value = ~0;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	*value = config_at(number, where & ~3) >> 8 * (where & 3);
	if (size < 4)
		*value &= BIT(8 * size) - 1;
	return PCIBIOS_SUCCESSFUL;
}

static int write_config(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	if (where == PCI_BASE_ADDRESS_0 || where == PCI_BASE_ADDRESS_1)
		is_sizing = value == ~0;
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = {
	.read = read_config,
	.write = write_config,
};

static struct pci_sysdata sysdata = { .node = NUMA_NO_NODE };
static struct pci_bus *buses[FUNCTIONS_MAX / SLOTS];

static void remove_buses(void)
{
	unsigned int i;

	pci_lock_rescan_remove();
	for (i = 0; i < ARRAY_SIZE(buses) && buses[i]; i++) {
		pci_stop_root_bus(buses[i]);
		pci_remove_root_bus(buses[i]);
	}
	pci_unlock_rescan_remove();
}

static int add_buses(void)
{
	unsigned int i;

	pci_lock_rescan_remove();
	for (i = 0; i < DIV_ROUND_UP(functions, SLOTS); i++) {
		buses[i] = pci_scan_bus(FIRST_BUS + i, &config_ops, &sysdata);
		if (!buses[i])
			break;
		pci_bus_add_devices(buses[i]);
	}
	pci_unlock_rescan_remove();
	return i == DIV_ROUND_UP(functions, SLOTS) ? 0 : -EBUSY;
}

/* --- mdev types --- */

struct type {
	struct mdev_type type;
	char number[16], name[32];
};

struct parent {
	struct mdev_parent parent;
	struct mdev_type *pointers[TYPES_MAX];
	struct type types[];
};

static int mdev_probe(struct mdev_device *mdev)
{
	return -EOPNOTSUPP;
}

static ssize_t show_description(struct mdev_type *type, char *buffer)
{
	return sysfs_emit(buffer, "%s, %s\n", "num_heads=4, frl_config=60, framebuffer=2048M",
			  "max_resolution=5120x2880, max_instance=16");
}

static unsigned int get_available(struct mdev_type *type)
{
	return 16;
}

static struct mdev_driver mdev_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.probe = mdev_probe,
	.get_available = get_available,
	.show_description = show_description,
	.driver = {
		.name = "many_cards_mdev",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct parent *parent;
	struct type *type;
	unsigned int i, number;
	int error;

	if (pdev->bus->ops != &config_ops)
		return -ENODEV;
	number = number_of(pdev->bus, pdev->devfn);
	if (number >= parents)
		return 0;
	parent = kzalloc(struct_size(parent, types, types), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;
	for (i = 0; i < types; i++) {
		type = &parent->types[i];
		snprintf(type->number, sizeof(type->number), "%u", number % models * types + i);
		snprintf(type->name, sizeof(type->name), "Many %u-%u", number % models, i);
		type->type.sysfs_name = type->number;
		type->type.pretty_name = type->name;
		parent->pointers[i] = &type->type;
	}
	error = mdev_register_parent(&parent->parent, &pdev->dev, &mdev_driver, parent->pointers,
				     types);
	if (error)
		kfree(parent);
	else
		pci_set_drvdata(pdev, parent);
	return error;
}

static void remove(struct pci_dev *pdev)
{
	struct parent *parent = pci_get_drvdata(pdev);

	if (parent)
		mdev_unregister_parent(&parent->parent);
	kfree(parent);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_NVIDIA, PCI_ANY_ID) },
	{}
};

static struct pci_driver driver = {
	.name = "many_cards",
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.driver_managed_dma = true,
};

/* --- */

static int __init many_cards_init(void)
{
	int error;

	if (functions > FUNCTIONS_MAX || !models || types > TYPES_MAX)
		return -EINVAL;
	error = mdev_register_driver(&mdev_driver);
	if (error)
		return error;
	error = pci_register_driver(&driver);
	if (error)
		goto fail_driver;
	error = add_buses();
	if (error)
		goto fail_buses;
	return 0;

fail_buses:
	remove_buses();
	pci_unregister_driver(&driver);
fail_driver:
	mdev_unregister_driver(&mdev_driver);
	return error;
}
module_init(many_cards_init);

static void __exit many_cards_exit(void)
{
	remove_buses();
	pci_unregister_driver(&driver);
	mdev_unregister_driver(&mdev_driver);
}
module_exit(many_cards_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test double of a host with a thousand graphics cards");
