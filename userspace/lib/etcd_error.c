// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etcd_call.h"
#include "etcd_json.h"
#include "utf8.h"

#define CONF	"gpuspec.conf(5) says where it is set"

static void __attribute__((format(printf, 2, 0)))
say(struct gpuspec_etcd *etcd, const char *why, va_list args)
{
	size_t length = strlen(etcd->sentence), i;

	vsnprintf(etcd->sentence + length, sizeof(etcd->sentence) - length, why, args);
	for (i = 0; etcd->sentence[i]; i++)
		if ((unsigned char)etcd->sentence[i] < ' ' || etcd->sentence[i] == 0x7f)
			etcd->sentence[i] = ' ';
}

int gpuspec_etcd_fail(struct gpuspec_etcd *etcd, int error, const char *why, ...)
{
	va_list args;

	snprintf(etcd->sentence, sizeof(etcd->sentence), "etcd at %.300s: ",
		 gpuspec_etcd_endpoint(etcd));
	va_start(args, why);
	say(etcd, why, args);
	va_end(args);
	return error;
}

int gpuspec_etcd_fail_here(struct gpuspec_etcd *etcd, int error, const char *why, ...)
{
	va_list args;

	*etcd->sentence = '\0';
	va_start(args, why);
	say(etcd, why, args);
	va_end(args);
	return error;
}

static bool is_tls(const struct gpuspec_etcd *etcd)
{
	return !strncmp(gpuspec_etcd_endpoint(etcd), "https:", strlen("https:"));
}

int gpuspec_etcd_check_files(struct gpuspec_etcd *etcd)
{
	const struct gpuspec_etcd_settings *settings = &etcd->settings;
	const struct { const char *path, *what; } files[] = {
		{ settings->ca, "the certificates of etcd's CA" },
		{ settings->certificate, "the certificate for etcd" },
		{ settings->key, "the key of the certificate for etcd" },
	};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i].path && access(files[i].path, R_OK))
			return gpuspec_etcd_fail_here(etcd, -EKEYREJECTED,
				"%s, %s, cannot be read: %s; " CONF, files[i].what, files[i].path,
				strerror(errno));
	return 0;
}

/* --- what curl tells --- */

/* OpenSSL's X509_V_ERR_*, which are part of its interface. */
enum {
	NO_ISSUER = 2, NOT_YET_VALID = 9, EXPIRED = 10, SELF_SIGNED = 18, SELF_SIGNED_CA = 19,
	NO_LOCAL_ISSUER = 20, NO_FIRST_ISSUER = 21,
};

static int fail_verification(struct gpuspec_etcd *etcd, CURL *curl, const char *why)
{
	const char *ca = etcd->settings.ca;
	long result = 0;

	curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &result);
	switch (result) {
	case EXPIRED:
		return gpuspec_etcd_fail(etcd, -EKEYEXPIRED, "its certificate, or its CA's, has expired; give it a new one, or set this host's clock right");
	case NOT_YET_VALID:
		return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "its certificate, or its CA's, is not valid yet; is this host's clock right?");
	case NO_ISSUER:
	case SELF_SIGNED:
	case SELF_SIGNED_CA:
	case NO_LOCAL_ISSUER:
	case NO_FIRST_ISSUER:
		return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "its certificate is of a CA that is not known here: none in %s has signed it; "
					 CONF, ca ? ca : "the host's own store");
	}
	if (strstr(why, "subject name") || strstr(why, "does not match"))
		return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "its certificate is of another name; name the endpoint as its certificate does, or add this name to it");
	return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "its certificate is not good: %s", why);
}

/* What its TLS says of us comes as an alert. */
static int fail_alert(struct gpuspec_etcd *etcd, const char *why)
{
	const char *certificate = etcd->settings.certificate;

	if (strstr(why, "protocol version"))
		return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "it has no TLS 1.2 or later, which gpuspec insists on");
	if (!certificate)
		return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "it asks for a certificate, and none is set for this host; "
					 CONF);
	return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "it does not take the certificate in %s: that has expired, or is of a CA that etcd does not trust; openssl x509 -noout -text -in %s shows it",
				 certificate, certificate);
}

static int fail_connect(struct gpuspec_etcd *etcd, CURL *curl, const char *why)
{
	long error = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
	if (error == ECONNREFUSED)
		return gpuspec_etcd_fail(etcd, -ECONNREFUSED, "nothing listens there; is etcd running, and is that the URL for its clients?");
	return gpuspec_etcd_fail(etcd, -EHOSTUNREACH, "there is no way to it: %s",
				 error ? strerror(error) : why);
}

static int fail_time(struct gpuspec_etcd *etcd)
{
	if (etcd->sent)
		return gpuspec_etcd_fail(etcd, -ETIMEDOUT, "no answer within %g s; it is stopped or overloaded, or the network is cut",
					 etcd->settings.answer_ms / 1000.0);
	return gpuspec_etcd_fail(etcd, -ETIMEDOUT, "no connection within %g s; is that host up, etcd not stopped, and no firewall in the way?",
				 etcd->settings.connect_ms / 1000.0);
}

static int fail_tls(struct gpuspec_etcd *etcd, const char *why)
{
	if (strstr(why, "alert"))
		return fail_alert(etcd, why);
	if (strstr(why, "wrong version number") || strstr(why, "packet length too long") ||
	    strstr(why, "SSL_ERROR_SYSCALL") || strstr(why, "reset by peer"))
		return gpuspec_etcd_fail(etcd, -EPROTO, "it does not speak TLS; is it http:// and not https://, or being restarted?");
	return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "TLS fails: %s", why);
}

/* A file that cannot be used; it may have become unreadable only now. */
static int fail_file(struct gpuspec_etcd *etcd, CURLcode code)
{
	const struct gpuspec_etcd_settings *settings = &etcd->settings;
	int error = gpuspec_etcd_check_files(etcd);

	if (error)
		return error;
	if (code == CURLE_SSL_CACERT_BADFILE)
		return gpuspec_etcd_fail_here(etcd, -EKEYREJECTED, "the certificates of etcd's CA, %s: there are none in it, which are wanted in PEM; "
					      CONF, settings->ca ? settings->ca : "the host's own store");
	return gpuspec_etcd_fail_here(etcd, -EKEYREJECTED, "the certificate for etcd, %s, and its key, %s, are not in PEM, want a passphrase, or do not belong together; "
				      CONF, settings->certificate,
				      settings->key ? settings->key : "in the same file");
}

int gpuspec_etcd_fail_transfer(struct gpuspec_etcd *etcd, CURL *curl, CURLcode code,
			       const struct gpuspec_etcd_request *request,
			       const struct gpuspec_etcd_text *answer)
{
	char why[CURL_ERROR_SIZE];

	etcd->elsewhere = true;
	gpuspec_utf8_clean(why, sizeof(why), *request->alert ? request->alert :
			   *request->why ? request->why : curl_easy_strerror(code));
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return gpuspec_etcd_fail(etcd, -EHOSTUNREACH, "there is no host of that name, or no name server answers; "
					 CONF);
	case CURLE_COULDNT_CONNECT:
		return fail_connect(etcd, curl, why);
	case CURLE_OPERATION_TIMEDOUT:
		return fail_time(etcd);
	case CURLE_PEER_FAILED_VERIFICATION:
		return fail_verification(etcd, curl, why);
	case CURLE_SSL_CONNECT_ERROR:
		return fail_tls(etcd, why);
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		etcd->elsewhere = false;
		return fail_file(etcd, code);
	case CURLE_OUT_OF_MEMORY:
		return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
	case CURLE_WRITE_ERROR:
		if (!answer->too_large)
			return gpuspec_etcd_fail_here(etcd, -ENOMEM, "out of memory");
		return gpuspec_etcd_fail(etcd, -EFBIG, "its answer is larger than %zu MiB",
					 answer->most >> 20);
	case CURLE_GOT_NOTHING:
		return gpuspec_etcd_fail(etcd, -ECONNRESET, "it ended the connection without an answer; is it https:// and not http://?");
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		/* With TLS 1.3 its alert comes when we take the connection for made, or is lost. */
		if (strstr(why, "alert"))
			return fail_alert(etcd, why);
		if (strstr(why, "chunk"))
			break;
		if (is_tls(etcd))
			return gpuspec_etcd_fail(etcd, -ECONNRESET, "the connection broke; is etcd being restarted, or does it not take this host's certificate?");
		return gpuspec_etcd_fail(etcd, -ECONNRESET, "the connection broke; is etcd being restarted?");
	case CURLE_PARTIAL_FILE:
		return gpuspec_etcd_fail(etcd, -ECONNRESET, "the connection broke in the middle of an answer; is etcd being restarted?");
	default:
		break;
	}
	return gpuspec_etcd_fail(etcd, -EPROTO, "that is no etcd, or something between does not pass on what it says: %s",
				 why);
}

/* --- what etcd tells --- */

/* gRPC's codes. */
enum {
	CANCELED = 1, DEADLINE_EXCEEDED = 4, NOT_FOUND = 5, PERMISSION_DENIED = 7,
	RESOURCE_EXHAUSTED = 8, UNIMPLEMENTED = 12, UNAVAILABLE = 14, UNAUTHENTICATED = 16,
};

/* By what the message has in it, or the code where that is NULL. */
static const struct refusal {
	const char *part;
	int code, error;
	bool elsewhere;
	const char *sentence;
} refusals[] = {
	{
		"invalid auth token", 0, -EKEYREVOKED, false,
		"it does not take the token that it has given",
	},
	{
		"revision of auth store is old", 0, -EKEYREVOKED, false,
		"its users keep changing while this host logs in; try again",
	},
	{
		"user name is empty", 0, -EKEYREVOKED, false,
		"it wants a user and a password, and none is set for this host; "
		CONF,
	},
	{
		"invalid user ID or password", 0, -EACCES, false,
		"wrong user or password; "
		CONF,
	},
	{
		"authentication is not enabled", 0, -EOPNOTSUPP, false,
		"its authentication is turned off",
	},
	{
		"space exceeded", 0, -ENOSPC, false,
		"its database is full (alarm NOSPACE), and it takes no change; make room: etcdctl compact, etcdctl defrag, then etcdctl alarm disarm",
	},
	{
		"corrupt", 0, -EIO, true,
		"a member has other data than the others (alarm CORRUPT), and it takes no change; replace that member, then etcdctl alarm disarm",
	},
	{
		"request is too large", 0, -EMSGSIZE, false,
		"the request is too large for it; etcd --max-request-bytes allows more",
	},
	{
		"message larger than max", 0, -EMSGSIZE, false,
		"the request or its answer is too large for it; etcd --max-request-bytes allows more",
	},
	{
		"too many operations", 0, -EMSGSIZE, false,
		"the transaction has too many parts for it; etcd --max-txn-ops allows more",
	},
	{
		"has been compacted", 0, -ESTALE, false,
		"that revision has been compacted; read the present one",
	},
	{
		"name already exists", 0, -EEXIST, false,
		"there is one of that name already",
	},
	{
		"name not found", 0, -ENOENT, false,
		"there is none of that name",
	},
	{
		"root user does not exist", 0, -EINVAL, false,
		"it has no user root, without whom its authentication cannot be turned on; etcdctl user add root",
	},
	{
		"root user does not have root role", 0, -EINVAL, false,
		"its user root has not the role root, without which its authentication cannot be turned on; etcdctl user grant-role root root",
	},
	{
		"lease not found", 0, -ENOENT, false,
		"there is no such lease any more",
	},
	{
		"no leader", 0, -EHOSTDOWN, true,
		"it has no leader: most members of its cluster are down or cut off; etcdctl endpoint status --cluster shows which",
	},
	{
		"leader changed", 0, -EHOSTDOWN, true,
		"its leader has just changed; try again",
	},
	{
		"request timed out", 0, -EHOSTDOWN, true,
		"it is there, but its cluster does not agree in time: it has lost its leader, or its disks are too slow; etcdctl endpoint status --cluster shows more",
	},
	{
		NULL, DEADLINE_EXCEEDED, -EHOSTDOWN, true,
		"it is there, but its cluster does not agree in time: it has lost its leader, or its disks are too slow; etcdctl endpoint status --cluster shows more",
	},
	{
		NULL, PERMISSION_DENIED, -EACCES, false,
		"the user %s has no permission for that; etcdctl user get, and etcdctl role grant-permission, show it and give it",
	},
	{
		NULL, UNAUTHENTICATED, -EKEYREVOKED, false,
		"it does not take the token that it has given",
	},
	{
		NULL, RESOURCE_EXHAUSTED, -EBUSY, true,
		"it has too much to do; try again later",
	},
	{
		NULL, CANCELED, -ECONNRESET, true,
		"it is being shut down",
	},
	{
		NULL, UNAVAILABLE, -ECONNRESET, true,
		"it is not ready, or is being shut down; try again",
	},
	{
		NULL, UNIMPLEMENTED, -EPROTO, true,
		"it is too old, or has that part turned off; gpuspec needs etcd 3.4 or later",
	},
};

int gpuspec_etcd_fail_refusal(struct gpuspec_etcd *etcd, int code, const char *message)
{
	const struct refusal *refusal = refusals;
	const struct refusal *end = refusals + sizeof(refusals) / sizeof(*refusals);
	const char *user = etcd->settings.user;
	size_t length;

	while (refusal < end && !(refusal->part ? !!strstr(message, refusal->part) :
						  refusal->code == code))
		refusal++;
	if (refusal == end)
		return gpuspec_etcd_fail(etcd, code == NOT_FOUND ? -ENOENT : -EINVAL,
					 "it refuses: %s", message);
	etcd->elsewhere = refusal->elsewhere;
	if (refusal->code == PERMISSION_DENIED)
		return gpuspec_etcd_fail(etcd, refusal->error, refusal->sentence,
					 user ? user : "(none)");
	/* The gateway is a client of etcd's, which shows it etcd's own certificate. */
	if (refusal->code == UNAVAILABLE && is_tls(etcd))
		return gpuspec_etcd_fail(etcd, refusal->error, "it is not ready, or is being shut down; if that stays so: where it wants certificates of clients, its own has to be good for that, too, by its extended key usage clientAuth (%s)",
					 message);
	gpuspec_etcd_fail(etcd, refusal->error, "%s", refusal->sentence);
	length = strlen(etcd->sentence);
	snprintf(etcd->sentence + length, sizeof(etcd->sentence) - length, " (%s)", message);
	return refusal->error;
}

/* The begin of what is not understood, to be recognised by. */
static const char *shown(const struct gpuspec_etcd_text *answer, char text[64])
{
	char begin[60];

	snprintf(begin, sizeof(begin), "%.*s", (int)answer->size,
		 answer->size ? answer->bytes : "");
	gpuspec_utf8_clean(text, 64, begin);
	return text;
}

int gpuspec_etcd_fail_status(struct gpuspec_etcd *etcd, long status,
			     const struct gpuspec_etcd_text *answer)
{
	struct gpuspec_etcd_refusal refusal;
	char text[64];

	if (gpuspec_etcd_read_refusal(answer->bytes, answer->size, &refusal))
		return gpuspec_etcd_fail_refusal(etcd, refusal.code, refusal.message);
	etcd->elsewhere = true;
	shown(answer, text);
	if (strstr(text, "HTTP request to an HTTPS server"))
		return gpuspec_etcd_fail(etcd, -EPROTO, "it speaks TLS only; is it https:// and not http://?");
	if (strstr(text, "CommonName of client"))
		return gpuspec_etcd_fail(etcd, -EKEYREJECTED, "with users and --client-cert-auth it takes no certificate that has a CommonName; %s has to be one without",
					 etcd->settings.certificate);
	return gpuspec_etcd_fail(etcd, -EPROTO, "that is no etcd, or one before 3.4, or without its gateway: HTTP status %ld, '%s'",
				 status, text);
}

int gpuspec_etcd_fail_answer(struct gpuspec_etcd *etcd, int error,
			     const struct gpuspec_etcd_text *answer)
{
	struct gpuspec_etcd_refusal refusal;
	char text[64];

	if (error == -ENOMEM)
		return gpuspec_etcd_fail_here(etcd, error, "out of memory");
	if (gpuspec_etcd_read_refusal(answer->bytes, answer->size, &refusal))
		return gpuspec_etcd_fail_refusal(etcd, refusal.code, refusal.message);
	etcd->elsewhere = true;
	return gpuspec_etcd_fail(etcd, error, "that is no etcd, or it is broken: its answer is none of etcd's: '%s'",
				 shown(answer, text));
}
