/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ROMs that were ever uploaded on this host, and what became of them. In
 * its folder:
 *
 *   SHA256.rom		the bytes
 *   SPEC.json		the history of a spec, see rom_history.h
 *   by-spec/SPEC.rom	a link to the bytes in force, its own or its fleet's: a
 *			path that stays, for libvirt's <rom file=>
 *   .lock, .new	who changes something; what is not in place yet
 *
 * What is found broken stays as it is. Functions return 0 or a negative errno,
 * and the sentence of the folder then says why, with the path.
 */
#ifndef GPUSPEC_ROM_STORE_H
#define GPUSPEC_ROM_STORE_H

#include <stdbool.h>

#include "folder.h"
#include "rom_history.h"

#define GPUSPEC_ROM_STORE	"/var/lib/gpuspec/rom"

/* One that may be closed, and is not open. */
#define GPUSPEC_ROM_STORE_CLOSED	{ .folder = { .fd = -1, .lock = -1 }, .links = -1 }

struct gpuspec_rom_store {
	struct gpuspec_folder folder;
	int links;		/* of by-spec; -1: there is none, or only to be read */
};

/*
 * To read it: there need not be any. To change it: it is made, and nobody
 * else changes it until it is closed; -EBUSY if somebody does for more than
 * @seconds. To be closed in any case.
 */
int gpuspec_rom_store_read(struct gpuspec_rom_store *store, const char *path);
int gpuspec_rom_store_change(struct gpuspec_rom_store *store, const char *path,
			     unsigned int seconds);
/* With the links, of one that was opened to read, and locked since. */
int gpuspec_rom_store_open_links(struct gpuspec_rom_store *store);
void gpuspec_rom_store_close(struct gpuspec_rom_store *store);

/* Keep bytes; *@added: they were not there before. */
int gpuspec_rom_store_put(struct gpuspec_rom_store *store, const char *sha256,
			  const void *bytes, size_t size, bool *added);
/* Take back what was just added. */
void gpuspec_rom_store_drop(struct gpuspec_rom_store *store, const char *sha256);
/* -ENOENT: they are not there; -EBADMSG: they are others. *@bytes is to be freed. */
int gpuspec_rom_store_get(struct gpuspec_rom_store *store, const char *sha256,
			  void **bytes, size_t *size);

/* Empty for a spec that never had a ROM. -EINVAL: broken. To be freed if 0. */
int gpuspec_rom_store_history(struct gpuspec_rom_store *store, const char *spec,
			      struct gpuspec_rom_history *history);
/* Replace a history, and its link; on an error both are those of @before. */
int gpuspec_rom_store_record(struct gpuspec_rom_store *store,
			     const struct gpuspec_rom_history *history,
			     const struct gpuspec_rom_history *before);

/*
 * Each spec that has a ROM in force here, as long as @take returns 0; what it
 * returned then, or an error. A history that is broken is passed to @take as
 * NULL, and the sentence says why.
 */
int gpuspec_rom_store_each(struct gpuspec_rom_store *store,
			   int (*take)(const char *spec, const struct gpuspec_rom_entry *entry,
				       void *data), void *data);

/* Have the path of a spec lead to a ROM, whoever has set it; -ENOENT: it is not here. */
int gpuspec_rom_store_link(struct gpuspec_rom_store *store, const char *spec,
			   const char *sha256);
/* Take away the paths of specs that are not wanted any more. */
int gpuspec_rom_store_unlink(struct gpuspec_rom_store *store,
			     bool (*is_wanted)(const char *spec, void *data), void *data);

/* The path that stays; false: it does not lead to this ROM, or that is empty. */
bool gpuspec_rom_store_path(const struct gpuspec_rom_store *store, const char *spec,
			    const char *sha256, char *path, size_t size);
/*
 * May every user read the file, by the permission bits of it and of the
 * folders on the way? If not, *@obstacle is the path of what is in the way.
 */
bool gpuspec_rom_store_is_public(const char *path, char *obstacle, size_t size);

#endif /* GPUSPEC_ROM_STORE_H */
