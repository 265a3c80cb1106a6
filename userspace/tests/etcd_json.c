// SPDX-License-Identifier: GPL-2.0
/* What etcd's gateway is asked, to the letter; and what it answers, or somebody in its place. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "etcd_json.h"

static int failed;

static void check(bool is_so, const char *what, int line)
{
	if (is_so)
		return;
	printf("line %d: not so: %s\n", line, what);
	failed = 1;
}

#define CHECK(is_so)	check(is_so, #is_so, __LINE__)

/* With ' in the place of ". */
static const char *json(const char *text)
{
	static char result[2048];
	char *c;

	snprintf(result, sizeof(result), "%s", text);
	for (c = result; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	return result;
}

static void test_base64(void)
{
	/* RFC 4648's own. */
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg= ", "Zg=g", "Zh==", "Zm9=", "=", "==", "===", "====", "Z===",
		"Zm9v\n", " Zm9v", "Zm9-", "Zm9_", "Zm9v=", "Zg==Zg==", "Zm9\xff",
	};
	unsigned char all[256], bytes[256];
	char text[GPUSPEC_BASE64_SIZE(256)];
	size_t i, size;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		size = strlen(pairs[i][0]);
		gpuspec_base64_encode(pairs[i][0], size, text);
		CHECK(!strcmp(text, pairs[i][1]));
		CHECK(gpuspec_base64_decode(text, strlen(text), bytes) == (ssize_t)size &&
		      !memcmp(bytes, pairs[i][0], size));
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(gpuspec_base64_decode(bad[i], strlen(bad[i]), bytes) == -1);
	CHECK(gpuspec_base64_decode("Zm\0v", 4, bytes) == -1);
	for (i = 0; i < sizeof(all); i++)
		all[i] = 255 - i;
	for (size = 0; size <= sizeof(all); size++) {
		gpuspec_base64_encode(all, size, text);
		CHECK(strlen(text) == GPUSPEC_BASE64_SIZE(size) - 1);
		CHECK(gpuspec_base64_decode(text, strlen(text), bytes) == (ssize_t)size &&
		      !memcmp(bytes, all, size));
	}
}

/* --- requests --- */

static void expect_text(char *text, const char *wanted, int line)
{
	json_t *is = text ? json_loads(text, 0, NULL) : NULL, *expected;

	expected = json_loads(json(wanted), 0, NULL);
	if (!is || !json_equal(is, expected)) {
		printf("line %d: %s\n  and not %s\n", line, text, wanted);
		failed = 1;
	}
	json_decref(is);
	json_decref(expected);
	free(text);
}

#define EXPECT_TEXT(text, wanted)	expect_text(text, wanted, __LINE__)

static void test_requests(void)
{
	struct gpuspec_etcd_range range = { .key = "/a" };
	struct gpuspec_etcd_page page = { .limit = 10 };
	const struct gpuspec_etcd_compare compares[] = {
		{ .what = GPUSPEC_ETCD_IS_AT, .key = "a" },
		{ .what = GPUSPEC_ETCD_NONE_NEWER, .key = "a/", .revision = 5 },
	};
	const struct gpuspec_etcd_op ops[] = {
		{ .what = GPUSPEC_ETCD_PUT, .key = "a", .value = "\0\xff", .size = 2, .lease = 7 },
		{ .what = GPUSPEC_ETCD_PUT, .key = "b" },
		{ .what = GPUSPEC_ETCD_DELETE, .key = "c" },
		{ .what = GPUSPEC_ETCD_DELETE_UNDER, .key = "d" },
		{ .what = GPUSPEC_ETCD_GET, .key = "e" },
		{ .what = GPUSPEC_ETCD_GET_UNDER, .key = "f\xff" },
	};
	struct gpuspec_etcd_txn txn = { 0 };

	EXPECT_TEXT(gpuspec_etcd_ask_range(&range, &page),
		    "{'key':'L2E=','limit':'10','revision':'0'}");
	range = (struct gpuspec_etcd_range){ .key = "/a", .under = true, .keys_only = true };
	page = (struct gpuspec_etcd_page){
		.limit = 1, .from = "/a\0", .from_size = 3, .revision = 9,
	};
	EXPECT_TEXT(gpuspec_etcd_ask_range(&range, &page),
		    "{'key':'L2EA','range_end':'L2I=','keys_only':true,'limit':'1','revision':'9'}");
	range = (struct gpuspec_etcd_range){ .key = "\xff\xff", .under = true, .newest = 3 };
	page = (struct gpuspec_etcd_page){ .limit = 3 };
	EXPECT_TEXT(gpuspec_etcd_ask_range(&range, &page),
		    "{'key':'//8=','range_end':'AA==','sort_order':'DESCEND','sort_target':'CREATE','limit':'3','revision':'0'}");
	EXPECT_TEXT(gpuspec_etcd_ask_txn(&txn), "{'compare':[],'success':[],'failure':[]}");
	txn = (struct gpuspec_etcd_txn){ .compares = compares, .compare_count = 1 };
	EXPECT_TEXT(gpuspec_etcd_ask_txn(&txn),
		    "{'compare':[{'key':'YQ==','target':'MOD','result':'EQUAL','mod_revision':'0'}],'success':[],'failure':[]}");
	txn.compares++;
	EXPECT_TEXT(gpuspec_etcd_ask_txn(&txn),
		    "{'compare':[{'key':'YS8=','range_end':'YTA=','target':'MOD','result':'LESS','mod_revision':'6'}],'success':[],'failure':[]}");
	txn = (struct gpuspec_etcd_txn){ .ops = ops, .op_count = 2 };
	EXPECT_TEXT(gpuspec_etcd_ask_txn(&txn),
		    "{'compare':[],'success':[{'request_put':{'key':'YQ==','value':'AP8=','lease':'7'}},{'request_put':{'key':'Yg==','value':''}}],'failure':[]}");
	txn = (struct gpuspec_etcd_txn){ .else_ops = ops + 2, .else_op_count = 2 };
	EXPECT_TEXT(gpuspec_etcd_ask_txn(&txn),
		    "{'compare':[],'success':[],'failure':[{'request_delete_range':{'key':'Yw=='}},{'request_delete_range':{'key':'ZA==','range_end':'ZQ=='}}]}");
	txn = (struct gpuspec_etcd_txn){ .ops = ops + 4, .op_count = 2 };
	EXPECT_TEXT(gpuspec_etcd_ask_txn(&txn),
		    "{'compare':[],'success':[{'request_range':{'key':'ZQ=='}},{'request_range':{'key':'Zv8=','range_end':'Zw=='}}],'failure':[]}");
	EXPECT_TEXT(gpuspec_etcd_ask_grant(30), "{'TTL':'30'}");
	EXPECT_TEXT(gpuspec_etcd_ask_lease(7587899175690170635), "{'ID':'7587899175690170635'}");
	EXPECT_TEXT(gpuspec_etcd_ask_token("a", "\"\\"), "{'name':'a','password':'\\u0022\\\\'}");
	EXPECT_TEXT(gpuspec_etcd_ask_watch("/a/", 5),
		    "{'create_request':{'key':'L2Ev','range_end':'L2Ew','start_revision':'5','fragment':true}}");
	CHECK(!gpuspec_etcd_ask_token("a", "\xff"));
}

/* --- answers --- */

#define HEADER	"'header':{'cluster_id':'14841639068965178418','revision':'9'}"

static int read_range(const char *text, bool under, const char *from,
		      struct gpuspec_etcd_page_found *found)
{
	const struct gpuspec_etcd_range range = { .key = "/a", .under = under };
	const struct gpuspec_etcd_page page = {
		.limit = 3, .from = from, .from_size = from ? strlen(from) : 0,
	};

	text = json(text);
	return gpuspec_etcd_read_range(text, strlen(text), &range, &page, found);
}

static void free_page(struct gpuspec_etcd_page_found *found)
{
	gpuspec_etcd_found_free(&found->found);
	free(found->last);
}

static void refuse(const char *text, int line)
{
	struct gpuspec_etcd_page_found found;
	int error = read_range(text, true, "/a", &found);

	check(error == -EPROTO && !found.found.kvs && !found.last, text, line);
}

#define REFUSE(text)	refuse(text, __LINE__)

/* Keys "/a", "/ab", "/a" with a NUL, "/b" and "/". */
#define A	"'key':'L2E='"
#define AB	"'key':'L2Fi'"
#define A_NUL	"'key':'L2EA'"
#define B	"'key':'L2I='"
#define SLASH	"'key':'Lw=='"
#define KVS(kvs)	"{" HEADER ",'kvs':[" kvs "]}"
#define KV(kv)		"{" kv ",'mod_revision':'5'}"

static void test_ranges(void)
{
	struct gpuspec_etcd_page_found found;

	CHECK(!read_range("{" HEADER "}", true, NULL, &found));
	CHECK(!found.found.count && found.found.revision == 9 && !found.more &&
	      found.found.cluster_id == 14841639068965178418ULL);
	free_page(&found);
	CHECK(!read_range(KVS("{" A ",'create_revision':'2','mod_revision':5,'version':'3','lease':'7','value':'AP8=','new':{}},"
			      KV(A_NUL) "," KV(AB)), true, NULL, &found));
	CHECK(found.found.count == 2 && !strcmp(found.found.kvs[0].key, "/a") &&
	      !memcmp(found.found.kvs[0].value, "\0\xff", 3) && found.found.kvs[0].size == 2 &&
	      found.found.kvs[0].create_revision == 2 && found.found.kvs[0].mod_revision == 5 &&
	      found.found.kvs[0].version == 3 && found.found.kvs[0].lease == 7);
	CHECK(!strcmp(found.found.kvs[1].key, "/ab") && !found.found.kvs[1].size &&
	      !*(char *)found.found.kvs[1].value && !found.found.kvs[1].lease);
	free_page(&found);
	/* The last key counts, even if it is not shown. */
	CHECK(!read_range("{" HEADER ",'more':true,'kvs':[" KV(A) "," KV(A_NUL) "]}", true, NULL,
			  &found));
	CHECK(found.found.count == 1 && found.more && found.last_size == 3 &&
	      !memcmp(found.last, "/a\0", 3));
	free_page(&found);
	CHECK(read_range(KVS(KV(AB)), false, NULL, &found) == -EPROTO);
	CHECK(read_range(KVS(KV(A)), true, "/aa", &found) == -EPROTO);
	CHECK(!read_range(KVS("{" A ",'mod_revision':5,'value':null,'lease':null}"), false, NULL,
			  &found));
	free_page(&found);

	REFUSE("");
	REFUSE("null");
	REFUSE("[]");
	REFUSE("{}");
	REFUSE("{" HEADER "} {}");
	REFUSE("{" HEADER "," HEADER "}");
	REFUSE("{'header':[]}");
	REFUSE("{'header':{'revision':'-1'}}");
	REFUSE("{'header':{'revision':''}}");
	REFUSE("{'header':{'revision':' 1'}}");
	REFUSE("{'header':{'revision':'+1'}}");
	REFUSE("{'header':{'revision':'1x'}}");
	REFUSE("{'header':{'revision':'0x1'}}");
	REFUSE("{'header':{'revision':1.5}}");
	REFUSE("{'header':{'revision':true}}");
	REFUSE("{'header':{'revision':'9223372036854775808'}}");
	REFUSE("{'header':{'revision':9223372036854775808}}");
	REFUSE("{'header':{'cluster_id':'18446744073709551616'}}");
	REFUSE("{'header':{'cluster_id':'-1'}}");
	REFUSE("{" HEADER ",'more':'true'}");
	REFUSE("{" HEADER ",'more':true}");
	REFUSE("{" HEADER ",'kvs':{}}");
	REFUSE(KVS("null"));
	REFUSE(KVS("'a'"));
	REFUSE(KVS("{}"));
	REFUSE(KVS("{" A "}"));
	REFUSE(KVS("{'mod_revision':5}"));
	REFUSE(KVS(KV("'key':''")));
	REFUSE(KVS(KV("'key':5")));
	REFUSE(KVS(KV("'key':'L2E'")));
	REFUSE(KVS(KV("'key':'L2E=\\n'")));
	REFUSE(KVS(KV("'key':'L2E\\u0000'")));
	REFUSE(KVS(KV(A ",'value':'%'")));
	REFUSE(KVS(KV(A ",'value':[]")));
	REFUSE(KVS(KV(A ",'lease':{}")));
	REFUSE(KVS("{" A ",'mod_revision':'0'}"));
	REFUSE(KVS(KV(A ",'version':'-5'")));
	/* Not of the range, not in order, or too many. */
	REFUSE(KVS(KV(B)));
	REFUSE(KVS(KV(SLASH)));
	REFUSE(KVS(KV(AB) "," KV(A)));
	REFUSE(KVS(KV(A) "," KV(A)));
	REFUSE(KVS(KV(A_NUL) "," KV(A)));
	REFUSE(KVS(KV(A) "," KV(A_NUL) "," KV(AB) "," KV("'key':'L2Fj'")));
}

#define RANGED(kvs)	"{'response_range':{'kvs':[" kvs "]}}"

static int read_txn(const char *text, bool *succeeded, struct gpuspec_etcd_found *found)
{
	text = json(text);
	return gpuspec_etcd_read_txn(text, strlen(text), succeeded, found);
}

static int read_grant(const char *text, int64_t *lease)
{
	text = json(text);
	return gpuspec_etcd_read_grant(text, strlen(text), lease);
}

static int read_keepalive(const char *text, int64_t *seconds)
{
	text = json(text);
	return gpuspec_etcd_read_keepalive(text, strlen(text), seconds);
}

static int read_token(const char *text, char **token)
{
	text = json(text);
	return gpuspec_etcd_read_token(text, strlen(text), token);
}

static bool read_refusal(const char *text, struct gpuspec_etcd_refusal *refusal)
{
	text = json(text);
	return gpuspec_etcd_read_refusal(text, strlen(text), refusal);
}

static int read_news(const char *text, struct gpuspec_etcd_news *news)
{
	text = json(text);
	return gpuspec_etcd_read_news(text, strlen(text), news);
}

static void test_others(void)
{
	const char *const txn = "{" HEADER ",'succeeded':true,'responses':[{'response_put':{}},"
		RANGED(KV(A) "," KV(B)) ",{'response_range':{}}," RANGED(KV(SLASH)) "]}";
	const char *const bad_txn = "{" HEADER ",'responses':[" RANGED(KV(A))
		",{'response_range':[]}]}";
	struct gpuspec_etcd_found found;
	int64_t number;
	bool succeeded;
	char *token;

	CHECK(!read_txn(txn, &succeeded, &found));
	CHECK(succeeded && found.count == 3 && found.revision == 9 &&
	      !strcmp(found.kvs[2].key, "/"));
	gpuspec_etcd_found_free(&found);
	CHECK(!read_txn("{" HEADER "}", &succeeded, &found));
	CHECK(!succeeded && !found.count);
	CHECK(read_txn(bad_txn, &succeeded, &found) == -EPROTO);
	CHECK(!read_grant("{" HEADER ",'ID':'7587899175690170635','TTL':'30'}", &number) &&
	      number == 7587899175690170635);
	CHECK(read_grant("{" HEADER "}", &number) == -EPROTO);
	CHECK(!read_keepalive("{'result':{" HEADER ",'ID':'1','TTL':'30'}}\n", &number) &&
	      number == 30);
	CHECK(!read_keepalive("{'result':{" HEADER ",'ID':'1'}}", &number) && !number);
	CHECK(!read_keepalive("{'result':{" HEADER ",'TTL':'-1'}}", &number) && !number);
	CHECK(read_keepalive("{" HEADER ",'TTL':'30'}", &number) == -EPROTO);
	CHECK(!read_token("{" HEADER ",'token':'a.b-C_1+/='}", &token) &&
	      !strcmp(token, "a.b-C_1+/="));
	free(token);
	CHECK(read_token("{" HEADER "}", &token) == -EPROTO);
	CHECK(read_token("{" HEADER ",'token':''}", &token) == -EPROTO);
	CHECK(read_token("{" HEADER ",'token':'a\\r\\nX: y'}", &token) == -EPROTO);
	CHECK(read_token("{" HEADER ",'token':'a\xc3\xa4'}", &token) == -EPROTO);
}

static void test_refusals(void)
{
	struct gpuspec_etcd_refusal refusal;

	CHECK(read_refusal("{'error':'m','message':'m','code':14}", &refusal) &&
	      refusal.code == 14 && !strcmp(refusal.message, "m"));
	CHECK(read_refusal("{'code':1,'message':'a\\n\\u001bb\\u00e4','details':[]}", &refusal) &&
	      !strcmp(refusal.message, "a  b\xc3\xa4"));
	CHECK(read_refusal("{'error':{'grpc_code':5,'http_code':404,'message':'m'}}", &refusal) &&
	      refusal.code == 5);
	CHECK(read_refusal("{'error':{'code':5,'message':'m'}}", &refusal));
	CHECK(!read_refusal("", &refusal));
	CHECK(!read_refusal("{}", &refusal));
	CHECK(!read_refusal("{'code':0,'message':'m'}", &refusal));
	CHECK(!read_refusal("{'code':17,'message':'m'}", &refusal));
	CHECK(!read_refusal("{'code':'5','message':'m'}", &refusal));
	CHECK(!read_refusal("{'code':5}", &refusal));
}

#define EVENT(type, kv)	"{" type "'kv':" kv "}"
#define RESULT(text)	"{'result':{" HEADER text "}}"

static void test_news(void)
{
	struct gpuspec_etcd_news news;

	CHECK(!read_news(RESULT(",'watch_id':'0','created':true"), &news) && news.created &&
	      !news.canceled && !news.count);
	CHECK(!read_news(RESULT(",'canceled':true,'compact_revision':'3','cancel_reason':'a\\tb'"),
			 &news) && news.canceled && news.compact_revision == 3 &&
	      !strcmp(news.reason, "a b"));
	CHECK(!read_news(RESULT(",'events':[" EVENT("", KV(A ",'value':'Yg=='")) ","
				EVENT("'type':'PUT',", KV(A_NUL)) ","
				EVENT("'type':'DELETE',", KV(AB)) "]"), &news));
	CHECK(news.count == 2 && !news.events[0].is_delete && news.events[1].is_delete &&
	      !strcmp(news.events[0].kv.value, "b") && !strcmp(news.events[1].kv.key, "/ab"));
	gpuspec_etcd_news_free(&news);
	CHECK(read_news("", &news) == -EPROTO);
	CHECK(read_news("{'result':{}}", &news) == -EPROTO);
	CHECK(read_news(RESULT(",'created':1"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'canceled':true,'cancel_reason':5"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'compact_revision':'-3'"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'events':{}"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'events':[{'kv':" KV(A) "},{}]"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'events':[{'kv':" KV(A) "},{'kv':{}}]"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'events':[{'type':'MOVE','kv':" KV(A) "}]"), &news) == -EPROTO);
	CHECK(read_news(RESULT(",'events':[{'type':1,'kv':" KV(A) "}]"), &news) == -EPROTO);
}

int main(void)
{
	test_base64();
	test_requests();
	test_ranges();
	test_others();
	test_refusals();
	test_news();
	return failed;
}
