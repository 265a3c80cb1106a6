// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "etcd_call.h"
#include "etcd_json.h"

/* Keys of one page; fewer where their values turn out to be large. */
#define PAGE		1000
/* A revision may be compacted between two pages. */
#define TRIES		3

/* --- ranges --- */

static size_t size_of(const struct gpuspec_etcd_found *found)
{
	size_t size = 0, i;

	for (i = 0; i < found->count; i++)
		size += sizeof(found->kvs[i]) + strlen(found->kvs[i].key) + found->kvs[i].size;
	return size;
}

static int append(struct gpuspec_etcd *etcd, struct gpuspec_etcd_found *all,
		  struct gpuspec_etcd_found *page)
{
	struct gpuspec_etcd_kv *kvs;

	if (!page->count)
		return 0;
	kvs = reallocarray(all->kvs, all->count + page->count, sizeof(*kvs));
	if (!kvs)
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	memcpy(kvs + all->count, page->kvs, page->count * sizeof(*kvs));
	all->kvs = kvs;
	all->count += page->count;
	free(page->kvs);
	*page = (struct gpuspec_etcd_found){ 0 };
	return 0;
}

static int read_page(struct gpuspec_etcd *etcd, const struct gpuspec_etcd_range *range,
		     const struct gpuspec_etcd_page *page, struct gpuspec_etcd_page_found *found)
{
	struct gpuspec_etcd_text answer;
	int error;

	error = gpuspec_etcd_call(etcd, "/v3/kv/range", gpuspec_etcd_ask_range(range, page), true,
				  &answer);
	if (error)
		return error;
	error = gpuspec_etcd_read_range(answer.bytes, answer.size, range, page, found);
	if (error)
		error = gpuspec_etcd_fail_answer(etcd, error, &answer);
	free(answer.bytes);
	return error;
}

/* The next page begins with the smallest key after @last: with a NUL more. */
static int turn_page(struct gpuspec_etcd *etcd, struct gpuspec_etcd_page *page, const char *last,
		     size_t size)
{
	char *from = realloc((char *)page->from, size + 1);

	if (!from)
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	memcpy(from, last, size);
	from[size] = '\0';
	page->from = from;
	page->from_size = size + 1;
	return 0;
}

static int read_pages(struct gpuspec_etcd *etcd, const struct gpuspec_etcd_range *range,
		      struct gpuspec_etcd_found *all)
{
	struct gpuspec_etcd_page page = {
		.limit = range->newest ? range->newest : PAGE, .revision = range->revision,
	};
	struct gpuspec_etcd_page_found found;
	size_t size = 0;
	bool more = true;
	int error = 0;

	*all = (struct gpuspec_etcd_found){ 0 };
	while (!error && more) {
		error = read_page(etcd, range, &page, &found);
		if ((error == -EFBIG || error == -EMSGSIZE) && page.limit > 1 && !range->newest) {
			page.limit /= 10;
			error = 0;
			continue;
		}
		if (error)
			break;
		if (!page.revision)
			page.revision = found.found.revision;
		if (!all->revision) {
			all->revision = page.revision;
			all->cluster_id = found.found.cluster_id;
		}
		more = found.more && !range->newest;
		size += size_of(&found.found);
		if (size > GPUSPEC_ETCD_RANGE_MAX)
			error = gpuspec_etcd_fail(etcd, -EFBIG, "what is under %.100s is larger than %d MiB",
						  range->key, GPUSPEC_ETCD_RANGE_MAX >> 20);
		if (!error && more)
			error = turn_page(etcd, &page, found.last, found.last_size);
		if (!error)
			error = append(etcd, all, &found.found);
		gpuspec_etcd_found_free(&found.found);
		free(found.last);
	}
	free((char *)page.from);
	if (error)
		gpuspec_etcd_found_free(all);
	return error;
}

int gpuspec_etcd_range(struct gpuspec_etcd *etcd, const struct gpuspec_etcd_range *range,
		       struct gpuspec_etcd_found *found)
{
	unsigned int tries = range->revision ? 1 : TRIES;
	int error;

	do
		error = read_pages(etcd, range, found);
	while (error == -ESTALE && --tries);
	return error;
}

/* --- transactions --- */

int gpuspec_etcd_txn(struct gpuspec_etcd *etcd, const struct gpuspec_etcd_txn *txn,
		     struct gpuspec_etcd_found *found)
{
	struct gpuspec_etcd_found own = { 0 };
	struct gpuspec_etcd_text answer;
	bool succeeded;
	int error;

	if (!found)
		found = &own;
	error = gpuspec_etcd_call(etcd, "/v3/kv/txn", gpuspec_etcd_ask_txn(txn), false, &answer);
	if (error)
		return error;
	error = gpuspec_etcd_read_txn(answer.bytes, answer.size, &succeeded, found);
	if (error)
		error = gpuspec_etcd_fail_answer(etcd, error, &answer);
	else if (!succeeded)
		error = gpuspec_etcd_fail(etcd, -EAGAIN, "somebody else has changed it in the meantime; try again");
	if (found == &own && (!error || error == -EAGAIN))
		gpuspec_etcd_found_free(&own);
	free(answer.bytes);
	return error;
}

/* --- leases --- */

int gpuspec_etcd_lease_grant(struct gpuspec_etcd *etcd, unsigned int seconds, int64_t *lease)
{
	struct gpuspec_etcd_text answer;
	int error;

	/* One of which the answer is lost expires by itself. */
	error = gpuspec_etcd_call(etcd, "/v3/lease/grant", gpuspec_etcd_ask_grant(seconds), true,
				  &answer);
	if (error)
		return error;
	error = gpuspec_etcd_read_grant(answer.bytes, answer.size, lease);
	if (error)
		error = gpuspec_etcd_fail_answer(etcd, error, &answer);
	free(answer.bytes);
	return error;
}

int gpuspec_etcd_lease_keepalive(struct gpuspec_etcd *etcd, int64_t lease)
{
	struct gpuspec_etcd_text answer;
	int64_t seconds;
	int error;

	error = gpuspec_etcd_call(etcd, "/v3/lease/keepalive", gpuspec_etcd_ask_lease(lease), true,
				  &answer);
	if (error)
		return error;
	error = gpuspec_etcd_read_keepalive(answer.bytes, answer.size, &seconds);
	if (error)
		error = gpuspec_etcd_fail_answer(etcd, error, &answer);
	else if (!seconds)
		error = gpuspec_etcd_fail_refusal(etcd, 5, "etcdserver: requested lease not found");
	free(answer.bytes);
	return error;
}

int gpuspec_etcd_lease_revoke(struct gpuspec_etcd *etcd, int64_t lease)
{
	struct gpuspec_etcd_text answer;
	int error;

	error = gpuspec_etcd_call(etcd, "/v3/lease/revoke", gpuspec_etcd_ask_lease(lease), true,
				  &answer);
	if (!error)
		free(answer.bytes);
	return error;
}
