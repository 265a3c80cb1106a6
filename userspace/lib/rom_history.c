// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
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
static bool get_string(struct json_object *object, const char *member, char *out, size_t size)
{
	struct json_object *value;
	const char *text;

	if (!json_object_object_get_ex(object, member, &value))
		return false;
	*out = '\0';
	if (!value)
		return true;
	text = json_object_get_string(value);
	/* A NUL inside would hide the rest. */
	if (!json_object_is_type(value, json_type_string) || strlen(text) >= size ||
	    strlen(text) != (size_t)json_object_get_string_len(value))
		return false;
	snprintf(out, size, "%s", text);
	return true;
}

static bool get_sha256(struct json_object *object, const char *member,
		       char sha256[GPUSPEC_SHA256_HEX_SIZE])
{
	return get_string(object, member, sha256, GPUSPEC_SHA256_HEX_SIZE) &&
	       (!*sha256 || gpuspec_sha256_parse(sha256, NULL));
}

static bool get_action(struct json_object *object, enum gpuspec_rom_action *action)
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

static bool get_size(struct json_object *object, uint32_t *size)
{
	struct json_object *value;
	int64_t number = 0;

	if (!json_object_object_get_ex(object, "size", &value))
		return false;
	if (value) {
		number = json_object_get_int64(value);
		if (!json_object_is_type(value, json_type_int) || number < 1 ||
		    number > GPUSPEC_ROM_SIZE_MAX)
			return false;
	}
	*size = number;
	return true;
}

static bool get_forced(struct json_object *object, uint64_t *forced)
{
	struct json_object *list, *name;
	enum gpuspec_rom_check check;
	size_t i;

	*forced = 0;
	if (!json_object_object_get_ex(object, "forced", &list) ||
	    !json_object_is_type(list, json_type_array))
		return false;
	for (i = 0; i < json_object_array_length(list); i++) {
		name = json_object_array_get_idx(list, i);
		if (!json_object_is_type(name, json_type_string))
			return false;
		check = rom_finding_by_name(json_object_get_string(name));
		if (!check || !gpuspec_rom_can_waive(check))
			return false;
		*forced |= 1ULL << check;
	}
	return true;
}

/* "2026-11-24T03:25:00Z" */
static bool is_time(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	size_t i;

	for (i = 0; i < sizeof(form); i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

static const char *get_entry(struct json_object *object, struct gpuspec_rom_entry *entry)
{
	bool cleared;

	memset(entry, 0, sizeof(*entry));
	if (!json_object_is_type(object, json_type_object))
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
	    !is_time(entry->when))
		return "an entry of its history does not say when it was";
	if (!get_forced(object, &entry->forced))
		return "an entry of its history does not say which checks were waived";
	cleared = entry->action == GPUSPEC_ROM_CLEAR;
	if (cleared != !*entry->sha256 || cleared != !entry->size)
		return "an entry of its history contradicts itself";
	return NULL;
}

static const char *get_entries(struct json_object *list, struct gpuspec_rom_history *history)
{
	const char *why = NULL;
	size_t count, i;

	if (!json_object_is_type(list, json_type_array))
		return "its member history is not a list";
	count = json_object_array_length(list);
	if (count > GPUSPEC_ROM_HISTORY_MAX)
		return "its history is longer than this program makes it";
	/* Room for one more. */
	history->entries = calloc(count + 1, sizeof(*history->entries));
	if (!history->entries)
		return "out of memory";
	for (i = 0; i < count && !why; i++)
		why = get_entry(json_object_array_get_idx(list, i), &history->entries[i]);
	history->count = count;
	return why;
}

static const char *get_history(struct json_object *root, struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *entry;
	char current[GPUSPEC_SHA256_HEX_SIZE], spec[GPUSPEC_ID_MAX + 1];
	struct json_object *list;
	const char *why;

	if (!json_object_is_type(root, json_type_object))
		return "it is not a JSON object";
	if (!get_string(root, "spec", spec, sizeof(spec)) || strcmp(spec, history->spec))
		return "its member spec names another spec, or none";
	if (!get_sha256(root, "current", current))
		return "its member current is neither a SHA-256 nor null";
	if (!json_object_object_get_ex(root, "history", &list))
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
	struct json_tokener *tokener = length < INT_MAX ? json_tokener_new() : NULL;
	struct json_object *root;

	memset(history, 0, sizeof(*history));
	snprintf(history->spec, sizeof(history->spec), "%s", spec);
	*why = "out of memory";
	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, text, length);
	*why = "it is not JSON";
	/* json-c would end at a NUL, and be content. */
	if (json_tokener_get_error(tokener) == json_tokener_success && !memchr(text, 0, length))
		*why = get_history(root, history);
	json_object_put(root);
	json_tokener_free(tokener);
	if (*why)
		gpuspec_rom_history_free(history);
	return *why ? -EINVAL : 0;
}

/* --- to JSON --- */

static struct json_object *string_or_null(const char *text)
{
	return *text ? json_object_new_string(text) : NULL;
}

static struct json_object *forced_list(uint64_t forced)
{
	struct json_object *list = json_object_new_array();
	unsigned int check;

	for (check = GPUSPEC_ROM_E01; list && check <= GPUSPEC_ROM_W18; check++)
		if (forced & 1ULL << check)
			json_object_array_add(list,
					      json_object_new_string(rom_finding_name(check)));
	return list;
}

static struct json_object *entry_object(const struct gpuspec_rom_entry *entry)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "action", json_object_new_string(actions[entry->action]));
	json_object_object_add(object, "sha256", string_or_null(entry->sha256));
	json_object_object_add(object, "version", string_or_null(entry->version));
	json_object_object_add(object, "size",
			       entry->size ? json_object_new_int64(entry->size) : NULL);
	json_object_object_add(object, "file", string_or_null(entry->file));
	json_object_object_add(object, "forced", forced_list(entry->forced));
	json_object_object_add(object, "who", string_or_null(entry->who));
	json_object_object_add(object, "when", json_object_new_string(entry->when));
	return object;
}

char *gpuspec_rom_history_text(const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *current = gpuspec_rom_history_current(history);
	struct json_object *root = json_object_new_object();
	struct json_object *list = json_object_new_array();
	char *text = NULL;
	size_t i;

	json_object_object_add(root, "spec", json_object_new_string(history->spec));
	json_object_object_add(root, "current",
			       current ? json_object_new_string(current->sha256) : NULL);
	for (i = 0; i < history->count; i++)
		json_object_array_add(list, entry_object(&history->entries[i]));
	json_object_object_add(root, "history", list);
	if (asprintf(&text, "%s\n",
		     json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_SPACED |
						    JSON_C_TO_STRING_NOSLASHESCAPE)) < 0)
		text = NULL;
	json_object_put(root);
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
