/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One request to etcd and its answer: what lib/etcd*.c share, and nobody else
 * needs. Functions return 0 or a negative errno, and leave the reason in the
 * sentence.
 */
#ifndef GPUSPEC_ETCD_CALL_H
#define GPUSPEC_ETCD_CALL_H

#include <curl/curl.h>

#include "etcd.h"

struct gpuspec_etcd {
	struct gpuspec_etcd_settings settings;
	char **endpoints;	/* URLs without a path */
	size_t endpoint;	/* the one that answered last */
	CURL *curl;		/* of requests; it keeps its connection */
	char *token;		/* a line of a header; NULL: none yet */
	bool has_no_tokens;	/* its authentication is turned off */
	char sentence[1024];
	/* The attempt under way: */
	bool sent;		/* etcd may have seen it */
	bool elsewhere;		/* it failed; another endpoint may be better */
};

/* What comes in: @size bytes, @most at most. */
struct gpuspec_etcd_text {
	char *bytes;
	size_t size, room, most;
	bool too_large;
};

/* curl's CURLOPT_WRITEFUNCTION, for CURLOPT_WRITEDATA that points to such a text. */
size_t gpuspec_etcd_take(char *bytes, size_t one, size_t count, void *text);

/* A request for curl, made ready for one endpoint. */
struct gpuspec_etcd_request {
	const char *path, *body;
	const char *header;	/* one more; or NULL */
	struct curl_slist *headers;
	/* curl's words of the first error, and of the peer's TLS, which may come after that. */
	char why[CURL_ERROR_SIZE], alert[CURL_ERROR_SIZE];
};

/* There is no limit to the time it takes. To be ended in any case. */
int gpuspec_etcd_prepare(struct gpuspec_etcd *etcd, CURL *curl,
			 struct gpuspec_etcd_request *request, struct gpuspec_etcd_text *answer);
void gpuspec_etcd_request_end(CURL *curl, struct gpuspec_etcd_request *request);

/*
 * Make the attempt, which returns 0 or an error that was told by one of the
 * functions below, with a token at hand where there is a user: at the endpoint
 * that answered last, and if that is of no use at the others in turn; but never
 * again what was @sent already, unless it is @repeatable. -EKEYREVOKED, which
 * means that a new token is wanted, makes it once more with one.
 */
int gpuspec_etcd_attempt(struct gpuspec_etcd *etcd, bool repeatable,
			 int (*attempt)(struct gpuspec_etcd *etcd, void *data), void *data);

/*
 * Send a request, @body being freed (NULL: -ENOMEM), and have its answer,
 * to be freed if 0.
 */
int gpuspec_etcd_call(struct gpuspec_etcd *etcd, const char *path, char *body, bool repeatable,
		      struct gpuspec_etcd_text *answer);

/* --- what is the matter, etcd_error.c --- */

/* Set the sentence: "etcd at ENDPOINT: why". Returns @error. */
int gpuspec_etcd_fail(struct gpuspec_etcd *etcd, int error, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
/* Of a file or setting, or memory: no endpoint. */
int gpuspec_etcd_fail_here(struct gpuspec_etcd *etcd, int error, const char *why, ...)
	__attribute__((format(printf, 3, 4)));

/* A file of the settings cannot be read: 0: they all can. */
int gpuspec_etcd_check_files(struct gpuspec_etcd *etcd);

/* curl could not do it. */
int gpuspec_etcd_fail_transfer(struct gpuspec_etcd *etcd, CURL *curl, CURLcode code,
			       const struct gpuspec_etcd_request *request,
			       const struct gpuspec_etcd_text *answer);
/* It could, but the status is not 200. */
int gpuspec_etcd_fail_status(struct gpuspec_etcd *etcd, long status,
			     const struct gpuspec_etcd_text *answer);
/* A message of etcd's why not, by gRPC's code. */
int gpuspec_etcd_fail_refusal(struct gpuspec_etcd *etcd, int code, const char *message);
/* An answer that a reader gave -EPROTO or -ENOMEM for. */
int gpuspec_etcd_fail_answer(struct gpuspec_etcd *etcd, int error,
			     const struct gpuspec_etcd_text *answer);

#endif /* GPUSPEC_ETCD_CALL_H */
