// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

int failed;

void expect_so(bool is_so, const char *what, int line)
{
	if (is_so)
		return;
	printf("line %d: not so: %s\n", line, what);
	failed = 1;
}

void expect_told(const struct gpuspec_etcd *etcd, int error, int wanted, const char *part,
		 int line)
{
	const char *sentence = gpuspec_etcd_sentence(etcd);

	if (getenv("SHOW") && error)
		printf("%s (%s)\n", sentence, strerror(-error));
	if (error == wanted && (!error || strstr(sentence, part)) && !strchr(sentence, '\n'))
		return;
	printf("line %d: error %d and not %d with '%s': %s\n", line, error, wanted, part,
	       sentence);
	failed = 1;
}

struct gpuspec_etcd *open_etcd(struct gpuspec_etcd_settings settings,
			       const char *const *endpoints)
{
	struct gpuspec_etcd *etcd;
	int error;

	settings.endpoints = endpoints;
	while (endpoints[settings.endpoint_count])
		settings.endpoint_count++;
	if (!settings.connect_ms)
		settings.connect_ms = 2000;
	if (!settings.answer_ms)
		settings.answer_ms = 9000;
	error = gpuspec_etcd_open(&etcd, &settings);
	EXPECT(etcd, error, 0, "");
	return etcd;
}

int put(struct gpuspec_etcd *etcd, const char *key, const void *value, size_t size)
{
	const struct gpuspec_etcd_op op = {
		.what = GPUSPEC_ETCD_PUT, .key = key, .value = value, .size = size,
	};
	const struct gpuspec_etcd_txn txn = { .ops = &op, .op_count = 1 };

	return gpuspec_etcd_txn(etcd, &txn, NULL);
}

int get_at(struct gpuspec_etcd *etcd, const char *prefix, int64_t revision)
{
	const struct gpuspec_etcd_range range = {
		.key = prefix, .under = true, .revision = revision,
	};
	struct gpuspec_etcd_found found;
	int error = gpuspec_etcd_range(etcd, &range, &found);

	if (!error)
		gpuspec_etcd_found_free(&found);
	return error;
}

int get(struct gpuspec_etcd *etcd, const char *prefix)
{
	return get_at(etcd, prefix, 0);
}

int call(struct gpuspec_etcd *etcd, const char *path, const char *request)
{
	struct gpuspec_etcd_text answer;
	int error = gpuspec_etcd_call(etcd, path, strdup(request), true, &answer);

	if (!error)
		free(answer.bytes);
	return error;
}

int watch_once(struct gpuspec_etcd *etcd, const char *prefix)
{
	struct gpuspec_etcd_watch *watch;
	int error = gpuspec_etcd_watch_open(etcd, prefix, 0, &watch);

	gpuspec_etcd_watch_close(watch);
	return error;
}

void expect_get(struct gpuspec_etcd_settings settings, const char *url, int wanted,
		const char *part, int line)
{
	const char *const endpoints[] = { url, NULL };
	struct gpuspec_etcd *etcd = open_etcd(settings, endpoints);

	expect_told(etcd, get(etcd, "/"), wanted, part, line);
	expect_told(etcd, watch_once(etcd, "/"), wanted, part, line);
	gpuspec_etcd_close(etcd);
}
