// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rom_pieces.h"
#include "sha256.h"

static unsigned int count_of(uint32_t size)
{
	return (size + GPUSPEC_FLEET_PIECE - 1) / GPUSPEC_FLEET_PIECE;
}

static uint32_t size_of(uint32_t size, unsigned int number)
{
	uint32_t left = size - number * GPUSPEC_FLEET_PIECE;

	return left < GPUSPEC_FLEET_PIECE ? left : GPUSPEC_FLEET_PIECE;
}

/* @bytes is of @size; keys are in the order of their numbers. */
static int join(const struct fleet_etcd *fleet, const struct gpuspec_etcd_found *found,
		const char *sha256, uint32_t size, char *bytes)
{
	char key[GPUSPEC_FLEET_KEY_SIZE], hex[GPUSPEC_SHA256_HEX_SIZE];
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	unsigned int i;

	if (found->count != count_of(size))
		return -EBADMSG;
	for (i = 0; i < found->count; i++) {
		gpuspec_fleet_key_piece(key, fleet->conf.etcd_prefix, sha256, i);
		if (strcmp(found->kvs[i].key, key) || found->kvs[i].size != size_of(size, i))
			return -EBADMSG;
		memcpy(bytes + i * GPUSPEC_FLEET_PIECE, found->kvs[i].value, found->kvs[i].size);
	}
	gpuspec_sha256(bytes, size, digest);
	gpuspec_sha256_hex(digest, hex);
	return strcmp(hex, sha256) ? -EBADMSG : 0;
}

/* What the keys of its pieces begin with. */
static void key_all(const struct fleet_etcd *fleet, const char *sha256, char *key)
{
	gpuspec_fleet_key_piece(key, fleet->conf.etcd_prefix, sha256, 0);
	*(strrchr(key, '/') + 1) = '\0';
}

int rom_pieces_get(struct fleet_etcd *fleet, const char *sha256, uint32_t size, void **bytes)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true };
	struct gpuspec_etcd_found found;
	int error;

	*bytes = NULL;
	if (!size || size > GPUSPEC_ROM_SIZE_MAX)
		return -EBADMSG;
	key_all(fleet, sha256, key);
	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return error;
	*bytes = malloc(size);
	error = *bytes ? join(fleet, &found, sha256, size, *bytes) : -ENOMEM;
	if (error) {
		free(*bytes);
		*bytes = NULL;
	}
	gpuspec_etcd_found_free(&found);
	return error;
}

/* Is it there already? The key says what it is, but not that nobody has spoilt it. */
static int put_piece(struct fleet_etcd *fleet, const char *key, const char *bytes, uint32_t size)
{
	struct gpuspec_etcd_range range = { .key = key };
	struct gpuspec_etcd_op put = {
		.what = GPUSPEC_ETCD_PUT, .key = key, .value = bytes, .size = size,
	};
	struct gpuspec_etcd_txn txn = { .ops = &put, .op_count = 1 };
	struct gpuspec_etcd_found found;
	bool there;
	int error;

	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return error;
	there = found.count == 1 && found.kvs[0].size == size &&
		!memcmp(found.kvs[0].value, bytes, size);
	gpuspec_etcd_found_free(&found);
	return there ? 0 : gpuspec_etcd_txn(fleet->etcd, &txn, NULL);
}

/* What is there below its name, and is none of its pieces. */
static int remove_surplus(struct fleet_etcd *fleet, const char *sha256, uint32_t size)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true, .keys_only = true };
	struct gpuspec_etcd_op op = { .what = GPUSPEC_ETCD_DELETE_UNDER, .key = key };
	struct gpuspec_etcd_txn txn = { .ops = &op, .op_count = 1 };
	struct gpuspec_etcd_found found;
	bool surplus;
	int error;

	key_all(fleet, sha256, key);
	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return error;
	surplus = found.count > count_of(size);
	gpuspec_etcd_found_free(&found);
	return surplus ? gpuspec_etcd_txn(fleet->etcd, &txn, NULL) : 0;
}

int rom_pieces_put(struct fleet_etcd *fleet, const char *sha256, const void *bytes, uint32_t size)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	unsigned int i;
	int error;

	error = remove_surplus(fleet, sha256, size);
	for (i = 0; i < count_of(size) && !error; i++) {
		gpuspec_fleet_key_piece(key, fleet->conf.etcd_prefix, sha256, i);
		error = put_piece(fleet, key, (const char *)bytes + i * GPUSPEC_FLEET_PIECE,
				  size_of(size, i));
	}
	return error;
}

int rom_pieces_hold(struct fleet_etcd *fleet, const char *sha256, uint32_t size,
		    struct rom_pieces *pieces)
{
	char key[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_range range = { .key = key, .under = true, .keys_only = true };
	struct gpuspec_etcd_found found;
	unsigned int i;
	int error;

	key_all(fleet, sha256, key);
	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return error;
	pieces->count = count_of(size);
	if (found.count != pieces->count || pieces->count > ROM_PIECES_MAX)
		error = -ENOENT;
	for (i = 0; i < pieces->count && !error; i++) {
		snprintf(pieces->keys[i], sizeof(pieces->keys[i]), "%s", found.kvs[i].key);
		pieces->compares[i] = (struct gpuspec_etcd_compare){
			.what = GPUSPEC_ETCD_IS_AT, .key = pieces->keys[i],
			.revision = found.kvs[i].mod_revision,
		};
	}
	gpuspec_etcd_found_free(&found);
	return error;
}

static int remove_all(struct fleet_etcd *fleet, int64_t revision, const char *sha256)
{
	char key[GPUSPEC_FLEET_KEY_SIZE], decided[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_compare compare = {
		.what = GPUSPEC_ETCD_NONE_NEWER, .key = decided, .revision = revision,
	};
	struct gpuspec_etcd_op op = { .what = GPUSPEC_ETCD_DELETE_UNDER, .key = key };
	struct gpuspec_etcd_txn txn = {
		.compares = &compare, .compare_count = 1, .ops = &op, .op_count = 1,
	};

	key_all(fleet, sha256, key);
	gpuspec_fleet_key(decided, fleet->conf.etcd_prefix, GPUSPEC_FLEET_ROM, NULL, NULL);
	return gpuspec_etcd_txn(fleet->etcd, &txn, NULL);
}

int rom_pieces_collect(struct fleet_etcd *fleet, int64_t revision,
		       bool (*is_needed)(const char *sha256, void *data), void *data)
{
	char key[GPUSPEC_FLEET_KEY_SIZE], sha256[GPUSPEC_SHA256_HEX_SIZE], last[sizeof(sha256)];
	struct gpuspec_etcd_range range = { .key = key, .under = true, .keys_only = true };
	struct gpuspec_fleet_key parsed;
	struct gpuspec_etcd_found found;
	size_t i;
	int error;

	gpuspec_fleet_key(key, fleet->conf.etcd_prefix, GPUSPEC_FLEET_PIECES, NULL, NULL);
	error = gpuspec_etcd_range(fleet->etcd, &range, &found);
	if (error)
		return error;
	*last = '\0';
	for (i = 0; i < found.count && !error; i++) {
		gpuspec_fleet_key_parse(&parsed, fleet->conf.etcd_prefix, found.kvs[i].key);
		snprintf(sha256, sizeof(sha256), "%s", parsed.name);
		if (strcspn(parsed.name, "/") != sizeof(sha256) - 1 || !strcmp(sha256, last))
			continue;
		memcpy(last, sha256, sizeof(last));
		if (!is_needed(sha256, data))
			error = remove_all(fleet, revision, sha256);
	}
	gpuspec_etcd_found_free(&found);
	return error;
}
