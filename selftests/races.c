// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions where something else happens meanwhile: sockets that close, die, share a
 * port or read slowly, changes that are refused, a module that goes.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "policy.h"

#define MANY	3000
#define PORT	0x70000001

static int open_at(uint32_t port)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_pid = port };
	int on = 1, sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (bind(sock, (struct sockaddr *)&address, sizeof(address))) {
		close(sock);
		return -1;
	}
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return sock;
}

static uint32_t info_u32(int sock, int attribute)
{
	struct answer answer = policy_info(sock);

	return nl_get_u32(nl_attr(&answer.reply, attribute));
}

FIXTURE(transaction) {
	int sock, other;
	struct answer answer;
	struct table table;
};

FIXTURE_SETUP(transaction)
{
	self->sock = nl_open();
	self->other = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	ASSERT_EQ(0, policy_reset());
}

FIXTURE_TEARDOWN(transaction)
{
	close(self->sock);
	close(self->other);
	EXPECT_EQ(0, policy_reset());
}

static int listen_to_events(void)
{
	int sock = nl_open();

	return setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &policy_group,
			  sizeof(policy_group)) ? -1 : sock;
}

/* Nothing was applied, so nothing that can be seen is other than before: not a number. */
TEST_F(transaction, that_fails_leaves_no_trace)
{
	struct answer before, after;
	int listener = listen_to_events();
	char byte;

	ASSERT_GE(listener, 0);
	ASSERT_EQ(0, policy_set(self->sock, 1, GPUSPEC_STATE_ENABLED));
	ASSERT_GT(recv(listener, &byte, 1, 0), 0);
	before = policy_info(self->other);
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_set(self->sock, 1, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_set_default(self->sock, GPUSPEC_DEFAULT_CLOSED));
	ASSERT_EQ(0, policy_ask(self->sock, GPUSPEC_CMD_SPEC_DEL, "mdev:test-x", NULL));
	ASSERT_EQ(0, policy_set(self->sock, 2, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-ENOENT, policy_commit(self->sock, 5, NULL));
	EXPECT_OURS(1);
	EXPECT_EQ(0, self->table.disabled);
	after = policy_info(self->other);
	EXPECT_EQ(0, memcmp(&before.reply, &after.reply, before.reply.header.nlmsg_len))
		TH_LOG("generation %u became %u",
		       nl_get_u32(nl_attr(&before.reply, GPUSPEC_A_INFO_GENERATION)),
		       nl_get_u32(nl_attr(&after.reply, GPUSPEC_A_INFO_GENERATION)));
	EXPECT_EQ(-1, recv(listener, &byte, 1, MSG_DONTWAIT));
	close(listener);
}

/* What the kernel refuses is not staged, whatever was wrong with it. */
TEST_F(transaction, counts_what_it_has_taken)
{
	struct nlmsg msg;

	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(-ERANGE, policy_set(self->sock, 1, 2));
	EXPECT_EQ(-ERANGE, policy_set_default(self->sock, 2));
	EXPECT_EQ(-EINVAL, policy_ask(self->sock, GPUSPEC_CMD_SPEC_DEL, "mdev:", NULL));
	policy_build_set(&msg, 3, GPUSPEC_STATE_DISABLED);
	nl_genl(&msg)->version = 2;
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EPROTONOSUPPORT, self->answer.error);
	/* Questions are answered from what is in force. */
	EXPECT_EQ(-ENOENT, policy_ask(self->sock, GPUSPEC_CMD_SPEC_GET, "mdev:test-00000", NULL));
	/* A commit that is malformed is none. */
	nl_begin(&msg, policy_family, GPUSPEC_CMD_POLICY_COMMIT, 0);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(-EINVAL, self->answer.error);
	EXPECT_OURS(0);
	ASSERT_EQ(0, policy_set(self->sock, 4, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, policy_commit(self->sock, 2, NULL));
	EXPECT_OURS(2);
}

TEST_F(transaction, with_a_wrong_count_is_over)
{
	static const int off[] = { -1, 1, 0x7fffffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(off); i++) {
		ASSERT_EQ(0, policy_begin(self->sock, false));
		ASSERT_EQ(0, policy_set_many(self->sock, 10, GPUSPEC_STATE_DISABLED));
		EXPECT_EQ(-EINVAL, policy_commit(self->sock, 10 + off[i], NULL));
		EXPECT_EQ(-EINVAL, policy_commit(self->sock, 10, NULL));
		EXPECT_OURS(0);
	}
}

/* One event for each spec that is other than before, and one at the end for all. */
TEST_F(transaction, is_told_of_in_order)
{
	struct nlmsg event;
	struct answer info;
	uint64_t seq;
	int i, listener = listen_to_events();

	ASSERT_GE(listener, 0);
	ASSERT_EQ(0, policy_set(self->sock, 1, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_set(self->sock, 3, GPUSPEC_STATE_DISABLED));
	ASSERT_GT(recv(listener, &event, sizeof(event), 0), 0);
	ASSERT_GT(recv(listener, &event, sizeof(event), 0), 0);
	info = policy_info(self->other);
	seq = nl_get_u64(nl_attr(&info.reply, GPUSPEC_A_INFO_SEQ));
	/* 1 is what it was, 3 is forgotten, 0 and 2 are new, 2 several times over. */
	ASSERT_EQ(0, policy_begin(self->sock, true));
	ASSERT_EQ(0, policy_set(self->sock, 2, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_set_many(self->sock, 3, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_set_default(self->sock, GPUSPEC_DEFAULT_CLOSED));
	ASSERT_EQ(0, policy_commit(self->sock, 5, NULL));
	for (i = 1; i <= 4; i++) {
		ASSERT_GT(recv(listener, &event, sizeof(event), MSG_DONTWAIT), 0);
		EXPECT_EQ(seq + i, nl_get_u64(nl_attr(&event, GPUSPEC_A_SEQ)));
		EXPECT_EQ(i < 4 ? GPUSPEC_CMD_SPEC_CHANGED : GPUSPEC_CMD_POLICY_APPLIED,
			  nl_genl(&event)->cmd);
	}
	EXPECT_EQ(3, nl_get_u32(nl_attr(&event, GPUSPEC_A_CHANGES)));
	EXPECT_EQ(GPUSPEC_DEFAULT_CLOSED, nl_get_u32(nl_attr(&event, GPUSPEC_A_DEFAULT)));
	EXPECT_EQ(-1, recv(listener, &event, sizeof(event), MSG_DONTWAIT));
	close(listener);
}

/* A listener that cannot keep up is told so, and sees by the numbers how much it missed. */
TEST_F(transaction, outruns_a_slow_listener)
{
	int listener = listen_to_events(), small = 4096, errors = 0;
	uint64_t seq = 0, next, missed = 0;
	struct answer info;
	struct nlmsg event;

	ASSERT_GE(listener, 0);
	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	info = policy_info(self->other);
	seq = nl_get_u64(nl_attr(&info.reply, GPUSPEC_A_INFO_SEQ));
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, 1000, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, policy_commit(self->sock, 1000, NULL));
	for (;;) {
		if (recv(listener, &event, sizeof(event), MSG_DONTWAIT) < 0) {
			if (errno != ENOBUFS)
				break;
			errors++;
			continue;
		}
		EXPECT_EQ(seq + 1, nl_get_u64(nl_attr(&event, GPUSPEC_A_SEQ)));
		seq++;
	}
	EXPECT_GT(errors, 0);
	ASSERT_EQ(0, policy_set(self->sock, 2000, GPUSPEC_STATE_DISABLED));
	ASSERT_GT(recv(listener, &event, sizeof(event), MSG_DONTWAIT), 0);
	next = nl_get_u64(nl_attr(&event, GPUSPEC_A_SEQ));
	missed = next - seq - 1;
	info = policy_info(self->other);
	EXPECT_EQ(next, nl_get_u64(nl_attr(&info.reply, GPUSPEC_A_INFO_SEQ)));
	EXPECT_GT(missed, 0);
	EXPECT_LT(missed, 1002);
	close(listener);
}

/* The default is staged like all else, and what follows builds on it. */
TEST_F(transaction, stages_the_default)
{
	struct nlmsg msg;

	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_default(self->sock, GPUSPEC_DEFAULT_CLOSED));
	nl_begin(&msg, policy_family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, "mdev:test-half");
	nl_u32(&msg, GPUSPEC_A_STATE, GPUSPEC_STATE_ENABLED);
	nl_ask(self->sock, &msg, &self->answer);
	ASSERT_EQ(0, self->answer.error);
	EXPECT_EQ(GPUSPEC_DEFAULT_OPEN, info_u32(self->other, GPUSPEC_A_INFO_DEFAULT));
	ASSERT_EQ(0, policy_commit(self->sock, 2, NULL));
	EXPECT_EQ(GPUSPEC_DEFAULT_CLOSED, info_u32(self->other, GPUSPEC_A_INFO_DEFAULT));
	ASSERT_EQ(0, policy_ask(self->other, GPUSPEC_CMD_CHECK, "mdev:test-half", &self->answer));
	EXPECT_EQ(GPUSPEC_REASON_RECALLED,
		  nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_REASON)));
	/* Replacing leaves the default alone, but no spec. */
	ASSERT_EQ(0, policy_begin(self->sock, true));
	ASSERT_EQ(0, policy_commit(self->sock, 0, NULL));
	EXPECT_EQ(GPUSPEC_DEFAULT_CLOSED, info_u32(self->other, GPUSPEC_A_INFO_DEFAULT));
	EXPECT_OURS(0);
}

/* As long as anybody holds the socket it is open. */
TEST_F(transaction, lives_as_long_as_its_socket)
{
	int second;

	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_DISABLED));
	second = dup(self->sock);
	close(self->sock);
	ASSERT_EQ(0, policy_set(second, 1, GPUSPEC_STATE_DISABLED));
	EXPECT_OURS(0);
	EXPECT_EQ(0, policy_commit(second, 2, NULL));
	EXPECT_OURS(2);
	self->sock = second;
}

TEST_F(transaction, dies_with_its_process)
{
	pid_t child = fork();
	int status;

	if (!child) {
		int sock = nl_open();

		if (!policy_begin(sock, true) &&
		    !policy_set_many(sock, MANY / 2, GPUSPEC_STATE_DISABLED))
			raise(SIGKILL);
		_exit(1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_OURS(0);
	EXPECT_EQ(-EINVAL, policy_commit(self->sock, MANY / 2, NULL));
}

TEST_F(transaction, is_not_inherited_with_the_port)
{
	int first, second;

	first = open_at(PORT);
	ASSERT_GE(first, 0);
	ASSERT_EQ(0, policy_begin(first, false));
	ASSERT_EQ(0, policy_set(first, 0, GPUSPEC_STATE_DISABLED));
	close(first);
	second = open_at(PORT);
	ASSERT_GE(second, 0);
	EXPECT_EQ(-EINVAL, policy_commit(second, 1, NULL));
	ASSERT_EQ(0, policy_set(second, 1, GPUSPEC_STATE_DISABLED));
	EXPECT_OURS(1);
	close(second);
}

static atomic_bool stop;

/* Hold the port for a moment, again and again. */
static void *hop(void *data)
{
	int sock;

	while (!stop) {
		sock = open_at(PORT);
		if (sock >= 0) {
			if (policy_begin(sock, false))
				*(int *)data = 1;
			close(sock);
		}
	}
	return NULL;
}

/*
 * One thread's socket closes, another's is at the same port at once: neither the end of
 * the first nor what it had staged may reach the second.
 */
TEST_F(transaction, is_not_mixed_up_by_the_port)
{
	int error = 0, sock, rounds = 0;
	pthread_t thread;

	stop = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, hop, &error));
	while (rounds < 300) {
		sock = open_at(PORT);
		if (sock < 0)
			continue;
		rounds++;
		EXPECT_EQ(0, policy_begin(sock, false));
		EXPECT_EQ(0, policy_set(sock, 0, GPUSPEC_STATE_DISABLED));
		EXPECT_EQ(0, policy_ask(sock, GPUSPEC_CMD_SPEC_DEL, "mdev:test-00000", NULL));
		EXPECT_EQ(0, policy_commit(sock, 2, NULL));
		close(sock);
	}
	stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(0, error);
	EXPECT_OURS(0);
}

/* Somebody else closes the descriptor while this thread is about to commit. */
static void *close_later(void *data)
{
	int *sock = data, i;

	for (i = 0; i < sock[1]; i++)
		sched_yield();
	close(sock[0]);
	return NULL;
}

TEST_F(transaction, that_is_closed_meanwhile_is_whole_or_nothing)
{
	unsigned int whole = 0, nothing = 0, i;
	pthread_t thread;
	struct nlmsg msg;
	int racer[2];

	nl_begin(&msg, policy_family, GPUSPEC_CMD_POLICY_COMMIT, 0);
	nl_u32(&msg, GPUSPEC_A_CHANGES, 500);
	/* As often as it takes to see both. */
	for (i = 0; i < 40 || (i < 200 && !(whole && nothing)); i++) {
		ASSERT_EQ(0, policy_reset());
		racer[0] = nl_open();
		racer[1] = i % 20;
		ASSERT_EQ(0, policy_begin(racer[0], false));
		ASSERT_EQ(0, policy_set_many(racer[0], 500, GPUSPEC_STATE_DISABLED));
		ASSERT_EQ(0, pthread_create(&thread, NULL, close_later, racer));
		send(racer[0], &msg, msg.header.nlmsg_len, 0);
		pthread_join(thread, NULL);
		self->table = policy_read(self->other);
		EXPECT_EQ(0, self->table.error);
		EXPECT_TRUE(self->table.ours == 0 || self->table.ours == 500)
			TH_LOG("%u of 500", self->table.ours);
		whole += self->table.ours == 500;
		nothing += !self->table.ours;
	}
	TH_LOG("%u were whole, %u nothing", whole, nothing);
}

static bool start_dump(int sock)
{
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP);
	return send(sock, &msg, msg.header.nlmsg_len, 0) > 0;
}

/* Read what one recv() gives. False at the end. */
static bool go_on(int sock, struct table *table)
{
	static char buffer[1 << 13] __attribute__((aligned(8)));
	ssize_t length = recv(sock, buffer, sizeof(buffer), 0);
	struct nlmsghdr *header;
	struct nlmsg msg;

	if (length <= 0)
		return false;
	for (header = (struct nlmsghdr *)buffer; NLMSG_OK(header, length);
	     header = NLMSG_NEXT(header, length)) {
		if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
			return false;
		table->mixed |= header->nlmsg_flags & NLM_F_DUMP_INTR;
		memcpy(&msg, header, header->nlmsg_len);
		policy_add_row(&msg, table);
	}
	return true;
}

/* A dump is of the moment it was asked for, however long its reader takes. */
TEST_F(transaction, does_not_reach_a_dump_that_has_begun)
{
	unsigned int helpings = 0;
	struct table table = {};

	ASSERT_EQ(0, policy_begin(self->sock, true));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY, GPUSPEC_STATE_ENABLED));
	ASSERT_EQ(0, policy_commit(self->sock, MANY, NULL));
	ASSERT_TRUE(start_dump(self->other));
	while (go_on(self->other, &table)) {
		/* First all of it is other than it was, then it is gone. */
		if (helpings++ != 3 && helpings != 10)
			continue;
		ASSERT_EQ(0, policy_begin(self->sock, true));
		ASSERT_EQ(0, policy_set_many(self->sock, helpings < 10 ? MANY : 100,
					     GPUSPEC_STATE_DISABLED));
		ASSERT_EQ(0, policy_commit(self->sock, helpings < 10 ? MANY : 100, NULL));
	}
	EXPECT_GT(helpings, 20);
	EXPECT_EQ(MANY, table.ours);
	EXPECT_EQ(0, table.disabled);
	EXPECT_FALSE(table.mixed);
	EXPECT_FALSE(table.unsorted);
	EXPECT_OURS(100);
	EXPECT_EQ(100, self->table.disabled);
}

/* Readers that ask and leave. */
TEST_F(transaction, does_not_mind_dumps_that_are_not_read)
{
	struct table table = {};
	int i, sock;

	ASSERT_EQ(0, policy_begin(self->sock, true));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY / 10, GPUSPEC_STATE_ENABLED));
	ASSERT_EQ(0, policy_commit(self->sock, MANY / 10, NULL));
	for (i = 0; i < 200; i++) {
		sock = nl_open();
		ASSERT_TRUE(start_dump(sock));
		if (i % 2)
			ASSERT_TRUE(go_on(sock, &table));
		ASSERT_EQ(0, policy_begin(sock, false));
		close(sock);
	}
	EXPECT_OURS(MANY / 10);
}

/* Its rows and what reads them are the module's, which stays until the last one. */
TEST_F(transaction, does_not_let_the_module_go_from_under_a_dump)
{
	struct table table = {};

	ASSERT_EQ(0, policy_begin(self->sock, true));
	ASSERT_EQ(0, policy_set_many(self->sock, MANY, GPUSPEC_STATE_ENABLED));
	ASSERT_EQ(0, policy_commit(self->sock, MANY, NULL));
	ASSERT_TRUE(start_dump(self->other));
	ASSERT_TRUE(go_on(self->other, &table));
	EXPECT_NE(0, system("rmmod gpuspec 2>/dev/null"));
	while (go_on(self->other, &table))
		;
	EXPECT_EQ(MANY, table.ours);
}

/* What is staged goes with the module; the socket outlives it. */
TEST_F(transaction, dies_with_the_module)
{
	ASSERT_EQ(0, policy_begin(self->sock, false));
	ASSERT_EQ(0, policy_set_many(self->sock, 1000, GPUSPEC_STATE_DISABLED));
	ASSERT_EQ(0, system("rmmod gpuspec"));
	ASSERT_EQ(0, system("modprobe gpuspec"));
	ASSERT_TRUE(policy_find(self->other));
	EXPECT_OURS(0);
	EXPECT_EQ(-EINVAL, policy_commit(self->sock, 1000, NULL));
}

TEST_HARNESS_MAIN
