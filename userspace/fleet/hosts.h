/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hosts of the fleet have, put together from what their agents
 * published, which may be anything: what is wrong is left out, and is a
 * problem of the host that it is from.
 */
#ifndef GPUSPEC_FLEET_HOSTS_H
#define GPUSPEC_FLEET_HOSTS_H

#include <jansson.h>

#include "fleet_key.h"
#include "inventory.h"
#include "policy.h"

/* What a host says of itself; what it has not said is empty, or 0. */
struct fleet_status {
	char machine_id[33];
	char kernel[65];
	char module[32], helper[32];	/* versions; of a module that is not loaded: empty */
	long long revision;		/* of the decisions that it has applied */
	char problem[512];		/* why it has not applied the newest; or empty */
	char rom_problem[512];		/* why one of the ROMs is not in force; or empty */
	long long seen;			/* when it said so, in seconds since 1970 */
	long long specs, devices;	/* how many it has */
};

struct fleet_host {
	char name[GPUSPEC_FLEET_HOST_MAX + 1];
	bool alive;			/* its agent is there */
	struct fleet_status status;
	char complaint[256];		/* about what it published; or empty */
};

struct fleet_hosts {
	struct fleet_host **hosts;	/* as they came: by name, in etcd's order */
	size_t count;
	json_t *index;			/* {NAME: where it is in hosts} */
	/* Each spec once, with the sum of all hosts; devices by host. For finish() to make: */
	struct gpuspec_inventory inventory;
	size_t model_room, card_room, room;
	json_t *parents;		/* of each spec that is a slice: {SPEC: {SPEC: null}} */
	/* The fleet's, to say where another rule is in force; NULL: that is not looked at. */
	const struct gpuspec_policy *policy;
	/* What this host alone has; NULL: all hosts. */
	const char *only;
	/*
	 * {SPEC: SHA256} of its ROMs: what hosts have of others does not count, but
	 * where that is null all does: it cannot be read. NULL: all does.
	 */
	json_t *roms;
};

/* Take the value of a key of hosts; others are passed over. 0, or -ENOMEM. */
int fleet_hosts_take(struct fleet_hosts *hosts, const char *prefix, const char *key,
		     const void *value, size_t size);
/* There is such a spec, though no host may have it. 0, or -ENOMEM. */
int fleet_hosts_name(struct fleet_hosts *hosts, const char *spec);
/* After the last one. 0, or -ENOMEM. */
int fleet_hosts_finish(struct fleet_hosts *hosts);
void fleet_hosts_free(struct fleet_hosts *hosts);

/* Has it in force what was decided up to this revision? One of its ROMs may be in trouble. */
bool fleet_host_has(const struct fleet_host *host, long long revision);
/* What is wrong there, most of all; or empty. */
const char *fleet_host_problem(const struct fleet_host *host);

/* The value of a host's own status; to be freed, NULL without memory. */
char *fleet_status_text(const struct fleet_status *status);

#endif /* GPUSPEC_FLEET_HOSTS_H */
