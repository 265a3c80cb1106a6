/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only door to etcd: its JSON gateway (etcd 3.4 and later), as plain C.
 * Functions wait for their answer, at most for the time that is set for each
 * endpoint; they return 0 or a negative errno, and gpuspec_etcd_sentence() then
 * says in one sentence what is the matter, where, and what leads out of it:
 *
 *	-ECONNREFUSED, -ECONNRESET, -ETIMEDOUT, -EHOSTUNREACH: none can be reached
 *	-EHOSTDOWN	one can, but its cluster has no leader, or is too slow
 *	-EKEYEXPIRED, -EKEYREJECTED: TLS: a certificate that is not good, or a file
 *	-EACCES		wrong password, or no permission
 *	-EPROTO		that is no etcd, or none of its answers
 *	-ENOSPC		etcd's database is full
 *	-EMSGSIZE	the request is too large for etcd, or has too many parts
 *	-EFBIG		the answer is larger than GPUSPEC_ETCD_*_MAX
 *	-ESTALE		that revision has been compacted
 *	-EAGAIN		a compare of the transaction does not hold
 *	-ENOENT		there is no such lease (any more)
 *	-EBUSY, -EIO, -EINVAL, -ENOMEM: what they say
 *
 * Nothing is printed. A key is a string without NUL; those that have one are
 * nobody's of gpuspec, and are not shown.
 */
#ifndef GPUSPEC_ETCD_H
#define GPUSPEC_ETCD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One answer at most, and all that a range may have. */
#define GPUSPEC_ETCD_ANSWER_MAX	(16 << 20)
#define GPUSPEC_ETCD_RANGE_MAX	(512 << 20)
/* Operations of one transaction, as etcd has it by default. */
#define GPUSPEC_ETCD_OPS_MAX	128

struct gpuspec_etcd;

/* All of it is the caller's, and has to last until the door is closed. */
struct gpuspec_etcd_settings {
	const char *const *endpoints;	/* "https://10.0.0.1:2379"; without a port: 2379 */
	size_t endpoint_count;
	const char *ca;			/* file; NULL: those that the host trusts */
	const char *certificate, *key;	/* files; NULL: none */
	const char *user, *password;	/* of etcd; NULL: none */
	const char *proxy;		/* URL; NULL: none, whatever the environment says */
	unsigned int connect_ms, answer_ms;	/* per endpoint; 0: 3 s, and 10 s in all */
};

struct gpuspec_etcd_kv {
	char *key;
	void *value;		/* ends with a NUL more; in the same allocation as the key */
	size_t size;
	int64_t mod_revision, create_revision, version;
	int64_t lease;		/* 0: none */
};

struct gpuspec_etcd_found {
	uint64_t cluster_id;	/* the revisions of another have nothing to do with it */
	int64_t revision;	/* of the store, when that was so */
	struct gpuspec_etcd_kv *kvs;
	size_t count;
};

/*
 * No connection is made yet: -EINVAL: an endpoint that is no URL; -EKEYREJECTED:
 * a file that cannot be read. *@etcd is to be closed in any case but -ENOMEM,
 * when it is NULL.
 */
int gpuspec_etcd_open(struct gpuspec_etcd **etcd, const struct gpuspec_etcd_settings *settings);
void gpuspec_etcd_close(struct gpuspec_etcd *etcd);

/* Why the last function failed. */
const char *gpuspec_etcd_sentence(const struct gpuspec_etcd *etcd);
/* The endpoint that is talked to: the one that answered last. */
const char *gpuspec_etcd_endpoint(const struct gpuspec_etcd *etcd);

struct gpuspec_etcd_range {
	const char *key;
	bool under;		/* all that begin with it, by key */
	bool keys_only;		/* without values */
	unsigned int newest;	/* so many of those created last, newest first; 0: all */
	int64_t revision;	/* as it was then; 0: as it is now */
};

/* All at one revision, however many. To be freed if 0. */
int gpuspec_etcd_range(struct gpuspec_etcd *etcd, const struct gpuspec_etcd_range *range,
		       struct gpuspec_etcd_found *found);
void gpuspec_etcd_found_free(struct gpuspec_etcd_found *found);

struct gpuspec_etcd_compare {
	enum gpuspec_etcd_compare_what {
		GPUSPEC_ETCD_IS_AT,	/* mod_revision is @revision; 0: there is no key */
		GPUSPEC_ETCD_NONE_NEWER,	/* no key that begins with @key is newer */
	} what;
	const char *key;
	int64_t revision;
};

struct gpuspec_etcd_op {
	enum gpuspec_etcd_op_what {
		GPUSPEC_ETCD_PUT,	/* key, value, size, lease */
		GPUSPEC_ETCD_DELETE,	/* key; it need not be there */
		GPUSPEC_ETCD_DELETE_UNDER,	/* all that begin with key */
		GPUSPEC_ETCD_GET,	/* key, into what is found */
		GPUSPEC_ETCD_GET_UNDER,	/* all that begin with key */
	} what;
	const char *key;
	const void *value;
	size_t size;
	int64_t lease;		/* 0: none */
};

/* If all of these hold, do that, at once; else the other. */
struct gpuspec_etcd_txn {
	const struct gpuspec_etcd_compare *compares;
	size_t compare_count;
	const struct gpuspec_etcd_op *ops, *else_ops;
	size_t op_count, else_op_count;
};

/*
 * -EAGAIN: a compare does not hold, and the other was done. @found may be NULL;
 * else it has the revision, and is to be freed if 0 or -EAGAIN. Where a
 * connection breaks before the answer is there, the sentence says that what was
 * done is not known; over a connection that turns out to be closed it is sent a
 * second time, so without compares it should bear that.
 */
int gpuspec_etcd_txn(struct gpuspec_etcd *etcd, const struct gpuspec_etcd_txn *txn,
		     struct gpuspec_etcd_found *found);

int gpuspec_etcd_lease_grant(struct gpuspec_etcd *etcd, unsigned int seconds, int64_t *lease);
/* -ENOENT: it has expired, with all keys under it. */
int gpuspec_etcd_lease_keepalive(struct gpuspec_etcd *etcd, int64_t lease);
int gpuspec_etcd_lease_revoke(struct gpuspec_etcd *etcd, int64_t lease);

#endif /* GPUSPEC_ETCD_H */
