// SPDX-License-Identifier: GPL-2.0
/*
 * etcd's client, and servers that are none, or broken, or hostile; SHOW=1 in the
 * environment shows the sentences. etcd_trouble.c has those with an etcd.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "fake.h"

static const struct gpuspec_etcd_settings plain;

/* --- settings --- */

static void expect_open(struct gpuspec_etcd_settings settings, const char *url, int wanted,
			const char *part, int line)
{
	const char *const endpoints[] = { url };
	struct gpuspec_etcd *etcd;
	int error;

	settings.endpoints = endpoints;
	settings.endpoint_count = !!url;
	error = gpuspec_etcd_open(&etcd, &settings);
	expect_told(etcd, error, wanted, part, line);
	gpuspec_etcd_close(etcd);
}

#define EXPECT_OPEN(settings, url, wanted, part) expect_open(settings, url, wanted, part, __LINE__)

static void test_settings(void)
{
	static const char *const urls[] = {
		"", "localhost", "localhost:2379", "ftp://localhost", "file:///etc/passwd", "https://",
		"https://a/b", "https://a?b", "https://a#b", "https://u:p@a", "https://a:99999",
		"https://a:b", "http://a b", "http://a\nb", "https://a\\b", "unix:///a",
	};
	struct gpuspec_etcd_settings settings = plain;
	struct gpuspec_etcd *etcd;
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(*urls); i++)
		EXPECT_OPEN(plain, urls[i], -EINVAL, "' is no endpoint of etcd, which is a URL like https://host:2379");
	EXPECT_OPEN(plain, NULL, -EINVAL, "no endpoint of etcd is named");
	settings.ca = "/nonexistent/ca.pem";
	EXPECT_OPEN(settings, "https://a", -EKEYREJECTED,
		    "the certificates of etcd's CA, /nonexistent/ca.pem, cannot be read: No such file or directory; gpuspec.conf(5) says where it is set");
	settings = plain;
	settings.key = "/nonexistent/key.pem";
	EXPECT_OPEN(settings, "https://a", -EKEYREJECTED, "the key of the certificate for etcd, /nonexistent/key.pem, cannot be read");
	etcd = open_etcd(plain, (const char *const[]){ "https://[::1]", NULL });
	CHECK(!strcmp(gpuspec_etcd_endpoint(etcd), "https://[::1]:2379"));
	gpuspec_etcd_close(etcd);
	etcd = open_etcd(plain, (const char *const[]){ "http://a:1/", NULL });
	CHECK(!strcmp(gpuspec_etcd_endpoint(etcd), "http://a:1"));
	gpuspec_etcd_close(etcd);
}

/* --- hostile answers --- */

#define OK	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define CHUNKS	OK "Transfer-Encoding: chunked\r\n\r\n"
#define UNTIL_END	OK "Connection: close\r\n\r\n"

static char endless[65536];

/* What ends with 60,000 of the same to be repeated. */
static void make_endless(const char *begin, char then)
{
	memset(endless, then, sizeof(endless) - 1);
	memcpy(endless, begin, strlen(begin));
}

static void expect_fake(const char *says, enum fake_then then, size_t again, int wanted,
			const char *part, int line)
{
	const struct gpuspec_etcd_settings soon = { .connect_ms = 400, .answer_ms = 700 };
	struct fake fake;

	fake_start(&fake, says, strlen(says), then, again);
	expect_get(then == FAKE_HANGS ? soon : plain, fake.url, wanted, part, line);
	fake_stop(&fake);
}

#define FAKE(says, wanted, part)	expect_fake(says, FAKE_CLOSES, 0, wanted, part, __LINE__)
#define FAKE_THEN(says, then, again, wanted, part) \
	expect_fake(says, then, again, wanted, part, __LINE__)

static void test_hostile(void)
{
	FAKE("", -ECONNRESET, "it ended the connection without an answer; is it https:// and not http://?");
	FAKE("garbage\r\n\r\n", -EPROTO, "that is no etcd, or something between");
	FAKE("SSH-2.0-OpenSSH_9.2\r\n", -EPROTO, "that is no etcd, or something between");
	FAKE_THEN("", FAKE_HANGS, 0, -ETIMEDOUT, "no answer within 0.7 s; it is stopped or overloaded, or the network is cut");
	FAKE_THEN(OK "Content-Length: 100\r\n\r\n{'header'", FAKE_HANGS, 0, -ETIMEDOUT,
		  "no answer within 0.7 s");
	FAKE(OK "Content-Length: 100\r\n\r\n{'header'", -ECONNRESET, "in the middle of an answer");
	FAKE(CHUNKS "5\r\n{'hea", -ECONNRESET, "in the middle of an answer");
	FAKE(CHUNKS "zz\r\n{'hea", -EPROTO, "that is no etcd, or something between");
	FAKE(UNTIL_END "<html>\n", -EPROTO, "its answer is none of etcd's: '<html>");
	FAKE(UNTIL_END "{}\n", -EPROTO, "its answer is none of etcd's: '{}");
	FAKE(UNTIL_END "{'header': {'revision': 'x'}}\n", -EPROTO, "none of etcd's");
	FAKE(UNTIL_END "\x1b[2J\xff\n", -EPROTO, "its answer is none of etcd's: ' [2J?");
	FAKE("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
	     -EPROTO, "that is no etcd, or one before 3.4, or without its gateway: HTTP status 302, ''");
	FAKE("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nNot Found", -EPROTO,
	     "HTTP status 404, 'Not Found'");
	FAKE("HTTP/1.1 503 Wait\r\nContent-Length: 9\r\n\r\n{'code':1", -EPROTO, "HTTP status 503");
	FAKE("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
	     -EPROTO, "it speaks TLS only; is it https:// and not http://?");
	FAKE_THEN(OK "Content-Length: 100\r\n\r\n{", FAKE_RESETS, 0, -ECONNRESET,
		  "the connection broke; is etcd being restarted?");
	make_endless(UNTIL_END, 'a');
	FAKE_THEN(endless, FAKE_REPEATS, 60000, -EFBIG, "its answer is larger than 16 MiB");
}

/* --- a watch that is told what is none of etcd's --- */

static void count(const struct gpuspec_etcd_event *event, void *data)
{
	CHECK(!strcmp(event->kv.key, "/a") && event->kv.mod_revision == 5);
	++*(int *)data;
}

static void expect_stream(const char *says, enum fake_then then, size_t again, int events,
			  int wanted, const char *part, int line)
{
	struct pollfd input = { .events = POLLIN };
	struct gpuspec_etcd_watch *watch;
	const char *endpoints[2] = { NULL };
	struct gpuspec_etcd *etcd;
	int error, counted = 0;
	struct fake fake;

	fake_start(&fake, says, strlen(says), then, again);
	endpoints[0] = fake.url;
	etcd = open_etcd(plain, endpoints);
	EXPECT(etcd, gpuspec_etcd_watch_open(etcd, "/", 1, &watch), 0, "");
	input.fd = gpuspec_etcd_watch_fd(watch);
	do
		error = gpuspec_etcd_watch_hear(watch, count, &counted);
	while (!error && (counted < events || wanted) && poll(&input, 1, 5000) == 1);
	expect_told(etcd, error, wanted, part, line);
	expect_so(counted == events, "the number of events", line);
	gpuspec_etcd_watch_close(watch);
	gpuspec_etcd_close(etcd);
	fake_stop(&fake);
}

#define STREAM(says, events, wanted, part) \
	expect_stream(UNTIL_END CREATED says, FAKE_CLOSES, 0, events, wanted, part, __LINE__)

#define CREATED	"{'result':{'header':{},'created':true}}\n"
#define EVENT	"{'result':{'header':{},'events':[{'kv':{'key':'L2E=','mod_revision':5}}]}}\n"
#define CANCELED(why)	"{'result':{'header':{},'canceled':true" why "}}\n"
#define NUL_KEY	"{'result':{'header':{},'events':[{'kv':{'key':'L2EA','mod_revision':6}}]}}\n"

static void test_streams(void)
{
	static char text[8192];
	const char *c;
	size_t length;

	STREAM("", 0, -ECONNRESET, "it has ended its word of changes; is etcd being restarted?");
	STREAM(EVENT NUL_KEY EVENT, 2, -ECONNRESET, "it has ended its word of changes");
	STREAM(EVENT "{'result':", 1, -EPROTO, "none of etcd's: '{\"result\":'");
	STREAM(EVENT "garbage\n" EVENT, 1, -EPROTO, "its answer is none of etcd's: 'garbage'");
	STREAM(EVENT "\n", 1, -EPROTO, "its answer is none of etcd's");
	STREAM(CANCELED(",'cancel_reason':'etcdserver: no leader'"), 0, -EHOSTDOWN, "it has no leader");
	STREAM(CANCELED(""), 0, -ECONNRESET,
	       "it is not ready, or is being shut down; try again");
	STREAM(CANCELED(",'cancel_reason':'etcdserver: permission denied'"), 0, -EACCES, "the user (none) has no permission");
	STREAM(EVENT "{'error':{'grpc_code':14,'message':'etcdserver: no leader'}}\n", 1,
	       -EHOSTDOWN, "it has no leader");
	/* Each byte is a chunk. */
	length = snprintf(text, sizeof(text), CHUNKS);
	for (c = CREATED EVENT EVENT; *c; c++)
		length += snprintf(text + length, sizeof(text) - length, "1\r\n%c\r\n", *c);
	expect_stream(text, FAKE_HANGS, 0, 2, 0, "", __LINE__);
	make_endless(UNTIL_END CREATED EVENT, ' ');
	expect_stream(endless, FAKE_REPEATS, 60000, 1, -EFBIG, "its answer is larger than 16 MiB",
		      __LINE__);
}

/* What etcd says when it is in a state that is hard to bring it to. */
static void test_told(void)
{
	static const struct {
		int code, error;
		const char *message, *part;
	} told[] = {
		{ 14, -EHOSTDOWN, "etcdserver: no leader", "most members of its cluster are down" },
		{ 14, -EHOSTDOWN, "etcdserver: leader changed", "its leader has just changed" },
		{ 14, -EHOSTDOWN, "request timed out, possibly due to", "does not agree in time" },
		{ 4, -EHOSTDOWN, "context deadline exceeded", "does not agree in time" },
		{ 14, -ECONNRESET, "transport is closing", "it is not ready, or is being" },
		{ 1, -ECONNRESET, "context canceled", "it is being shut down" },
		{ 8, -EBUSY, "etcdserver: too many requests", "it has too much to do" },
		{ 8, -EMSGSIZE, "received message larger than max (5 vs. 4)", "too large for it" },
		{ 15, -EIO, "etcdserver: corrupt cluster", "then etcdctl alarm disarm" },
		{ 12, -EPROTO, "unknown service", "gpuspec needs etcd 3.4 or later" },
		{ 16, -EACCES, "etcdserver: invalid auth token", "it does not take the token" },
		{ 3, -EACCES, "revision of auth store is old", "its users keep changing" },
		{ 2, -EINVAL, "a new\\tone", "it refuses: a new one" },
	};
	static const char *const forms[] = {
		"HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\n{'error':'x','code':%d,'message':'%s'}",
		"HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\n{'code':%d,'message':'%s','details':[]}",
		UNTIL_END "{'error':{'grpc_code':%d,'http_code':503,'message':'%s'}}\n",
	};
	char says[512];
	size_t i;

	for (i = 0; i < sizeof(told) / sizeof(*told); i++) {
		snprintf(says, sizeof(says), forms[i % 3], told[i].code, told[i].message);
		FAKE(says, told[i].error, told[i].part);
	}
}

/* Servers that do not come to an end with TLS, or not even with TCP. */
static void test_handshakes(void)
{
	const struct gpuspec_etcd_settings soon = { .connect_ms = 400, .answer_ms = 700 };
	struct fake hangs, garbage;
	char url[64];
	int i, fds[4];

	fake_start(&hangs, "", 0, FAKE_HANGS, 0);
	snprintf(url, sizeof(url), "https%s", hangs.url + strlen("http"));
	EXPECT_GET(soon, url, -ETIMEDOUT, "no connection within 0.4 s; is that host up, etcd not stopped, and no firewall in the way?");
	fake_stop(&hangs);
	fake_start(&garbage, "\x16\x03\x03\0\x04\x0e\0\0\0", 9, FAKE_CLOSES, 0);
	snprintf(url, sizeof(url), "https%s", garbage.url + strlen("http"));
	EXPECT_GET(plain, url, -EKEYREJECTED, "TLS fails: ");
	fake_stop(&garbage);
	/* Its queue is full. */
	fake_start_full(url, sizeof(url), fds, 4);
	EXPECT_GET(soon, url, -ETIMEDOUT, "no connection within 0.4 s");
	for (i = 0; i < 4; i++)
		close(fds[i]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_settings();
	test_hostile();
	test_streams();
	test_told();
	test_handshakes();
	return failed;
}
