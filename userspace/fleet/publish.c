// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "publish.h"
#include "row.h"
#include "row_device.h"

/* Operations sent at once: half of what etcd takes. */
#define BATCH	(GPUSPEC_ETCD_OPS_MAX / 2)

/* --- being there --- */

static void key_alive(const struct publisher *publisher, char *key)
{
	gpuspec_fleet_key(key, publisher->prefix, GPUSPEC_FLEET_ALIVE, publisher->host, NULL);
}

/* Is it of this machine, from before its agent was restarted? */
static bool is_own(const struct publisher *publisher, const struct gpuspec_etcd_kv *alive)
{
	json_t *row = json_loadb(alive->value, alive->size, 0, NULL);
	const char *id = json_string_value(json_object_get(row, "machine_id"));
	bool own = id && !strcmp(id, publisher->machine_id);

	json_decref(row);
	return own;
}

/* Put it if there is none, or the one that was found. */
static int put_alive(struct publisher *publisher, const char *key, const char *text,
		     int64_t revision)
{
	struct gpuspec_etcd_compare compare = {
		.what = GPUSPEC_ETCD_IS_AT, .key = key, .revision = revision,
	};
	struct gpuspec_etcd_op put = {
		.what = GPUSPEC_ETCD_PUT, .key = key, .value = text, .size = strlen(text),
		.lease = publisher->lease,
	}, get = { .what = GPUSPEC_ETCD_GET, .key = key };
	struct gpuspec_etcd_txn txn = {
		.compares = &compare, .compare_count = 1, .ops = &put, .op_count = 1,
		.else_ops = &get, .else_op_count = 1,
	};
	struct gpuspec_etcd_found found = {};
	int error;

	error = gpuspec_etcd_txn(publisher->etcd, &txn, &found);
	publisher->alive = found.revision;
	if (error != -EAGAIN) {
		gpuspec_etcd_found_free(&found);
		return error;
	}
	if (!revision && found.count && is_own(publisher, &found.kvs[0]))
		error = put_alive(publisher, key, text, found.kvs[0].mod_revision);
	else
		error = -EEXIST;
	gpuspec_etcd_found_free(&found);
	return error;
}

int publish_begin(struct publisher *publisher)
{
	json_t *row = json_object();
	char key[GPUSPEC_FLEET_KEY_SIZE];
	char *text;
	int error;

	json_decref(publisher->published);
	publisher->published = json_object();
	output_set(row, "machine_id", row_string(publisher->machine_id));
	text = json_dumps(row, JSON_COMPACT);
	json_decref(row);
	if (!publisher->published || !text) {
		free(text);
		return -ENOMEM;
	}
	key_alive(publisher, key);
	error = gpuspec_etcd_lease_grant(publisher->etcd, PUBLISH_LEASE, &publisher->lease);
	if (!error)
		error = put_alive(publisher, key, text, 0);
	free(text);
	return error;
}

int publish_keep_alive(struct publisher *publisher)
{
	return gpuspec_etcd_lease_keepalive(publisher->etcd, publisher->lease);
}

void publish_end(struct publisher *publisher)
{
	if (publisher->lease)
		gpuspec_etcd_lease_revoke(publisher->etcd, publisher->lease);
	publisher->lease = 0;
}

void publish_free(struct publisher *publisher)
{
	json_decref(publisher->published);
	publisher->published = NULL;
}

/* --- what there is --- */

/* Without what is not known, which a reader takes for the same. */
static json_t *shorten(json_t *row)
{
	const char *member;
	json_t *value;
	void *next;

	json_object_foreach_safe(row, next, member, value)
		if (json_is_null(value) || (json_is_array(value) && !json_array_size(value)))
			json_object_del(row, member);
	return row;
}

static int add(const struct publisher *publisher, json_t *wanted,
	       enum gpuspec_fleet_key_kind kind, const char *name, json_t *row)
{
	char *text = json_dumps(shorten(row), JSON_COMPACT);
	char key[GPUSPEC_FLEET_KEY_SIZE];
	int error;

	json_decref(row);
	gpuspec_fleet_key(key, publisher->prefix, kind, publisher->host, name);
	error = !text || json_object_set_new(wanted, key, json_string(text)) ? -ENOMEM : 0;
	free(text);
	return error;
}

/* All that is to be there, {KEY: text}; NULL without memory. */
static json_t *rows(const struct publisher *publisher, const struct gpuspec_inventory *inventory)
{
	json_t *wanted = json_object(), *row;
	int error = wanted ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < inventory->model_count && !error; i++) {
		row = row_spec(inventory, &inventory->models[i]);
		/* What goes with the others can be told from the others. */
		json_object_del(row, "parent");
		json_object_del(row, "slices");
		error = add(publisher, wanted, GPUSPEC_FLEET_SPEC,
			    inventory->models[i].spec.id, row);
	}
	for (i = 0; i < inventory->card_count && !error; i++)
		error = add(publisher, wanted, GPUSPEC_FLEET_DEVICE,
			    inventory->cards[i].device.address, row_device(&inventory->cards[i]));
	if (!error)
		return wanted;
	json_decref(wanted);
	return NULL;
}

/* Operations that wait to be sent; what they point to stays until then. */
struct batch {
	struct publisher *publisher;
	struct gpuspec_etcd_op ops[BATCH];
	size_t count, total;
};

static int send(struct batch *batch)
{
	struct gpuspec_etcd_txn txn = { .ops = batch->ops, .op_count = batch->count };

	batch->total += batch->count;
	batch->count = 0;
	return txn.op_count ? gpuspec_etcd_txn(batch->publisher->etcd, &txn, NULL) : 0;
}

/* Put @text there; NULL: delete it. Until all is sent it may be one or the other. */
static int change(struct batch *batch, const char *key, const char *text)
{
	struct publisher *publisher = batch->publisher;

	if (json_object_set_new(publisher->published, key, json_null()))
		return -ENOMEM;
	batch->ops[batch->count++] = (struct gpuspec_etcd_op){
		.what = text ? GPUSPEC_ETCD_PUT : GPUSPEC_ETCD_DELETE, .key = key, .value = text,
		.size = text ? strlen(text) : 0, .lease = text ? publisher->lease : 0,
	};
	return batch->count == BATCH ? send(batch) : 0;
}

static int send_changes(struct batch *batch, const json_t *before, json_t *wanted)
{
	const char *key;
	json_t *value;
	int error = 0;

	json_object_foreach(wanted, key, value) {
		if (!error && !json_equal(json_object_get(before, key), value))
			error = change(batch, key, json_string_value(value));
	}
	json_object_foreach((json_t *)before, key, value) {
		if (!error && !json_object_get(wanted, key))
			error = change(batch, key, NULL);
	}
	return error ? error : send(batch);
}

int publish_inventory(struct publisher *publisher, const struct gpuspec_inventory *inventory,
		      size_t *changes)
{
	struct batch batch = { .publisher = publisher };
	json_t *before = json_copy(publisher->published);
	json_t *wanted = rows(publisher, inventory);
	int error = before && wanted ? send_changes(&batch, before, wanted) : -ENOMEM;

	*changes = batch.total;
	if (!error) {
		json_decref(publisher->published);
		publisher->published = json_incref(wanted);
	}
	json_decref(before);
	json_decref(wanted);
	return error;
}

int publish_status(struct publisher *publisher, const struct fleet_status *status)
{
	char key[GPUSPEC_FLEET_KEY_SIZE], alive[GPUSPEC_FLEET_KEY_SIZE];
	struct gpuspec_etcd_compare compare = {
		.what = GPUSPEC_ETCD_IS_AT, .key = alive, .revision = publisher->alive,
	};
	struct gpuspec_etcd_op put = { .what = GPUSPEC_ETCD_PUT, .key = key };
	struct gpuspec_etcd_txn txn = {
		.compares = &compare, .compare_count = 1, .ops = &put, .op_count = 1,
	};
	char *text = fleet_status_text(status);
	int error;

	if (!text)
		return -ENOMEM;
	key_alive(publisher, alive);
	gpuspec_fleet_key(key, publisher->prefix, GPUSPEC_FLEET_STATUS, publisher->host, NULL);
	put.value = text;
	put.size = strlen(text);
	error = gpuspec_etcd_txn(publisher->etcd, &txn, NULL);
	free(text);
	return error == -EAGAIN ? -ENOENT : error;
}
