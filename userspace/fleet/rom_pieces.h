/* SPDX-License-Identifier: GPL-2.0 */
/* The bytes of the fleet's ROMs in etcd, which takes no large values: in pieces. */
#ifndef GPUSPEC_FLEET_ROM_PIECES_H
#define GPUSPEC_FLEET_ROM_PIECES_H

#include <linux/gpuspec.h>
#include <stdint.h>

#include "fleet_etcd.h"

/* Pieces that a ROM has at most. */
#define ROM_PIECES_MAX	(GPUSPEC_ROM_SIZE_MAX / GPUSPEC_FLEET_PIECE)

/*
 * Read a ROM: -EBADMSG: what is there is not of this size and SHA-256, or not
 * all there; else as etcd.h has it. *@bytes is to be freed if 0.
 */
int rom_pieces_get(struct fleet_etcd *fleet, const char *sha256, uint32_t size, void **bytes);

/* Put what of it is not there yet. Nobody knows of it, and somebody may collect it. */
int rom_pieces_put(struct fleet_etcd *fleet, const char *sha256, const void *bytes,
		   uint32_t size);

/* Its pieces as they are there now, to make a transaction of that holds as long as they are. */
struct rom_pieces {
	struct gpuspec_etcd_compare compares[ROM_PIECES_MAX];
	char keys[ROM_PIECES_MAX][GPUSPEC_FLEET_KEY_SIZE];
	size_t count;
};

/* -ENOENT: somebody collected them meanwhile; else as etcd.h has it. */
int rom_pieces_hold(struct fleet_etcd *fleet, const char *sha256, uint32_t size,
		    struct rom_pieces *pieces);

/*
 * Remove the pieces of all ROMs for which @is_needed says no, unless a ROM has
 * been decided on since @revision.
 */
int rom_pieces_collect(struct fleet_etcd *fleet, int64_t revision,
		       bool (*is_needed)(const char *sha256, void *data), void *data);

#endif /* GPUSPEC_FLEET_ROM_PIECES_H */
