// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "etcd_call.h"
#include "etcd_json.h"

#define PORT		"2379"
#define CONNECT_MS	3000
#define ANSWER_MS	10000
/* A peer that is gone without a word is noticed after IDLE + PROBES * INTERVAL seconds. */
#define IDLE		20
#define INTERVAL	10
#define PROBES		3

/* --- open and close --- */

/* The URL of an endpoint with its port and without a path; NULL: it is none. */
static char *read_endpoint(const char *text)
{
	char *part = NULL, *url = NULL;
	bool good;
	CURLU *parts;

	/* Some URL parsers find a host elsewhere in what has anything but these. */
	if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:/[]") !=
	    strlen(text))
		return NULL;
	parts = curl_url();
	good = parts && !curl_url_set(parts, CURLUPART_URL, text, 0);
	good = good && !curl_url_get(parts, CURLUPART_SCHEME, &part, 0) &&
	       (!strcmp(part, "https") || !strcmp(part, "http"));
	curl_free(part);
	part = NULL;
	good = good && !curl_url_get(parts, CURLUPART_PATH, &part, 0) && !strcmp(part, "/");
	curl_free(part);
	part = NULL;
	if (good && curl_url_get(parts, CURLUPART_PORT, &part, 0) == CURLUE_NO_PORT)
		good = !curl_url_set(parts, CURLUPART_PORT, PORT, 0);
	curl_free(part);
	if (good && curl_url_get(parts, CURLUPART_URL, &url, 0))
		url = NULL;
	curl_url_cleanup(parts);
	if (url && url[strlen(url) - 1] == '/')
		url[strlen(url) - 1] = '\0';
	return url;
}

static int read_endpoints(struct gpuspec_etcd *etcd)
{
	const struct gpuspec_etcd_settings *settings = &etcd->settings;
	size_t i;

	if (!settings->endpoint_count)
		return gpuspec_etcd_fail_here(etcd, -EINVAL, "no endpoint of etcd is named; gpuspec.conf(5) says where");
	etcd->endpoints = calloc(settings->endpoint_count, sizeof(*etcd->endpoints));
	if (!etcd->endpoints)
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	for (i = 0; i < settings->endpoint_count; i++) {
		etcd->endpoints[i] = read_endpoint(settings->endpoints[i]);
		if (!etcd->endpoints[i])
			return gpuspec_etcd_fail_here(etcd, -EINVAL, "'%.200s' is no endpoint of etcd, which is a URL like https://host:" PORT,
						      settings->endpoints[i]);
	}
	return 0;
}

int gpuspec_etcd_open(struct gpuspec_etcd **result, const struct gpuspec_etcd_settings *settings)
{
	struct gpuspec_etcd *etcd = calloc(1, sizeof(*etcd));
	int error;

	*result = NULL;
	if (!etcd)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(etcd);
		return -ENOMEM;
	}
	etcd->settings = *settings;
	if (!settings->connect_ms)
		etcd->settings.connect_ms = CONNECT_MS;
	if (!settings->answer_ms)
		etcd->settings.answer_ms = ANSWER_MS;
	etcd->curl = curl_easy_init();
	error = etcd->curl ? read_endpoints(etcd) : -ENOMEM;
	if (!error)
		error = gpuspec_etcd_check_files(etcd);
	if (error == -ENOMEM)
		gpuspec_etcd_close(etcd);
	else
		*result = etcd;
	return error;
}

static void forget_token(struct gpuspec_etcd *etcd)
{
	if (etcd->token)
		explicit_bzero(etcd->token, strlen(etcd->token));
	free(etcd->token);
	etcd->token = NULL;
}

void gpuspec_etcd_close(struct gpuspec_etcd *etcd)
{
	size_t i;

	if (!etcd)
		return;
	forget_token(etcd);
	for (i = 0; etcd->endpoints && i < etcd->settings.endpoint_count; i++)
		curl_free(etcd->endpoints[i]);
	free(etcd->endpoints);
	curl_easy_cleanup(etcd->curl);
	curl_global_cleanup();
	free(etcd);
}

const char *gpuspec_etcd_sentence(const struct gpuspec_etcd *etcd)
{
	return etcd->sentence;
}

const char *gpuspec_etcd_endpoint(const struct gpuspec_etcd *etcd)
{
	return etcd->endpoints[etcd->endpoint];
}

/* --- one request --- */

size_t gpuspec_etcd_take(char *bytes, size_t one, size_t count, void *data)
{
	struct gpuspec_etcd_text *text = data;
	size_t size = one * count, room;
	char *grown;

	if (size > text->most - text->size) {
		text->too_large = true;
		return 0;
	}
	if (text->size + size > text->room) {
		room = 2 * (text->size + size);
		grown = realloc(text->bytes, room);
		if (!grown)
			return 0;
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	return size;
}

static int set_up_socket(void *data, curl_socket_t fd, curlsocktype purpose)
{
	int probes = PROBES, ms = 1000 * (IDLE + PROBES * INTERVAL);

	(void)data;
	(void)purpose;
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
	return CURL_SOCKOPT_OK;
}

/* How curl tells of an alert that has come in. */
#define ALERT	"(IN), TLS alert"

/* What curl says of how it is going, and much that is of no interest. */
static int hear_curl(CURL *curl, curl_infotype type, char *text, size_t size, void *data)
{
	struct gpuspec_etcd_request *request = data;

	(void)curl;
	if (type == CURLINFO_TEXT && memmem(text, size, ALERT, strlen(ALERT)) &&
	    !memmem(text, size, "close notify", strlen("close notify")))
		snprintf(request->alert, sizeof(request->alert), "%.*s", (int)size, text);
	return 0;
}

static bool add_header(struct gpuspec_etcd_request *request, const char *line)
{
	struct curl_slist *list = line ? curl_slist_append(request->headers, line) :
					 request->headers;

	if (!list)
		return false;
	request->headers = list;
	return true;
}

static CURLcode set_tls(const struct gpuspec_etcd_settings *settings, CURL *curl)
{
	CURLcode code;

	code = curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	if (!code && settings->ca)
		code = curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
	/* Which would be trusted as well. */
	if (!code && settings->ca)
		code = curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	if (!code && settings->certificate)
		code = curl_easy_setopt(curl, CURLOPT_SSLCERT, settings->certificate);
	if (!code && settings->key)
		code = curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->key);
	return code;
}

static CURLcode set_connection(const struct gpuspec_etcd_settings *settings, CURL *curl)
{
	CURLcode code;

	code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
					(long)settings->connect_ms);
	/* A name server that does not answer is not waited for longer. */
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, (long)IDLE);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, (long)INTERVAL);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, set_up_socket);
	return code;
}

static CURLcode set_request(struct gpuspec_etcd *etcd, CURL *curl,
			    struct gpuspec_etcd_request *request, struct gpuspec_etcd_text *answer)
{
	char url[1024];
	CURLcode code;

	snprintf(url, sizeof(url), "%s%s", gpuspec_etcd_endpoint(etcd), request->path);
	code = curl_easy_setopt(curl, CURLOPT_URL, url);
	/* Plain answers of one connection: no HTTP/2, and no following elsewhere. */
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
					(curl_off_t)strlen(request->body));
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, request->headers);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gpuspec_etcd_take);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, request->why);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, hear_curl);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_DEBUGDATA, request);
	if (!code)
		code = curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	return code;
}

int gpuspec_etcd_prepare(struct gpuspec_etcd *etcd, CURL *curl,
			 struct gpuspec_etcd_request *request, struct gpuspec_etcd_text *answer)
{
	CURLcode code;

	curl_easy_reset(curl);	/* of options; connections stay */
	answer->size = 0;
	answer->too_large = false;
	*request->why = '\0';
	*request->alert = '\0';
	if (!add_header(request, "Content-Type: application/json") ||
	    !add_header(request, "Expect:") ||	/* no waiting before large ones */
	    (request->header && !add_header(request, request->header)) ||
	    (etcd->token && !add_header(request, etcd->token)))
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	code = set_connection(&etcd->settings, curl);
	if (!code)
		code = set_tls(&etcd->settings, curl);
	if (!code)
		code = set_request(etcd, curl, request, answer);
	return code ? gpuspec_etcd_fail_transfer(etcd, curl, code, request, answer) : 0;
}

void gpuspec_etcd_request_end(CURL *curl, struct gpuspec_etcd_request *request)
{
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 0L);
	curl_slist_free_all(request->headers);
	request->headers = NULL;
}

/* --- attempts --- */

/* Does it tell more than that one endpoint is down? */
static bool is_telling(int error)
{
	return error != -ECONNREFUSED && error != -ETIMEDOUT && error != -EHOSTUNREACH &&
	       error != -ECONNRESET;
}

static int attempt_endpoints(struct gpuspec_etcd *etcd, bool repeatable,
			     int (*attempt)(struct gpuspec_etcd *etcd, void *data), void *data)
{
	size_t first = etcd->endpoint, count = etcd->settings.endpoint_count, tried, length;
	char sentence[sizeof(etcd->sentence)];
	int error, result = 0;

	for (tried = 1; ; tried++) {
		etcd->sent = false;
		etcd->elsewhere = false;
		error = attempt(etcd, data);
		if (!error || !etcd->elsewhere)
			return error;
		if (!result || (!is_telling(result) && is_telling(error))) {
			result = error;
			memcpy(sentence, etcd->sentence, sizeof(sentence));
		}
		if (etcd->sent && !repeatable) {
			length = strlen(etcd->sentence);
			snprintf(etcd->sentence + length, sizeof(etcd->sentence) - length,
				 "; whether it has done what it was asked for is not known");
			return error;
		}
		if (tried == count)
			break;
		etcd->endpoint = (etcd->endpoint + 1) % count;
	}
	etcd->endpoint = first;
	length = snprintf(etcd->sentence, sizeof(etcd->sentence), "%s", sentence);
	if (count > 1)
		snprintf(etcd->sentence + length, sizeof(etcd->sentence) - length,
			 "; and the other endpoints are of no use, too (%zu of them)", count - 1);
	return result;
}

/* What a plain request is. */
struct call {
	const char *path, *body;
	struct gpuspec_etcd_text *answer;
};

/* Where it is not JSON, or is an error of what is called a stream, another endpoint may do. */
static bool is_no_answer(const struct gpuspec_etcd_text *answer)
{
	struct gpuspec_etcd_refusal refusal;

	return !answer->size || *answer->bytes != '{' ||
	       (answer->size < 4096 &&
		gpuspec_etcd_read_refusal(answer->bytes, answer->size, &refusal));
}

static int attempt_call(struct gpuspec_etcd *etcd, void *data)
{
	const struct call *call = data;
	struct gpuspec_etcd_request request = { .path = call->path, .body = call->body };
	long status = 0, sent = 0;
	CURLcode code;
	int error;

	error = gpuspec_etcd_prepare(etcd, etcd->curl, &request, call->answer);
	if (!error && curl_easy_setopt(etcd->curl, CURLOPT_TIMEOUT_MS,
				       (long)etcd->settings.answer_ms))
		error = gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	if (!error) {
		code = curl_easy_perform(etcd->curl);
		curl_easy_getinfo(etcd->curl, CURLINFO_REQUEST_SIZE, &sent);
		curl_easy_getinfo(etcd->curl, CURLINFO_RESPONSE_CODE, &status);
		etcd->sent = sent > 0;
		if (code)
			error = gpuspec_etcd_fail_transfer(etcd, etcd->curl, code, &request,
							   call->answer);
		else if (status != 200)
			error = gpuspec_etcd_fail_status(etcd, status, call->answer);
		else if (is_no_answer(call->answer))
			error = gpuspec_etcd_fail_answer(etcd, -EPROTO, call->answer);
	}
	gpuspec_etcd_request_end(etcd->curl, &request);
	return error;
}

static void text_free(struct gpuspec_etcd_text *text)
{
	if (text->bytes)
		explicit_bzero(text->bytes, text->room);
	free(text->bytes);
}

/* One of etcd that has its authentication turned off has no tokens, and wants none. */
static int fetch_token(struct gpuspec_etcd *etcd)
{
	char *body = gpuspec_etcd_ask_token(etcd->settings.user, etcd->settings.password ?
					    etcd->settings.password : "");
	struct gpuspec_etcd_text answer = { .most = 65536 };
	struct call call = { .path = "/v3/auth/authenticate", .body = body, .answer = &answer };
	char *token = NULL;
	int error;

	forget_token(etcd);
	etcd->has_no_tokens = false;
	if (!body)
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory, or a user or password that is not UTF-8");
	error = attempt_endpoints(etcd, true, attempt_call, &call);
	if (!error) {
		error = gpuspec_etcd_read_token(answer.bytes, answer.size, &token);
		if (error)
			error = gpuspec_etcd_fail_answer(etcd, error, &answer);
	} else if (error == -EOPNOTSUPP) {
		etcd->has_no_tokens = true;
		error = 0;
	}
	if (token && asprintf(&etcd->token, "Authorization: %s", token) < 0) {
		etcd->token = NULL;
		error = gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	}
	if (token)
		explicit_bzero(token, strlen(token));
	free(token);
	explicit_bzero(body, strlen(body));
	free(body);
	text_free(&answer);
	return error;
}

int gpuspec_etcd_attempt(struct gpuspec_etcd *etcd, bool repeatable,
			 int (*attempt)(struct gpuspec_etcd *etcd, void *data), void *data)
{
	bool fresh = !etcd->settings.user;
	int error = 0;

	*etcd->sentence = '\0';
	if (etcd->settings.user && !etcd->token && !etcd->has_no_tokens) {
		error = fetch_token(etcd);
		fresh = true;
	}
	if (!error)
		error = attempt_endpoints(etcd, repeatable, attempt, data);
	if (error == -EKEYREVOKED && !fresh) {
		error = fetch_token(etcd);
		if (!error)
			error = attempt_endpoints(etcd, repeatable, attempt, data);
	}
	/*
	 * An etcd that was restored from a snapshot takes as long to refuse a token of its
	 * former life: it waits to have come as far as it was then.
	 */
	if (error == -ETIMEDOUT)
		forget_token(etcd);
	return error == -EKEYREVOKED ? -EACCES : error;
}

int gpuspec_etcd_call(struct gpuspec_etcd *etcd, const char *path, char *body, bool repeatable,
		      struct gpuspec_etcd_text *answer)
{
	struct call call = { .path = path, .body = body, .answer = answer };
	int error;

	*answer = (struct gpuspec_etcd_text){ .most = GPUSPEC_ETCD_ANSWER_MAX };
	if (!body)
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	error = gpuspec_etcd_attempt(etcd, repeatable, attempt_call, &call);
	free(body);
	if (error) {
		free(answer->bytes);
		answer->bytes = NULL;
	}
	return error;
}
