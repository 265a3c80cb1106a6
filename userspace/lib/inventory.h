/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this host has, put together from the kernel module (state, sharing,
 * holders), sysfs (drivers, IOMMU groups, mdev types) and pci.ids (names).
 */
#ifndef GPUSPEC_INVENTORY_H
#define GPUSPEC_INVENTORY_H

#include "vgpu.h"
#include "nl.h"

/* A spec. A string that is not known is empty, a number -1. */
struct gpuspec_model {
	struct gpuspec_spec spec;
	const struct gpuspec_share *shares;	/* spec.shares of them */
	char name[160];
	char vendor[96];
	char parent[GPUSPEC_ID_MAX + 1];	/* of a vGPU: the spec it is a slice of */
	char description[512];		/* of an mdev type, in its driver's words */
	struct gpuspec_vgpu vgpu;
	long long available;		/* of an mdev type: instances to be had now */
};

struct gpuspec_card {
	struct gpuspec_device device;
	char driver[64];
	char parent[GPUSPEC_ADDRESS_MAX + 1];	/* PF of a VF, parent device of an mdev */
	long long iommu_group;
	long long numa_node;
};

struct gpuspec_inventory {
	struct gpuspec_info info;
	struct gpuspec_tables tables;	/* the module's, as they came */
	struct gpuspec_model *models;	/* pGPUs first, then by id */
	size_t model_count;
	struct gpuspec_card *cards;	/* by address */
	size_t card_count;
	bool named;			/* see gpuspec_inventory_name() */
};

/*
 * Read all of it: 0 or a negative errno, told by gpuspec_nl_sentence(). An
 * mdev type is there even if none was ever made of it. @sysfs is "/sys", or
 * for a test another folder.
 */
int gpuspec_inventory_read(struct gpuspec_nl *nl, const char *sysfs,
			   struct gpuspec_inventory *inventory);
/* Names and vendors, which take long to look up; once. */
void gpuspec_inventory_name(struct gpuspec_inventory *inventory);
void gpuspec_inventory_free(struct gpuspec_inventory *inventory);

/* NULL if there is none. */
struct gpuspec_model *gpuspec_inventory_model(const struct gpuspec_inventory *inventory,
					      const char *id);
struct gpuspec_card *gpuspec_inventory_card(const struct gpuspec_inventory *inventory,
					    const char *address);

#endif /* GPUSPEC_INVENTORY_H */
