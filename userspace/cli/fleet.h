/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fleet has and what the host has itself, for those who tell of it:
 * the kernel has what comes of both (policy_meet.h).
 */
#ifndef GPUSPEC_FLEET_H
#define GPUSPEC_FLEET_H

#include <jansson.h>

#include "cli.h"
#include "fleet_view.h"

/* To be freed by gpuspec_fleet_view_free(). In the fleet, no host has anything to tell. */
void fleet_view_read(const struct request *request, struct gpuspec_fleet_view *view);

/* For those who change something: what the host has of its fleet, or an exit status. */
int fleet_read(const struct request *request, struct gpuspec_fleet *fleet);

/* Write what is so of a spec that was judged, and whose rule that is, with a way out. */
void fleet_verdict_sentence(const struct gpuspec_fleet_view *view,
			    const struct gpuspec_answer *judged,
			    const struct gpuspec_fleet_claim *claim, char *sentence, size_t size);
/* Whose rule refuses it: "fleet", "host", "both"; NULL: nobody's, or there is no fleet. */
json_t *row_refused_by(const struct gpuspec_fleet_view *view, const struct gpuspec_answer *judged,
		       const struct gpuspec_fleet_claim *claim);

/* To a row: "fleet" and "host", what either says of the spec, and "fleet_default"; or nulls. */
void fleet_add_rules(json_t *row, const struct gpuspec_fleet_view *view, const char *id);
/* {"revision", "when", "problem"}, or null. */
json_t *row_fleet(const struct gpuspec_fleet_view *view);

#endif /* GPUSPEC_FLEET_H */
