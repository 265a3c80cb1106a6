// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch_roms.h"
#include "rom_findings.h"
#include "rom_pieces.h"
#include "rom_report.h"
#include "rom_store.h"
#include "rom_target.h"

/* How long another one may take to change ROMs, in s. */
#define PATIENCE	5

struct fetching {
	struct fleet_etcd *fleet;
	struct gpuspec_rom_store store;
	struct rom_refusals *refusals;
	uint64_t now;
	char *why;		/* the first that was no good */
	size_t why_size;
};

static int __attribute__((format(printf, 2, 3)))
refuse(struct fetching *fetching, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!*fetching->why)
		vsnprintf(fetching->why, fetching->why_size, format, args);
	va_end(args);
	return -EINVAL;
}

/* For what it is, which does not change soon. */
static int __attribute__((format(printf, 3, 4)))
condemn(struct fetching *fetching, const struct decided_rom *rom, const char *format, ...)
{
	char what[400], why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(why, sizeof(why), "the fleet's ROM of %s %s; this host fetches it again within an hour, or once another is set",
		 rom->history.spec, what);
	if (rom_refusals_add(fetching->refusals, rom->history.spec, rom->revision, why,
			     fetching->now))
		return -ENOMEM;
	return refuse(fetching, "%s", why);
}

/* The same as of one that is set here; what was waived there is waived here. */
static int judge(struct fetching *fetching, const struct decided_rom *decided,
		 const struct gpuspec_rom_entry *entry, const void *bytes)
{
	struct gpuspec_rom_contents *rom = calloc(1, sizeof(*rom));
	char text[ROM_FINDING_MAX] = "";
	struct gpuspec_rom_target target;
	unsigned int hard, i;
	int error = 0;

	if (!rom)
		return -ENOMEM;
	gpuspec_rom_target("/sys", decided->history.spec, &target);
	gpuspec_rom_parse(bytes, entry->size, &target, rom);
	rom_report_waive(rom, entry->forced);
	if (rom_report_errors(rom, &hard)) {
		for (i = 0; i < rom->finding_count && !*text; i++)
			if (!rom->findings[i].warning)
				rom_finding_text(&rom->findings[i], text, sizeof(text));
		error = condemn(fetching, decided, "(%.8s) is no good for it: %s", entry->sha256,
				text);
	}
	free(rom);
	return error;
}

/* -EINVAL: it is no good. */
static int fetch(struct fetching *fetching, const struct decided_rom *rom,
		 const struct gpuspec_rom_entry *entry)
{
	const char *refused, *spec = rom->history.spec;
	void *bytes = NULL;
	bool added;
	size_t size;
	int error;

	error = gpuspec_rom_store_get(&fetching->store, entry->sha256, &bytes, &size);
	free(bytes);
	if (!error && size == entry->size)
		return 0;
	refused = rom_refusals_find(fetching->refusals, spec, rom->revision, fetching->now);
	if (refused)
		return refuse(fetching, "%s", refused);
	error = rom_pieces_get(fetching->fleet, entry->sha256, entry->size, &bytes);
	if (error == -EBADMSG)
		return condemn(fetching, rom, "(%.8s) is not in etcd as it was uploaded: its bytes do not match; gpuspec rom set --fleet uploads it anew",
			       entry->sha256);
	if (error)
		return error;
	error = judge(fetching, rom, entry, bytes);
	if (!error && gpuspec_rom_store_put(&fetching->store, entry->sha256, bytes, entry->size,
					    &added))
		error = refuse(fetching, "the fleet's ROM of %s (%.8s) cannot be kept here: %s",
			       spec, entry->sha256, fetching->store.folder.sentence);
	free(bytes);
	return error;
}

static int take(struct fetching *fetching, const struct decided_rom *rom,
		const struct gpuspec_fleet *last, struct gpuspec_fleet *next)
{
	const struct gpuspec_rom_entry *entry = gpuspec_rom_history_current(&rom->history);
	const struct gpuspec_fleet_rom *old = gpuspec_fleet_rom(last, rom->history.spec);
	struct gpuspec_fleet_rom kept;
	int error = -EINVAL;

	if (entry)
		error = fetch(fetching, rom, entry);
	if (!entry || !error)
		rom_refusals_drop(fetching->refusals, rom->history.spec);
	if (!entry && !rom->broken)
		return 0;
	if (!error && decided_rom_in_force(rom, &kept))
		return gpuspec_fleet_add_rom(next, &kept);
	if (error != -EINVAL)
		return error;
	return old ? gpuspec_fleet_add_rom(next, old) : 0;
}

/* All stay as they were, but for those that were cleared. */
static int leave_all(const struct decided *decided, const struct gpuspec_fleet *last,
		     struct gpuspec_fleet *next)
{
	const struct decided_rom *rom;
	int error = 0;
	size_t i;

	for (i = 0; i < last->rom_count && !error; i++) {
		rom = decided_rom(decided, last->roms[i].spec);
		if (rom && (rom->broken || gpuspec_rom_history_current(&rom->history)))
			error = gpuspec_fleet_add_rom(next, &last->roms[i]);
	}
	return error;
}

int fetch_roms(struct fleet_etcd *fleet, const struct decided *decided,
	       const struct gpuspec_fleet *last, struct gpuspec_fleet *next,
	       struct rom_refusals *refusals, char *why, size_t why_size)
{
	struct timespec now;
	struct fetching fetching = {
		.fleet = fleet, .store = GPUSPEC_ROM_STORE_CLOSED, .why = why,
		.why_size = why_size, .refusals = refusals,
	};
	size_t i;
	int error = 0;

	if (!decided->rom_count)
		return 0;
	clock_gettime(CLOCK_BOOTTIME, &now);
	fetching.now = now.tv_sec;
	if (gpuspec_rom_store_change(&fetching.store, GPUSPEC_ROM_STORE, PATIENCE)) {
		refuse(&fetching, "the fleet's ROMs cannot be kept here: %s",
		       fetching.store.folder.sentence);
		error = leave_all(decided, last, next);
	} else {
		for (i = 0; i < decided->rom_count && !error; i++)
			error = take(&fetching, &decided->roms[i], last, next);
	}
	gpuspec_rom_store_close(&fetching.store);
	return error;
}
