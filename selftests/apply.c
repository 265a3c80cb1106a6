// SPDX-License-Identifier: GPL-2.0
/*
 * While a policy is applied the gates go on: they wait for moments, and what is opened, comes
 * or goes meanwhile is met by the one policy or by the other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kselftest_harness.h"
#include "policy.h"
#include "sysfs.h"
#include "vfio.h"

#define FEW	1000
#define MANY	10000
#define SPEC	"mdev:mtty-2"
#define MDEV	"11111111-2222-3333-4444-00000000000b"
#define CREATE	"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2/create"
#define REMOVE	"/sys/bus/mdev/devices/" MDEV "/remove"

/* How often a thing is done while a policy is applied, each time a little later. */
#define ROUNDS	8

FIXTURE(apply) {
	int sock, other;
	struct table table;
};

FIXTURE_SETUP(apply)
{
	cpu_set_t one;

	self->sock = nl_open();
	self->other = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	ASSERT_EQ(0, policy_reset());
	ASSERT_EQ(0, system("modprobe mtty"));
	/*
	 * On one processor, where it is the kernel that lets others go on, again and again,
	 * and not whatever emulates two.
	 */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
}

FIXTURE_TEARDOWN(apply)
{
	close(self->sock);
	EXPECT_EQ(0, policy_reset());
	close(self->other);
}

static long microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static bool stage(int sock, bool replace, unsigned int count, uint32_t state)
{
	return !policy_begin(sock, replace) && !policy_set_many(sock, count, state);
}

/* How long it takes to commit what is staged; 0: it failed. */
static long time_commit(int sock, unsigned int count)
{
	long began = microseconds();

	return policy_commit(sock, count, NULL) ? 0 : microseconds() - began;
}

/*
 * How long it takes to plan a policy, which is nearly all where nothing changes; 0: it failed.
 * Before and after that *@count specs are enabled: on a fast machine more, to take a while.
 */
static long time_plan(int sock, unsigned int *count)
{
	*count = FEW;
	if (!stage(sock, true, FEW, GPUSPEC_STATE_ENABLED))
		return 0;
	if (time_commit(sock, FEW) < 300000)
		*count = MANY;
	if (!stage(sock, true, *count, GPUSPEC_STATE_ENABLED) || !time_commit(sock, *count) ||
	    !stage(sock, false, *count, GPUSPEC_STATE_ENABLED))
		return 0;
	return time_commit(sock, *count);
}

/* Asks for what is read under the lock that the gates take, while a policy is committed. */
struct asker {
	atomic_long began, ended;	/* of the commit; 0: not yet */
	atomic_uint answers;
	long longest;			/* without an answer, meanwhile */
};

static void *ask_meanwhile(void *data)
{
	long last = microseconds(), now, began, ended;
	struct asker *asker = data;
	int sock = nl_open();

	do {
		policy_info(sock);
		asker->answers++;
		now = microseconds();
		began = asker->began;
		ended = asker->ended;
		if (ended && ended < now)
			now = ended;
		if (last < began)
			last = began;
		if (began && now - last > asker->longest)
			asker->longest = now - last;
		last = now;
	} while (!ended);
	close(sock);
	return NULL;
}

/*
 * Were all of it done under the lock, the wait would be nearly the whole time, each time. It
 * is a few per cent; but something else may run just then, so the best of some rounds counts.
 */
TEST_F(apply, does_not_keep_the_gates_waiting)
{
	long percent, best = 100, took;
	unsigned int count, round;
	pthread_t thread;

	ASSERT_GT(time_plan(self->sock, &count), 0);
	for (round = 1; round <= 4; round++) {
		struct asker asker = {};

		ASSERT_TRUE(stage(self->sock, true, count, round % 2));
		ASSERT_EQ(0, pthread_create(&thread, NULL, ask_meanwhile, &asker));
		while (!asker.answers)
			sched_yield();
		asker.began = microseconds();
		EXPECT_EQ(0, policy_commit(self->sock, count, NULL));
		asker.ended = microseconds();
		pthread_join(thread, NULL);
		took = asker.ended - asker.began;
		percent = asker.longest * 100 / took;
		TH_LOG("%u specs in %ld ms, and %u answers, the slowest in %ld us: %ld %%", count,
		       took / 1000, asker.answers, asker.longest, percent);
		if (percent < best)
			best = percent;
	}
	EXPECT_LT(best, 50);
}

static bool make_mdev(bool there)
{
	return !(there ? sysfs_write(CREATE, MDEV) : sysfs_write(REMOVE, "1"));
}

/* What is done a while after a commit has begun. */
struct deed {
	long delay;
	bool (*act)(struct deed *deed);
	bool done;
	bool there;			/* the mediated device, from then on */
	struct vfio_user user;		/* of it, once it is open */
};

static bool open_mdev(struct deed *deed)
{
	char node[PATH_MAX];
	const char *what;

	return vfio_group_node(MDEV, node, sizeof(node)) &&
	       !vfio_open_group(node, MDEV, &deed->user, &what);
}

static bool plug(struct deed *deed)
{
	return make_mdev(deed->there);
}

static void *do_later(void *data)
{
	struct sched_param at_once = { .sched_priority = 1 };
	struct deed *deed = data;

	/* The commit, on the same processor, does not get far while it is done. */
	sched_setscheduler(0, SCHED_FIFO, &at_once);
	usleep(deed->delay);
	deed->done = deed->act(deed);
	return NULL;
}

static int commit_meanwhile(int sock, uint32_t changes, struct deed *deed)
{
	pthread_t thread;
	int error;

	if (pthread_create(&thread, NULL, do_later, deed))
		return -EAGAIN;
	error = policy_commit(sock, changes, NULL);
	pthread_join(thread, NULL);
	return error;
}

static int stage_mdev(int sock, uint32_t state, bool if_unused)
{
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, SPEC);
	nl_u32(&msg, GPUSPEC_A_STATE, state);
	nl_u32(&msg, GPUSPEC_A_SHARING, GPUSPEC_SHARING_ALL);
	if (if_unused)
		nl_put(&msg, GPUSPEC_A_IF_UNUSED, "", 0);
	nl_ask(sock, &msg, &answer);
	return answer.error;
}

/* A device may be opened after it was found unused, and before the policy is in force. */
TEST_F(apply, asks_again_whether_a_spec_is_in_use)
{
	struct deed deed = { .act = open_mdev };
	unsigned int made = 0, refused = 0, count, i;
	long took = time_plan(self->sock, &count);
	int error;

	ASSERT_GT(took, 0);
	ASSERT_TRUE(make_mdev(true));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, policy_begin(self->sock, false));
		ASSERT_EQ(0, stage_mdev(self->sock, GPUSPEC_STATE_DISABLED, true));
		ASSERT_EQ(0, policy_set_many(self->sock, count, GPUSPEC_STATE_ENABLED));
		ASSERT_EQ(0, policy_set(self->sock, count, GPUSPEC_STATE_DISABLED));
		deed.delay = 2 * took * i / ROUNDS;
		error = commit_meanwhile(self->sock, count + 2, &deed);
		EXPECT_EQ(deed.done ? -EBUSY : 0, error)
			TH_LOG("%ld of %ld us later it is %s", deed.delay, took,
			       deed.done ? "open" : "refused");
		if (deed.done)
			vfio_close(&deed.user);
		EXPECT_OURS(count + !error);
		made += !error;
		refused += error == -EBUSY;
		/* As before. */
		ASSERT_TRUE(stage(self->sock, true, count, GPUSPEC_STATE_ENABLED));
		ASSERT_GT(time_commit(self->sock, count), 0);
	}
	EXPECT_TRUE(make_mdev(false));
	EXPECT_GT(made, 0);
	EXPECT_GT(refused, 0);
	TH_LOG("%u were made, %u refused", made, refused);
}

/* Its spec comes or goes with it, be it named by the policy on its way or not. */
TEST_F(apply, minds_no_device_that_comes_or_goes)
{
	struct deed deed = { .act = plug };
	unsigned int names, state, count, i;
	long took = time_plan(self->sock, &count);

	ASSERT_GT(took, 0);
	for (i = 0; i < 2 * ROUNDS; i++) {
		deed.there = i % 2 == 0;
		deed.delay = 2 * took * (i / 2) / ROUNDS;
		names = i / 2 % 2;
		state = i / 4 % 2;
		ASSERT_EQ(0, policy_begin(self->sock, true));
		if (names)
			ASSERT_EQ(0, stage_mdev(self->sock, GPUSPEC_STATE_ENABLED, false));
		ASSERT_EQ(0, policy_set_many(self->sock, count, state));
		EXPECT_EQ(0, commit_meanwhile(self->sock, count + names, &deed));
		EXPECT_TRUE(deed.done);
		EXPECT_OURS(count);
		EXPECT_EQ(state ? count : 0, self->table.disabled);
		EXPECT_EQ(names || deed.there ? 0 : -ENOENT,
			  policy_ask(self->other, GPUSPEC_CMD_SPEC_GET, SPEC, NULL));
	}
}

TEST_HARNESS_MAIN
