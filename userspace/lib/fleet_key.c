// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "fleet_key.h"
#include "spec_id.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"

#define DECIDED		"/decided/"
#define HOSTS		"/hosts/"
#define SPECS		"/specs/"
#define DEVICES		"/devices/"

/* Below the prefix, or for those that are of a host, below its name there. */
static const struct {
	enum gpuspec_fleet_key_kind kind;
	const char *place;
	const char *hosts;	/* NULL: it is not of a host */
	bool named;
} places[] = {
	{ GPUSPEC_FLEET_POLICY, "/decided/policy", .named = false },
	{ GPUSPEC_FLEET_ROM, "/decided/rom/", .named = true },
	{ GPUSPEC_FLEET_PIECES, "/rom/", .named = true },
	{ GPUSPEC_FLEET_LOG, "/log/", .named = true },
	{ GPUSPEC_FLEET_STATUS, "/status", .hosts = HOSTS },
	{ GPUSPEC_FLEET_ALIVE, "/alive", .hosts = HOSTS },
	{ GPUSPEC_FLEET_SPEC, "/", .hosts = SPECS, .named = true },
	{ GPUSPEC_FLEET_DEVICE, "/", .hosts = DEVICES, .named = true },
};

#define PLACES		(sizeof(places) / sizeof(places[0]))

bool gpuspec_fleet_prefix_is_valid(const char *prefix)
{
	size_t length = strlen(prefix);

	return length > 1 && length <= GPUSPEC_FLEET_PREFIX_MAX && prefix[0] == '/' &&
	       prefix[length - 1] != '/' && !strstr(prefix, "//") &&
	       strspn(prefix, LETTERS DIGITS "._-/") == length;
}

bool gpuspec_fleet_host_is_valid(const char *name)
{
	size_t length = strlen(name);

	return length && length <= GPUSPEC_FLEET_HOST_MAX && strspn(name, LETTERS DIGITS) &&
	       strspn(name, LETTERS DIGITS ".-") == length;
}

void gpuspec_fleet_key(char *key, const char *prefix, enum gpuspec_fleet_key_kind kind,
		       const char *host, const char *name)
{
	const char *place = "/", *hosts = "";
	size_t i;

	for (i = 0; i < PLACES; i++) {
		if (places[i].kind != kind)
			continue;
		place = places[i].place;
		hosts = places[i].hosts ? places[i].hosts : "";
	}
	snprintf(key, GPUSPEC_FLEET_KEY_SIZE, "%s%s%s%s%s", prefix, hosts, host ? host : "",
		 place, name ? name : "");
}

void gpuspec_fleet_key_decided(char *key, const char *prefix)
{
	snprintf(key, GPUSPEC_FLEET_KEY_SIZE, "%s" DECIDED, prefix);
}

static void key_of_host(char *key, const char *prefix, const char *hosts, const char *host)
{
	snprintf(key, GPUSPEC_FLEET_KEY_SIZE, "%s%s%s%s", prefix, hosts, host ? host : "",
		 host ? "/" : "");
}

void gpuspec_fleet_key_hosts(char *key, const char *prefix, const char *host)
{
	key_of_host(key, prefix, HOSTS, host);
}

void gpuspec_fleet_key_specs(char *key, const char *prefix, const char *host)
{
	key_of_host(key, prefix, SPECS, host);
}

void gpuspec_fleet_key_devices(char *key, const char *prefix, const char *host)
{
	key_of_host(key, prefix, DEVICES, host);
}

void gpuspec_fleet_key_piece(char *key, const char *prefix, const char *sha256,
			     unsigned int number)
{
	char name[GPUSPEC_SHA256_HEX_SIZE + 8];

	snprintf(name, sizeof(name), "%s/%04u", sha256, number % 10000);
	gpuspec_fleet_key(key, prefix, GPUSPEC_FLEET_PIECES, NULL, name);
}

/* What follows @start in @text; NULL if it begins otherwise. */
static const char *after(const char *text, const char *start)
{
	size_t length = strlen(start);

	return strncmp(text, start, length) ? NULL : text + length;
}

/* The name of the host in front of @rest, which moves behind it. */
static bool take_host(struct gpuspec_fleet_key *parsed, const char **rest)
{
	size_t length = strcspn(*rest, "/");

	if (length > GPUSPEC_FLEET_HOST_MAX)
		return false;
	snprintf(parsed->host, sizeof(parsed->host), "%.*s", (int)length, *rest);
	*rest += length;
	return gpuspec_fleet_host_is_valid(parsed->host);
}

/* Spec ids have a form; what else is a name is judged by who reads the value. */
static bool is_name(enum gpuspec_fleet_key_kind kind, const char *name)
{
	struct gpuspec_id id;

	/* Only a card has a ROM. */
	if (kind == GPUSPEC_FLEET_ROM)
		return gpuspec_id_parse(name, &id) && id.form == GPUSPEC_ID_PCI;
	if (kind == GPUSPEC_FLEET_SPEC)
		return gpuspec_id_parse(name, NULL);
	if (kind == GPUSPEC_FLEET_DEVICE)
		return *name && strlen(name) <= GPUSPEC_ADDRESS_MAX;
	return *name;
}

/* The place where keys of hosts begin so, or NULL; *@rest moves behind it, and the host's name. */
static const char *take_hosts(struct gpuspec_fleet_key *parsed, const char **rest)
{
	static const char *const all[] = { HOSTS, SPECS, DEVICES };
	const char *behind;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		behind = after(*rest, all[i]);
		if (!behind)
			continue;
		*rest = behind;
		/* Then it is in no place. */
		return take_host(parsed, rest) ? all[i] : "";
	}
	return NULL;
}

void gpuspec_fleet_key_parse(struct gpuspec_fleet_key *parsed, const char *prefix,
			     const char *key)
{
	const char *rest = after(key, prefix), *hosts, *name;
	size_t i;

	*parsed = (struct gpuspec_fleet_key){ .name = "" };
	if (!rest)
		return;
	hosts = take_hosts(parsed, &rest);
	for (i = 0; i < PLACES; i++) {
		if (hosts ? !places[i].hosts || strcmp(places[i].hosts, hosts) : !!places[i].hosts)
			continue;
		name = after(rest, places[i].place);
		if (!name || (places[i].named ? !is_name(places[i].kind, name) : *name))
			continue;
		parsed->kind = places[i].kind;
		parsed->name = name;
		return;
	}
}

void gpuspec_fleet_user(char *user, const char *prefix, const char *host)
{
	bool other = strcmp(prefix, GPUSPEC_FLEET_PREFIX);

	/* Neither a host's name nor a prefix has the sign. */
	snprintf(user, GPUSPEC_FLEET_USER_SIZE, "gpuspec-%s%s%s%s", host ? "host-" : "admin",
		 host ? host : "", other ? "@" : "", other ? prefix : "");
}
