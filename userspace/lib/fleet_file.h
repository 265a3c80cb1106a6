/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a host has of its fleet, so that it holds without the network: the
 * fleet's last policy, in fleet.json beside policy.json, with the members
 *
 *   "fleet": {"revision": N, "when": "2026-11-26T03:25:00Z"}
 *   "roms": {SPEC: {"sha256", "version" or null, "size"}}
 *
 * besides. The bytes of the ROMs are in the ROM store. No such file: the host
 * is in no fleet. gpuspec-policy(5) tells admins.
 *
 * Who brings a host into a fleet writes down policy.json first, if there is
 * none: what is in force then is the host's own; later it is the fleet's, too.
 */
#ifndef GPUSPEC_FLEET_FILE_H
#define GPUSPEC_FLEET_FILE_H

#include "policy_file.h"
#include "sha256.h"
#include "utc_time.h"

#define GPUSPEC_FLEET_FILE	"fleet.json"

struct gpuspec_fleet_rom {
	char spec[GPUSPEC_ID_MAX + 1];
	char sha256[GPUSPEC_SHA256_HEX_SIZE];
	char version[GPUSPEC_ROM_VERSION_MAX + 1];	/* may be empty */
	uint32_t size;
};

struct gpuspec_fleet {
	bool joined;		/* else all is empty */
	struct gpuspec_policy policy;
	long long revision;
	char when[GPUSPEC_UTC_TIME_SIZE];	/* it came to be so, as the host has heard */
	struct gpuspec_fleet_rom *roms;
	size_t rom_count;
};

/*
 * Open fleet.json in @path as gpuspec_policy_file_open() does, and read it.
 * gpuspec_policy_file_close() closes @file, and gpuspec_policy_file_remove()
 * leaves the fleet. @fleet is to be freed in any case.
 */
int gpuspec_fleet_file_open(struct gpuspec_policy_file *file, const char *path,
			    unsigned int seconds, struct gpuspec_fleet *fleet);
/* As gpuspec_policy_file_write(); to be put in place, or dropped, as that. */
int gpuspec_fleet_file_write(struct gpuspec_policy_file *file,
			     const struct gpuspec_fleet *fleet, bool *differs);

/* Read a text, which may be anything, as gpuspec_policy_parse() does. */
int gpuspec_fleet_parse(struct gpuspec_fleet *fleet, const char *text, size_t length,
			char *why, size_t why_size);
void gpuspec_fleet_free(struct gpuspec_fleet *fleet);

/* NULL: the fleet has none for the spec. */
const struct gpuspec_fleet_rom *gpuspec_fleet_rom(const struct gpuspec_fleet *fleet,
						  const char *spec);
/* 0 or -ENOMEM. */
int gpuspec_fleet_add_rom(struct gpuspec_fleet *fleet, const struct gpuspec_fleet_rom *rom);

#endif /* GPUSPEC_FLEET_FILE_H */
