// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "etcd_json.h"
#include "utf8.h"

/* The first error stays; what is read after it is a default. */
struct reader {
	json_t *root;
	int error;
};

static void fail(struct reader *reader, int error)
{
	if (!reader->error)
		reader->error = error;
}

static void begin(struct reader *reader, const char *text, size_t size)
{
	*reader = (struct reader){ .root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) };
	if (!json_is_object(reader->root))
		fail(reader, -EPROTO);
}

static int end(struct reader *reader)
{
	json_decref(reader->root);
	return reader->error;
}

/* NULL: it is not there, or null, which stands for the default, too. */
static const json_t *member(struct reader *reader, const json_t *object, const char *name,
			    json_type type)
{
	const json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value))
		return NULL;
	if (json_typeof(value) == type)
		return value;
	fail(reader, -EPROTO);
	return NULL;
}

static bool read_bool(struct reader *reader, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (value && !json_is_boolean(value) && !json_is_null(value))
		fail(reader, -EPROTO);
	return json_is_true(value);
}

/* A number of 64 bits is a string of digits, or a number. */
static uint64_t read_digits(struct reader *reader, const json_t *value, bool is_signed)
{
	const char *text = json_string_value(value);
	uint64_t number;
	char *rest;

	if (!value || json_is_null(value))
		return 0;
	if (json_is_integer(value))
		return json_integer_value(value);
	errno = 0;
	if (text && isdigit((unsigned char)text[is_signed && *text == '-'])) {
		number = is_signed ? (uint64_t)strtoll(text, &rest, 10) : strtoull(text, &rest, 10);
		if (!*rest && !errno)
			return number;
	}
	fail(reader, -EPROTO);
	return 0;
}

static int64_t read_number(struct reader *reader, const json_t *object, const char *name)
{
	return read_digits(reader, json_object_get(object, name), true);
}

static uint64_t read_id(struct reader *reader, const json_t *object, const char *name)
{
	return read_digits(reader, json_object_get(object, name), false);
}

static int64_t read_revision(struct reader *reader, const json_t *object, const char *name)
{
	int64_t number = read_number(reader, object, name);

	if (number >= 0)
		return number;
	fail(reader, -EPROTO);
	return 0;
}

/* All that is etcd's has one. */
static const json_t *read_header(struct reader *reader, const json_t *object)
{
	const json_t *header = member(reader, object, "header", JSON_OBJECT);

	if (!header)
		fail(reader, -EPROTO);
	return header;
}

static void begin_found(struct reader *reader, const char *text, size_t size,
			struct gpuspec_etcd_found *found)
{
	const json_t *header;

	begin(reader, text, size);
	header = read_header(reader, reader->root);
	*found = (struct gpuspec_etcd_found){
		.cluster_id = read_id(reader, header, "cluster_id"),
		.revision = read_revision(reader, header, "revision"),
	};
}

/* Decode into @bytes, which has room; the number of bytes. */
static size_t read_bytes(struct reader *reader, const json_t *value, char *bytes)
{
	ssize_t size = 0;

	if (value)
		size = gpuspec_base64_decode(json_string_value(value), json_string_length(value),
					     bytes);
	if (size < 0) {
		fail(reader, -EPROTO);
		size = 0;
	}
	bytes[size] = '\0';
	return size;
}

/* The size of the key, which may be no string; then, or with an error, it is 0 and @kv has none. */
static size_t read_kv(struct reader *reader, const json_t *object, struct gpuspec_etcd_kv *kv)
{
	const json_t *key = member(reader, object, "key", JSON_STRING);
	const json_t *value = member(reader, object, "value", JSON_STRING);
	size_t key_size;
	char *bytes;

	*kv = (struct gpuspec_etcd_kv){
		.mod_revision = read_revision(reader, object, "mod_revision"),
		.create_revision = read_revision(reader, object, "create_revision"),
		.version = read_revision(reader, object, "version"),
		.lease = read_number(reader, object, "lease"),
	};
	/* 0 would say that it is not there. */
	if (!json_is_object(object) || !kv->mod_revision)
		fail(reader, -EPROTO);
	bytes = malloc(json_string_length(key) + json_string_length(value) + 2);
	if (!bytes)
		fail(reader, -ENOMEM);
	if (reader->error) {
		free(bytes);
		return 0;
	}
	key_size = read_bytes(reader, key, bytes);
	kv->key = bytes;
	kv->value = bytes + key_size + 1;
	kv->size = read_bytes(reader, value, kv->value);
	if (!key_size)
		fail(reader, -EPROTO);
	return key_size;
}

static void free_kv(struct gpuspec_etcd_kv *kv)
{
	free(kv->key);
	*kv = (struct gpuspec_etcd_kv){ 0 };
}

void gpuspec_etcd_found_free(struct gpuspec_etcd_found *found)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		free_kv(&found->kvs[i]);
	free(found->kvs);
	*found = (struct gpuspec_etcd_found){ 0 };
}

/* Add those of an answer to a range; @check sees each key before it is known to be a string. */
static void read_kvs(struct reader *reader, const json_t *answer, struct gpuspec_etcd_found *found,
		     void (*check)(struct reader *reader, const char *key, size_t size, void *data),
		     void *data)
{
	const json_t *list = member(reader, answer, "kvs", JSON_ARRAY);
	size_t count = json_array_size(list), i, size;
	struct gpuspec_etcd_kv *kvs, *kv;

	if (!count)
		return;
	kvs = reallocarray(found->kvs, found->count + count, sizeof(*kvs));
	if (!kvs) {
		fail(reader, -ENOMEM);
		return;
	}
	found->kvs = kvs;
	for (i = 0; i < count && !reader->error; i++) {
		kv = &kvs[found->count];
		size = read_kv(reader, json_array_get(list, i), kv);
		if (!reader->error && check)
			check(reader, kv->key, size, data);
		if (kv->key && strlen(kv->key) == size)
			found->count++;
		else
			free_kv(kv);
	}
}

struct range_check {
	const struct gpuspec_etcd_range *range;
	const struct gpuspec_etcd_page *page;
	struct gpuspec_etcd_page_found *found;
	size_t seen;
};

static int compare_keys(const char *a, size_t a_size, const char *b, size_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	return order ? order : a_size < b_size ? -1 : a_size > b_size;
}

static void check_range(struct reader *reader, const char *key, size_t size, void *data)
{
	struct range_check *check = data;
	const struct gpuspec_etcd_range *range = check->range;
	struct gpuspec_etcd_page_found *found = check->found;
	size_t asked = strlen(range->key);
	char *last;

	if (size < asked || memcmp(key, range->key, asked) || (!range->under && size != asked) ||
	    ++check->seen > check->page->limit)
		fail(reader, -EPROTO);
	if (!range->newest &&
	    ((found->last && compare_keys(key, size, found->last, found->last_size) <= 0) ||
	     (check->page->from &&
	      compare_keys(key, size, check->page->from, check->page->from_size) < 0)))
		fail(reader, -EPROTO);
	last = realloc(found->last, size);
	if (!last) {
		fail(reader, -ENOMEM);
		return;
	}
	memcpy(last, key, size);
	found->last = last;
	found->last_size = size;
}

int gpuspec_etcd_read_range(const char *text, size_t size, const struct gpuspec_etcd_range *range,
			    const struct gpuspec_etcd_page *page,
			    struct gpuspec_etcd_page_found *found)
{
	struct range_check check = { .range = range, .page = page, .found = found };
	struct reader reader;
	int error;

	*found = (struct gpuspec_etcd_page_found){ 0 };
	begin_found(&reader, text, size, &found->found);
	found->more = read_bool(&reader, reader.root, "more");
	read_kvs(&reader, reader.root, &found->found, check_range, &check);
	/* There are more after none: that would never end. */
	if (found->more && !found->last)
		fail(&reader, -EPROTO);
	error = end(&reader);
	if (error) {
		gpuspec_etcd_found_free(&found->found);
		free(found->last);
		*found = (struct gpuspec_etcd_page_found){ 0 };
	}
	return error;
}

int gpuspec_etcd_read_txn(const char *text, size_t size, bool *succeeded,
			  struct gpuspec_etcd_found *found)
{
	const json_t *list, *response;
	struct reader reader;
	size_t i;

	begin_found(&reader, text, size, found);
	*succeeded = read_bool(&reader, reader.root, "succeeded");
	list = member(&reader, reader.root, "responses", JSON_ARRAY);
	for (i = 0; i < json_array_size(list); i++) {
		response = member(&reader, json_array_get(list, i), "response_range", JSON_OBJECT);
		read_kvs(&reader, response, found, NULL, NULL);
	}
	if (reader.error)
		gpuspec_etcd_found_free(found);
	return end(&reader);
}

int gpuspec_etcd_read_grant(const char *text, size_t size, int64_t *lease)
{
	struct reader reader;

	begin(&reader, text, size);
	read_header(&reader, reader.root);
	*lease = read_number(&reader, reader.root, "ID");
	if (!*lease)
		fail(&reader, -EPROTO);
	return end(&reader);
}

int gpuspec_etcd_read_keepalive(const char *text, size_t size, int64_t *seconds)
{
	const json_t *result;
	struct reader reader;

	begin(&reader, text, size);
	result = member(&reader, reader.root, "result", JSON_OBJECT);
	read_header(&reader, result);
	*seconds = read_number(&reader, result, "TTL");
	if (*seconds < 0)
		*seconds = 0;
	return end(&reader);
}

int gpuspec_etcd_read_token(const char *text, size_t size, char **token)
{
	const char *string, *c;
	struct reader reader;

	*token = NULL;
	begin(&reader, text, size);
	read_header(&reader, reader.root);
	string = json_string_value(member(&reader, reader.root, "token", JSON_STRING));
	/* It becomes a line of a header. */
	for (c = string; c && isgraph((unsigned char)*c); c++)
		;
	if (!string || !*string || *c)
		fail(&reader, -EPROTO);
	if (!reader.error) {
		*token = strdup(string);
		if (!*token)
			fail(&reader, -ENOMEM);
	}
	return end(&reader);
}

/* One line that can be printed; @text may be NULL. */
static void read_words(char *out, size_t size, const char *text)
{
	gpuspec_utf8_clean(out, size, text ? text : "");
	for (; *out; out++)
		if (iscntrl((unsigned char)*out))
			*out = ' ';
}

bool gpuspec_etcd_read_refusal(const char *text, size_t size, struct gpuspec_etcd_refusal *refusal)
{
	const json_t *object, *code;
	const char *message;
	struct reader reader;

	*refusal = (struct gpuspec_etcd_refusal){ 0 };
	begin(&reader, text, size);
	/* Of a stream, it is an object in an object. */
	object = json_object_get(reader.root, "error");
	if (!json_is_object(object))
		object = reader.root;
	code = json_object_get(object, "grpc_code");
	if (!code)
		code = json_object_get(object, "code");
	message = json_string_value(json_object_get(object, "message"));
	if (!json_is_integer(code) || json_integer_value(code) <= 0 ||
	    json_integer_value(code) > 16 || !message)
		fail(&reader, -EPROTO);
	if (!reader.error) {
		refusal->code = json_integer_value(code);
		read_words(refusal->message, sizeof(refusal->message), message);
	}
	return !end(&reader);
}

static void read_event(struct reader *reader, const json_t *object, struct gpuspec_etcd_news *news)
{
	const json_t *type = member(reader, object, "type", JSON_STRING);
	struct gpuspec_etcd_event *event = &news->events[news->count];
	size_t size;

	event->is_delete = type && !strcmp(json_string_value(type), "DELETE");
	if (type && !event->is_delete && strcmp(json_string_value(type), "PUT"))
		fail(reader, -EPROTO);
	size = read_kv(reader, member(reader, object, "kv", JSON_OBJECT), &event->kv);
	if (event->kv.key && strlen(event->kv.key) == size)
		news->count++;
	else
		free_kv(&event->kv);
}

int gpuspec_etcd_read_news(const char *text, size_t size, struct gpuspec_etcd_news *news)
{
	const json_t *result, *reason, *list;
	struct reader reader;
	size_t count, i;

	*news = (struct gpuspec_etcd_news){ 0 };
	begin(&reader, text, size);
	result = member(&reader, reader.root, "result", JSON_OBJECT);
	read_header(&reader, result);
	news->created = read_bool(&reader, result, "created");
	news->canceled = read_bool(&reader, result, "canceled");
	news->compact_revision = read_revision(&reader, result, "compact_revision");
	reason = member(&reader, result, "cancel_reason", JSON_STRING);
	read_words(news->reason, sizeof(news->reason), json_string_value(reason));
	list = member(&reader, result, "events", JSON_ARRAY);
	count = json_array_size(list);
	news->events = count ? calloc(count, sizeof(*news->events)) : NULL;
	if (count && !news->events)
		fail(&reader, -ENOMEM);
	for (i = 0; i < count && !reader.error; i++)
		read_event(&reader, json_array_get(list, i), news);
	if (reader.error)
		gpuspec_etcd_news_free(news);
	return end(&reader);
}

void gpuspec_etcd_news_free(struct gpuspec_etcd_news *news)
{
	size_t i;

	for (i = 0; i < news->count; i++)
		free_kv(&news->events[i].kv);
	free(news->events);
	*news = (struct gpuspec_etcd_news){ 0 };
}
