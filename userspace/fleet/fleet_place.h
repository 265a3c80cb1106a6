/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fleet as a place: what all its hosts have, and what was decided for them.
 * Its verbs' requests have a struct fleet_place as their place's data.
 */
#ifndef GPUSPEC_FLEET_PLACE_H
#define GPUSPEC_FLEET_PLACE_H

#include "decided.h"
#include "place.h"

struct fleet_place {
	struct fleet_etcd *fleet;
	struct decided decided;		/* as it was read last */
	struct fleet_hosts hosts;	/* that, too; without its inventory, which others have */
	bool outrun;			/* somebody else decided meanwhile: begin anew */
	int64_t revision;		/* of what was decided here; 0: nothing */
};

extern const struct place fleet_place;

/* Read what was decided, which there has to be; an exit status, told. */
int fleet_place_read_decided(struct request *request, struct fleet_place *place);

void fleet_place_free(struct fleet_place *place);

/* Wait until all hosts that are up have what was decided. An exit status, told. */
int fleet_place_wait(struct request *request, struct fleet_place *place);

#endif /* GPUSPEC_FLEET_PLACE_H */
