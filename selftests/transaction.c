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
#include "policy.h"

#define MANY	3000

FIXTURE(policy) {
	int sock, other;
	struct answer answer;
	struct table table;
};

FIXTURE_SETUP(policy)
{
	self->sock = nl_open();
	self->other = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	ASSERT_EQ(0, policy_reset());
}

FIXTURE_TEARDOWN(policy)
{
	close(self->sock);
	EXPECT_EQ(0, policy_reset());
	close(self->other);
}

TEST_F(policy, appears_at_once)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY, GPUSPEC_STATE_DISABLED));
	EXPECT_OURS(0);
	EXPECT_EQ(0, policy_commit(self->sock, MANY, NULL));
	EXPECT_OURS(MANY);
	EXPECT_EQ(MANY, self->table.disabled);
	EXPECT_FALSE(self->table.unsorted);
	EXPECT_FALSE(self->table.mixed);
}

TEST_F(policy, dies_with_its_socket)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY / 2, GPUSPEC_STATE_DISABLED));
	close(self->sock);
	self->sock = nl_open();
	EXPECT_OURS(0);
	EXPECT_EQ(-EINVAL, policy_commit(self->sock, MANY / 2, NULL));
	EXPECT_OURS(0);
}

TEST_F(policy, a_bad_entry_spoils_all)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY / 2, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-ERANGE, policy_set(self->sock, MANY, 7));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY / 2, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-EINVAL, policy_commit(self->sock, MANY + 1, &self->answer));
	EXPECT_NE(NULL, strstr(self->answer.sentence, "refused or lost"));
	EXPECT_OURS(0);
	/* And it is over. */
	EXPECT_EQ(-EINVAL, policy_commit(self->sock, MANY, &self->answer));
	EXPECT_OURS(0);
}

TEST_F(policy, a_change_that_cannot_be_made_spoils_all)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_ask(self->sock, GPUSPEC_CMD_SPEC_DEL, "mdev:nobody-named-this", NULL));
	EXPECT_EQ(-ENOENT, policy_commit(self->sock, MANY + 1, NULL));
	EXPECT_OURS(0);
	/* Named and forgotten in one go is fine, and comes to nothing. */
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_ask(self->sock, GPUSPEC_CMD_SPEC_DEL, "mdev:test-00000", NULL));
	EXPECT_EQ(0, policy_commit(self->sock, 2, NULL));
	EXPECT_OURS(0);
}

TEST_F(policy, replace_forgets_what_is_not_staged)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, 100, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, policy_commit(self->sock, 100, NULL));
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set(self->sock, 100, GPUSPEC_STATE_ENABLED));
	EXPECT_EQ(0, policy_commit(self->sock, 1, NULL));
	EXPECT_OURS(101);
	ASSERT_EQ(0, policy_begin(self->sock, true));
	ASSERT_EQ(0, policy_set_many(self->sock, 7, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, policy_commit(self->sock, 7, NULL));
	EXPECT_OURS(7);
}

TEST_F(policy, replace_wants_whole_rules)
{
	struct nlmsg msg;

	ASSERT_EQ(0, policy_begin(self->sock, true));
	nl_begin(&msg, policy_family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, "mdev:test-x");
	nl_u32(&msg, GPUSPEC_A_STATE, GPUSPEC_STATE_ENABLED);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EINVAL, self->answer.error);
	EXPECT_NE(NULL, strstr(self->answer.sentence, "both state and sharing"));
}

TEST_F(policy, sockets_have_transactions_of_their_own)
{
	int third;

	ASSERT_EQ(0, policy_begin(self->sock, false));
	EXPECT_EQ(-EBUSY, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_begin(self->other, false));
	ASSERT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_set(self->other, 1, GPUSPEC_STATE_DISABLED));
	/* That a third one closes is nothing to them. */
	third = nl_open();
	ASSERT_TRUE(policy_find(third));
	close(third);
	EXPECT_EQ(0, policy_commit(self->sock, 1, &self->answer));
	EXPECT_OURS(1);
	EXPECT_EQ(0, policy_commit(self->other, 1, &self->answer));
	EXPECT_OURS(2);
	EXPECT_EQ(-EINVAL, policy_commit(self->sock, 0, &self->answer));
	EXPECT_NE(NULL, strstr(self->answer.sentence, "no transaction open"));
}

static atomic_bool stop;

struct changer {
	unsigned int rounds;
	int error;
};

/* One whole policy after another: all enabled, or half as many and disabled. */
static void *change_policies(void *data)
{
	struct changer *changer = data;
	int sock = nl_open();
	unsigned int count;

	while (!stop && !changer->error) {
		count = changer->rounds % 2 ? MANY / 2 : MANY;
		changer->error = policy_begin(sock, true);
		if (!changer->error)
			changer->error = policy_set_many(sock, count, changer->rounds % 2);
		if (!changer->error)
			changer->error = policy_commit(sock, count, NULL);
		changer->rounds++;
	}
	close(sock);
	return NULL;
}

TEST_F(policy, a_dump_shows_one_moment)
{
	struct changer changer = {};
	unsigned int dumps = 0, old = 0, new = 0, small = 4096;
	pthread_t thread;
	int i;

	/* A reader that takes its dump in small helpings. */
	setsockopt(self->sock, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	ASSERT_EQ(0, policy_begin(self->other, true));
	ASSERT_EQ(0, policy_set_many(self->other, MANY, GPUSPEC_STATE_ENABLED));
	ASSERT_EQ(0, policy_commit(self->other, MANY, NULL));
	stop = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, change_policies, &changer));
	for (i = 0; i < 40; i++) {
		self->table = policy_read(i % 2 ? self->sock : self->other);
		ASSERT_EQ(0, self->table.error);
		EXPECT_EQ(self->table.disabled ? MANY / 2 : MANY, self->table.ours);
		EXPECT_FALSE(self->table.mixed);
		EXPECT_FALSE(self->table.unsorted);
		EXPECT_TRUE(self->table.disabled == 0 || self->table.disabled == MANY / 2)
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
