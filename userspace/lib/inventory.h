/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this host has, put together from the kernel module (state, sharing,
 * holders), sysfs (drivers, hardware, what can be sliced into what) and
 * pci.ids (names).
 */
#ifndef GPUSPEC_INVENTORY_H
#define GPUSPEC_INVENTORY_H

#include "nl.h"
#include "pci_function.h"
#include "vgpu.h"

#define GPUSPEC_BLOCKED_SIZE	384

/* A spec. A string that is not known is empty, a number -1. */
struct gpuspec_model {
	struct gpuspec_spec spec;
	const struct gpuspec_share *shares;	/* spec.shares of them */
	char name[160];
	char vendor[96];
	char description[512];		/* of an mdev type, in its driver's words */
	struct gpuspec_vgpu vgpu;	/* of a pGPU only the memory is known */
	long long available;		/* of a vGPU: instances to be had now */
	bool at_most;			/* that many; each that is made may leave less for others */
	/* Cards that are of it, or of a vGPU those that carry it or could; how many are blocked. */
	unsigned int cards, blocked_cards;
	char blocked[GPUSPEC_BLOCKED_SIZE];	/* why; empty if none is */
	/* In a fleet, hosts that have it, and those where another rule than its is in force. */
	unsigned int hosts, differing;
};

struct gpuspec_card {
	struct gpuspec_device device;
	const char *host;		/* of the fleet, that it is on; NULL: this one */
	char driver[64];
	char parent[GPUSPEC_ADDRESS_MAX + 1];	/* PF of a VF, parent device of an mdev */
	const struct gpuspec_card *above;	/* the parent, if the module knows it */
	long long iommu_group;		/* see gpuspec_inventory_hardware() */
	char (*peers)[GPUSPEC_ADDRESS_MAX + 1];	/* the others in that group, by address */
	size_t peer_count;
	long long numa_node;
	struct gpuspec_pci_function pci;
	bool has_memory;		/* it was looked for */
	long long mdev_types;		/* types that mdevs can be made of on it */
	bool types_known;		/* all that its VFs can be made, and not only now */
	bool carries_mdevs;		/* it has such types, or an mdev */
	long long vendor_type;		/* of a vendor's VF: is it of a type? 1 or 0 */
	/* Why it cannot be given out, whatever the policy; empty if nothing is in the way. */
	char blocked[GPUSPEC_BLOCKED_SIZE];
	bool offline;			/* the module was not asked: holder and ROM are not known */
};

/* A device, which need not be a card, that can be sliced into instances of a spec. */
struct gpuspec_offer {
	char spec[GPUSPEC_ID_MAX + 1];
	char parent[GPUSPEC_ADDRESS_MAX + 1];
	long long available;		/* as its driver has it */
	bool at_most;
	char driver[64];		/* one that has the VFs to be had, if no VF is without */
	char blocked[GPUSPEC_BLOCKED_SIZE];
};

/* One spec is a slice of another; both may have more of these. */
struct gpuspec_kin {
	const struct gpuspec_model *slice, *parent;
};

struct gpuspec_inventory {
	struct gpuspec_info info;
	struct gpuspec_tables tables;	/* the module's, as they came */
	const char *sysfs;		/* of this host; NULL: what it is of is not here */
	struct gpuspec_model *models;	/* pGPUs first, then by id */
	size_t model_count;
	size_t sorted_models;		/* the first of them, until all are there */
	struct gpuspec_card *cards;	/* PCI by address, then mdevs by parent, spec and address */
	size_t card_count;
	size_t functions;		/* the first of them, that are PCI; 0 if it is of a fleet */
	struct gpuspec_offer *offers;	/* by spec and parent */
	size_t offer_count;
	struct gpuspec_kin *kin;	/* in the order of the slices, then of the parents */
	size_t kin_count;
	bool named;			/* see gpuspec_inventory_name() */
	bool of_fleet;			/* it is of all hosts of the fleet */
	bool offline;			/* the module was not asked: see kept_tables.h */
};

/*
 * Read all of it: 0 or a negative errno, told by gpuspec_nl_sentence(). A type
 * of slices is there even if none was ever made of it. @sysfs is "/sys", or
 * for a test another folder.
 */
int gpuspec_inventory_read(struct gpuspec_nl *nl, const char *sysfs,
			   struct gpuspec_inventory *inventory);
/* The same for @inventory->tables that are there already. */
int gpuspec_inventory_complete(struct gpuspec_inventory *inventory, const char *sysfs);
/*
 * Add the types of VFs that are not offered now: those that vendors' libraries
 * know, for which it takes long to ask, and of @ids, @count of them, all that
 * are VFs. Pointers to models are void after this. 0, or -ENOMEM.
 */
int gpuspec_inventory_add_types(struct gpuspec_inventory *inventory, const char *const *ids,
				size_t count);
/* What takes long to look up of the models: names, vendors, and memory; once. */
void gpuspec_inventory_name(struct gpuspec_inventory *inventory);
/*
 * And of each card: its memory, PCI links, NUMA node and IOMMU group, that are not
 * known without this. 0, or -ENOMEM.
 */
int gpuspec_inventory_hardware(struct gpuspec_inventory *inventory);
void gpuspec_inventory_free(struct gpuspec_inventory *inventory);

/* NULL if there is none. */
struct gpuspec_model *gpuspec_inventory_model(const struct gpuspec_inventory *inventory,
					      const char *id);
struct gpuspec_card *gpuspec_inventory_card(const struct gpuspec_inventory *inventory,
					    const char *address);

/* The model of an id, made if there is none, in which case others move; NULL without memory. */
struct gpuspec_model *gpuspec_inventory_add(struct gpuspec_inventory *inventory, const char *id);

#endif /* GPUSPEC_INVENTORY_H */
