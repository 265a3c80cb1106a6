// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer's target for what reads etcd's answers: whatever they are, what is
 * found in them is in the form that others rely on.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "etcd_json.h"

static void demand(bool is_so)
{
	if (!is_so)
		abort();
}

static void judge_kv(const struct gpuspec_etcd_kv *kv)
{
	demand(kv->key && *kv->key && kv->mod_revision > 0 && kv->create_revision >= 0 &&
	       kv->version >= 0);
	demand(!((const char *)kv->value)[kv->size]);
}

static void judge_words(const char *words)
{
	for (; *words; words++)
		demand(!iscntrl((unsigned char)*words));
}

static void judge_range(const char *text, size_t size, bool under)
{
	const struct gpuspec_etcd_range range = { .key = "/a", .under = under };
	const struct gpuspec_etcd_page page = { .limit = 3, .from = "/a", .from_size = 2 };
	struct gpuspec_etcd_page_found found;
	const struct gpuspec_etcd_kv *kvs;
	size_t i;

	if (gpuspec_etcd_read_range(text, size, &range, &page, &found))
		return;
	kvs = found.found.kvs;
	demand(found.found.count <= page.limit && found.found.revision >= 0);
	demand(!found.more || found.last_size);
	for (i = 0; i < found.found.count; i++) {
		judge_kv(&kvs[i]);
		demand(!strncmp(kvs[i].key, "/a", 2) && (under || !kvs[i].key[2]));
		demand(!i || strcmp(kvs[i - 1].key, kvs[i].key) < 0);
	}
	gpuspec_etcd_found_free(&found.found);
	free(found.last);
}

static void judge_txn(const char *text, size_t size)
{
	struct gpuspec_etcd_found found;
	bool succeeded;
	size_t i;

	if (gpuspec_etcd_read_txn(text, size, &succeeded, &found))
		return;
	for (i = 0; i < found.count; i++)
		judge_kv(&found.kvs[i]);
	gpuspec_etcd_found_free(&found);
}

static void judge_news(const char *text, size_t size)
{
	struct gpuspec_etcd_news news;
	size_t i;

	if (gpuspec_etcd_read_news(text, size, &news))
		return;
	judge_words(news.reason);
	demand(news.compact_revision >= 0);
	for (i = 0; i < news.count; i++)
		judge_kv(&news.events[i].kv);
	gpuspec_etcd_news_free(&news);
}

static void judge_others(const char *text, size_t size)
{
	struct gpuspec_etcd_refusal refusal;
	int64_t number;
	const char *c;
	char *token;

	if (!gpuspec_etcd_read_grant(text, size, &number))
		demand(number);
	if (!gpuspec_etcd_read_keepalive(text, size, &number))
		demand(number >= 0);
	if (gpuspec_etcd_read_refusal(text, size, &refusal)) {
		demand(refusal.code > 0);
		judge_words(refusal.message);
	}
	if (!gpuspec_etcd_read_token(text, size, &token)) {
		for (c = token; *c; c++)
			demand(isgraph((unsigned char)*c));
		demand(*token);
	}
	free(token);
}

/* What it takes is what would be written of the same bytes, and of those there is no other text. */
static void judge_base64(const char *text, size_t size)
{
	char *bytes = malloc(size + 1), *again;
	ssize_t count = gpuspec_base64_decode(text, size, bytes);

	if (count >= 0) {
		again = malloc(GPUSPEC_BASE64_SIZE(count));
		gpuspec_base64_encode(bytes, count, again);
		demand(strlen(again) == size && !memcmp(again, text, size));
		free(again);
	}
	free(bytes);
}

int fuzz_etcd_json(const unsigned char *data, size_t size);
int fuzz_etcd_json(const unsigned char *data, size_t size)
{
	char *text = malloc(size + !size);

	memcpy(text, data, size);
	judge_range(text, size, true);
	judge_range(text, size, false);
	judge_txn(text, size);
	judge_news(text, size);
	judge_others(text, size);
	judge_base64(text, size);
	free(text);
	return 0;
}
