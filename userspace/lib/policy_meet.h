/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy of a fleet and a host's own hold both: what comes of the two is
 * nowhere laxer than the fleet's, and nowhere laxer than what the host names.
 * Memory only: fleet_file.h has what a host knows of its fleet's.
 */
#ifndef GPUSPEC_POLICY_MEET_H
#define GPUSPEC_POLICY_MEET_H

#include "policy.h"

/*
 * A spec that both name is disabled if it is for either, and shared with whom
 * both share it, up to the smaller maximum. One that only the fleet names is
 * as it says. One that only the host names is as that says, but is not named
 * where the fleet's default is closed: then it is the fleet that does not
 * know it. The default is closed if either is.
 *
 * Accounts are the fleet's, and those that the host has besides, but for
 * cgroups and uids that are the fleet's: who somebody is, the fleet says.
 *
 * 0, -ENOMEM, or -E2BIG: together they have more than the kernel takes. To be
 * freed if 0; it has no document.
 */
int gpuspec_policy_meet(struct gpuspec_policy *effective, const struct gpuspec_policy *fleet,
			const struct gpuspec_policy *host);

/*
 * As gpuspec_policy_verdict(), of what the host has to say beside its fleet:
 * its default says nothing of what the fleet names.
 */
enum gpuspec_reason gpuspec_policy_host_verdict(const struct gpuspec_policy *fleet,
						const struct gpuspec_policy *host,
						const char *id, const char *account,
						uint32_t held);

#endif /* GPUSPEC_POLICY_MEET_H */
