/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What etcd's gateway is asked and answers, as JSON. An answer may be anything:
 * what it is taken for has been checked, and what is left out has its default.
 *
 * Requests are texts to be freed, or NULL without memory. Readers of answers
 * return 0, -EPROTO or -ENOMEM; only if 0 there is something to free.
 */
#ifndef GPUSPEC_ETCD_JSON_H
#define GPUSPEC_ETCD_JSON_H

#include "etcd.h"

/* A part of a range: @limit keys, from @from on if that is not NULL. */
struct gpuspec_etcd_page {
	const char *from;
	size_t from_size;	/* no string: the smallest key after another ends with a NUL */
	size_t limit;
	int64_t revision;
};

char *gpuspec_etcd_ask_range(const struct gpuspec_etcd_range *range,
			     const struct gpuspec_etcd_page *page);
char *gpuspec_etcd_ask_txn(const struct gpuspec_etcd_txn *txn);
char *gpuspec_etcd_ask_grant(unsigned int seconds);
/* For both, to keep it alive and to revoke it. */
char *gpuspec_etcd_ask_lease(int64_t lease);
char *gpuspec_etcd_ask_token(const char *user, const char *password);
/* All that begins with @under, to be read by a role, or written as well. */
char *gpuspec_etcd_ask_permission(const char *role, const char *under, bool writes);
/* All under @prefix from @revision on, large news in fragments. */
char *gpuspec_etcd_ask_watch(const char *prefix, int64_t revision);

/*
 * @more: there are others after these, of which the last one is @last, to be
 * freed: it need not be among those found.
 */
struct gpuspec_etcd_page_found {
	struct gpuspec_etcd_found found;
	bool more;
	char *last;
	size_t last_size;
};

/* -EPROTO, too: keys that are not those of the range, or not in its order. */
int gpuspec_etcd_read_range(const char *text, size_t size, const struct gpuspec_etcd_range *range,
			    const struct gpuspec_etcd_page *page,
			    struct gpuspec_etcd_page_found *found);
int gpuspec_etcd_read_txn(const char *text, size_t size, bool *succeeded,
			  struct gpuspec_etcd_found *found);
int gpuspec_etcd_read_grant(const char *text, size_t size, int64_t *lease);
/* *@seconds: that it has still; 0: it has expired. */
int gpuspec_etcd_read_keepalive(const char *text, size_t size, int64_t *seconds);
/* *@token is to be freed. */
int gpuspec_etcd_read_token(const char *text, size_t size, char **token);

/* etcd's word on why it does not do a thing. */
struct gpuspec_etcd_refusal {
	int code;		/* gRPC's */
	char message[256];	/* printable */
};

/* Is it one, in any of the forms that gateways have? */
bool gpuspec_etcd_read_refusal(const char *text, size_t size,
			       struct gpuspec_etcd_refusal *refusal);

struct gpuspec_etcd_event {
	bool is_delete;		/* then only the key and mod_revision are set */
	struct gpuspec_etcd_kv kv;
};

/* A message of a watch. */
struct gpuspec_etcd_news {
	bool created, canceled;
	int64_t compact_revision;	/* of one that was canceled: the oldest there is; or 0 */
	char reason[256];		/* of the same: printable, may be empty */
	struct gpuspec_etcd_event *events;
	size_t count;
};

int gpuspec_etcd_read_news(const char *text, size_t size, struct gpuspec_etcd_news *news);
void gpuspec_etcd_news_free(struct gpuspec_etcd_news *news);

#endif /* GPUSPEC_ETCD_JSON_H */
