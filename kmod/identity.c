// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) "gpuspec: " fmt

#include <linux/mdev.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "identity.h"
#include "spec_id.h"

static char *match_class = "";
module_param(match_class, charp, 0444);
MODULE_PARM_DESC(match_class,
		 "further PCI classes that count as GPUs, in hex: 0108 (class) or 0b (base class), separated by commas");

/* class code >> shift == value */
struct class_match {
	u32 value;
	unsigned int shift;
};

static struct class_match class_matches[16] = {
	{ PCI_BASE_CLASS_DISPLAY, 16 },
	{ 0x12, 16 },	/* processing accelerators: PCI Code and ID Assignment Specification */
};

static unsigned int class_match_count = 2;

int gpuspec_identity_init(void)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	char *list, *rest, *word;
	unsigned int value;
	int error = 0;

	if (!*match_class)
		return 0;
	list = kstrdup(match_class, GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	rest = list;
	while ((word = strsep(&rest, ",")) && !error) {
		size_t digits = strlen(word);

		if ((digits != 2 && digits != 4) || strspn(word, hex) != digits ||
		    kstrtouint(word, 16, &value)) {
			pr_err("match_class: '%s' is not a PCI class: give two or four hex digits, like 0b or 0108\n",
			       word);
			error = -EINVAL;
		} else if (class_match_count == ARRAY_SIZE(class_matches)) {
			pr_err("match_class: too many classes: there is room for %zu\n",
			       ARRAY_SIZE(class_matches) - 2);
			error = -E2BIG;
		} else {
			class_matches[class_match_count].value = value;
			class_matches[class_match_count].shift = digits == 2 ? 16 : 8;
			class_match_count++;
		}
	}
	kfree(list);
	return error;
}

static bool is_gpu(const struct pci_dev *pdev)
{
	unsigned int i;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return false;
	for (i = 0; i < class_match_count; i++)
		if (pdev->class >> class_matches[i].shift == class_matches[i].value)
			return true;
	return false;
}

bool gpuspec_identify(struct device *dev, const char *vf_type, char *id)
{
	struct pci_dev *pdev;

	if (!dev_is_pci(dev)) {
		gpuspec_id_mdev(id, kobject_name(&to_mdev_device(dev)->type->kobj));
		return true;
	}
	pdev = to_pci_dev(dev);
	if (!is_gpu(pdev))
		return false;
	if (pdev->is_virtfn && vf_type)
		gpuspec_id_vf_typed(id, pdev->vendor, pci_physfn(pdev)->device, pdev->device,
				    vf_type);
	else if (pdev->is_virtfn)
		gpuspec_id_vf(id, pdev->vendor, pci_physfn(pdev)->device, pdev->device);
	else
		gpuspec_id_pci(id, pdev->vendor, pdev->device,
			       pdev->subsystem_vendor, pdev->subsystem_device);
	return true;
}
