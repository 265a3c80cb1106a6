/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ROMs a spec has had: the contents of a SPEC.json in the ROM store,
 * {"spec", "current": sha256 or null, "history": [{"action": "set",
 * "rollback" or "clear", "sha256", "version", "size", "file", "forced",
 * "who", "when"}]}, the newest last. Memory only: rom_store.h has the files.
 */
#ifndef GPUSPEC_ROM_HISTORY_H
#define GPUSPEC_ROM_HISTORY_H

#include <linux/gpuspec.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rom_image.h"
#include "sha256.h"
#include "utc_time.h"

/* The oldest make way. */
#define GPUSPEC_ROM_HISTORY_MAX	500

enum gpuspec_rom_action {
	GPUSPEC_ROM_SET,
	GPUSPEC_ROM_ROLLBACK,
	GPUSPEC_ROM_CLEAR,	/* then sha256, version, file are empty, size and forced 0 */
};

struct gpuspec_rom_entry {
	enum gpuspec_rom_action action;
	char sha256[GPUSPEC_SHA256_HEX_SIZE];
	char version[GPUSPEC_ROM_VERSION_MAX + 1];
	uint32_t size;
	char file[1024];	/* where it came from */
	uint64_t forced;	/* the checks that were waived: 1 << enum gpuspec_rom_check */
	char who[64];
	char when[GPUSPEC_UTC_TIME_SIZE];
};

struct gpuspec_rom_history {
	char spec[GPUSPEC_ID_MAX + 1];
	struct gpuspec_rom_entry *entries;	/* the oldest first */
	size_t count;
};

/*
 * Read a text, which may be anything, as that of @spec: 0, -ENOMEM, or
 * -EINVAL with the reason in *@why. To be freed if 0.
 */
int gpuspec_rom_history_parse(const char *text, size_t length, const char *spec,
			      struct gpuspec_rom_history *history, const char **why);
/* To be freed; NULL without memory. */
char *gpuspec_rom_history_text(const struct gpuspec_rom_history *history);
void gpuspec_rom_history_free(struct gpuspec_rom_history *history);

/* 0 or -ENOMEM; to be freed if 0. */
int gpuspec_rom_history_copy(struct gpuspec_rom_history *copy,
			     const struct gpuspec_rom_history *history);
/* The strings are made fit for JSON. 0 or -ENOMEM. */
int gpuspec_rom_history_add(struct gpuspec_rom_history *history,
			    const struct gpuspec_rom_entry *entry);

/* The entry that put the ROM in force there; NULL: none is. */
const struct gpuspec_rom_entry *
gpuspec_rom_history_current(const struct gpuspec_rom_history *history);
/*
 * The one that a rollback goes to: that of the ROM, other than the one in
 * force, that was there before it was first set. NULL: there is none.
 */
const struct gpuspec_rom_entry *
gpuspec_rom_history_before(const struct gpuspec_rom_history *history);

const char *gpuspec_rom_action_name(enum gpuspec_rom_action action);

#endif /* GPUSPEC_ROM_HISTORY_H */
