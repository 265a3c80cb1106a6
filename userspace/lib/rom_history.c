// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_findings.h"
#include "rom_history.h"
#include "utf8.h"

static const char *const actions[] = {
	[GPUSPEC_ROM_SET] = "set",
	[GPUSPEC_ROM_ROLLBACK] = "rollback",
	[GPUSPEC_ROM_CLEAR] = "clear",
};

#define ACTIONS	(sizeof(actions) / sizeof(actions[0]))

const char *gpuspec_rom_action_name(enum gpuspec_rom_action action)
{
	return actions[action];
}

/* --- from JSON --- */

/* Read a member that is a string, or null for an empty one. */
static bool get_string(json_t *object, const char *member, char *out, size_t size)
{
	json_t *value = json_object_get(object, member);
	const char *text = json_string_value(value);

	*out = '\0';
	if (!text || strlen(text) >= size)
		return json_is_null(value);
	snprintf(out, size, "%s", text);
	return true;
}

static bool get_sha256(json_t *object, const char *member,
		       char sha256[GPUSPEC_SHA256_HEX_SIZE])
{
	return get_string(object, member, sha256, GPUSPEC_SHA256_HEX_SIZE) &&
	       (!*sha256 || gpuspec_sha256_parse(sha256, NULL));
}

static bool get_action(json_t *object, enum gpuspec_rom_action *action)
{
	char name[16];
	size_t i;

	if (!get_string(object, "action", name, sizeof(name)))
		return false;
	for (i = 0; i < ACTIONS; i++)
		if (!strcmp(name, actions[i])) {
			*action = i;
			return true;
		}
	return false;
}

static bool get_size(json_t *object, uint32_t *size)
{
	json_t *value = json_object_get(object, "size");
	json_int_t number = json_integer_value(value);

	*size = 0;
	if (!json_is_integer(value) || number < 1 || number > GPUSPEC_ROM_SIZE_MAX)
		return json_is_null(value);
	*size = number;
	return true;
}

static bool get_forced(json_t *object, uint64_t *forced)
{
	json_t *list = json_object_get(object, "forced"), *name;
	enum gpuspec_rom_check check;
	size_t i;

	*forced = 0;
	if (!json_is_array(list))
		return false;
	for (i = 0; i < json_array_size(list); i++) {
		name = json_array_get(list, i);
		if (!json_is_string(name))
			return false;
		check = rom_finding_by_name(json_string_value(name));
		if (!check || !gpuspec_rom_can_waive(check))
			return false;
		*forced |= 1ULL << check;
	}
	return true;
}

static const char *get_entry(json_t *object, struct gpuspec_rom_entry *entry)
{
	bool cleared;

	memset(entry, 0, sizeof(*entry));
	if (!json_is_object(object))
		return "an entry of its history is not an object";
	if (!get_action(object, &entry->action))
		return "an entry of its history has no action that there is";
	if (!get_sha256(object, "sha256", entry->sha256))
		return "an entry of its history has no proper sha256";
	if (!get_string(object, "version", entry->version, sizeof(entry->version)))
		return "an entry of its history has no proper version";
	if (!get_size(object, &entry->size))
		return "an entry of its history has no proper size";
	if (!get_string(object, "file", entry->file, sizeof(entry->file)))
		return "an entry of its history has no proper file";
	if (!get_string(object, "who", entry->who, sizeof(entry->who)))
		return "an entry of its history does not say who it was";
	if (!get_string(object, "when", entry->when, sizeof(entry->when)) ||
	    !gpuspec_utc_time_is_valid(entry->when))
		return "an entry of its history does not say when it was";
	if (!get_forced(object, &entry->forced))
		return "an entry of its history does not say which checks were waived";
	cleared = entry->action == GPUSPEC_ROM_CLEAR;
	if (cleared != !*entry->sha256 || cleared != !entry->size)
		return "an entry of its history contradicts itself";
	return NULL;
}

static const char *get_entries(json_t *list, struct gpuspec_rom_history *history)
{
	const char *why = NULL;
	size_t count, i;

	if (!json_is_array(list))
		return "its member history is not a list";
	count = json_array_size(list);
	if (count > GPUSPEC_ROM_HISTORY_MAX)
		return "its history is longer than this program makes it";
	/* Room for one more. */
	history->entries = calloc(count + 1, sizeof(*history->entries));
	if (!history->entries)
		return "out of memory";
	for (i = 0; i < count && !why; i++)
		why = get_entry(json_array_get(list, i), &history->entries[i]);
	history->count = count;
	return why;
}

static const char *get_history(json_t *root, struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *entry;
	char current[GPUSPEC_SHA256_HEX_SIZE], spec[GPUSPEC_ID_MAX + 1];
	const char *why;
	json_t *list;

	if (!json_is_object(root))
		return "it is not a JSON object";
	if (!get_string(root, "spec", spec, sizeof(spec)) || strcmp(spec, history->spec))
		return "its member spec names another spec, or none";
	if (!get_sha256(root, "current", current))
		return "its member current is neither a SHA-256 nor null";
	list = json_object_get(root, "history");
	if (!list)
		return "it has no member history";
	why = get_entries(list, history);
	if (why)
		return why;
	entry = gpuspec_rom_history_current(history);
	if (strcmp(current, entry ? entry->sha256 : ""))
		return "its member current is not what the last entry of its history left";
	return NULL;
}

int gpuspec_rom_history_parse(const char *text, size_t length, const char *spec,
			      struct gpuspec_rom_history *history, const char **why)
{
	json_error_t error;
	json_t *root;

	memset(history, 0, sizeof(*history));
	snprintf(history->spec, sizeof(history->spec), "%s", spec);
	root = json_loadb(text, length, JSON_DECODE_ANY, &error);
	*why = root ? get_history(root, history) : "it is not JSON";
	json_decref(root);
	if (*why)
		gpuspec_rom_history_free(history);
	return *why ? -EINVAL : 0;
}

/* --- to JSON --- */

static json_t *string_or_null(const char *text)
{
	return *text ? json_string(text) : json_null();
}

static json_t *forced_list(uint64_t forced)
{
	json_t *list = json_array();
	unsigned int check;

	for (check = GPUSPEC_ROM_E01; list && check <= GPUSPEC_ROM_W18; check++)
		if (forced & 1ULL << check)
			json_array_append_new(list, json_string(rom_finding_name(check)));
	return list;
}

static json_t *entry_object(const struct gpuspec_rom_entry *entry)
{
	json_t *object = json_object();

	json_object_set_new(object, "action", json_string(actions[entry->action]));
	json_object_set_new(object, "sha256", string_or_null(entry->sha256));
	json_object_set_new(object, "version", string_or_null(entry->version));
	json_object_set_new(object, "size",
			    entry->size ? json_integer(entry->size) : json_null());
	json_object_set_new(object, "file", string_or_null(entry->file));
	json_object_set_new(object, "forced", forced_list(entry->forced));
	json_object_set_new(object, "who", string_or_null(entry->who));
	json_object_set_new(object, "when", json_string(entry->when));
	return object;
}

char *gpuspec_rom_history_text(const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *current = gpuspec_rom_history_current(history);
	json_t *root = json_object();
	json_t *list = json_array();
	char *text = NULL, *line;
	size_t i;

	json_object_set_new(root, "spec", json_string(history->spec));
	json_object_set_new(root, "current",
			    current ? json_string(current->sha256) : json_null());
	for (i = 0; i < history->count; i++)
		json_array_append_new(list, entry_object(&history->entries[i]));
	json_object_set_new(root, "history", list);
	line = json_dumps(root, JSON_INDENT(2));
	if (!line || asprintf(&text, "%s\n", line) < 0)
		text = NULL;
	free(line);
	json_decref(root);
	return text;
}

/* --- in memory --- */

void gpuspec_rom_history_free(struct gpuspec_rom_history *history)
{
	free(history->entries);
	history->entries = NULL;
	history->count = 0;
}

int gpuspec_rom_history_copy(struct gpuspec_rom_history *copy,
			     const struct gpuspec_rom_history *history)
{
	*copy = *history;
	copy->entries = calloc(history->count + 1, sizeof(*copy->entries));
	if (!copy->entries)
		return -ENOMEM;
	if (history->count)
		memcpy(copy->entries, history->entries, history->count * sizeof(*copy->entries));
	return 0;
}

int gpuspec_rom_history_add(struct gpuspec_rom_history *history,
			    const struct gpuspec_rom_entry *entry)
{
	struct gpuspec_rom_entry *entries = history->entries, *added;

	if (history->count < GPUSPEC_ROM_HISTORY_MAX) {
		entries = reallocarray(entries, history->count + 1, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		history->entries = entries;
		history->count++;
	} else {
		memmove(entries, entries + 1, (history->count - 1) * sizeof(*entries));
	}
	added = &entries[history->count - 1];
	*added = *entry;
	gpuspec_utf8_clean(added->version, sizeof(added->version), entry->version);
	gpuspec_utf8_clean(added->file, sizeof(added->file), entry->file);
	gpuspec_utf8_clean(added->who, sizeof(added->who), entry->who);
	return 0;
}

const struct gpuspec_rom_entry *
gpuspec_rom_history_current(const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *last;

	if (!history->count)
		return NULL;
	last = &history->entries[history->count - 1];
	return last->action == GPUSPEC_ROM_CLEAR ? NULL : last;
}

/* How far up a pile of entries there is one of this ROM; 0: there is none, else from 1. */
static size_t find(const struct gpuspec_rom_entry *const *pile, size_t height, const char *sha256)
{
	while (height && strcmp(pile[height - 1]->sha256, sha256))
		height--;
	return height;
}

/*
 * Done again on a pile: what is set is put on top, and a rollback takes away
 * what lies over the ROM that it went to.
 */
const struct gpuspec_rom_entry *
gpuspec_rom_history_before(const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *pile[GPUSPEC_ROM_HISTORY_MAX];
	size_t height = 0, at, i;

	for (i = 0; i < history->count; i++) {
		const struct gpuspec_rom_entry *entry = &history->entries[i];

		if (entry->action == GPUSPEC_ROM_CLEAR)
			continue;
		at = find(pile, height, entry->sha256);
		if (entry->action == GPUSPEC_ROM_ROLLBACK && at)
			height = at;
		else if (!height || at != height)
			height++;
		pile[height - 1] = entry;
	}
	/* What was cleared is the one before. */
	if (!gpuspec_rom_history_current(history))
		return height ? pile[height - 1] : NULL;
	return height > 1 ? pile[height - 2] : NULL;
}
