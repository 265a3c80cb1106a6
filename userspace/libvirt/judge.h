/* SPDX-License-Identifier: GPL-2.0 */
/* May a VM have all the devices that it asks for, and if not, why not? */
#ifndef JUDGE_H
#define JUDGE_H

#include "domain.h"
#include "fleet_view.h"
#include "nl.h"
#include "owner.h"

struct judge {
	const struct gpuspec_tables *tables;
	/* The kernel's verdict, as by gpuspec_nl_check(). */
	int (*check)(const char *address, const char *account, struct gpuspec_answer *answer,
		     void *data);
	/* What the host has of its fleet, once something is refused. */
	const struct gpuspec_fleet_view *(*view)(void *data);
	/* Of each device that is refused, with all of it in words. */
	void (*refuse)(const char *address, const struct gpuspec_answer *answer,
		       const char *sentence, void *data);
	void *data;
};

/*
 * The number of devices that are refused, or a negative errno of the check.
 * Devices that gpuspec does not know are passed over, and what only the
 * account decides is left to the kernel where that is not certain.
 */
int judge_domain(const struct judge *judge, const struct domain *domain,
		 const struct owner *owner);

#endif /* JUDGE_H */
