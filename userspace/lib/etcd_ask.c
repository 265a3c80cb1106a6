// SPDX-License-Identifier: GPL-2.0
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "etcd_json.h"

/* A value that could not be made is an error of what it is put into: -1. */

static json_t *bytes_json(const void *bytes, size_t size)
{
	char *text = malloc(GPUSPEC_BASE64_SIZE(size));
	json_t *value = NULL;

	if (text) {
		gpuspec_base64_encode(bytes, size, text);
		value = json_string_nocheck(text);
	}
	free(text);
	return value;
}

/* As protobuf has its int64, which JavaScript's numbers have no room for. */
static json_t *number_json(int64_t number)
{
	return json_sprintf("%lld", (long long)number);
}

static int set_key(json_t *object, const char *key)
{
	return json_object_set_new(object, "key", bytes_json(key, strlen(key)));
}

/* The first key after all that begin with @prefix; a NUL: there is none such. */
static int set_end(json_t *object, const char *prefix)
{
	size_t size = strlen(prefix);
	char *end = strdup(prefix);
	int error = -1;

	while (end && size && (unsigned char)end[size - 1] == 0xff)
		size--;
	if (end && size)
		end[size - 1]++;
	else if (end)
		*end = '\0';
	if (end)
		error = json_object_set_new(object, "range_end", bytes_json(end, size ? size : 1));
	free(end);
	return error;
}

static int set_keys(json_t *object, const char *key, bool under)
{
	return set_key(object, key) | (under ? set_end(object, key) : 0);
}

static char *text_of(json_t *request, int error)
{
	char *text = error ? NULL : json_dumps(request, JSON_COMPACT);

	json_decref(request);
	return text;
}

char *gpuspec_etcd_ask_range(const struct gpuspec_etcd_range *range,
			     const struct gpuspec_etcd_page *page)
{
	json_t *request = json_object();
	int error = set_keys(request, range->key, range->under);

	if (page->from)
		error |= json_object_set_new(request, "key",
					     bytes_json(page->from, page->from_size));
	if (range->keys_only)
		error |= json_object_set_new(request, "keys_only", json_true());
	if (range->newest) {
		error |= json_object_set_new(request, "sort_order", json_string("DESCEND"));
		error |= json_object_set_new(request, "sort_target", json_string("CREATE"));
	}
	error |= json_object_set_new(request, "limit", number_json(page->limit));
	error |= json_object_set_new(request, "revision", number_json(page->revision));
	return text_of(request, error);
}

static json_t *compare_json(const struct gpuspec_etcd_compare *compare)
{
	bool range = compare->what == GPUSPEC_ETCD_NONE_NEWER;
	json_t *object = json_object();
	int error = set_keys(object, compare->key, range);

	error |= json_object_set_new(object, "target", json_string("MOD"));
	/* Of a key that is not there, it is 0. */
	error |= json_object_set_new(object, "result", json_string(range ? "LESS" : "EQUAL"));
	error |= json_object_set_new(object, "mod_revision",
				     number_json(compare->revision + (range ? 1 : 0)));
	if (!error)
		return object;
	json_decref(object);
	return NULL;
}

static int set_put(json_t *object, const struct gpuspec_etcd_op *op)
{
	int error = set_key(object, op->key);

	error |= json_object_set_new(object, "value", bytes_json(op->value, op->size));
	if (op->lease)
		error |= json_object_set_new(object, "lease", number_json(op->lease));
	return error;
}

static json_t *op_json(const struct gpuspec_etcd_op *op)
{
	static const char *const names[] = {
		[GPUSPEC_ETCD_PUT] = "request_put",
		[GPUSPEC_ETCD_DELETE] = "request_delete_range",
		[GPUSPEC_ETCD_DELETE_UNDER] = "request_delete_range",
		[GPUSPEC_ETCD_GET] = "request_range",
		[GPUSPEC_ETCD_GET_UNDER] = "request_range",
	};
	json_t *object = json_object(), *member = json_object();
	int error;

	error = json_object_set(object, names[op->what], member);
	if (op->what == GPUSPEC_ETCD_PUT)
		error |= set_put(member, op);
	else
		error |= set_keys(member, op->key, op->what == GPUSPEC_ETCD_DELETE_UNDER ||
				  op->what == GPUSPEC_ETCD_GET_UNDER);
	json_decref(member);
	if (!error)
		return object;
	json_decref(object);
	return NULL;
}

static int set_ops(json_t *request, const char *name, const struct gpuspec_etcd_op *ops,
		   size_t count)
{
	json_t *list = json_array();
	int error = 0;
	size_t i;

	for (i = 0; i < count && !error; i++)
		error = json_array_append_new(list, op_json(&ops[i]));
	return json_object_set_new(request, name, list) | error;
}

char *gpuspec_etcd_ask_txn(const struct gpuspec_etcd_txn *txn)
{
	json_t *request = json_object(), *list = json_array();
	int error = 0;
	size_t i;

	for (i = 0; i < txn->compare_count && !error; i++)
		error = json_array_append_new(list, compare_json(&txn->compares[i]));
	error |= json_object_set_new(request, "compare", list);
	error |= set_ops(request, "success", txn->ops, txn->op_count);
	error |= set_ops(request, "failure", txn->else_ops, txn->else_op_count);
	return text_of(request, error);
}

char *gpuspec_etcd_ask_grant(unsigned int seconds)
{
	json_t *request = json_object();

	return text_of(request, json_object_set_new(request, "TTL", number_json(seconds)));
}

char *gpuspec_etcd_ask_lease(int64_t lease)
{
	json_t *request = json_object();

	return text_of(request, json_object_set_new(request, "ID", number_json(lease)));
}

char *gpuspec_etcd_ask_token(const char *user, const char *password)
{
	json_t *request = json_object();
	int error;

	error = json_object_set_new(request, "name", json_string(user));
	error |= json_object_set_new(request, "password", json_string(password));
	return text_of(request, error);
}

char *gpuspec_etcd_ask_watch(const char *prefix, int64_t revision)
{
	json_t *request = json_object(), *create = json_object();
	int error;

	error = json_object_set(request, "create_request", create);
	error |= set_keys(create, prefix, true);
	error |= json_object_set_new(create, "start_revision", number_json(revision));
	error |= json_object_set_new(create, "fragment", json_true());
	json_decref(create);
	return text_of(request, error);
}

char *gpuspec_etcd_ask_permission(const char *role, const char *under, bool writes)
{
	json_t *request = json_object(), *permission = json_object();
	int error = set_keys(permission, under, true);

	error |= json_object_set_new(permission, "permType",
				     json_string(writes ? "READWRITE" : "READ"));
	error |= json_object_set_new(request, "name", json_string(role));
	error |= json_object_set_new(request, "perm", permission);
	return text_of(request, error);
}
