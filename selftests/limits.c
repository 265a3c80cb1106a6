// SPDX-License-Identifier: GPL-2.0
/* As much as there may be of everything, and one more, which is refused and changes nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "policy.h"
#include "rom.h"

#define SPEC	"mdev:test-00000"

FIXTURE(limit) {
	int sock, other;
	struct nlmsg msg;
	struct answer answer;
	struct table table;
};

FIXTURE_SETUP(limit)
{
	self->sock = nl_open();
	self->other = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	ASSERT_EQ(0, policy_reset());
}

FIXTURE_TEARDOWN(limit)
{
	close(self->sock);
	EXPECT_EQ(0, policy_reset());
	close(self->other);
}

#define EXPECT_REFUSED(errno_, words) do {						\
	EXPECT_EQ(-(errno_), self->answer.error);					\
	EXPECT_NE(NULL, strstr(self->answer.sentence, words))				\
		TH_LOG("sentence: '%s'", self->answer.sentence);			\
} while (0)

static uint32_t count(FIXTURE_DATA(limit) * self, int attribute)
{
	struct answer info = policy_info(self->other);

	return nl_get_u32(nl_attr(&info.reply, attribute));
}

/* --- changes, and specs --- */

TEST_F(limit, of_changes)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, GPUSPEC_CHANGES_MAX, GPUSPEC_STATE_DISABLED));
	policy_build_set(&self->msg, GPUSPEC_CHANGES_MAX, GPUSPEC_STATE_DISABLED);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(ENOSPC, "transaction is full");
	EXPECT_OURS(0);
}

/* As many changes as there may be, for as many new specs: with the host's own too many. */
TEST_F(limit, of_specs)
{
	static const char id[] = "pci:1234:1111:ffff:ffff";
	struct table before = policy_read(self->other);
	uint8_t rom[1024];

	ASSERT_EQ(0, before.error);
	ASSERT_GT(before.rows, 0);
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, GPUSPEC_CHANGES_MAX, GPUSPEC_STATE_DISABLED));
	policy_commit(self->sock, GPUSPEC_CHANGES_MAX, &self->answer);
	EXPECT_REFUSED(ENOSPC, "table of specs is full");
	EXPECT_OURS(0);
	EXPECT_EQ(before.rows, self->table.rows);
	/* One at a time is refused as well, once it is full; and so is a ROM for one more. */
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, GPUSPEC_CHANGES_MAX - before.rows,
				     GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, policy_commit(self->sock, GPUSPEC_CHANGES_MAX - before.rows, NULL));
	EXPECT_EQ(-ENOSPC, policy_set(self->sock, 70000, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_ENABLED));
	rom_make(rom, sizeof(rom), 1);
	EXPECT_NE(0, rom_upload(self->sock, id, rom, sizeof(rom), NULL, &self->answer));
	EXPECT_REFUSED(ENOSPC, "table of specs is full");
	EXPECT_OURS(GPUSPEC_CHANGES_MAX - before.rows);
}

/* --- accounts --- */

static void build_account(struct nlmsg *msg, unsigned int number, uint32_t unused)
{
	char name[32];

	snprintf(name, sizeof(name), "test-%05u", number);
	nl_begin(msg, policy_family, GPUSPEC_CMD_ACCOUNT_SET, 0);
	nl_string(msg, GPUSPEC_A_ACCOUNT, name);
}

TEST_F(limit, of_accounts)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_send_many(self->sock, GPUSPEC_ACCOUNTS_MAX, build_account, 0));
	ASSERT_EQ(0, policy_commit(self->sock, GPUSPEC_ACCOUNTS_MAX, NULL));
	EXPECT_EQ(GPUSPEC_ACCOUNTS_MAX, count(self, GPUSPEC_A_INFO_ACCOUNTS));
	build_account(&self->msg, GPUSPEC_ACCOUNTS_MAX, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(ENOSPC, "too many accounts");
	/* One that there is can still be changed. */
	build_account(&self->msg, 0, 0);
	nl_u32(&self->msg, GPUSPEC_A_UID, 12345);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_EQ(0, self->answer.error);
	EXPECT_EQ(GPUSPEC_ACCOUNTS_MAX, count(self, GPUSPEC_A_INFO_ACCOUNTS));
}

/* With so many cgroups, and so many uids. */
static void build_marked(struct nlmsg *msg, unsigned int cgroups, unsigned int uids)
{
	char path[32];
	unsigned int i;

	build_account(msg, 0, 0);
	for (i = 0; i < cgroups; i++) {
		snprintf(path, sizeof(path), "/test/%u", i);
		nl_string(msg, GPUSPEC_A_CGROUP, path);
	}
	for (i = 0; i < uids; i++)
		nl_u32(msg, GPUSPEC_A_UID, 10000 + i);
}

TEST_F(limit, of_marks)
{
	build_marked(&self->msg, GPUSPEC_MARKS_MAX + 1, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "too many cgroups");
	build_marked(&self->msg, 0, GPUSPEC_MARKS_MAX + 1);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "too many uids");
	EXPECT_EQ(0, count(self, GPUSPEC_A_INFO_ACCOUNTS));
	build_marked(&self->msg, GPUSPEC_MARKS_MAX, GPUSPEC_MARKS_MAX);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_EQ(0, self->answer.error);
}

static void build_share(struct nlmsg *msg, unsigned int number, uint32_t unused)
{
	char name[32];

	snprintf(name, sizeof(name), "test-%05u", number);
	nl_begin(msg, policy_family, GPUSPEC_CMD_SHARE_SET, 0);
	nl_string(msg, GPUSPEC_A_ID, SPEC);
	nl_string(msg, GPUSPEC_A_ACCOUNT, name);
}

TEST_F(limit, of_shares)
{
	const uint32_t changes = GPUSPEC_SHARES_MAX + 1 + 1 + GPUSPEC_SHARES_MAX;

	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_send_many(self->sock, GPUSPEC_SHARES_MAX + 1, build_account, 0));
	nl_begin(&self->msg, policy_family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	nl_u32(&self->msg, GPUSPEC_A_SHARING, GPUSPEC_SHARING_NONE);
	nl_ask(self->sock, &self->msg, &self->answer);
	ASSERT_EQ(0, self->answer.error);
	ASSERT_EQ(0, policy_send_many(self->sock, GPUSPEC_SHARES_MAX, build_share, 0));
	ASSERT_EQ(0, policy_commit(self->sock, changes, NULL));
	EXPECT_EQ(GPUSPEC_SHARES_MAX, count(self, GPUSPEC_A_INFO_SHARES));
	build_share(&self->msg, GPUSPEC_SHARES_MAX, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(ENOSPC, "too many accounts; share it with all");
	EXPECT_EQ(GPUSPEC_SHARES_MAX, count(self, GPUSPEC_A_INFO_SHARES));
}

TEST_HARNESS_MAIN
