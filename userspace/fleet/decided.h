/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was decided for all hosts of the fleet: a policy, and ROMs. What is in
 * etcd may be anything; it is taken for what this host's own files have to be.
 */
#ifndef GPUSPEC_FLEET_DECIDED_H
#define GPUSPEC_FLEET_DECIDED_H

#include "fleet_etcd.h"
#include "fleet_file.h"
#include "policy.h"
#include "rom_history.h"

/* Bytes of the policy's text at most: etcd takes requests of 1.5 MiB. */
#define DECIDED_POLICY_MAX	(1 << 20)

struct decided_rom {
	struct gpuspec_rom_history history;
	bool broken;		/* it could not be read, and is empty */
	int64_t revision;	/* at which it was last changed; 0: never */
};

struct decided {
	int64_t revision;	/* of the newest decision; 0: nothing was ever decided */
	int64_t policy_revision;	/* that of the policy; 0: there is none */
	struct gpuspec_policy policy;
	struct decided_rom *roms;	/* by spec */
	size_t rom_count;
	char why[768];		/* what is wrong with it, and where; of ROMs, too */
	bool bad_policy;	/* it is the policy */
};

/*
 * Read it: 0, -EINVAL with the reason in decided->why, or as etcd.h has it. To
 * be freed in any case. @seen is the revision of etcd, from which on to watch;
 * it may be NULL.
 */
int decided_read(struct fleet_etcd *fleet, struct decided *decided, int64_t *seen);
void decided_free(struct decided *decided);

/*
 * Take the value of a key that is below decided/, each once: 0, -ENOMEM, or
 * -EINVAL with the reason in decided->why. Begins with all zero.
 */
int decided_take(struct decided *decided, const char *prefix, const struct gpuspec_etcd_kv *kv);

/* That of a spec: NULL if none was ever set. */
const struct decided_rom *decided_rom(const struct decided *decided, const char *spec);
/* What a host keeps of it; false: none is in force, or it is broken. */
bool decided_rom_in_force(const struct decided_rom *rom, struct gpuspec_fleet_rom *kept);

#endif /* GPUSPEC_FLEET_DECIDED_H */
