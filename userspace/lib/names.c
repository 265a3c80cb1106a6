// SPDX-License-Identifier: GPL-2.0
#include <pci/pci.h>
#include <stdio.h>

#include "names.h"
#include "spec_id.h"

static void look_up(struct pci_access *pci, char *out, size_t size, int what,
		    const struct gpuspec_id *id, unsigned int device)
{
	char buffer[256];
	const char *name;

	what |= PCI_LOOKUP_NO_NUMBERS;
	if (what & PCI_LOOKUP_SUBSYSTEM)
		name = pci_lookup_name(pci, buffer, sizeof(buffer), what, id->vendor, device,
				       id->subvendor, id->subdevice);
	else
		name = pci_lookup_name(pci, buffer, sizeof(buffer), what, id->vendor, device);
	snprintf(out, size, "%s", name ? name : "");
}

static void name_model(struct pci_access *pci, struct gpuspec_model *model)
{
	struct gpuspec_id id;

	if (!gpuspec_id_parse(model->spec.id, &id))
		return;
	if (id.form == GPUSPEC_ID_MDEV) {
		if (!*model->name)
			snprintf(model->name, sizeof(model->name), "%s", id.mdev_type);
		return;
	}
	look_up(pci, model->vendor, sizeof(model->vendor), PCI_LOOKUP_VENDOR, &id, 0);
	if (*model->name)
		return;
	/* A vendor's type, when its driver does not say: pci.ids would name its card. */
	if (id.vf_type)
		snprintf(model->name, sizeof(model->name), "%s", id.vf_type);
	else
		look_up(pci, model->name, sizeof(model->name), PCI_LOOKUP_DEVICE, &id,
			id.form == GPUSPEC_ID_VF ? id.vf_device : id.device);
}

static void quiet(char *format, ...)
{
	(void)format;
}

void gpuspec_names_look_up(struct gpuspec_inventory *inventory)
{
	struct pci_access *pci = pci_alloc();
	size_t i;

	/* Just the names: pci_init(), which would look at the bus, is not called. */
	pci->warning = quiet;
	pci->debug = quiet;
	for (i = 0; i < inventory->model_count; i++)
		name_model(pci, &inventory->models[i]);
	pci_cleanup(pci);
}
