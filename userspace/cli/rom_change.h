/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A change of a spec's ROM, in the kernel and in the store: in both, or in
 * neither. In between nobody else changes ROMs. SIGINT, SIGTERM and SIGHUP
 * leave the old one in force, or come too late.
 */
#ifndef GPUSPEC_ROM_CHANGE_H
#define GPUSPEC_ROM_CHANGE_H

#include <jansson.h>

#include "cli.h"
#include "inventory.h"
#include "rom_store.h"

struct rom_change {
	char spec[GPUSPEC_ID_MAX + 1];
	struct gpuspec_rom_store store;
	struct gpuspec_rom_history before;
	struct gpuspec_rom_entry entry;	/* to be recorded; who and when are filled in */
	const void *bytes;		/* entry.size of them; NULL: to clear */
};

/* Is the ROM of the spec this host's to change? An exit status, and errors were told. */
int rom_change_allowed(const struct request *request, const char *spec);
/* Open the store, read the history, and ask that; an exit status, and errors were told. */
int rom_change_begin(struct request *request, const char *spec, struct rom_change *change);
/* Make the change that was filled in. */
int rom_change_make(struct request *request, struct rom_change *change);
/* The bytes of a ROM that is in the history; to be freed if 0. An exit status, told. */
int rom_change_get(struct request *request, struct rom_change *change,
		   const struct gpuspec_rom_entry *entry, void **bytes);
/* What the history is after it. 0, or -ENOMEM; to be freed if 0. */
int rom_change_history(const struct rom_change *change, struct gpuspec_rom_history *after);
/* In any case. */
void rom_change_end(struct rom_change *change);

/* What the change came to; with --dry-run, what it would come to. */
json_t *row_rom_change(const struct request *request, const struct rom_change *change,
		       const struct gpuspec_inventory *inventory);
void print_rom_change(json_t *row);
/* Read the inventory, and tell it in either form. */
int rom_change_tell(struct request *request, const struct rom_change *change);

#endif /* GPUSPEC_ROM_CHANGE_H */
