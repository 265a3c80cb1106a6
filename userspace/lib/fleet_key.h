/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the things of a fleet are in etcd, below the prefix of the fleet:
 *
 *   decided/policy             the policy for all hosts, as gpuspec-policy(5) has it
 *   decided/rom/SPEC           the ROMs of a spec, as in rom_history.h
 *   rom/SHA256/NNNN            the bytes of a ROM, in pieces
 *   log/WHEN.HOST.PID          who changed what
 *   hosts/HOST/status          what a host says of itself; it stays
 *   hosts/HOST/alive           there as long as its agent is, as are these:
 *   specs/HOST/SPEC            a spec of the host, as a row of gpuspec list --json
 *   devices/HOST/ADDRESS       a device of it, as one of gpuspec devices --json
 *
 * What is below decided/ is replaced, and never deleted: the newest revision
 * of a key there is that of the decisions.
 */
#ifndef GPUSPEC_FLEET_KEY_H
#define GPUSPEC_FLEET_KEY_H

#include <linux/gpuspec.h>
#include <stdbool.h>
#include <stddef.h>

#include "sha256.h"

/* Longest prefix, and longest name of a host, in bytes. */
#define GPUSPEC_FLEET_PREFIX_MAX	127
#define GPUSPEC_FLEET_HOST_MAX		64
#define GPUSPEC_FLEET_KEY_SIZE		(GPUSPEC_FLEET_PREFIX_MAX + GPUSPEC_FLEET_HOST_MAX + \
					 GPUSPEC_ID_MAX + 32)

/* Bytes of a ROM in one piece: etcd takes requests of 1.5 MiB. */
#define GPUSPEC_FLEET_PIECE	(512 << 10)

enum gpuspec_fleet_key_kind {
	GPUSPEC_FLEET_NONE,	/* no key of these */
	GPUSPEC_FLEET_POLICY,
	GPUSPEC_FLEET_ROM,
	GPUSPEC_FLEET_PIECES,
	GPUSPEC_FLEET_LOG,
	GPUSPEC_FLEET_STATUS,
	GPUSPEC_FLEET_ALIVE,
	GPUSPEC_FLEET_SPEC,
	GPUSPEC_FLEET_DEVICE,
};

/* A key taken apart. */
struct gpuspec_fleet_key {
	enum gpuspec_fleet_key_kind kind;
	char host[GPUSPEC_FLEET_HOST_MAX + 1];	/* empty where the kind has none */
	const char *name;	/* SPEC, ADDRESS, or what else follows; into the key */
};

/* That of a fleet that does not say. */
#define GPUSPEC_FLEET_PREFIX		"/gpuspec"

/* "/gpuspec": from a slash on, and none at the end; letters, digits and "._-". */
bool gpuspec_fleet_prefix_is_valid(const char *prefix);
/* Letters, digits, "-" and "."; a letter or a digit first. */
bool gpuspec_fleet_host_is_valid(const char *name);

/*
 * The key in @key, of GPUSPEC_FLEET_KEY_SIZE bytes; @host and @name are NULL
 * where the kind has none. Without a name where it has one, or without a host,
 * it is what the keys of all begin with; of GPUSPEC_FLEET_NONE, all of the fleet's.
 */
void gpuspec_fleet_key(char *key, const char *prefix, enum gpuspec_fleet_key_kind kind,
		       const char *host, const char *name);
/* What all keys below decided/ begin with; and those of all hosts, or of one, in three places. */
void gpuspec_fleet_key_decided(char *key, const char *prefix);
void gpuspec_fleet_key_hosts(char *key, const char *prefix, const char *host);
void gpuspec_fleet_key_specs(char *key, const char *prefix, const char *host);
void gpuspec_fleet_key_devices(char *key, const char *prefix, const char *host);
/* The piece of a ROM with this number. */
void gpuspec_fleet_key_piece(char *key, const char *prefix, const char *sha256,
			     unsigned int number);

/* Any key may come: of one that is none of these the kind is GPUSPEC_FLEET_NONE. */
void gpuspec_fleet_key_parse(struct gpuspec_fleet_key *parsed, const char *prefix,
			     const char *key);
#define GPUSPEC_FLEET_USER_SIZE	(GPUSPEC_FLEET_PREFIX_MAX + GPUSPEC_FLEET_HOST_MAX + 32)

/*
 * The user of etcd, and the role, of a host; or with NULL, of who decides. No
 * two fleets have the same: "gpuspec-admin" is the default prefix's,
 * "gpuspec-admin@/other" another's.
 */
void gpuspec_fleet_user(char *user, const char *prefix, const char *host);

#endif /* GPUSPEC_FLEET_KEY_H */
