// SPDX-License-Identifier: GPL-2.0
/* Who may talk to the family, and who may listen: nobody else learns or changes a thing. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/capability.h>

#include "kselftest_harness.h"
#include "policy.h"

#define SPEC	"mdev:test-00000"

/* A message for each command that takes one; the dumps come last. */
static const struct request {
	uint8_t command;
	int flags;
} requests[] = {
	{ GPUSPEC_CMD_INFO_GET, 0 }, { GPUSPEC_CMD_SPEC_GET, 0 }, { GPUSPEC_CMD_SPEC_SET, 0 },
	{ GPUSPEC_CMD_SPEC_DEL, 0 }, { GPUSPEC_CMD_CHECK, 0 }, { GPUSPEC_CMD_DEFAULT_SET, 0 },
	{ GPUSPEC_CMD_POLICY_BEGIN, 0 }, { GPUSPEC_CMD_POLICY_COMMIT, 0 },
	{ GPUSPEC_CMD_SHARE_SET, 0 }, { GPUSPEC_CMD_SHARE_DEL, 0 },
	{ GPUSPEC_CMD_ACCOUNT_SET, 0 }, { GPUSPEC_CMD_ACCOUNT_DEL, 0 },
	{ GPUSPEC_CMD_ACCOUNT_GET, 0 }, { GPUSPEC_CMD_ROM_BEGIN, 0 },
	{ GPUSPEC_CMD_ROM_DATA, 0 }, { GPUSPEC_CMD_ROM_COMMIT, 0 },
	{ GPUSPEC_CMD_ROM_GET, 0 }, { GPUSPEC_CMD_ROM_CLEAR, 0 },
	{ GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP }, { GPUSPEC_CMD_DEVICE_GET, NLM_F_DUMP },
	{ GPUSPEC_CMD_SHARE_GET, NLM_F_DUMP }, { GPUSPEC_CMD_ACCOUNT_GET, NLM_F_DUMP },
	{ GPUSPEC_CMD_LOG_GET, NLM_F_DUMP },
};

#define REQUESTS	ARRAY_SIZE(requests)

static void build(struct nlmsg *msg, const struct request *request)
{
	nl_begin(msg, policy_family, request->command, request->flags);
	switch (request->command) {
	case GPUSPEC_CMD_SPEC_GET:
		if (request->flags)
			break;
		__attribute__((fallthrough));
	case GPUSPEC_CMD_SPEC_SET:
	case GPUSPEC_CMD_SPEC_DEL:
	case GPUSPEC_CMD_CHECK:
		nl_string(msg, GPUSPEC_A_ID, SPEC);
		break;
	case GPUSPEC_CMD_DEFAULT_SET:
		nl_u32(msg, GPUSPEC_A_DEFAULT, GPUSPEC_DEFAULT_CLOSED);
		break;
	case GPUSPEC_CMD_POLICY_COMMIT:
		nl_u32(msg, GPUSPEC_A_CHANGES, 0);
		break;
	}
	if (request->command == GPUSPEC_CMD_SPEC_SET)
		nl_u32(msg, GPUSPEC_A_STATE, GPUSPEC_STATE_DISABLED);
}

/* What somebody was told, in memory shared with the one who sent him. */
struct report {
	bool became;
	struct answer own[REQUESTS];		/* on a socket of his own */
	struct answer inherited[REQUESTS];	/* on one that he was given */
	int join, bind;				/* errno of joining, two ways */
	int heard;				/* messages that came to the group */
};

/* Have the one capability that counts, or go without it. */
static int use_sys_admin(bool use)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -1;
	if (use)
		data[0].effective |= 1u << CAP_SYS_ADMIN;
	else
		data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	return syscall(SYS_capset, &header, data);
}

static int map_root(void)
{
	FILE *file = fopen("/proc/self/uid_map", "w");

	if (!file)
		return -1;
	fputs("0 0 1\n", file);
	return fclose(file);
}

static int become_nobody(void)
{
	return setgid(65534) || setuid(65534);
}

static int become_net_admin(void)
{
	return use_sys_admin(false);
}

/* Uid 0 with every capability, in a namespace that the host is not ruled from. */
static int become_root_of_user_namespace(void)
{
	return unshare(CLONE_NEWUSER) || map_root() || getuid() != 0;
}

static int become_root_of_network(void)
{
	return unshare(CLONE_NEWNET);
}

static int become_root_of_both(void)
{
	return become_root_of_user_namespace() || unshare(CLONE_NEWNET);
}

FIXTURE(as) {
	int sock;
	struct report *report;
	int go[2], went[2];
};

FIXTURE_VARIANT(as) {
	int (*become)(void);
	int own, inherited, join;
};

FIXTURE_VARIANT_ADD(as, nobody) {
	become_nobody, EPERM, EPERM, EPERM,
};

FIXTURE_VARIANT_ADD(as, net_admin) {
	become_net_admin, EPERM, EPERM, EPERM,
};

FIXTURE_VARIANT_ADD(as, root_of_a_user_namespace) {
	become_root_of_user_namespace, EPERM, EPERM, EPERM,
};

/* The number of a group can be joined there, but none of ours is behind it. */
FIXTURE_VARIANT_ADD(as, root_of_a_network_namespace) {
	become_root_of_network, ENOENT, 0, 0,
};

FIXTURE_VARIANT_ADD(as, root_of_a_user_and_a_network_namespace) {
	become_root_of_both, ENOENT, EPERM, 0,
};

FIXTURE_SETUP(as)
{
	self->sock = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	self->report = mmap(NULL, sizeof(*self->report), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->report);
	ASSERT_EQ(0, pipe(self->go));
	ASSERT_EQ(0, pipe(self->went));
}

FIXTURE_TEARDOWN(as)
{
	close(self->sock);
}

static int join(int sock)
{
	return setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &policy_group,
			  sizeof(policy_group)) ? errno : 0;
}

/* The older way in, by mask. */
static int join_by_bind(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1u << (policy_group - 1),
	};
	int error, sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	error = bind(sock, (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
	close(sock);
	return error;
}

static int count_messages(int sock)
{
	char buffer[8192];
	int count = 0;

	while (recv(sock, buffer, sizeof(buffer), MSG_DONTWAIT) >= 0)
		count++;
	return count;
}

static void try_all(int sock, struct answer *answers)
{
	struct nlmsg msg;
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		build(&msg, &requests[i]);
		nl_ask(sock, &msg, &answers[i]);
	}
}

/* In the child: say what happened, then listen while the parent makes events. */
static void be_lesser(FIXTURE_DATA(as) * self, const FIXTURE_VARIANT(as) * variant)
{
	struct report *report = self->report;
	char byte = 0;
	int sock;

	report->became = !variant->become();
	if (!report->became)
		_exit(0);
	sock = nl_open();
	try_all(sock, report->own);
	if (variant->inherited)
		try_all(self->sock, report->inherited);
	report->join = join(sock);
	report->bind = join_by_bind();
	if (write(self->went[1], &byte, 1) == 1 && read(self->go[0], &byte, 1) == 1)
		report->heard = count_messages(sock);
	_exit(0);
}

TEST_F(as, is_refused_and_hears_nothing)
{
	struct answer before = policy_info(self->sock), after;
	struct report *report = self->report;
	char byte = 0;
	pid_t child;
	size_t i;

	child = fork();
	if (!child)
		be_lesser(self, variant);
	close(self->went[1]);
	EXPECT_EQ(1, read(self->went[0], &byte, 1));
	ASSERT_TRUE(report->became);
	after = policy_info(self->sock);
	EXPECT_EQ(0, memcmp(&before.reply, &after.reply, before.reply.header.nlmsg_len));
	EXPECT_EQ(0, policy_set(self->sock, 0, GPUSPEC_STATE_DISABLED));
	EXPECT_EQ(0, policy_ask(self->sock, GPUSPEC_CMD_SPEC_DEL, SPEC, NULL));
	EXPECT_EQ(1, write(self->go[1], &byte, 1));
	ASSERT_EQ(child, waitpid(child, NULL, 0));

	for (i = 0; i < REQUESTS; i++) {
		EXPECT_EQ(-variant->own, report->own[i].error) TH_LOG("request %zu", i);
		EXPECT_FALSE(report->own[i].replied);
		EXPECT_EQ(-variant->inherited, report->inherited[i].error);
		EXPECT_FALSE(report->inherited[i].replied);
		if (variant->own == EPERM && !requests[i].flags)
			EXPECT_NE(NULL, strstr(report->own[i].sentence, "CAP_SYS_ADMIN"));
	}
	EXPECT_EQ(variant->join, report->join);
	EXPECT_EQ(variant->join, report->bind);
	EXPECT_EQ(0, report->heard);
}

/* A program with privilege can be made to write to somebody else's socket. */
TEST(a_socket_of_somebody_without_privilege_is_refused_to_root)
{
	struct answer answers[REQUESTS];
	int sock = nl_open();
	size_t i;

	ASSERT_TRUE(policy_find(sock));
	close(sock);
	ASSERT_EQ(0, seteuid(65534));
	sock = nl_open();
	ASSERT_EQ(0, seteuid(0));
	ASSERT_EQ(0, use_sys_admin(true));
	try_all(sock, answers);
	for (i = 0; i < REQUESTS; i++) {
		EXPECT_EQ(-EPERM, answers[i].error) TH_LOG("request %zu", i);
		EXPECT_FALSE(answers[i].replied);
	}
	close(sock);
}

TEST_HARNESS_MAIN
