// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decided.h"
#include "utf8.h"

/* Keys, too, may be anything, and this is for terminals and logs. */
static void __attribute__((format(printf, 2, 3)))
blame(struct decided *decided, const char *format, ...)
{
	char why[sizeof(decided->why)];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	gpuspec_utf8_clean_line(decided->why, sizeof(decided->why), why);
}

static int take_policy(struct decided *decided, const struct gpuspec_etcd_kv *kv)
{
	char why[640];
	int error;

	decided->policy_revision = kv->mod_revision;
	error = gpuspec_policy_parse(&decided->policy, kv->value, kv->size, why, sizeof(why));
	decided->bad_policy = error;
	if (error)
		blame(decided, "the fleet's policy (%s in etcd): %s", kv->key, why);
	return error;
}

/* One that is broken is no reason to take nothing else. */
static int take_rom(struct decided *decided, const char *spec, const struct gpuspec_etcd_kv *kv)
{
	struct decided_rom *roms, *rom;
	const char *why;
	int error;

	roms = reallocarray(decided->roms, decided->rom_count + 1, sizeof(*roms));
	if (!roms)
		return -ENOMEM;
	decided->roms = roms;
	rom = &roms[decided->rom_count];
	error = gpuspec_rom_history_parse(kv->value, kv->size, spec, &rom->history, &why);
	if (error == -ENOMEM)
		return error;
	rom->revision = kv->mod_revision;
	rom->broken = error;
	decided->rom_count++;
	if (error && !*decided->why)
		blame(decided, "the fleet's ROM of %s (%s in etcd): %s; gpuspec rom set --fleet sets one, and begins its history anew",
		      spec, kv->key, why);
	return 0;
}

int decided_take(struct decided *decided, const char *prefix, const struct gpuspec_etcd_kv *kv)
{
	struct gpuspec_fleet_key key;

	if (kv->mod_revision > decided->revision)
		decided->revision = kv->mod_revision;
	gpuspec_fleet_key_parse(&key, prefix, kv->key);
	switch (key.kind) {
	case GPUSPEC_FLEET_POLICY:
		return take_policy(decided, kv);
	case GPUSPEC_FLEET_ROM:
		return take_rom(decided, key.name, kv);
	default:
		blame(decided, "%s in etcd is nothing that gpuspec decides; etcdctl del removes it",
		      kv->key);
		return -EINVAL;
	}
}

int decided_read(struct fleet_etcd *fleet, struct decided *decided, int64_t *seen)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true };
	struct gpuspec_etcd_found found;
	int error, first = 0;
	size_t i;

	memset(decided, 0, sizeof(*decided));
	gpuspec_fleet_key_decided(key, fleet->conf.etcd_prefix);
	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return error;
	if (seen)
		*seen = found.revision;
	/* To the end, so that the revision is known. */
	for (i = 0; i < found.count; i++) {
		error = decided_take(decided, fleet->conf.etcd_prefix, &found.kvs[i]);
		if (!first)
			first = error;
	}
	gpuspec_etcd_found_free(&found);
	return first;
}

void decided_free(struct decided *decided)
{
	size_t i;

	for (i = 0; i < decided->rom_count; i++)
		gpuspec_rom_history_free(&decided->roms[i].history);
	free(decided->roms);
	gpuspec_policy_free(&decided->policy);
	memset(decided, 0, sizeof(*decided));
}

const struct decided_rom *decided_rom(const struct decided *decided, const char *spec)
{
	size_t i;

	for (i = 0; i < decided->rom_count; i++)
		if (!strcmp(decided->roms[i].history.spec, spec))
			return &decided->roms[i];
	return NULL;
}

bool decided_rom_in_force(const struct decided_rom *rom, struct gpuspec_fleet_rom *kept)
{
	const struct gpuspec_rom_entry *entry = gpuspec_rom_history_current(&rom->history);

	memset(kept, 0, sizeof(*kept));
	if (!entry)
		return false;
	snprintf(kept->spec, sizeof(kept->spec), "%s", rom->history.spec);
	snprintf(kept->sha256, sizeof(kept->sha256), "%s", entry->sha256);
	gpuspec_utf8_clean_line(kept->version, sizeof(kept->version), entry->version);
	kept->size = entry->size;
	return true;
}
