// SPDX-License-Identifier: GPL-2.0
/*
 * Each command of the family, with each of its allocations failing once: it says so and
 * nothing has changed, not a number; or it is done, whole. Nothing in between, and then it
 * works. What cards show when their ROM changes is in fail_nth_rom.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "policy.h"
#include "rom.h"
#include "sweep.h"
#include "world.h"

#define SPEC		"pci:aaaa:bbbb:cccc:dddd"
#define NEW_SPEC	"pci:aaaa:bbbb:cccc:eeee"
#define CARD		"0000:00:05.0"
#define CARD_SPEC	"pci:1234:1111:1af4:1100"
#define ROM_SIZE	1024
#define EVENTS_MAX	32

static uint8_t old_rom[ROM_SIZE], new_rom[ROM_SIZE];
static uint8_t old_digest[GPUSPEC_ROM_SHA256_LEN], new_digest[GPUSPEC_ROM_SHA256_LEN];

/* A message. */
struct step {
	uint8_t command;
	int flags;
	struct attribute takes[5];
};

static void build(struct nlmsg *msg, const struct step *step)
{
	const struct attribute *attribute;

	nl_begin(msg, policy_family, step->command, step->flags);
	for (attribute = step->takes; attribute->type; attribute++)
		nl_attribute(msg, attribute);
}

static void take(int sock, const struct step *step, struct answer *answer)
{
	struct nlmsg msg;

	build(&msg, step);
	nl_ask(sock, &msg, answer);
}

/* All of them, up to the empty one: 0 or the first error. */
static int take_all(int sock, const struct step *step)
{
	struct answer answer = {};

	for (; step->command && !answer.error; step++)
		take(sock, step, &answer);
	return answer.error;
}

FIXTURE(change) {
	int sock, listener, looker;
	struct sweep sweep;
	struct answer answer;
	struct world before, now, wanted;
	uint64_t seq;
	uint8_t told[EVENTS_MAX];	/* the events of it, in order */
	unsigned int events;
};

FIXTURE(question) {
	int sock;
	struct sweep sweep;
	struct world before, now, wanted, told;
};

#include "fail_nth_commands.h"

/* Where each round begins. */
static const struct step beginning[] = {
	BEGIN_ANEW,
	DEFAULT(OPEN),
	SET_ACCOUNT(ACCOUNT("blue"), CGROUP("/blue"), USER(1001)),
	SET_ACCOUNT(ACCOUNT("red"), CGROUP("/red/vms"), CGROUP("/red/more"), USER(1002)),
	SET(SPEC, DISABLED, NONE),
	SHARE(SPEC, ACCOUNT("blue"), MAXIMUM(2)),
	SHARE(SPEC, ACCOUNT("red")),
	SET("mdev:test-00000", ENABLED, ALL),
	COMMIT(7),
	BEGIN_ROM(SPEC, old_digest),
	ROM_BYTES(old_rom),
	COMMIT_ROM,
	{},
};

static int begin_anew(int sock)
{
	static const struct step clear[] = {
		{ GPUSPEC_CMD_ROM_CLEAR, .takes = { ID(NEW_SPEC) } },
		{},
	};
	int error = take_all(sock, clear);

	return error && error != -ENOENT ? error : take_all(sock, beginning);
}

static int end(int sock)
{
	static const struct step clear[] = {
		{ GPUSPEC_CMD_ROM_CLEAR, .takes = { ID(SPEC) } },
		{},
	};

	/* There is none after the round that cleared it. */
	take_all(sock, clear);
	return policy_reset();
}

static int listen_to_events(void)
{
	int sock = nl_open();

	return setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &policy_group,
			  sizeof(policy_group)) ? -1 : sock;
}

static bool set_up(void)
{
	int sock = nl_open();
	bool found = policy_find(sock);

	rom_make(old_rom, sizeof(old_rom), 1);
	rom_hash(old_rom, sizeof(old_rom), old_digest);
	rom_make(new_rom, sizeof(new_rom), 2);
	rom_hash(new_rom, sizeof(new_rom), new_digest);
	found = found && !begin_anew(sock);
	close(sock);
	return found;
}

/* --- commands that change something --- */

FIXTURE_SETUP(change)
{
	ASSERT_TRUE(set_up());
	self->looker = nl_open();
	self->listener = listen_to_events();
	ASSERT_GE(self->listener, 0);
}

FIXTURE_TEARDOWN(change)
{
	EXPECT_EQ(0, end(self->looker));
	close(self->looker);
	close(self->listener);
}

/* A new socket, with all that is to be done before the step. */
static int approach(FIXTURE_DATA(change) * self, const FIXTURE_VARIANT(change) * variant)
{
	if (self->sock > 0)
		close(self->sock);
	self->sock = nl_open();
	return take_all(self->sock, variant->before);
}

static uint64_t seq_now(int sock)
{
	struct answer info = policy_info(sock);

	return nl_get_u64(nl_attr(&info.reply, GPUSPEC_A_INFO_SEQ));
}

/*
 * The next event to come: false if there is none. A listener that is told of a loss is
 * told by the numbers of which events.
 */
static bool hear(int listener, struct nlmsg *event)
{
	ssize_t length;

	do {
		length = recv(listener, event, sizeof(*event), MSG_DONTWAIT);
	} while (length < 0 && errno == ENOBUFS);
	return length > 0;
}

static void hear_out(int listener)
{
	struct nlmsg event;

	while (hear(listener, &event))
		;
}

/*
 * The events of the step are those that it has when nothing fails, with their numbers; but
 * one may be missing, and its number with it.
 */
static void judge_events(struct __test_metadata *_metadata, FIXTURE_DATA(change) * self)
{
	struct sweep *sweep = &self->sweep;
	unsigned int heard = 0;
	struct nlmsg event;
	uint64_t at, seq = self->seq;

	while (hear(self->listener, &event)) {
		at = nl_get_u64(nl_attr(&event, GPUSPEC_A_SEQ));
		ASSERT_GT(at, seq) TH_LOG("n %u", sweep->n);
		seq = at;
		at -= self->seq + 1;
		ASSERT_LT(at, EVENTS_MAX);
		if (!sweep->n)
			self->told[at] = nl_genl(&event)->cmd;
		EXPECT_EQ(self->told[at], nl_genl(&event)->cmd) TH_LOG("n %u", sweep->n);
		heard++;
	}
	if (!sweep->n)
		self->events = heard;
	EXPECT_EQ(self->events, seq_now(self->looker) - self->seq) TH_LOG("n %u", sweep->n);
	EXPECT_GE(heard + sweep->hit, self->events) TH_LOG("n %u", sweep->n);
	sweep->lost += self->events - heard;
}

/* It failed: nothing is other than it was, and another try succeeds. */
static void judge_failure(struct __test_metadata *_metadata, FIXTURE_DATA(change) * self,
			  const FIXTURE_VARIANT(change) * variant)
{
	unsigned int n = self->sweep.n;
	struct nlmsg event;

	EXPECT_TRUE(self->answer.error == -ENOMEM || self->answer.error == -ENOBUFS)
		TH_LOG("n %u: error %d", n, self->answer.error);
	EXPECT_TRUE(world_same(&self->before, &self->now)) TH_LOG("n %u", n);
	EXPECT_FALSE(hear(self->listener, &event)) TH_LOG("n %u", n);
	if (variant->ends)
		ASSERT_EQ(0, approach(self, variant)) TH_LOG("n %u", n);
	take(self->sock, &variant->step, &self->answer);
	EXPECT_EQ(0, self->answer.error) TH_LOG("n %u: %s", n, self->answer.sentence);
}

TEST_F_TIMEOUT(change, is_made_whole_or_not_at_all, 1200)
{
	struct sweep *sweep = &self->sweep;
	struct nlmsg msg;
	bool done;

	for (sweep_begin(sweep, variant->name); sweep_next(sweep);) {
		ASSERT_EQ(0, begin_anew(self->looker));
		ASSERT_EQ(0, approach(self, variant));
		hear_out(self->listener);
		self->seq = seq_now(self->looker);
		ASSERT_TRUE(world_look(self->looker, policy_family, &self->before));
		build(&msg, &variant->step);
		sweep_arm(sweep);
		nl_ask(self->sock, &msg, &self->answer);
		sweep_disarm(sweep);
		ASSERT_TRUE(sweep->hit || !self->answer.error);

		ASSERT_TRUE(world_look(self->looker, policy_family, &self->now));
		/* ENOBUFS of the socket: it was done, and there was no memory to say so. */
		done = !self->answer.error ||
		       (self->answer.error == -ENOBUFS && self->answer.sent);
		sweep->survived += sweep->hit && done;
		if (done)
			judge_events(_metadata, self);
		else
			judge_failure(_metadata, self, variant);
		EXPECT_EQ(0, take_all(self->sock, variant->after)) TH_LOG("n %u", sweep->n);
		ASSERT_TRUE(world_look_at_state(self->looker, policy_family, &self->now));
		if (!sweep->n)
			self->wanted = self->now;
		EXPECT_TRUE(world_same(&self->wanted, &self->now)) TH_LOG("n %u", sweep->n);
		/* The first that is wrong is the one to look into. */
		ASSERT_EQ(0, _metadata->exit_code == KSFT_FAIL);
	}
	EXPECT_GT(sweep->failures, 0);
}

/* --- commands that read --- */

FIXTURE_SETUP(question)
{
	ASSERT_TRUE(set_up());
	self->sock = nl_open();
}

FIXTURE_TEARDOWN(question)
{
	EXPECT_EQ(0, end(self->sock));
	close(self->sock);
}

/* Ask on @sock, and have in @told what came: an error, or 0. */
static int ask(int sock, const struct step *step, struct world *told)
{
	struct answer answer;
	struct nlmsg msg;

	build(&msg, step);
	told->length = 0;
	if (step->flags & NLM_F_DUMP)
		return nl_ask_dump(sock, &msg, world_add, told);
	nl_ask(sock, &msg, &answer);
	if (answer.replied)
		world_add(&answer.reply, told);
	return answer.error;
}

TEST_F_TIMEOUT(question, is_answered_or_not, 1200)
{
	struct sweep *sweep = &self->sweep;
	int sock, error;

	ASSERT_EQ(0, ask(self->sock, &variant->step, &self->wanted));
	ASSERT_GT(self->wanted.length, 0);
	ASSERT_TRUE(world_look(self->sock, policy_family, &self->before));
	for (sweep_begin(sweep, variant->name); sweep_next(sweep);) {
		/* Netlink goes on with a dump that it has called a failure; not on a new socket. */
		sock = nl_open();
		sweep_arm(sweep);
		error = ask(sock, &variant->step, &self->told);
		sweep_disarm(sweep);
		close(sock);
		EXPECT_TRUE(!error || error == -ENOMEM || error == -ENOBUFS)
			TH_LOG("n %u: error %d", sweep->n, error);
		EXPECT_TRUE(sweep->hit || !error);
		if (!error)
			EXPECT_TRUE(world_same(&self->wanted, &self->told))
				TH_LOG("n %u", sweep->n);
		sweep->survived += sweep->hit && !error;
		EXPECT_EQ(0, ask(self->sock, &variant->step, &self->told)) TH_LOG("n %u", sweep->n);
		EXPECT_TRUE(world_same(&self->wanted, &self->told)) TH_LOG("n %u", sweep->n);
		ASSERT_TRUE(world_look(self->sock, policy_family, &self->now));
		ASSERT_TRUE(world_same(&self->before, &self->now)) TH_LOG("n %u", sweep->n);
	}
	EXPECT_GT(sweep->failures, 0);
}

/* --- those who listen --- */

FIXTURE(listener) {
	int sock;
	struct sweep sweep;
};

FIXTURE_SETUP(listener)
{
	ASSERT_TRUE(set_up());
	self->sock = nl_open();
}

FIXTURE_TEARDOWN(listener)
{
	EXPECT_EQ(0, end(self->sock));
	close(self->sock);
}

TEST_F_TIMEOUT(listener, hears_or_was_told_that_it_cannot, 1200)
{
	static const struct step there_and_back[] = {
		SET(SPEC, ENABLED, NONE), SET(SPEC, DISABLED, NONE), {},
	};
	struct sweep *sweep = &self->sweep;
	struct nlmsg event;
	int error, sock;

	for (sweep_begin(sweep, "joining the events"); sweep_next(sweep);) {
		sock = nl_open();
		sweep_arm(sweep);
		error = setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &policy_group,
				   sizeof(policy_group)) ? errno : 0;
		sweep_disarm(sweep);
		EXPECT_TRUE(!error || (sweep->hit && error == ENOMEM))
			TH_LOG("n %u: error %d", sweep->n, error);
		sweep->survived += sweep->hit && !error;
		EXPECT_EQ(0, take_all(self->sock, there_and_back));
		EXPECT_EQ(!error, hear(sock, &event)) TH_LOG("n %u", sweep->n);
		close(sock);
	}
	EXPECT_GT(sweep->failures, 0);
}

int main(int argc, char **argv)
{
	if (sweep_possible())
		return test_harness_run(argc, argv);
	printf("TAP version 13\n1..0 # SKIP this kernel injects no faults\n");
	return 0;
}
