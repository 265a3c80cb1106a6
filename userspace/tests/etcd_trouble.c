// SPDX-License-Identifier: GPL-2.0
/*
 * etcd's client and a real etcd where things are not as they should be: each has
 * its error, and a sentence that says what it is. SHOW=1 in the environment shows
 * them. etcd_hostile.c has what is no etcd.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "expect.h"
#include "fake.h"

static const struct gpuspec_etcd_settings plain;

/* The second endpoint is asked where the first is of no use, and stays the one. */
static void test_endpoints(const struct daemon *daemon)
{
	char dead[64], deaf[64];
	const char *const two[] = { dead, daemon->url, NULL }, *const none[] = { dead, deaf, NULL };
	const char *const half[] = { deaf, daemon->url, NULL };
	const struct gpuspec_etcd_range once = { .key = "/once" };
	struct gpuspec_etcd_found found;
	struct gpuspec_etcd *etcd;
	struct fake fake;

	snprintf(dead, sizeof(dead), "http://127.0.0.1:%u", free_port());
	EXPECT_GET(plain, dead, -ECONNREFUSED, "nothing listens there; is etcd running, and is that the URL for its clients?");
	EXPECT_GET(plain, "http://a..b:1", -EHOSTUNREACH, "there is no host of that name");
	EXPECT_GET(plain, "http://255.255.255.255:1", -EHOSTUNREACH, "there is no way to it: ");
	etcd = open_etcd(plain, two);
	EXPECT(etcd, get(etcd, "/"), 0, "");
	CHECK(!strcmp(gpuspec_etcd_endpoint(etcd), daemon->url));
	EXPECT(etcd, put(etcd, "/a", "", 0), 0, "");
	gpuspec_etcd_close(etcd);
	etcd = open_etcd(plain, two);
	EXPECT(etcd, put(etcd, "/a", "", 0), 0, "");
	gpuspec_etcd_close(etcd);
	etcd = open_etcd(plain, two);
	EXPECT(etcd, watch_once(etcd, "/a"), 0, "");
	gpuspec_etcd_close(etcd);

	/* What tells more is told. */
	fake_start(&fake, "HTTP/1.0 404 No\r\n\r\n", 19, FAKE_CLOSES, 0);
	snprintf(deaf, sizeof(deaf), "%s", fake.url);
	etcd = open_etcd(plain, none);
	EXPECT(etcd, get(etcd, "/"), -EPROTO, "HTTP status 404, ''; and the other endpoints are of no use, too (1 of them)");
	CHECK(strstr(gpuspec_etcd_sentence(etcd), deaf));
	gpuspec_etcd_close(etcd);
	/* What may have been done there is not done again elsewhere; but asked it is. */
	etcd = open_etcd(plain, half);
	EXPECT(etcd, put(etcd, "/once", "", 0), -EPROTO, "; whether it has done what it was asked for is not known");
	EXPECT(etcd, get(etcd, "/"), 0, "");
	CHECK(!strcmp(gpuspec_etcd_endpoint(etcd), daemon->url));
	CHECK(!gpuspec_etcd_range(etcd, &once, &found) && !found.count);
	gpuspec_etcd_found_free(&found);
	gpuspec_etcd_close(etcd);
	fake_stop(&fake);
}

/* --- TLS --- */

static const char *file(const char *name)
{
	static char paths[32][128];
	static unsigned int next;
	char *path = paths[next++ % 32];

	snprintf(path, sizeof(paths[0]), "%s/%s", daemon_work(), name);
	return path;
}

/* Where etcd ends the connection soon after it has told why, that may be lost. */
static void expect_refused(struct gpuspec_etcd_settings settings, const char *url,
			   const char *part, int line)
{
	const char *const endpoints[] = { url, NULL };
	struct gpuspec_etcd *etcd = open_etcd(settings, endpoints);
	int error = get(etcd, "/"), i;

	for (i = 0; i < 20 && error == -ECONNRESET; i++) {
		EXPECT(etcd, error, -ECONNRESET, "the connection broke; is etcd being restarted, or does it not take this host's certificate?");
		error = i % 2 ? get(etcd, "/") : watch_once(etcd, "/");
	}
	expect_told(etcd, error, -EKEYREJECTED, part, line);
	gpuspec_etcd_close(etcd);
}

#define EXPECT_REFUSED(settings, url, part)	expect_refused(settings, url, part, __LINE__)

/* With a certificate of the server's that is not good. */
static void test_server(const char *name, int wanted, const char *part)
{
	const struct gpuspec_etcd_settings settings = { .ca = file("ca.pem") };
	char certificate[32];
	struct daemon daemon;
	const char *options[5] = { "--cert-file", NULL, "--key-file", file("key.pem"), NULL };

	snprintf(certificate, sizeof(certificate), "%s.pem", name);
	options[1] = file(certificate);
	daemon_start(&daemon, name, true, options);
	EXPECT_GET(settings, daemon.url, wanted, part);
	daemon_kill(&daemon);
}

static void test_tls(const struct daemon *untold)
{
	struct gpuspec_etcd_settings good = {
		.ca = file("ca.pem"), .certificate = file("server.pem"), .key = file("key.pem"),
	}, settings;
	const char *options[9] = {
		"--cert-file", good.certificate, "--key-file", good.key,
		"--trusted-ca-file", good.ca, "--client-cert-auth=true", "--debug=false", NULL,
	};
	char other[64], without_s[64];
	struct daemon daemon;

	daemon_start(&daemon, "tls", true, options);
	EXPECT_GET(good, daemon.url, 0, "");

	settings = good;
	settings.certificate = NULL;
	settings.key = NULL;
	EXPECT_REFUSED(settings, daemon.url, "it asks for a certificate, and none is set for this host");
	settings = good;
	settings.certificate = file("other-client.pem");
	EXPECT_REFUSED(settings, daemon.url, "that has expired, or is of a CA that etcd does not trust; openssl x509 -noout -text -in ");
	settings.certificate = file("expired.pem");
	EXPECT_REFUSED(settings, daemon.url, "expired.pem: that has expired, or is of a CA");
	settings.certificate = file("garbage.pem");
	EXPECT_GET(settings, daemon.url, -EKEYREJECTED, "are not in PEM, want a passphrase, or do not belong together");
	settings = good;
	settings.key = file("other-key.pem");
	EXPECT_GET(settings, daemon.url, -EKEYREJECTED, "are not in PEM, want a passphrase, or do not belong together");
	settings = good;
	settings.ca = file("garbage.pem");
	EXPECT_GET(settings, daemon.url, -EKEYREJECTED, "garbage.pem: there are none in it, which are wanted in PEM");
	settings.ca = file("other-ca.pem");
	EXPECT_GET(settings, daemon.url, -EKEYREJECTED, "of a CA that is not known here: none in ");
	settings.ca = NULL;
	EXPECT_GET(settings, daemon.url, -EKEYREJECTED, "none in the host's own store has signed it");

	snprintf(without_s, sizeof(without_s), "http%s", daemon.url + strlen("https"));
	EXPECT_GET(good, without_s, -ECONNRESET, "is it https:// and not http://?");
	snprintf(other, sizeof(other), "https%s", untold->url + strlen("http"));
	EXPECT_GET(good, other, -EPROTO, "it does not speak TLS; is it http:// and not https://, or being restarted?");
	daemon_kill(&daemon);

	options[1] = file("server-only.pem");
	daemon_start(&daemon, "tls-own", true, options);
	EXPECT_GET(good, daemon.url, -ECONNRESET, "its own has to be good for that, too, by its extended key usage clientAuth");
	daemon_kill(&daemon);

	test_server("expired", -EKEYEXPIRED, "its certificate, or its CA's, has expired");
	test_server("not-yet", -EKEYREJECTED, "is not valid yet; is this host's clock right?");
	test_server("other-name", -EKEYREJECTED, "its certificate is of another name");
	test_server("client-only", -EKEYREJECTED, "its certificate is not good: ");
}

/* --- users --- */

static void test_users(void)
{
	static const char *const requests[][2] = {
		{ "/v3/auth/user/add", "{\"name\": \"root\", \"password\": \"r\"}" },
		{ "/v3/auth/user/grant", "{\"user\": \"root\", \"role\": \"root\"}" },
		{ "/v3/auth/role/add", "{\"name\": \"host\"}" },
		/* All under "/h/". */
		{
			"/v3/auth/role/grant",
			"{\"name\": \"host\", \"perm\": {\"permType\": \"READWRITE\", \"key\": \"L2gv\", \"range_end\": \"L2gw\"}}",
		},
		{ "/v3/auth/user/add", "{\"name\": \"host\", \"password\": \"h\\\"\"}" },
		{ "/v3/auth/user/grant", "{\"user\": \"host\", \"role\": \"host\"}" },
		{ "/v3/auth/enable", "{}" },
	};
	struct gpuspec_etcd_settings host = { .user = "host", .password = "h\"" };
	struct gpuspec_etcd_settings admin = { .user = "root", .password = "r" };
	struct gpuspec_etcd *etcd, *root;
	const char *endpoints[2] = { NULL };
	struct daemon daemon;
	int error;
	size_t i;

	daemon_start(&daemon, "users", false, NULL);
	endpoints[0] = daemon.url;
	root = open_etcd(admin, endpoints);
	etcd = open_etcd(host, endpoints);
	/* Nobody is asked for a password yet. */
	EXPECT(etcd, put(etcd, "/", "", 0), 0, "");
	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		EXPECT(root, call(root, requests[i][0], requests[i][1]), 0, "");
	EXPECT(etcd, put(etcd, "/h/a", "", 0), 0, "");
	EXPECT(etcd, watch_once(etcd, "/h/"), 0, "");
	EXPECT(etcd, put(etcd, "/i", "", 0), -EACCES,
	       "the user host has no permission for that; etcdctl user get, and etcdctl role grant-permission");
	EXPECT(etcd, get(etcd, "/"), -EACCES, "has no permission");
	EXPECT(etcd, watch_once(etcd, "/"), -EACCES, "has no permission");

	/* The token is void when users change, and when etcd has been restarted. */
	for (i = 0; i < 2; i++) {
		error = call(root, "/v3/auth/role/add", i ? "{\"name\": \"b\"}" : "{\"name\": \"a\"}");
		EXPECT(root, error, 0, "");
		EXPECT(etcd, i ? get(etcd, "/h/") : watch_once(etcd, "/h/"), 0, "");
	}
	for (i = 0; i < 3; i++) {
		daemon_kill(&daemon);
		daemon_spawn(&daemon);
		daemon_await(&daemon);
		EXPECT(etcd, i == 0 ? put(etcd, "/h/b", "", 0) : i == 1 ? get(etcd, "/h/") :
		       watch_once(etcd, "/h/"), 0, "");
	}
	gpuspec_etcd_close(etcd);

	host.password = "wrong";
	EXPECT_GET(host, daemon.url, -EACCES, "wrong user or password");
	host.password = NULL;
	EXPECT_GET(host, daemon.url, -EACCES, "wrong user or password");
	etcd = open_etcd(plain, endpoints);
	EXPECT(etcd, get(etcd, "/"), -EACCES, "it wants a user and a password, and none is set for this host");
	EXPECT(etcd, watch_once(etcd, "/"), -EACCES, "");
	gpuspec_etcd_close(etcd);

	/* And no longer. */
	EXPECT(root, call(root, "/v3/auth/disable", "{}"), 0, "");
	host.password = "h\"";
	EXPECT_GET(host, daemon.url, 0, "");
	gpuspec_etcd_close(root);
	daemon_kill(&daemon);
}

/* --- a database that is full; the way out that we tell leads out --- */

static void test_space(void)
{
	static const char *const options[] = { "--quota-backend-bytes", "2000000", NULL };
	const char *endpoints[2] = { NULL };
	struct gpuspec_etcd *etcd;
	char *value = calloc(1, 500000);
	struct daemon daemon;
	int error = 0;
	unsigned int i;

	daemon_start(&daemon, "full", false, options);
	endpoints[0] = daemon.url;
	etcd = open_etcd(plain, endpoints);
	for (i = 0; i < 10 && !error; i++)
		error = put(etcd, "/a", value, 500000);
	EXPECT(etcd, error, -ENOSPC, "make room: etcdctl compact, etcdctl defrag, then etcdctl alarm disarm");
	EXPECT(etcd, get(etcd, "/"), 0, "");
	run("export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=%s; rev=$(etcdctl get / -w json | sed 's/.*\"revision\":\\([0-9]*\\).*/\\1/'); (etcdctl compact --physical $rev && etcdctl defrag && etcdctl alarm disarm) >%s/etcdctl",
	    daemon.url, daemon.folder);
	EXPECT(etcd, put(etcd, "/a", value, 1000), 0, "");
	EXPECT(etcd, get_at(etcd, "/", 2), -ESTALE, "that revision has been compacted");
	EXPECT(etcd, get_at(etcd, "/", 1000), -EINVAL, "it refuses: etcdserver: mvcc: required revision is a future revision");
	gpuspec_etcd_close(etcd);
	daemon_kill(&daemon);
	free(value);
}

static void test_operations(const struct daemon *daemon)
{
	struct gpuspec_etcd_op ops[GPUSPEC_ETCD_OPS_MAX + 1];
	struct gpuspec_etcd_txn txn = { .ops = ops, .op_count = GPUSPEC_ETCD_OPS_MAX };
	const char *const endpoints[] = { daemon->url, NULL };
	struct gpuspec_etcd *etcd = open_etcd(plain, endpoints);
	char *value = calloc(1, 3000000);
	unsigned int i;

	for (i = 0; i <= GPUSPEC_ETCD_OPS_MAX; i++)
		ops[i] = (struct gpuspec_etcd_op){ .what = GPUSPEC_ETCD_GET, .key = "/a" };
	EXPECT(etcd, gpuspec_etcd_txn(etcd, &txn, NULL), 0, "");
	txn.op_count++;
	EXPECT(etcd, gpuspec_etcd_txn(etcd, &txn, NULL), -EMSGSIZE, "the transaction has too many parts for it; etcd --max-txn-ops allows more");
	EXPECT(etcd, put(etcd, "/a", value, 1600000), -EMSGSIZE, "the request is too large for it; etcd --max-request-bytes allows more");
	EXPECT(etcd, put(etcd, "/a", value, 3000000), -EMSGSIZE, "too large for it; etcd --max-request-bytes allows more");
	free(value);
	gpuspec_etcd_close(etcd);
}

/* --- one that is stopped, one without the others --- */

static void test_stopped(const struct daemon *daemon)
{
	const struct gpuspec_etcd_settings settings = { .connect_ms = 300, .answer_ms = 600 };
	const char *const endpoints[] = { daemon->url, NULL };
	struct gpuspec_etcd *etcd = open_etcd(settings, endpoints);
	struct gpuspec_etcd_watch *watch;

	EXPECT(etcd, put(etcd, "/a", "", 0), 0, "");
	EXPECT(etcd, gpuspec_etcd_watch_open(etcd, "/", 0, &watch), 0, "");
	daemon_signal(daemon, SIGSTOP);
	EXPECT(etcd, get(etcd, "/"), -ETIMEDOUT, "no answer within 0.6 s; it is stopped or overloaded, or the network is cut");
	EXPECT(etcd, put(etcd, "/a", "", 0), -ETIMEDOUT, "whether it has done what it was asked for is not known");
	EXPECT(etcd, watch_once(etcd, "/"), -ETIMEDOUT, "no answer within 0.6 s");
	EXPECT(etcd, gpuspec_etcd_watch_hear(watch, NULL, NULL), 0, "");
	daemon_signal(daemon, SIGCONT);
	EXPECT(etcd, get(etcd, "/"), 0, "");
	gpuspec_etcd_watch_close(watch);
	gpuspec_etcd_close(etcd);
}

static void ignore(const struct gpuspec_etcd_event *event, void *data)
{
	(void)event;
	(void)data;
}

static void test_no_leader(void)
{
	struct daemon a, b;
	const char *const endpoints[] = { a.url, NULL };
	struct gpuspec_etcd_watch *watch;
	struct gpuspec_etcd *etcd;
	struct pollfd input = { .events = POLLIN };
	int error = 0, i;

	daemon_make(&a, "a", false, NULL);
	daemon_make(&b, "b", false, NULL);
	snprintf(a.cluster, sizeof(a.cluster), "a=%s,b=%s", a.peer_url, b.peer_url);
	memcpy(b.cluster, a.cluster, sizeof(b.cluster));
	daemon_spawn(&a);
	daemon_spawn(&b);
	daemon_await(&a);
	daemon_await(&b);
	etcd = open_etcd(plain, endpoints);
	EXPECT(etcd, put(etcd, "/a", "", 0), 0, "");
	EXPECT(etcd, gpuspec_etcd_watch_open(etcd, "/", 0, &watch), 0, "");
	daemon_kill(&b);
	input.fd = gpuspec_etcd_watch_fd(watch);
	for (i = 0; i < 80 && !error; i++)
		if (poll(&input, 1, 100) == 1)
			error = gpuspec_etcd_watch_hear(watch, ignore, NULL);
	EXPECT(etcd, error, -EHOSTDOWN, "it has no leader: most members of its cluster are down or cut off");
	gpuspec_etcd_watch_close(watch);
	EXPECT(etcd, get(etcd, "/"), -EHOSTDOWN, "its cluster does not agree in time: it has lost its leader");
	EXPECT(etcd, watch_once(etcd, "/"), -EHOSTDOWN, "it has no leader");
	gpuspec_etcd_close(etcd);
	daemon_kill(&a);
}

int main(void)
{
	struct daemon daemon;

	setvbuf(stdout, NULL, _IOLBF, 0);
	run("tests/etcd_certificates.sh %s", daemon_work());
	daemon_start(&daemon, "plain", false, NULL);
	test_endpoints(&daemon);
	test_operations(&daemon);
	test_tls(&daemon);
	test_stopped(&daemon);
	daemon_kill(&daemon);
	test_users();
	test_space();
	test_no_leader();
	return failed;
}
