// SPDX-License-Identifier: GPL-2.0
/* Policy in one piece: ten thousand specs at once, or none of them. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "nlmsg.h"

#define MANY	10000

struct table {
	unsigned int rows, ours, disabled;
	uint32_t generation;
	bool moments_differ, unsorted;
	char last[GPUSPEC_ID_MAX + 1];
};

static void take_row(const struct nlmsg *msg, void *data)
{
	const struct nlattr *spec = nl_attr(msg, GPUSPEC_A_SPEC);
	const char *id = nl_get_string(nl_nested(spec, GPUSPEC_A_SPEC_ID));
	uint32_t generation = nl_get_u32(nl_attr(msg, GPUSPEC_A_GENERATION));
	struct table *table = data;

	if (table->rows++ && generation != table->generation)
		table->moments_differ = true;
	table->generation = generation;
	if (strcmp(table->last, id) >= 0)
		table->unsorted = true;
	snprintf(table->last, sizeof(table->last), "%s", id);
	if (strncmp(id, "mdev:test-", 10))
		return;
	table->ours++;
	if (nl_get_u32(nl_nested(spec, GPUSPEC_A_SPEC_STATE)) == GPUSPEC_STATE_DISABLED)
		table->disabled++;
}

static int read_table(int sock, int family, struct table *table)
{
	memset(table, 0, sizeof(*table));
	return nl_dump(sock, family, GPUSPEC_CMD_SPEC_GET, take_row, table);
}

static int begin(int sock, int family, bool replace)
{
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, family, GPUSPEC_CMD_POLICY_BEGIN, 0);
	if (replace)
		nl_put(&msg, GPUSPEC_A_REPLACE, "", 0);
	nl_ask(sock, &msg, &answer);
	return answer.error;
}

static int commit(int sock, int family, uint32_t changes, struct answer *answer)
{
	struct nlmsg msg;

	nl_begin(&msg, family, GPUSPEC_CMD_POLICY_COMMIT, 0);
	nl_u32(&msg, GPUSPEC_A_CHANGES, changes);
	nl_ask(sock, &msg, answer);
	return answer->error;
}

static int set(int sock, int family, const char *id, uint32_t state)
{
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, id);
	nl_u32(&msg, GPUSPEC_A_STATE, state);
	nl_u32(&msg, GPUSPEC_A_SHARING, GPUSPEC_SHARING_ALL);
	nl_ask(sock, &msg, &answer);
	return answer.error;
}

static int forget(int sock, int family, const char *id)
{
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_string(&msg, GPUSPEC_A_ID, id);
	nl_ask(sock, &msg, &answer);
	return answer.error;
}

/* Stage specs without waiting for each: a bufferful at a time. */
static int set_many(int sock, int family, unsigned int count, uint32_t state)
{
	static char buffer[1 << 14];
	size_t length = 0;
	struct nlmsg msg;
	char id[64];
	unsigned int i;

	for (i = 0; i < count; i++) {
		nl_begin(&msg, family, GPUSPEC_CMD_SPEC_SET, 0);
		snprintf(id, sizeof(id), "mdev:test-%05u", i);
		nl_string(&msg, GPUSPEC_A_ID, id);
		nl_u32(&msg, GPUSPEC_A_STATE, state);
		nl_u32(&msg, GPUSPEC_A_SHARING, GPUSPEC_SHARING_ALL);
		memcpy(buffer + length, &msg, msg.header.nlmsg_len);
		length += NLMSG_ALIGN(msg.header.nlmsg_len);
		if (length > sizeof(buffer) - 256 || i == count - 1) {
			if (send(sock, buffer, length, 0) < 0)
				return -errno;
			length = 0;
		}
	}
	return 0;
}

FIXTURE(policy) {
	int sock, other, family, group;
	struct answer answer;
	struct table table;
};

FIXTURE_SETUP(policy)
{
	self->sock = nl_open();
	self->other = nl_open();
	self->family = nl_family(self->sock, &self->group);
	ASSERT_GT(self->family, 0);
	ASSERT_EQ(0, begin(self->sock, self->family, true));
	ASSERT_EQ(0, commit(self->sock, self->family, 0, &self->answer));
}

FIXTURE_TEARDOWN(policy)
{
	struct answer answer;

	close(self->sock);
	EXPECT_EQ(0, begin(self->other, self->family, true));
	EXPECT_EQ(0, commit(self->other, self->family, 0, &answer));
	close(self->other);
}

#define EXPECT_OURS(count) do {								\
	EXPECT_EQ(0, read_table(self->other, self->family, &self->table));		\
	EXPECT_EQ((count), self->table.ours);						\
} while (0)

TEST_F(policy, appears_at_once)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set_many(self->sock, self->family, MANY, GPUSPEC_STATE_DISABLED));
	EXPECT_OURS(0);
	EXPECT_EQ(0, commit(self->sock, self->family, MANY, &self->answer));
	EXPECT_OURS(MANY);
	EXPECT_EQ(MANY, self->table.disabled);
	EXPECT_FALSE(self->table.unsorted);
	EXPECT_FALSE(self->table.moments_differ);
}

TEST_F(policy, dies_with_its_socket)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set_many(self->sock, self->family, MANY / 2, GPUSPEC_STATE_DISABLED));
	close(self->sock);
	self->sock = nl_open();
	EXPECT_OURS(0);
	EXPECT_EQ(-EINVAL, commit(self->sock, self->family, MANY / 2, &self->answer));
	EXPECT_OURS(0);
}

TEST_F(policy, a_bad_entry_spoils_all)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set_many(self->sock, self->family, MANY / 2, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-ERANGE, set(self->sock, self->family, "mdev:test-x", 7));
	ASSERT_EQ(0, set_many(self->sock, self->family, MANY / 2, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-EINVAL, commit(self->sock, self->family, MANY + 1, &self->answer));
	EXPECT_NE(NULL, strstr(self->answer.sentence, "refused or lost"));
	EXPECT_OURS(0);
	/* And it is over. */
	EXPECT_EQ(-EINVAL, commit(self->sock, self->family, MANY, &self->answer));
	EXPECT_OURS(0);
}

TEST_F(policy, a_change_that_cannot_be_made_spoils_all)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set_many(self->sock, self->family, MANY, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, forget(self->sock, self->family, "mdev:nobody-named-this"));
	EXPECT_EQ(-ENOENT, commit(self->sock, self->family, MANY + 1, &self->answer));
	EXPECT_OURS(0);
	/* Named and forgotten in one go is fine, and comes to nothing. */
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set(self->sock, self->family, "mdev:test-x", GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, forget(self->sock, self->family, "mdev:test-x"));
	EXPECT_EQ(0, commit(self->sock, self->family, 2, &self->answer));
	EXPECT_OURS(0);
}

TEST_F(policy, replace_forgets_what_is_not_staged)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set_many(self->sock, self->family, 100, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, commit(self->sock, self->family, 100, &self->answer));
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set(self->sock, self->family, "mdev:test-x", GPUSPEC_STATE_ENABLED));
	EXPECT_EQ(0, commit(self->sock, self->family, 1, &self->answer));
	EXPECT_OURS(101);
	ASSERT_EQ(0, begin(self->sock, self->family, true));
	ASSERT_EQ(0, set_many(self->sock, self->family, 7, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, commit(self->sock, self->family, 7, &self->answer));
	EXPECT_OURS(7);
}

TEST_F(policy, replace_wants_whole_rules)
{
	struct nlmsg msg;

	ASSERT_EQ(0, begin(self->sock, self->family, true));
	nl_begin(&msg, self->family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, "mdev:test-x");
	nl_u32(&msg, GPUSPEC_A_STATE, GPUSPEC_STATE_ENABLED);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EINVAL, self->answer.error);
	EXPECT_NE(NULL, strstr(self->answer.sentence, "both state and sharing"));
}

TEST_F(policy, sockets_have_transactions_of_their_own)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	EXPECT_EQ(-EBUSY, begin(self->sock, self->family, false));
	ASSERT_EQ(0, begin(self->other, self->family, false));
	ASSERT_EQ(0, set(self->sock, self->family, "mdev:test-a", GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, set(self->other, self->family, "mdev:test-b", GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, commit(self->sock, self->family, 1, &self->answer));
	EXPECT_OURS(1);
	EXPECT_EQ(0, commit(self->other, self->family, 1, &self->answer));
	EXPECT_OURS(2);
	EXPECT_EQ(-EINVAL, commit(self->sock, self->family, 0, &self->answer));
	EXPECT_NE(NULL, strstr(self->answer.sentence, "no transaction open"));
}

TEST_F(policy, has_an_end)
{
	ASSERT_EQ(0, begin(self->sock, self->family, false));
	ASSERT_EQ(0, set_many(self->sock, self->family, GPUSPEC_CHANGES_MAX,
			      GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-ENOSPC, set(self->sock, self->family, "mdev:test-x", GPUSPEC_STATE_DISABLED));
	EXPECT_OURS(0);
}

static atomic_bool stop;

struct changer {
	int family;
	unsigned int rounds;
	int error;
};

/* One whole policy after another: all enabled, all disabled. */
static void *change_policies(void *data)
{
	struct changer *changer = data;
	struct answer answer;
	int sock = nl_open();

	while (!stop && !changer->error) {
		changer->error = begin(sock, changer->family, true);
		if (!changer->error)
			changer->error = set_many(sock, changer->family, MANY,
						  changer->rounds % 2);
		if (!changer->error)
			changer->error = commit(sock, changer->family, MANY, &answer);
		changer->rounds++;
	}
	close(sock);
	return NULL;
}

TEST_F(policy, a_dump_shows_one_moment)
{
	struct changer changer = { .family = self->family };
	unsigned int dumps = 0, old = 0, new = 0, small = 4096;
	pthread_t thread;
	int i;

	/* A reader that takes its dump in small helpings. */
	setsockopt(self->sock, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	ASSERT_EQ(0, begin(self->other, self->family, true));
	ASSERT_EQ(0, set_many(self->other, self->family, MANY, GPUSPEC_STATE_ENABLED));
	ASSERT_EQ(0, commit(self->other, self->family, MANY, &self->answer));
	stop = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, change_policies, &changer));
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(0, read_table(i % 2 ? self->sock : self->other, self->family,
					&self->table));
		EXPECT_EQ(MANY, self->table.ours);
		EXPECT_FALSE(self->table.moments_differ);
		EXPECT_FALSE(self->table.unsorted);
		EXPECT_TRUE(self->table.disabled == 0 || self->table.disabled == MANY)
			TH_LOG("%u of %u disabled", self->table.disabled, self->table.ours);
		old += !self->table.disabled;
		new += !!self->table.disabled;
		dumps++;
	}
	stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(0, changer.error);
	TH_LOG("%u dumps, %u and %u of one policy and the other, %u policies", dumps, old, new,
	       changer.rounds);
}

TEST_HARNESS_MAIN
