// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "account_name.h"
#include "partition.h"

/* Text that grows; once it would be too long it stays too long. */
struct text {
	char *bytes;
	size_t length, room;
};

static void add(struct text *text, const char *more, size_t length)
{
	if (length < text->room - text->length) {
		memcpy(text->bytes + text->length, more, length);
		text->length += length;
	} else {
		text->room = 0;
		text->length = 0;
	}
}

static bool finish(struct text *text)
{
	if (!text->room)
		return false;
	text->bytes[text->length] = '\0';
	return gpuspec_cgroup_is_valid(text->bytes);
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == ':' || c == '_' || c == '.';
}

/* A byte of a unit's name; a hyphen there stands between a slice and the one above it. */
static void add_unit_byte(struct text *text, char c, bool first)
{
	char escape[5];

	if (is_plain(c) && !(first && c == '.')) {
		add(text, &c, 1);
		return;
	}
	snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)c);
	add(text, escape, 4);
}

/* The slice of the first @length bytes of a partition, which do not begin with a slash. */
static void add_slice(struct text *text, const char *partition, size_t length)
{
	size_t i;

	add(text, "/", 1);
	for (i = 0; i < length; i++) {
		if (partition[i] == '/')
			add(text, "-", 1);
		else
			add_unit_byte(text, partition[i], !i);
	}
	add(text, ".slice", 6);
}

bool partition_slice(const char *partition, char *cgroup)
{
	struct text text = { .bytes = cgroup, .room = PARTITION_CGROUP_SIZE };
	const char *slash;

	if (!gpuspec_cgroup_is_valid(partition))
		return false;
	partition++;
	for (slash = partition; (slash = strchr(slash, '/')); slash++)
		add_slice(&text, partition, slash - partition);
	add_slice(&text, partition, strlen(partition));
	return finish(&text);
}

static bool is_fixed(const char *component, size_t length)
{
	static const char *const fixed[] = { "machine", "system", "user" };
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (strlen(fixed[i]) == length && !memcmp(fixed[i], component, length))
			return true;
	return false;
}

bool partition_folder(const char *partition, char *cgroup)
{
	struct text text = { .bytes = cgroup, .room = PARTITION_CGROUP_SIZE };
	const char *component = partition;
	size_t length;

	if (!gpuspec_cgroup_is_valid(partition))
		return false;
	while (*component) {
		length = strcspn(++component, "/");
		add(&text, "/", 1);
		/* As it does for what could be taken for a file of the kernel's. */
		if (*component == '_' || *component == '.')
			add(&text, "_", 1);
		add(&text, component, length);
		if (!memchr(component, '.', length) &&
		    !(component == partition + 1 && is_fixed(component, length)))
			add(&text, ".partition", 10);
		component += length;
	}
	return finish(&text);
}
