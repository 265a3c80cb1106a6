/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fleet has and what the host has itself, for those who tell of it:
 * the kernel has what comes of both (policy_meet.h), and its word counts.
 */
#ifndef GPUSPEC_FLEET_VIEW_H
#define GPUSPEC_FLEET_VIEW_H

#include "fleet_file.h"

struct gpuspec_answer;

struct gpuspec_fleet_view {
	struct gpuspec_fleet fleet;	/* not joined: there is nothing to tell */
	struct gpuspec_policy host;
	char problem[1024];		/* of a file that cannot be read; then as not joined */
};

/* To be freed in any case. */
void gpuspec_fleet_view_read(struct gpuspec_fleet_view *view, const char *folder);
void gpuspec_fleet_view_free(struct gpuspec_fleet_view *view);

/* An account that asks for a device of a spec; NULL: who binds it asks. */
struct gpuspec_fleet_claim {
	const char *id, *account;
	uint32_t held;		/* devices of the spec that the account has */
};

/* What either says of it. */
struct gpuspec_fleet_verdicts {
	enum gpuspec_reason fleet, host;
};

/* Whose rule refuses what was judged? False: nobody's, or there is no fleet. */
bool gpuspec_fleet_view_blame(const struct gpuspec_fleet_view *view,
			      const struct gpuspec_answer *judged,
			      const struct gpuspec_fleet_claim *claim,
			      struct gpuspec_fleet_verdicts *verdicts);
/*
 * Write what is so of a spec that was judged, and whose rule that is, with a
 * way out: "is disabled, by the fleet's policy; gpuspec enable --fleet allows it".
 */
void gpuspec_fleet_view_phrase(const struct gpuspec_fleet_view *view,
			       const struct gpuspec_answer *judged,
			       const struct gpuspec_fleet_claim *claim, char *text, size_t size);

#endif /* GPUSPEC_FLEET_VIEW_H */
