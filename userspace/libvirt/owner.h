/* SPDX-License-Identifier: GPL-2.0 */
/* For which account a VM that does not run yet is going to open its devices. */
#ifndef OWNER_H
#define OWNER_H

#include "domain.h"
#include "nl.h"

struct owner {
	char account[GPUSPEC_ACCOUNT_SIZE];
	/*
	 * False: "host", for want of a better one, and there are accounts that are
	 * known by a uid, which a VM has only once it runs.
	 */
	bool certain;
};

/*
 * By its resource partition; if libvirt's default is all there is, by Nova's
 * project before that; and else "host".
 */
void owner_of(const struct domain *domain, const struct gpuspec_tables *tables,
	      struct owner *owner);

#endif /* OWNER_H */
