// SPDX-License-Identifier: GPL-2.0
/* ROMs on their way into the kernel: in pieces, whole or not at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "nlmsg.h"
#include "rom.h"

/* A model that this host has no card of. */
#define SPEC		"pci:aaaa:bbbb:cccc:dddd"
#define ROM_SIZE	(96 << 10)

static int family, group;

FIXTURE(rom) {
	int sock, other;
	struct answer answer;
	uint8_t *bytes, digest[GPUSPEC_ROM_SHA256_LEN];
};

static int ask_id(int sock, uint8_t command, const char *id, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, family, command, 0);
	nl_string(&msg, GPUSPEC_A_ID, id);
	nl_ask(sock, &msg, answer);
	return answer->error;
}

/* The spec's ROM in the table: its SHA-256, or NULL. */
static const void *rom_in_force(int sock, struct answer *answer)
{
	const struct nlattr *rom;

	if (ask_id(sock, GPUSPEC_CMD_SPEC_GET, SPEC, answer))
		return NULL;
	rom = nl_nested(nl_attr(&answer->reply, GPUSPEC_A_SPEC), GPUSPEC_A_SPEC_ROM);
	return rom ? (const char *)nl_nested(rom, GPUSPEC_A_ROM_SHA256) + NLA_HDRLEN : NULL;
}

#define EXPECT_IN_FORCE(wanted) do {							\
	const void *digest = rom_in_force(self->other, &self->answer);			\
	ASSERT_NE(NULL, digest);							\
	EXPECT_EQ(0, memcmp(digest, wanted, GPUSPEC_ROM_SHA256_LEN));			\
} while (0)

static bool says(FIXTURE_DATA(rom) * self, const char *words)
{
	if (strstr(self->answer.sentence, words))
		return true;
	printf("# it says '%s', and not '%s'\n", self->answer.sentence, words);
	return false;
}

#define EXPECT_SAYS(words) EXPECT_TRUE(says(self, words))

/* Announce a ROM with the digest of the old one, which will not fit. */
static int announce(FIXTURE_DATA(rom) * self, const char *id, uint32_t size)
{
	return rom_begin(self->sock, id, size, self->digest, NULL, &self->answer);
}

static int send_part(FIXTURE_DATA(rom) * self, uint32_t offset, uint32_t count)
{
	return rom_data(self->sock, offset, self->bytes + offset, count, &self->answer);
}

/* Upload the first bytes of self->bytes, all the way. */
static int set_rom(FIXTURE_DATA(rom) * self, size_t size)
{
	return rom_upload(self->sock, SPEC, self->bytes, size, NULL, &self->answer);
}

FIXTURE_SETUP(rom)
{
	self->sock = nl_open();
	self->other = nl_open();
	family = nl_family(self->sock, &group);
	ASSERT_GT(family, 0);
	/* One more than may be, for the test that tries. */
	self->bytes = calloc(1, GPUSPEC_ROM_SIZE_MAX + 512);
	ASSERT_NE(NULL, self->bytes);
	rom_make(self->bytes, ROM_SIZE, 1);
	ASSERT_EQ(0, rom_upload(self->sock, SPEC, self->bytes, ROM_SIZE, "old", &self->answer));
	rom_hash(self->bytes, ROM_SIZE, self->digest);
	rom_make(self->bytes, ROM_SIZE, 2);
}

FIXTURE_TEARDOWN(rom)
{
	close(self->sock);
	ask_id(self->other, GPUSPEC_CMD_ROM_CLEAR, SPEC, &self->answer);
	EXPECT_EQ(NULL, rom_in_force(self->other, &self->answer));
	close(self->other);
	free(self->bytes);
}

/* Announce the new ROM, which is never quite uploaded by the tests that use this. */
static int begin_new(FIXTURE_DATA(rom) * self)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];

	rom_hash(self->bytes, ROM_SIZE, digest);
	return rom_begin(self->sock, SPEC, ROM_SIZE, digest, "new", &self->answer);
}

TEST_F(rom, replaces_the_old_one_at_commit)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	const struct nlattr *rom;

	rom_hash(self->bytes, ROM_SIZE, digest);
	ASSERT_EQ(0, begin_new(self));
	ASSERT_EQ(0, rom_send(self->sock, self->bytes, ROM_SIZE, &self->answer));
	EXPECT_IN_FORCE(self->digest);
	ASSERT_EQ(0, rom_commit(self->sock, &self->answer));
	EXPECT_IN_FORCE(digest);
	rom = nl_nested(nl_attr(&self->answer.reply, GPUSPEC_A_SPEC), GPUSPEC_A_SPEC_ROM);
	EXPECT_EQ(ROM_SIZE, nl_get_u32(nl_nested(rom, GPUSPEC_A_ROM_SIZE)));
	EXPECT_STREQ("new", nl_get_string(nl_nested(rom, GPUSPEC_A_ROM_VERSION)));
	EXPECT_EQ(0, nl_get_u32(nl_nested(rom, GPUSPEC_A_ROM_APPLIED)));
	EXPECT_EQ(-EINVAL, rom_commit(self->sock, &self->answer));
	EXPECT_SAYS("no upload open");
}

TEST_F(rom, needs_a_pgpu_spec)
{
	EXPECT_EQ(-EOPNOTSUPP, announce(self, "mdev:some-type", ROM_SIZE));
	EXPECT_SAYS("only a pGPU spec");
	EXPECT_NE(0, self->answer.offset);
	EXPECT_EQ(-EOPNOTSUPP, announce(self, "vf:aaaa:bbbb:cccc", ROM_SIZE));
	EXPECT_EQ(-EOPNOTSUPP, announce(self, "vf:aaaa:bbbb:cccc/some-type", ROM_SIZE));
	EXPECT_EQ(-EINVAL, announce(self, "pci:10de", ROM_SIZE));
	EXPECT_SAYS("not a spec id");
	EXPECT_EQ(-EINVAL, send_part(self, 0, 512));
	EXPECT_IN_FORCE(self->digest);
}

TEST_F(rom, has_a_size)
{
	EXPECT_EQ(-ERANGE, announce(self, SPEC, 0));
	EXPECT_EQ(-ERANGE, announce(self, SPEC, GPUSPEC_ROM_SIZE_MAX + 1));
	EXPECT_NE('\0', self->answer.sentence[0]);
	EXPECT_EQ(-EINVAL, send_part(self, 0, 512));
	EXPECT_IN_FORCE(self->digest);
}

TEST_F(rom, of_the_largest_size)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];

	rom_make(self->bytes, GPUSPEC_ROM_SIZE_MAX, 3);
	rom_hash(self->bytes, GPUSPEC_ROM_SIZE_MAX, digest);
	ASSERT_EQ(0, set_rom(self, GPUSPEC_ROM_SIZE_MAX))
		TH_LOG("%s", self->answer.sentence);
	EXPECT_IN_FORCE(digest);
}

TEST_F(rom, of_the_smallest_size)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];

	rom_make(self->bytes, 512, 4);
	rom_hash(self->bytes, 512, digest);
	ASSERT_EQ(0, set_rom(self, 512));
	EXPECT_IN_FORCE(digest);
	/* A byte is no ROM. */
	EXPECT_EQ(-ENOEXEC, set_rom(self, 1));
	EXPECT_SAYS("gpuspec rom check");
	EXPECT_IN_FORCE(digest);
}

/* What a command needs, each left out; and what does not fit. */
TEST_F(rom, is_announced_well)
{
	char version[GPUSPEC_ROM_VERSION_MAX + 2];
	struct nlmsg msg;
	int left_out, i;

	for (left_out = 0; left_out < 3; left_out++) {
		nl_begin(&msg, family, GPUSPEC_CMD_ROM_BEGIN, 0);
		if (left_out != 0)
			nl_string(&msg, GPUSPEC_A_ID, SPEC);
		if (left_out != 1)
			nl_u32(&msg, GPUSPEC_A_SIZE, 512);
		if (left_out != 2)
			nl_put(&msg, GPUSPEC_A_SHA256, self->digest, GPUSPEC_ROM_SHA256_LEN);
		nl_ask(self->sock, &msg, &self->answer);
		EXPECT_EQ(-EINVAL, self->answer.error);
		EXPECT_SAYS("missing");
	}
	for (i = -1; i <= 1; i += 2) {
		uint8_t digest[GPUSPEC_ROM_SHA256_LEN + 1] = {};

		nl_begin(&msg, family, GPUSPEC_CMD_ROM_BEGIN, 0);
		nl_string(&msg, GPUSPEC_A_ID, SPEC);
		nl_u32(&msg, GPUSPEC_A_SIZE, 512);
		nl_put(&msg, GPUSPEC_A_SHA256, digest, GPUSPEC_ROM_SHA256_LEN + i);
		nl_ask(self->sock, &msg, &self->answer);
		EXPECT_NE(0, self->answer.error);
		EXPECT_NE('\0', self->answer.sentence[0]);
	}
	memset(version, 'v', sizeof(version));
	version[sizeof(version) - 1] = '\0';
	EXPECT_NE(0, rom_begin(self->sock, SPEC, 512, self->digest, version, &self->answer));
	EXPECT_NE('\0', self->answer.sentence[0]);
	for (left_out = 0; left_out < 2; left_out++) {
		nl_begin(&msg, family, GPUSPEC_CMD_ROM_DATA, 0);
		if (left_out != 0)
			nl_u32(&msg, GPUSPEC_A_OFFSET, 0);
		if (left_out != 1)
			nl_put(&msg, GPUSPEC_A_BYTES, self->digest, 8);
		nl_ask(self->sock, &msg, &self->answer);
		EXPECT_EQ(-EINVAL, self->answer.error);
		EXPECT_SAYS("missing");
	}
	nl_begin(&msg, family, GPUSPEC_CMD_ROM_COMMIT, 0);
	nl_string(&msg, GPUSPEC_A_ID, SPEC);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EINVAL, self->answer.error);
	nl_begin(&msg, family, GPUSPEC_CMD_ROM_GET, 0);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EINVAL, self->answer.error);
	EXPECT_SAYS("missing");
	nl_begin(&msg, family, GPUSPEC_CMD_ROM_CLEAR, 0);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EINVAL, self->answer.error);
	EXPECT_SAYS("missing");
	/* After all that, none is open. */
	EXPECT_EQ(-EINVAL, send_part(self, 0, 512));
	EXPECT_SAYS("no upload open");
	EXPECT_IN_FORCE(self->digest);
}

TEST_F(rom, with_a_chunk_missing)
{
	ASSERT_EQ(0, begin_new(self));
	ASSERT_EQ(0, send_part(self, 0, 4096));
	EXPECT_EQ(-EINVAL, send_part(self, 8192, 4096));
	EXPECT_SAYS("gap or an overlap");
	EXPECT_EQ(-EINVAL, rom_commit(self->sock, &self->answer));
	EXPECT_SAYS("bytes are missing");
	EXPECT_IN_FORCE(self->digest);
}

/* What was refused has not been taken: the upload can go on. */
TEST_F(rom, goes_on_after_a_bad_chunk)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];

	rom_hash(self->bytes, ROM_SIZE, digest);
	ASSERT_EQ(0, begin_new(self));
	ASSERT_EQ(0, send_part(self, 0, 4096));
	EXPECT_EQ(-EINVAL, rom_data(self->sock, 4095, self->bytes, 4096, &self->answer));
	EXPECT_EQ(-EINVAL, send_part(self, 0, 4096));
	EXPECT_EQ(-EINVAL, rom_data(self->sock, 4097, self->bytes, 4096, &self->answer));
	EXPECT_EQ(-EINVAL, rom_data(self->sock, 0xffffffff, self->bytes, 4096, &self->answer));
	ASSERT_EQ(0, send_part(self, 4096, 4096));
	ASSERT_EQ(0, send_part(self, 8192, 1));
	ASSERT_EQ(0, rom_data(self->sock, 8193, self->bytes, 0, &self->answer));
	ASSERT_EQ(0, send_part(self, 8193, 32768));
	ASSERT_EQ(0, send_part(self, 40961, 32768));
	EXPECT_EQ(-ENOSPC, send_part(self, 73729, ROM_SIZE - 73728));
	EXPECT_SAYS("more bytes than were announced");
	ASSERT_EQ(0, send_part(self, 73729, ROM_SIZE - 73729));
	EXPECT_EQ(-ENOSPC, rom_data(self->sock, ROM_SIZE, self->bytes, 1, &self->answer));
	EXPECT_EQ(0, rom_commit(self->sock, &self->answer));
	EXPECT_IN_FORCE(digest);
}

TEST_F(rom, comes_in_chunks_that_fit)
{
	ASSERT_EQ(0, begin_new(self));
	EXPECT_NE(0, send_part(self, 0, GPUSPEC_ROM_CHUNK_MAX + 1));
	EXPECT_NE('\0', self->answer.sentence[0]);
	EXPECT_EQ(0, send_part(self, 0, GPUSPEC_ROM_CHUNK_MAX));
}

TEST_F(rom, with_another_hash)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	int i;

	/* Each byte of it counts. */
	rom_hash(self->bytes, ROM_SIZE, digest);
	for (i = 0; i < GPUSPEC_ROM_SHA256_LEN; i++) {
		digest[i] ^= 1;
		ASSERT_EQ(0, rom_begin(self->sock, SPEC, ROM_SIZE, digest, NULL, &self->answer));
		ASSERT_EQ(0, rom_send(self->sock, self->bytes, ROM_SIZE, &self->answer));
		EXPECT_EQ(-EBADMSG, rom_commit(self->sock, &self->answer));
		digest[i] ^= 1;
	}
	ASSERT_EQ(0, begin_new(self));
	self->bytes[ROM_SIZE - 1] ^= 1;
	ASSERT_EQ(0, rom_send(self->sock, self->bytes, ROM_SIZE, &self->answer));
	EXPECT_EQ(-EBADMSG, rom_commit(self->sock, &self->answer));
	EXPECT_SAYS("SHA-256");
	EXPECT_IN_FORCE(self->digest);
	EXPECT_EQ(-EINVAL, rom_commit(self->sock, &self->answer));
}

/* The kernel walks the images by these numbers: it takes none that lead out of the ROM. */
TEST_F(rom, that_is_not_sound)
{
	static const struct {
		const char *what;
		int offset;
		uint16_t value;
	} breaks[] = {
		{ "signature", 0, 0xaa56 }, { "PCIR pointer", 0x18, 0xff1c },
		{ "PCIR pointer, unaligned", 0x18, 0x1d }, { "PCIR signature", 0x1c, 0 },
		{ "PCIR length, long", 0x1c + 0x0a, 0xffff },
		{ "PCIR length, short", 0x1c + 0x0a, 0x10 },
		{ "image length", 0x1c + 0x10, 0x8000 }, { "no length", 0x1c + 0x10, 0 },
	};
	uint16_t good;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(breaks); i++) {
		memcpy(&good, self->bytes + breaks[i].offset, 2);
		memcpy(self->bytes + breaks[i].offset, &breaks[i].value, 2);
		EXPECT_EQ(-ENOEXEC, set_rom(self, ROM_SIZE))
			TH_LOG("%s: %d", breaks[i].what, self->answer.error);
		EXPECT_SAYS("not a sound option ROM");
		EXPECT_IN_FORCE(self->digest);
		memcpy(self->bytes + breaks[i].offset, &good, 2);
	}
	/* No image is marked last, and nothing follows: many a dump is so. */
	self->bytes[0x1c + 0x15] = 0;
	EXPECT_EQ(0, set_rom(self, ROM_SIZE));
}

/* In KiB. */
static long available_memory(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	long available = -1;
	char line[128];

	while (file && available < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "MemAvailable: %ld", &available);
	if (file)
		fclose(file);
	return available;
}

TEST_F(rom, dies_with_its_socket)
{
	const int rounds = 64;
	long before;
	int i;

	ASSERT_EQ(0, begin_new(self));
	ASSERT_EQ(0, rom_send(self->sock, self->bytes, ROM_SIZE, &self->answer));
	close(self->sock);
	self->sock = nl_open();
	EXPECT_EQ(-EINVAL, rom_commit(self->sock, &self->answer));
	EXPECT_IN_FORCE(self->digest);
	/* And its memory with it. */
	before = available_memory();
	ASSERT_GT(before, 0);
	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, announce(self, SPEC, GPUSPEC_ROM_SIZE_MAX));
		close(self->sock);
		self->sock = nl_open();
	}
	EXPECT_LT(before - available_memory(), rounds / 2 * GPUSPEC_ROM_SIZE_MAX / 1024);
}

TEST_F(rom, one_upload_to_a_socket)
{
	ASSERT_EQ(0, begin_new(self));
	EXPECT_EQ(-EBUSY, announce(self, SPEC, 512));
	EXPECT_SAYS("has an upload open");
	/* The first is not disturbed. */
	ASSERT_EQ(0, rom_send(self->sock, self->bytes, ROM_SIZE, &self->answer));
	EXPECT_EQ(0, rom_commit(self->sock, &self->answer));
}

/* Two at once for one spec: each is whole, and the last to commit is in force. */
TEST_F(rom, of_two_uploaders)
{
	uint8_t first[GPUSPEC_ROM_SHA256_LEN], second[GPUSPEC_ROM_SHA256_LEN];
	uint8_t *rival = malloc(ROM_SIZE);
	size_t offset;

	rom_make(rival, ROM_SIZE, 9);
	rom_hash(self->bytes, ROM_SIZE, first);
	rom_hash(rival, ROM_SIZE, second);
	ASSERT_EQ(0, rom_begin(self->sock, SPEC, ROM_SIZE, first, NULL, &self->answer));
	ASSERT_EQ(0, rom_begin(self->other, SPEC, ROM_SIZE, second, NULL, &self->answer));
	for (offset = 0; offset < ROM_SIZE; offset += 32768) {
		ASSERT_EQ(0, send_part(self, offset, 32768));
		ASSERT_EQ(0, rom_data(self->other, offset, rival + offset, 32768, &self->answer));
	}
	ASSERT_EQ(0, rom_commit(self->other, &self->answer));
	EXPECT_IN_FORCE(second);
	ASSERT_EQ(0, rom_commit(self->sock, &self->answer));
	EXPECT_IN_FORCE(first);
	free(rival);
}

TEST_F(rom, is_apart_from_policy)
{
	struct nlmsg msg;

	nl_begin(&msg, family, GPUSPEC_CMD_POLICY_BEGIN, 0);
	nl_ask(self->sock, &msg, &self->answer);
	ASSERT_EQ(0, self->answer.error);
	EXPECT_EQ(0, set_rom(self, ROM_SIZE));
	nl_begin(&msg, family, GPUSPEC_CMD_POLICY_COMMIT, 0);
	nl_u32(&msg, GPUSPEC_A_CHANGES, 0);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(0, self->answer.error);
	/* Policy that forgets the spec does not forget its ROM. */
	nl_begin(&msg, family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, SPEC);
	nl_u32(&msg, GPUSPEC_A_STATE, GPUSPEC_STATE_DISABLED);
	nl_ask(self->sock, &msg, &self->answer);
	ASSERT_EQ(0, self->answer.error);
	ASSERT_EQ(0, ask_id(self->sock, GPUSPEC_CMD_SPEC_DEL, SPEC, &self->answer));
	EXPECT_NE(NULL, rom_in_force(self->other, &self->answer));
	EXPECT_EQ(NULL, nl_nested(nl_attr(&self->answer.reply, GPUSPEC_A_SPEC),
				  GPUSPEC_A_SPEC_NAMED));
}

TEST_F(rom, is_cleared)
{
	EXPECT_EQ(0, ask_id(self->sock, GPUSPEC_CMD_ROM_CLEAR, SPEC, &self->answer));
	/* Nothing is left of the spec, which no policy names and no card is of. */
	EXPECT_EQ(-ENOENT, ask_id(self->sock, GPUSPEC_CMD_SPEC_GET, SPEC, &self->answer));
	EXPECT_EQ(-ENOENT, ask_id(self->sock, GPUSPEC_CMD_ROM_CLEAR, SPEC, &self->answer));
	EXPECT_SAYS("no ROM was set");
	EXPECT_EQ(-ENOENT, ask_id(self->sock, GPUSPEC_CMD_ROM_GET, SPEC, &self->answer));
	EXPECT_SAYS("no ROM was set");
}

TEST_F(rom, is_read_from_an_offset)
{
	struct nlmsg msg;
	uint32_t offset = ROM_SIZE - 100;
	const struct nlattr *bytes;

	rom_make(self->bytes, ROM_SIZE, 1);
	nl_begin(&msg, family, GPUSPEC_CMD_ROM_GET, 0);
	nl_string(&msg, GPUSPEC_A_ID, SPEC);
	nl_u32(&msg, GPUSPEC_A_OFFSET, offset);
	nl_ask(self->sock, &msg, &self->answer);
	ASSERT_EQ(0, self->answer.error);
	ASSERT_TRUE(self->answer.replied);
	bytes = nl_attr(&self->answer.reply, GPUSPEC_A_BYTES);
	ASSERT_NE(NULL, bytes);
	EXPECT_EQ(NLA_HDRLEN + 100, bytes->nla_len);
	EXPECT_EQ(0, memcmp((const char *)bytes + NLA_HDRLEN, self->bytes + offset, 100));
	EXPECT_EQ(offset, nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_OFFSET)));
	EXPECT_EQ(ROM_SIZE, nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_SIZE)));
	EXPECT_STREQ("old", nl_get_string(nl_attr(&self->answer.reply, GPUSPEC_A_VERSION)));
	nl_begin(&msg, family, GPUSPEC_CMD_ROM_GET, 0);
	nl_string(&msg, GPUSPEC_A_ID, SPEC);
	nl_u32(&msg, GPUSPEC_A_OFFSET, ROM_SIZE);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-ERANGE, self->answer.error);
	EXPECT_SAYS("ends before");
}

TEST_HARNESS_MAIN
