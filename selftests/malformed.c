// SPDX-License-Identifier: GPL-2.0
/*
 * Each command, sent wrong in every way that a message can be wrong. After each
 * refusal all that the family shows must be what it was, byte for byte.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "family.h"
#include "kselftest_harness.h"
#include "nlmsg.h"
#include "world.h"

#define SPEC		"pci:aaaa:bbbb:cccc:dddd"
#define HEADERS		(NLMSG_HDRLEN + GENL_HDRLEN)

FIXTURE(malformed) {
	int sock, family;
	struct nlmsg msg;
	struct answer answer;
	bool unchanged;		/* all were refused */
};

/* Not in the fixture, all of which is written to for each test. */
static struct world before, after;
static struct world log_before, log_after;

#include "malformed_commands.h"

/* What the log has is looked at once, after the test; the number of the last event is in this. */
static bool nothing_changed(FIXTURE_DATA(malformed) * self)
{
	self->unchanged = true;
	return world_look(self->sock, self->family, &after) && world_same(&before, &after);
}

/* Where the policy names SPEC, or with @id NULL nothing. */
static int set_policy(FIXTURE_DATA(malformed) * self, const char *id)
{
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_POLICY_BEGIN, 0);
	nl_put(&self->msg, GPUSPEC_A_REPLACE, "", 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	if (self->answer.error)
		return self->answer.error;
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_DEFAULT_SET, 0);
	nl_u32(&self->msg, GPUSPEC_A_DEFAULT, GPUSPEC_DEFAULT_OPEN);
	nl_ask(self->sock, &self->msg, &self->answer);
	if (id) {
		nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_SET, 0);
		nl_string(&self->msg, GPUSPEC_A_ID, id);
		nl_u32(&self->msg, GPUSPEC_A_STATE, GPUSPEC_STATE_DISABLED);
		nl_u32(&self->msg, GPUSPEC_A_SHARING, GPUSPEC_SHARING_ALL);
		nl_ask(self->sock, &self->msg, &self->answer);
	}
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_POLICY_COMMIT, 0);
	nl_u32(&self->msg, GPUSPEC_A_CHANGES, id ? 2 : 1);
	nl_ask(self->sock, &self->msg, &self->answer);
	return self->answer.error;
}

FIXTURE_SETUP(malformed)
{
	int unused;

	self->sock = nl_open();
	ASSERT_GE(self->sock, 0);
	self->family = nl_family(self->sock, &unused);
	ASSERT_GT(self->family, 0);
	ASSERT_EQ(0, set_policy(self, SPEC));
	ASSERT_TRUE(world_look(self->sock, self->family, &before));
	ASSERT_TRUE(world_look_at_log(self->sock, self->family, &log_before));
}

FIXTURE_TEARDOWN(malformed)
{
	/* The socket may have a transaction open. */
	close(self->sock);
	self->sock = nl_open();
	if (self->unchanged) {
		EXPECT_TRUE(world_look_at_log(self->sock, self->family, &log_after));
		EXPECT_TRUE(world_same(&log_before, &log_after));
	}
	EXPECT_EQ(0, set_policy(self, NULL));
	close(self->sock);
}

static void begin(FIXTURE_DATA(malformed) * self, const FIXTURE_VARIANT(malformed) * variant)
{
	nl_begin(&self->msg, self->family, variant->command, variant->flags);
}

/* A good message, but for the attribute at @spoiled, which the caller puts. */
static void begin_without(FIXTURE_DATA(malformed) * self,
			  const FIXTURE_VARIANT(malformed) * variant, int spoiled)
{
	int i;

	begin(self, variant);
	for (i = 0; i < 4 && variant->takes[i].type; i++)
		if (i != spoiled)
			nl_attribute(&self->msg, &variant->takes[i]);
}

/* On 6.1 the kernel drops the sentence of an error in a dump's start. */
static bool has_dump_sentences(void)
{
	struct utsname system;

	return !uname(&system) && strncmp(system.release, "6.1.", 4);
}

#define EXPECT_REFUSED(errno_, words, ...) do {						\
	nl_ask(self->sock, &self->msg, &self->answer);					\
	EXPECT_EQ(-(errno_), self->answer.error) TH_LOG(__VA_ARGS__);			\
	EXPECT_NE(NULL, strstr(self->answer.sentence, words)) {				\
		TH_LOG(__VA_ARGS__);							\
		TH_LOG("sentence: '%s'", self->answer.sentence);			\
	}										\
	EXPECT_TRUE(nothing_changed(self)) TH_LOG(__VA_ARGS__);				\
} while (0)

/* As above, and the attribute that begins at @where is the one blamed. */
#define EXPECT_BLAMED(where, errno_, words, ...) do {					\
	size_t where_ = (where);							\
											\
	EXPECT_REFUSED(errno_, words, __VA_ARGS__);					\
	EXPECT_EQ(where_, self->answer.offset) TH_LOG(__VA_ARGS__);			\
} while (0)

/* Without this, the rest would refuse for the wrong reason and prove nothing. */
TEST_F(malformed, good_one_is_understood)
{
	begin_without(self, variant, -1);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_EQ(-variant->good, self->answer.error);
}

TEST_F(malformed, family_version)
{
	static const uint8_t versions[] = { 0, 2, 3, 128, 255 };
	bool sentence = !variant->flags || has_dump_sentences();
	size_t i;

	for (i = 0; i < sizeof(versions); i++) {
		begin_without(self, variant, -1);
		nl_genl(&self->msg)->version = versions[i];
		EXPECT_REFUSED(EPROTONOSUPPORT, sentence ? "version" : "", "version %d",
			       versions[i]);
	}
}

TEST_F(malformed, reserved_bits)
{
	int bit;

	for (bit = 0; bit < 16; bit++) {
		begin_without(self, variant, -1);
		nl_genl(&self->msg)->reserved = 1 << bit;
		EXPECT_REFUSED(EINVAL, "reserved", "reserved bit %d", bit);
	}
	for (bit = 0; bit < 16; bit++) {
		int flag = 1 << bit;

		if (flag & (NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO | variant->flags))
			continue;
		begin_without(self, variant, -1);
		self->msg.header.nlmsg_flags |= flag;
		EXPECT_REFUSED(EINVAL, "nlmsg_flags", "flag %#x", flag);
	}
}

TEST_F(malformed, dump_where_there_is_none)
{
	if (variant->command == GPUSPEC_CMD_SPEC_GET ||
	    variant->command == GPUSPEC_CMD_ACCOUNT_GET)
		return;
	begin_without(self, variant, -1);
	self->msg.header.nlmsg_flags ^= NLM_F_DUMP;
	EXPECT_REFUSED(EOPNOTSUPP, "", "with flags %#x", self->msg.header.nlmsg_flags);
}

TEST_F(malformed, attribute_that_is_not_taken)
{
	int type;

	for (type = 0; type <= GPUSPEC_A_MAX + 2; type++) {
		if (family_takes(variant->command, type))
			continue;
		begin_without(self, variant, -1);
		nl_u32(&self->msg, type, 0);
		EXPECT_BLAMED(self->msg.header.nlmsg_len - 8, EINVAL, "", "attribute %d", type);
	}
	begin_without(self, variant, -1);
	nl_u32(&self->msg, 0x3fff, 0);
	EXPECT_BLAMED(self->msg.header.nlmsg_len - 8, EINVAL, "Unknown attribute",
		      "attribute 0x3fff");
}

static void wrong_numbers(struct __test_metadata *_metadata, FIXTURE_DATA(malformed) * self,
			  const FIXTURE_VARIANT(malformed) * variant, int i)
{
	static const uint32_t values[] = { 2, 3, 255, 256, 0x10000, 0x80000000, 0xffffffff };
	const struct attribute *attribute = &variant->takes[i];
	static const char zeros[16];
	size_t length, at, value;

	for (length = 0; length <= 9; length++) {
		if (length == sizeof(uint32_t))
			continue;
		begin_without(self, variant, i);
		at = self->msg.header.nlmsg_len;
		nl_put(&self->msg, attribute->type, zeros, length);
		EXPECT_BLAMED(at, EINVAL, "length", "attribute %d of %zu bytes", attribute->type,
			      length);
	}
	for (value = 0; attribute->form == ENUM && value < ARRAY_SIZE(values); value++) {
		begin_without(self, variant, i);
		at = self->msg.header.nlmsg_len;
		nl_u32(&self->msg, attribute->type, values[value]);
		EXPECT_BLAMED(at, ERANGE, "out of range", "attribute %d is %#x", attribute->type,
			      values[value]);
	}
}

static void wrong_flags(struct __test_metadata *_metadata, FIXTURE_DATA(malformed) * self,
			const FIXTURE_VARIANT(malformed) * variant, int i)
{
	static const char zeros[16];
	size_t length, at;

	for (length = 1; length <= 8; length++) {
		begin_without(self, variant, i);
		at = self->msg.header.nlmsg_len;
		nl_put(&self->msg, variant->takes[i].type, zeros, length);
		EXPECT_BLAMED(at, ERANGE, "policy", "flag %d of %zu bytes",
			      variant->takes[i].type, length);
	}
}

static void wrong_strings(struct __test_metadata *_metadata, FIXTURE_DATA(malformed) * self,
			  const FIXTURE_VARIANT(malformed) * variant, int i)
{
	const struct attribute *attribute = &variant->takes[i];
	size_t max = family_attribute(FAMILY_SET_GPUSPEC, attribute->type)->max;
	size_t length, at;
	char text[600];

	/* Without its NUL, at every length up to beyond the longest. */
	memset(text, 'x', sizeof(text));
	memcpy(text, attribute->text, strlen(attribute->text));
	for (length = 0; length <= max + 2; length += length < 40 ? 1 : 37) {
		begin_without(self, variant, i);
		at = self->msg.header.nlmsg_len;
		nl_put(&self->msg, attribute->type, text, length);
		EXPECT_BLAMED(at, EINVAL, "policy", "string %d of %zu bytes without NUL",
			      attribute->type, length);
	}
	/* Too long by one, NUL and all; and one that ends early in too many bytes. */
	text[max + 1] = '\0';
	begin_without(self, variant, i);
	at = self->msg.header.nlmsg_len;
	nl_string(&self->msg, attribute->type, text);
	EXPECT_BLAMED(at, EINVAL, "policy", "string %d of %zu", attribute->type, strlen(text));
	memset(text, 0, sizeof(text));
	memcpy(text, attribute->text, strlen(attribute->text));
	begin_without(self, variant, i);
	at = self->msg.header.nlmsg_len;
	nl_put(&self->msg, attribute->type, text, max + 3);
	EXPECT_BLAMED(at, ERANGE, "policy", "string %d in %zu", attribute->type, max + 3);
}

TEST_F(malformed, value)
{
	int i;

	for (i = 0; i < 4 && variant->takes[i].type; i++) {
		if (variant->takes[i].form == STRING)
			wrong_strings(_metadata, self, variant, i);
		else if (variant->takes[i].form == FLAG)
			wrong_flags(_metadata, self, variant, i);
		else
			wrong_numbers(_metadata, self, variant, i);
	}
}

TEST_F(malformed, nest_where_none_is_expected)
{
	struct attribute nested;
	size_t at;
	int i;

	for (i = 0; i < 4 && variant->takes[i].type; i++) {
		nested = variant->takes[i];
		nested.type |= NLA_F_NESTED;
		begin_without(self, variant, i);
		at = self->msg.header.nlmsg_len;
		nl_attribute(&self->msg, &nested);
		EXPECT_BLAMED(at, EINVAL, "NLA_F_NESTED", "attribute %d", variant->takes[i].type);
	}
}

/* The length of an attribute says less than a header, or more than there is. */
TEST_F(malformed, length_of_an_attribute)
{
	static const uint16_t more[] = { 4, 5, 8, 100, 0x7fff };
	struct nlattr *last;
	uint16_t length;
	size_t i, at;

	if (!variant->takes[0].type)
		return;
	for (i = 0; i < NLA_HDRLEN + ARRAY_SIZE(more); i++) {
		begin_without(self, variant, 0);
		at = self->msg.header.nlmsg_len;
		nl_attribute(&self->msg, &variant->takes[0]);
		last = (struct nlattr *)(self->msg.bytes + at);
		length = i < NLA_HDRLEN ? i :
			 self->msg.header.nlmsg_len - at + more[i - NLA_HDRLEN];
		last->nla_len = length;
		EXPECT_REFUSED(EINVAL, "leftover", "length %u", length);
	}
}

TEST_F(malformed, something_behind_the_last_attribute)
{
	int length;

	for (length = 1; length <= NLA_HDRLEN; length++) {
		begin_without(self, variant, -1);
		self->msg.header.nlmsg_len += length;
		EXPECT_REFUSED(EINVAL, "leftover", "%d bytes", length);
	}
}

/* The message ends, by its own word, inside its last attribute. */
TEST_F(malformed, message_cut_short)
{
	size_t at, end;

	if (!variant->takes[0].type)
		return;
	begin_without(self, variant, 0);
	at = self->msg.header.nlmsg_len;
	nl_attribute(&self->msg, &variant->takes[0]);
	end = at + ((struct nlattr *)(self->msg.bytes + at))->nla_len;
	while (--end > at) {
		self->msg.header.nlmsg_len = end;
		EXPECT_REFUSED(EINVAL, "leftover", "cut to %zu bytes", end);
	}
	for (end = NLMSG_HDRLEN; end < HEADERS; end++) {
		self->msg.header.nlmsg_len = end;
		EXPECT_REFUSED(EINVAL, "", "cut to %zu bytes", end);
	}
}

/* Of a message that says it is longer than what came, netlink says nothing at all. */
TEST_F(malformed, message_longer_than_what_was_sent)
{
	static const size_t lengths[] = { 0, 1, NLMSG_HDRLEN - 1, 1000, 0x7fffffff, 0xffffffff };
	size_t i, sent;
	char byte;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		begin_without(self, variant, -1);
		self->msg.header.nlmsg_flags |= NLM_F_ACK;
		sent = self->msg.header.nlmsg_len;
		self->msg.header.nlmsg_len = lengths[i];
		ASSERT_EQ(sent, send(self->sock, &self->msg, sent, 0));
		EXPECT_EQ(-1, recv(self->sock, &byte, 1, MSG_DONTWAIT));
		EXPECT_EQ(EAGAIN, errno);
		EXPECT_TRUE(nothing_changed(self)) TH_LOG("length %#zx", lengths[i]);
	}
}

TEST_F(malformed, spec_id)
{
	static const char *const ids[] = {
		"", ":", "p", "pci", "PCI:10de:2684:10de:167c", "pci:", "pci:10de:2684:10de",
		"pci:10de:2684:10de:", "pci:10de:2684:10de:167", "pci:10de:2684:10de:167c:",
		"pci:10de:2684:10de:167cd", "pci:10de:2684:10de:167C", "pci:10de:2684:10de:167g",
		"pci::2684:10de:167c", "pci:10de;2684:10de:167c", " pci:10de:2684:10de:167c",
		"pci:10de:2684:10de:167c ", "pci:10de:2684:10de:167c\n", "pci:0x10:2684:10de:167c",
		"pci:10de: 684:10de:167c", "pci:10de:+684:10de:167c", "pci:-001:2684:10de:167c",
		"vf", "vf:", "vf:10de:2684", "vf:10de:2684:268", "vf:10de:2684:2684:2684",
		"vf:10DE:2684:2684", "Vf:10de:2684:2684", "vff:10de:2684:2684",
		"vf:10de:2684:2684/", "vf:10de:2684:2684//", "vf:10de:2684:2684/a b",
		"vf:10de:2684:2684/nvidia/559", "vf:10de:2684:2684/nvidia-559\n",
		"vf:10de:2684:2684/\x01", "vf:10de:2684:2684/\xff", "vf:10de:2684:268/nvidia-559",
		"vf:10de:2684/nvidia-559", "vf:10de:2684:2684:nvidia-559", "vf/nvidia-559",
		"vf:10de:2684:2684 /nvidia-559", "pci:10de:2684:10de:167c/nvidia-559",
		"mdev", "mdev:", "MDEV:a", "mdev: ", "mdev:a b", "mdev:a/b", "mdev:/", "mdev:\t",
		"mdev:a\n", "mdev:\x01", "mdev:\x1f", "mdev:\x7f", "mdev:\x80", "mdev:\xc3\xa4",
		"mdev:\xff", "mdev ;a", "mdevs:a", "gpu:1", "*", "%s%n", "../../etc/passwd",
	};
	bool sentence = !variant->flags || has_dump_sentences();
	size_t i, at;

	if (variant->takes[0].type != GPUSPEC_A_ID)
		return;
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		begin_without(self, variant, 0);
		at = self->msg.header.nlmsg_len;
		nl_string(&self->msg, GPUSPEC_A_ID, ids[i]);
		EXPECT_REFUSED(EINVAL, sentence ? "not a spec id" : "", "id '%s'", ids[i]);
		EXPECT_EQ(sentence ? at : 0, self->answer.offset);
	}
}

TEST_F(malformed, account_name)
{
	static const char *const names[] = {
		"", " ", "-blue", ".blue", "@", "blue ", " blue", "bl ue", "blue/red", "blue:1", "b\n",
		"b\x01", "b\x7f", "\xc3\xa4", "b\xff", "b\"", "b=1", "b,c", "../../etc/passwd", "%s%n",
	};
	size_t i, at;
	int takes_at;

	for (takes_at = 0; takes_at < 4; takes_at++)
		if (variant->takes[takes_at].type == GPUSPEC_A_ACCOUNT)
			break;
	if (takes_at == 4)
		return;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		begin_without(self, variant, takes_at);
		at = self->msg.header.nlmsg_len;
		nl_string(&self->msg, GPUSPEC_A_ACCOUNT, names[i]);
		EXPECT_BLAMED(at, EINVAL, "not the name of an account", "name '%s'", names[i]);
	}
}

/* The longest id there can be is one. */
TEST_F(malformed, longest_id_is_good)
{
	char id[GPUSPEC_ID_MAX + 1];

	if (variant->takes[0].type != GPUSPEC_A_ID)
		return;
	memset(id, 'x', GPUSPEC_ID_MAX);
	memcpy(id, "mdev:", 5);
	id[GPUSPEC_ID_MAX] = '\0';
	begin_without(self, variant, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, id);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_TRUE(self->answer.error == -variant->good || self->answer.error == -ENOENT)
		TH_LOG("%d %s", self->answer.error, self->answer.sentence);
}

/* Refused by the module for the one attribute that names what is not there. */
TEST_F(malformed, spec_that_is_not_there)
{
	if (variant->command != GPUSPEC_CMD_SPEC_GET && variant->command != GPUSPEC_CMD_SPEC_DEL)
		return;
	if (variant->flags)
		return;
	begin(self, variant);
	nl_string(&self->msg, GPUSPEC_A_ID, "mdev:nobody-named-this");
	EXPECT_BLAMED(HEADERS, ENOENT, "policy does not name", "command %d", variant->command);
}

FIXTURE(unknown) {
	int sock, family;
	struct answer answer;
	struct nlmsg msg;
};

FIXTURE_SETUP(unknown)
{
	int unused;

	self->sock = nl_open();
	self->family = nl_family(self->sock, &unused);
	ASSERT_GT(self->family, 0);
}

FIXTURE_TEARDOWN(unknown)
{
	close(self->sock);
}

/* The numbers of events, and those of nothing, are no commands. */
TEST_F(unknown, commands)
{
	int command, dump;

	for (command = 0; command < 256; command++) {
		for (dump = 0; dump < 2; dump++) {
			if (family_call(command, dump))
				continue;
			nl_begin(&self->msg, self->family, command, dump ? NLM_F_DUMP : 0);
			nl_ask(self->sock, &self->msg, &self->answer);
			EXPECT_EQ(-EOPNOTSUPP, self->answer.error) TH_LOG("command %d", command);
		}
	}
}

TEST_HARNESS_MAIN
