// SPDX-License-Identifier: GPL-2.0
/* etcd's client and a real etcd: what they do together; etcd_trouble.c has what does not work. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "expect.h"

static struct gpuspec_etcd *etcd;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static int put_text(const char *key, const char *text)
{
	return put(etcd, key, text, strlen(text));
}

static int find(const char *key, bool under, struct gpuspec_etcd_found *found)
{
	const struct gpuspec_etcd_range range = { .key = key, .under = under };

	return gpuspec_etcd_range(etcd, &range, found);
}

/* The number of keys under a prefix; or a negative errno. */
static int count_of(const char *prefix)
{
	struct gpuspec_etcd_found found;
	int error = find(prefix, true, &found);
	int count;

	if (error)
		return error;
	count = found.count;
	gpuspec_etcd_found_free(&found);
	return count;
}

static void test_values(void)
{
	static const char bytes[] = "\0\1\xff\xfe text\n \0";
	char *large = malloc(1 << 20);
	struct gpuspec_etcd_found found;

	memset(large, 'x', 1 << 20);
	CHECK(!put(etcd, "/v/bytes", bytes, sizeof(bytes)));
	CHECK(!put(etcd, "/v/empty", "", 0));
	CHECK(!put(etcd, "/v/large", large, 1 << 20));
	CHECK(!put_text("/v/text", "first"));
	CHECK(!put_text("/v/text", "second"));
	CHECK(!put_text("/w", "of another"));
	CHECK(!find("/v/", true, &found));
	CHECK(found.count == 4 && found.revision == 7 && found.cluster_id);
	CHECK(!strcmp(found.kvs[0].key, "/v/bytes") && found.kvs[0].size == sizeof(bytes) &&
	      !memcmp(found.kvs[0].value, bytes, sizeof(bytes)));
	CHECK(!strcmp(found.kvs[1].key, "/v/empty") && !found.kvs[1].size);
	CHECK(!strcmp(found.kvs[2].key, "/v/large") && found.kvs[2].size == 1 << 20 &&
	      !memcmp(found.kvs[2].value, large, 1 << 20));
	CHECK(!strcmp(found.kvs[3].value, "second") && found.kvs[3].create_revision == 5 &&
	      found.kvs[3].mod_revision == 6 && found.kvs[3].version == 2 && !found.kvs[3].lease);
	gpuspec_etcd_found_free(&found);
	CHECK(!find("/v", false, &found) && !found.count);
	gpuspec_etcd_found_free(&found);
	CHECK(!find("/w", false, &found) && found.count == 1);
	gpuspec_etcd_found_free(&found);
	free(large);
}

/* A key that is no string is put by hand: "/n/a", "/n/a\0b" and "/n/b". */
static void test_foreign_keys(void)
{
	struct gpuspec_etcd_found found;

	CHECK(!put_text("/n/a", "a"));
	CHECK(!put_text("/n/b", "b"));
	CHECK(!call(etcd, "/v3/kv/put", "{\"key\": \"L24vYQBi\", \"value\": \"\"}"));
	CHECK(!find("/n/", true, &found) && found.count == 2);
	CHECK(!strcmp(found.kvs[0].value, "a") && !strcmp(found.kvs[1].value, "b"));
	gpuspec_etcd_found_free(&found);
}

static void test_ranges(void)
{
	struct gpuspec_etcd_range range = { .key = "/r/", .under = true, .keys_only = true };
	struct gpuspec_etcd_op ops[100] = { 0 };
	struct gpuspec_etcd_txn txn = { .ops = ops, .op_count = 100 };
	struct gpuspec_etcd_found found;
	char keys[100][16];
	unsigned int i, j;

	/* More than two pages, in an order that is not theirs. */
	for (i = 0; i < 25; i++) {
		for (j = 0; j < 100; j++) {
			snprintf(keys[j], sizeof(keys[j]), "/r/%04u", (100 * i + j) * 7 % 2500);
			ops[j] = (struct gpuspec_etcd_op){
				.key = keys[j], .value = "v", .size = 1,
			};
		}
		CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL));
	}
	CHECK(!gpuspec_etcd_range(etcd, &range, &found) && found.count == 2500);
	for (i = 0; i < found.count; i++)
		CHECK(strtoul(found.kvs[i].key + 3, NULL, 10) == i && !found.kvs[i].size);
	range.revision = found.revision - 1;
	gpuspec_etcd_found_free(&found);
	CHECK(!gpuspec_etcd_range(etcd, &range, &found) && found.count == 2400 &&
	      found.revision == range.revision);
	gpuspec_etcd_found_free(&found);
	CHECK(!put_text("/r/new", "new"));
	range = (struct gpuspec_etcd_range){ .key = "/r/", .under = true, .newest = 2 };
	CHECK(!gpuspec_etcd_range(etcd, &range, &found) && found.count == 2);
	CHECK(!strcmp(found.kvs[0].value, "new") &&
	      found.kvs[0].create_revision > found.kvs[1].create_revision);
	gpuspec_etcd_found_free(&found);
}

/* More than one answer may have, in few keys. */
static void test_large_range(void)
{
	size_t size = 1400000, i;
	char key[16], *value = calloc(1, size);
	struct gpuspec_etcd_found found;

	for (i = 0; i < 14; i++) {
		snprintf(key, sizeof(key), "/l/%02zu", i);
		value[0] = i;
		CHECK(!put(etcd, key, value, size));
	}
	CHECK(!find("/l/", true, &found) && found.count == 14);
	for (i = 0; i < found.count; i++)
		CHECK(found.kvs[i].size == size && *(char *)found.kvs[i].value == (char)i);
	gpuspec_etcd_found_free(&found);
	free(value);
}

static int64_t revision_of(const char *key)
{
	struct gpuspec_etcd_found found;
	int64_t revision;

	CHECK(!find(key, false, &found));
	revision = found.count ? found.kvs[0].mod_revision : 0;
	gpuspec_etcd_found_free(&found);
	return revision;
}

static void test_transactions(void)
{
	struct gpuspec_etcd_compare compares[] = {
		{ .what = GPUSPEC_ETCD_IS_AT, .key = "/t/a" },
		{ .what = GPUSPEC_ETCD_NONE_NEWER, .key = "/t/" },
	};
	struct gpuspec_etcd_op ops[] = {
		{ .what = GPUSPEC_ETCD_PUT, .key = "/t/a", .value = "1", .size = 1 },
		{ .what = GPUSPEC_ETCD_PUT, .key = "/t/b", .value = "2", .size = 1 },
		{ .what = GPUSPEC_ETCD_GET_UNDER, .key = "/t/" },
	};
	struct gpuspec_etcd_op get_a = { .what = GPUSPEC_ETCD_GET, .key = "/t/a" };
	struct gpuspec_etcd_txn txn = {
		.compares = compares, .compare_count = 2, .ops = ops, .op_count = 3,
		.else_ops = &get_a, .else_op_count = 1,
	};
	struct gpuspec_etcd_found found;

	/* There is nothing there yet. */
	CHECK(!gpuspec_etcd_txn(etcd, &txn, &found) && found.count == 2);
	CHECK(found.revision == revision_of("/t/a"));
	gpuspec_etcd_found_free(&found);
	/* There is, now. */
	EXPECT(etcd, gpuspec_etcd_txn(etcd, &txn, &found), -EAGAIN, "somebody else has changed it");
	CHECK(found.count == 1 && !strcmp(found.kvs[0].value, "1"));
	compares[0].revision = found.revision;
	compares[1].revision = found.revision;
	gpuspec_etcd_found_free(&found);
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL));
	CHECK(gpuspec_etcd_txn(etcd, &txn, NULL) == -EAGAIN);
	compares[0].revision = revision_of("/t/a");
	compares[1].revision = compares[0].revision;
	CHECK(!put_text("/t/c", "newer"));
	CHECK(gpuspec_etcd_txn(etcd, &txn, NULL) == -EAGAIN);
	compares[1].revision = revision_of("/t/c");
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL) && count_of("/t/") == 3);
	/* A key that is gone is not there. */
	ops[0].what = GPUSPEC_ETCD_DELETE;
	txn.compare_count = 0;
	txn.op_count = 1;
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL) && count_of("/t/") == 2);
	CHECK(!revision_of("/t/a"));
	ops[0] = (struct gpuspec_etcd_op){ .what = GPUSPEC_ETCD_DELETE_UNDER, .key = "/t/" };
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL) && !count_of("/t/"));
	CHECK(!put_text("/t\xff", "the last of its kind") && count_of("/t\xff") == 1);
}

static void test_leases(void)
{
	struct gpuspec_etcd_op op = { .key = "/lease/a", .value = "a", .size = 1 };
	const struct gpuspec_etcd_txn txn = { .ops = &op, .op_count = 1 };
	int64_t lease = 0;

	CHECK(!gpuspec_etcd_lease_grant(etcd, 30, &lease) && lease);
	op.lease = lease;
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL));
	CHECK(!gpuspec_etcd_lease_keepalive(etcd, lease));
	CHECK(count_of("/lease/") == 1);
	CHECK(!gpuspec_etcd_lease_revoke(etcd, lease) && !count_of("/lease/"));
	CHECK(gpuspec_etcd_lease_keepalive(etcd, lease) == -ENOENT);
	CHECK(gpuspec_etcd_lease_revoke(etcd, lease) == -ENOENT);
	EXPECT(etcd, gpuspec_etcd_txn(etcd, &txn, NULL), -ENOENT, "there is no such lease any more");
}

/* --- watches --- */

struct heard {
	unsigned int puts, deletes;
	int64_t revision;
	size_t size;
	char last[64];
};

static void hear(const struct gpuspec_etcd_event *event, void *data)
{
	struct heard *heard = data;

	heard->puts += !event->is_delete;
	heard->deletes += event->is_delete;
	CHECK(event->kv.mod_revision >= heard->revision);
	heard->revision = event->kv.mod_revision;
	heard->size += event->kv.size;
	snprintf(heard->last, sizeof(heard->last), "%s", event->kv.key);
}

/* Hear until there are so many events, or an error. */
static int hear_some(struct gpuspec_etcd_watch *watch, struct heard *heard, unsigned int some,
		     double seconds)
{
	struct pollfd input = { .fd = gpuspec_etcd_watch_fd(watch), .events = POLLIN };
	double end = now() + seconds;
	int error;

	error = gpuspec_etcd_watch_hear(watch, hear, heard);
	while (!error && heard->puts + heard->deletes < some && now() < end)
		if (poll(&input, 1, 100) == 1)
			error = gpuspec_etcd_watch_hear(watch, hear, heard);
	return error;
}

static int64_t revision(void)
{
	struct gpuspec_etcd_found found;
	int64_t result;

	CHECK(!find("/", false, &found));
	result = found.revision;
	gpuspec_etcd_found_free(&found);
	return result;
}

static void test_watch(struct daemon *daemon)
{
	struct gpuspec_etcd_op ops[100] = { 0 };
	struct gpuspec_etcd_op gone = { .what = GPUSPEC_ETCD_DELETE_UNDER, .key = "/e/" };
	struct gpuspec_etcd_txn txn = { .ops = ops, .op_count = 100 };
	struct gpuspec_etcd_watch *watch, *late;
	struct heard heard = { 0 }, none = { 0 };
	char keys[100][16], *value = calloc(1, 1 << 20);
	int64_t begin = revision() + 1;
	unsigned int i;

	CHECK(!put_text("/e/before", "") && !put_text("/f", ""));
	CHECK(!gpuspec_etcd_watch_open(etcd, "/e/", begin, &watch));
	CHECK(!hear_some(watch, &heard, 1, 5) && heard.puts == 1);
	CHECK(!strcmp(heard.last, "/e/before"));
	CHECK(!put_text("/e/after", "") && !put_text("/f", ""));
	CHECK(!hear_some(watch, &heard, 2, 5) && heard.puts == 2);
	CHECK(!strcmp(heard.last, "/e/after"));
	for (i = 0; i < 100; i++) {
		snprintf(keys[i], sizeof(keys[i]), "/e/%02u", i);
		ops[i] = (struct gpuspec_etcd_op){ .key = keys[i], .value = value, .size = 10000 };
	}
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL));
	CHECK(!hear_some(watch, &heard, 102, 5) && heard.puts == 102 && heard.size == 1000000);
	/* Large ones, one after the other, while nobody hears them. */
	for (i = 0; i < 10; i++)
		CHECK(!put(etcd, "/e/large", value, 1 << 20));
	CHECK(!hear_some(watch, &heard, 112, 10) && heard.puts == 112 &&
	      heard.size == 1000000 + 10 * (1 << 20));
	txn = (struct gpuspec_etcd_txn){ .ops = &gone, .op_count = 1 };
	CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL));
	CHECK(!hear_some(watch, &heard, 215, 5) && heard.puts == 112 && heard.deletes == 103);
	CHECK(!hear_some(watch, &none, 1, 0.3) && !none.puts);

	/* The past is compacted away: it goes on, but one from there does not. */
	snprintf(value, 64, "{\"revision\": %lld}", (long long)revision());
	CHECK(!call(etcd, "/v3/kv/compaction", value));
	CHECK(!put_text("/e/later", ""));
	CHECK(!hear_some(watch, &heard, 216, 5) && heard.puts == 113);
	CHECK(!gpuspec_etcd_watch_open(etcd, "/e/", begin, &late));
	EXPECT(etcd, hear_some(late, &none, 1, 5), -ESTALE, "compacted; read the present one");
	gpuspec_etcd_watch_close(late);

	/* etcd ends, and comes again: the next watch tells what was missed. */
	daemon_kill(daemon);
	EXPECT(etcd, hear_some(watch, &none, 1, 5), -ECONNRESET, "is etcd being restarted?");
	gpuspec_etcd_watch_close(watch);
	CHECK(gpuspec_etcd_watch_open(etcd, "/e/", heard.revision + 1, &watch) == -ECONNREFUSED);
	CHECK(!watch);
	daemon_spawn(daemon);
	daemon_await(daemon);
	CHECK(!put_text("/e/again", ""));
	CHECK(!gpuspec_etcd_watch_open(etcd, "/e/", heard.revision + 1, &watch));
	CHECK(!hear_some(watch, &heard, 217, 5) && !strcmp(heard.last, "/e/again"));
	gpuspec_etcd_watch_close(watch);
	free(value);
}

static void test_speed(void)
{
	struct gpuspec_etcd_op ops[100] = { 0 };
	struct gpuspec_etcd_txn txn = { .ops = ops, .op_count = 100 };
	char keys[100][64], value[800];
	struct gpuspec_etcd_found found;
	double begin = now(), put_at;
	unsigned int i, j;

	memset(value, 'v', sizeof(value));
	for (i = 0; i < 160; i++) {
		for (j = 0; j < 100; j++) {
			snprintf(keys[j], sizeof(keys[j]), "/s/hosts/host%04u/device/0000:%02x:00.0",
				 i * 10 + j / 10, j % 10);
			ops[j] = (struct gpuspec_etcd_op){
				.key = keys[j], .value = value, .size = sizeof(value),
			};
		}
		CHECK(!gpuspec_etcd_txn(etcd, &txn, NULL));
	}
	put_at = now();
	CHECK(!find("/s/", true, &found) && found.count == 16000);
	printf("# 16000 keys of %zu bytes: put in %.2f s, read in %.2f s\n", sizeof(value),
	       put_at - begin, now() - put_at);
	gpuspec_etcd_found_free(&found);
}

int main(void)
{
	const char *endpoints[2] = { NULL };
	struct daemon daemon;

	setvbuf(stdout, NULL, _IOLBF, 0);
	/* Nobody has said that we are to use these. */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	daemon_start(&daemon, "plain", false, NULL);
	endpoints[0] = daemon.url;
	etcd = open_etcd((struct gpuspec_etcd_settings){ 0 }, endpoints);
	CHECK(!strcmp(gpuspec_etcd_endpoint(etcd), daemon.url));
	test_values();
	test_foreign_keys();
	test_ranges();
	test_transactions();
	test_leases();
	test_large_range();
	test_speed();
	test_watch(&daemon);
	gpuspec_etcd_close(etcd);
	daemon_kill(&daemon);
	return failed;
}
