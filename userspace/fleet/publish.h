/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this host has, put into etcd for the others to see: fleet_key.h says
 * where. Only what has changed is sent. All but the status is under a lease,
 * and goes when nobody keeps that alive.
 */
#ifndef GPUSPEC_FLEET_PUBLISH_H
#define GPUSPEC_FLEET_PUBLISH_H

#include <jansson.h>

#include "etcd.h"
#include "hosts.h"

struct publisher {
	struct gpuspec_etcd *etcd;
	const char *prefix, *host;
	const char *machine_id;
	int64_t lease;		/* 0: none yet */
	int64_t alive;		/* the revision at which it said that it is there */
	json_t *published;	/* {KEY: text under the lease; null: it may be anything} */
};

/* Seconds that all stays after the last word of this host. */
#define PUBLISH_LEASE	30

/*
 * Get a lease, and say under it that this host is there. -EEXIST: another
 * machine by the same name is; else as etcd.h has it.
 */
int publish_begin(struct publisher *publisher);
/* -ENOENT: the lease has expired, and what was under it is gone: begin anew. */
int publish_keep_alive(struct publisher *publisher);
/* The host is to be seen as gone, at once. */
void publish_end(struct publisher *publisher);

/*
 * Errors are those of etcd.h, or -ENOMEM. What was sent of it is not known
 * then; the next one makes it right. *@changes: how many keys were changed.
 */
int publish_inventory(struct publisher *publisher, const struct gpuspec_inventory *inventory,
		      size_t *changes);
/* -ENOENT, too: somebody has taken away, or over, that this host is there: begin anew. */
int publish_status(struct publisher *publisher, const struct fleet_status *status);

void publish_free(struct publisher *publisher);

#endif /* GPUSPEC_FLEET_PUBLISH_H */
