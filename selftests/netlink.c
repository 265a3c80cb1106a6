// SPDX-License-Identifier: GPL-2.0
/* The family's commands, done right, and wrong in every way there is. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/capability.h>

#include "kselftest_harness.h"
#include "nlmsg.h"

#define SPEC	"pci:aaaa:bbbb:cccc:dddd"

FIXTURE(family) {
	int sock, family, group;
	struct answer answer;
	struct nlmsg msg;
	uint32_t sum, generation;
};

/* The whole table in one number; names, states, flags, all. */
static void add_up(const struct nlmsg *msg, void *data)
{
	const unsigned char *bytes = (const unsigned char *)nl_attr(msg, GPUSPEC_A_SPEC);
	uint32_t *sum = data;
	size_t i, length = ((const struct nlattr *)bytes)->nla_len;

	for (i = 0; i < length; i++)
		*sum = *sum * 31 + bytes[i];
}

static uint32_t table_sum(FIXTURE_DATA(family) * self)
{
	uint32_t sum = 0;

	if (nl_dump(self->sock, self->family, GPUSPEC_CMD_SPEC_GET, add_up, &sum))
		return -1;
	return sum;
}

static const struct nlattr *info(FIXTURE_DATA(family) * self, int attribute)
{
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_INFO_GET, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	return nl_attr(&self->answer.reply, attribute);
}

static void spec_set(FIXTURE_DATA(family) * self, const char *id, int state, int sharing)
{
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, id);
	if (state >= 0)
		nl_u32(&self->msg, GPUSPEC_A_STATE, state);
	if (sharing >= 0)
		nl_u32(&self->msg, GPUSPEC_A_SHARING, sharing);
	nl_ask(self->sock, &self->msg, &self->answer);
}

static void ask_id(FIXTURE_DATA(family) * self, uint8_t command, const char *id)
{
	nl_begin(&self->msg, self->family, command, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, id);
	nl_ask(self->sock, &self->msg, &self->answer);
}

static void set_default(FIXTURE_DATA(family) * self, uint32_t unnamed)
{
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_DEFAULT_SET, 0);
	nl_u32(&self->msg, GPUSPEC_A_DEFAULT, unnamed);
	nl_ask(self->sock, &self->msg, &self->answer);
}

FIXTURE_SETUP(family)
{
	self->sock = nl_open();
	ASSERT_GE(self->sock, 0);
	self->family = nl_family(self->sock, &self->group);
	ASSERT_GT(self->family, 0);
	self->sum = table_sum(self);
	self->generation = nl_get_u32(info(self, GPUSPEC_A_INFO_GENERATION));
}

FIXTURE_TEARDOWN(family)
{
	close(self->sock);
}

/* A refusal: this errno, these words, and nothing changed. */
#define EXPECT_REFUSED(errno_, words) do {						\
	EXPECT_EQ(-(errno_), self->answer.error);					\
	EXPECT_NE(NULL, strstr(self->answer.sentence, words))				\
		TH_LOG("sentence: '%s'", self->answer.sentence);			\
	EXPECT_EQ(self->generation, nl_get_u32(info(self, GPUSPEC_A_INFO_GENERATION)));	\
	EXPECT_EQ(self->sum, table_sum(self));						\
} while (0)

TEST_F(family, spec_is_named_changed_and_forgotten)
{
	const struct nlattr *spec;

	ask_id(self, GPUSPEC_CMD_SPEC_GET, SPEC);
	EXPECT_REFUSED(ENOENT, "no device of this host");
	spec_set(self, SPEC, GPUSPEC_STATE_DISABLED, -1);
	ASSERT_EQ(0, self->answer.error);
	ask_id(self, GPUSPEC_CMD_SPEC_GET, SPEC);
	ASSERT_EQ(0, self->answer.error);
	spec = nl_attr(&self->answer.reply, GPUSPEC_A_SPEC);
	EXPECT_STREQ(SPEC, nl_get_string(nl_nested(spec, GPUSPEC_A_SPEC_ID)));
	EXPECT_EQ(GPUSPEC_KIND_PGPU, nl_get_u32(nl_nested(spec, GPUSPEC_A_SPEC_KIND)));
	EXPECT_EQ(GPUSPEC_STATE_DISABLED, nl_get_u32(nl_nested(spec, GPUSPEC_A_SPEC_STATE)));
	EXPECT_EQ(GPUSPEC_SHARING_ALL, nl_get_u32(nl_nested(spec, GPUSPEC_A_SPEC_SHARING)));
	EXPECT_NE(NULL, nl_nested(spec, GPUSPEC_A_SPEC_NAMED));
	EXPECT_EQ(0, nl_get_u32(nl_nested(spec, GPUSPEC_A_SPEC_DEVICES)));
	spec_set(self, SPEC, GPUSPEC_STATE_ENABLED, GPUSPEC_SHARING_NONE);
	ASSERT_EQ(0, self->answer.error);
	ask_id(self, GPUSPEC_CMD_CHECK, SPEC);
	EXPECT_EQ(GPUSPEC_REASON_RECALLED,
		  nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_REASON)));
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	ASSERT_EQ(0, self->answer.error);
	EXPECT_EQ(self->sum, table_sum(self));
	self->generation = nl_get_u32(info(self, GPUSPEC_A_INFO_GENERATION));
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	EXPECT_REFUSED(ENOENT, "does not name");
}

TEST_F(family, a_change_that_changes_nothing_is_none)
{
	spec_set(self, SPEC, GPUSPEC_STATE_DISABLED, GPUSPEC_SHARING_NONE);
	ASSERT_EQ(0, self->answer.error);
	self->generation = nl_get_u32(info(self, GPUSPEC_A_INFO_GENERATION));
	spec_set(self, SPEC, GPUSPEC_STATE_DISABLED, GPUSPEC_SHARING_NONE);
	EXPECT_EQ(0, self->answer.error);
	set_default(self, GPUSPEC_DEFAULT_OPEN);
	EXPECT_EQ(0, self->answer.error);
	EXPECT_EQ(self->generation, nl_get_u32(info(self, GPUSPEC_A_INFO_GENERATION)));
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	EXPECT_EQ(0, self->answer.error);
}

TEST_F(family, default_holds_for_specs_not_named)
{
	ask_id(self, GPUSPEC_CMD_CHECK, SPEC);
	EXPECT_EQ(GPUSPEC_REASON_ALLOWED,
		  nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_REASON)));
	set_default(self, GPUSPEC_DEFAULT_CLOSED);
	EXPECT_EQ(0, self->answer.error);
	ask_id(self, GPUSPEC_CMD_CHECK, SPEC);
	EXPECT_EQ(GPUSPEC_REASON_UNKNOWN_SPEC,
		  nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_REASON)));
	/* What is not given is what was in force: recalled. */
	spec_set(self, SPEC, GPUSPEC_STATE_ENABLED, -1);
	ask_id(self, GPUSPEC_CMD_CHECK, SPEC);
	EXPECT_EQ(GPUSPEC_REASON_RECALLED,
		  nl_get_u32(nl_attr(&self->answer.reply, GPUSPEC_A_REASON)));
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	set_default(self, GPUSPEC_DEFAULT_OPEN);
	EXPECT_EQ(self->sum, table_sum(self));
}

TEST_F(family, events_are_numbered_one_by_one)
{
	struct nlmsg event;
	uint64_t seq;
	int listener, unused;

	listener = nl_open();
	ASSERT_GT(nl_family(listener, &unused), 0);
	ASSERT_EQ(0, setsockopt(listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &self->group,
				sizeof(self->group)));
	seq = nl_get_u64(info(self, GPUSPEC_A_INFO_SEQ));
	spec_set(self, SPEC, GPUSPEC_STATE_DISABLED, -1);
	spec_set(self, SPEC, GPUSPEC_STATE_DISABLED, -1);
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	ASSERT_GT(recv(listener, &event, sizeof(event), 0), 0);
	EXPECT_EQ(GPUSPEC_CMD_SPEC_CHANGED, nl_genl(&event)->cmd);
	EXPECT_EQ(seq + 1, nl_get_u64(nl_attr(&event, GPUSPEC_A_SEQ)));
	EXPECT_EQ(GPUSPEC_STATE_DISABLED,
		  nl_get_u32(nl_nested(nl_attr(&event, GPUSPEC_A_SPEC), GPUSPEC_A_SPEC_STATE)));
	ASSERT_GT(recv(listener, &event, sizeof(event), 0), 0);
	EXPECT_EQ(seq + 2, nl_get_u64(nl_attr(&event, GPUSPEC_A_SEQ)));
	EXPECT_EQ(NULL, nl_nested(nl_attr(&event, GPUSPEC_A_SPEC), GPUSPEC_A_SPEC_NAMED));
	EXPECT_EQ(-1, recv(listener, &event, sizeof(event), MSG_DONTWAIT));
	close(listener);
}

struct log {
	unsigned int changes;
	uint64_t newest;
};

static void count_change(const struct nlmsg *msg, void *data)
{
	struct log *log = data;

	log->changes += nl_get_u32(nl_attr(msg, GPUSPEC_A_EVENT)) != GPUSPEC_CMD_REFUSED;
	log->newest = nl_get_u64(nl_attr(msg, GPUSPEC_A_SEQ));
}

TEST_F(family, log_has_an_end)
{
	struct log log = {};
	int i;

	for (i = 0; i <= GPUSPEC_LOG_MAX; i++)
		spec_set(self, SPEC, i % 2, -1);
	EXPECT_EQ(0, nl_dump(self->sock, self->family, GPUSPEC_CMD_LOG_GET, count_change, &log));
	EXPECT_EQ(GPUSPEC_LOG_MAX, log.changes);
	EXPECT_EQ(nl_get_u64(info(self, GPUSPEC_A_INFO_SEQ)), log.newest);
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	EXPECT_EQ(0, self->answer.error);
}

TEST_F(family, required_attributes)
{
	static const struct {
		uint8_t command;
		int attribute;
	} needs[] = {
		{ GPUSPEC_CMD_SPEC_GET, GPUSPEC_A_ID },
		{ GPUSPEC_CMD_SPEC_SET, GPUSPEC_A_ID },
		{ GPUSPEC_CMD_SPEC_DEL, GPUSPEC_A_ID },
		{ GPUSPEC_CMD_DEFAULT_SET, GPUSPEC_A_DEFAULT },
		{ GPUSPEC_CMD_POLICY_COMMIT, GPUSPEC_A_CHANGES },
	};
	size_t i;

	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		nl_begin(&self->msg, self->family, needs[i].command, 0);
		nl_ask(self->sock, &self->msg, &self->answer);
		EXPECT_EQ(needs[i].attribute, self->answer.missing);
		EXPECT_REFUSED(EINVAL, "missing");
	}
	spec_set(self, SPEC, -1, -1);
	EXPECT_REFUSED(EINVAL, "nothing to set");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_CHECK, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "either a spec id or a device address");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_CHECK, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	nl_string(&self->msg, GPUSPEC_A_ADDRESS, "0000:00:05.0");
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "either a spec id or a device address");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_CHECK, 0);
	nl_string(&self->msg, GPUSPEC_A_ADDRESS, "0000:ff:1f.7");
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(ENOENT, "no GPU of this host");
}

TEST_F(family, malformed_ids)
{
	static const char *const ids[] = {
		"", "pci", "pci:", "mdev:", "vf:", "pci:10DE:2684:10de:167c", "mdev:a b",
		"pci:10de:2684:10de", "pci:10de:2684:10de:167c:", "mdev:a/b", "mdev:\x01",
		"mdev:\xff", "vf:10de:2684:2684:2684", "vf:10de:2684:2684/", "gpu:1", "../../etc", "%s%n",
	};
	static const uint8_t commands[] = {
		GPUSPEC_CMD_SPEC_GET, GPUSPEC_CMD_SPEC_SET, GPUSPEC_CMD_SPEC_DEL,
		GPUSPEC_CMD_CHECK,
	};
	size_t i, command;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		for (command = 0; command < sizeof(commands); command++) {
			ask_id(self, commands[command], ids[i]);
			EXPECT_REFUSED(EINVAL, "not a spec id");
		}
	}
}

TEST_F(family, lengths_of_ids)
{
	char id[300];

	memset(id, 'x', sizeof(id));
	memcpy(id, "mdev:", 5);
	id[GPUSPEC_ID_MAX] = '\0';
	ask_id(self, GPUSPEC_CMD_CHECK, id);
	EXPECT_EQ(0, self->answer.error);
	id[GPUSPEC_ID_MAX] = 'x';
	id[GPUSPEC_ID_MAX + 1] = '\0';
	ask_id(self, GPUSPEC_CMD_SPEC_SET, id);
	EXPECT_REFUSED(EINVAL, "");
	/* without its end */
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_put(&self->msg, GPUSPEC_A_ID, SPEC, strlen(SPEC));
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_put(&self->msg, GPUSPEC_A_ID, "", 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
}

/* Each attribute with each wrong length, in each command that takes it. */
TEST_F(family, lengths_of_numbers_and_flags)
{
	static const struct {
		uint8_t command;
		int attribute;
		size_t good;
	} takes[] = {
		{ GPUSPEC_CMD_SPEC_SET, GPUSPEC_A_STATE, 4 },
		{ GPUSPEC_CMD_SPEC_SET, GPUSPEC_A_SHARING, 4 },
		{ GPUSPEC_CMD_SPEC_SET, GPUSPEC_A_IF_UNUSED, 0 },
		{ GPUSPEC_CMD_DEFAULT_SET, GPUSPEC_A_DEFAULT, 4 },
		{ GPUSPEC_CMD_POLICY_BEGIN, GPUSPEC_A_REPLACE, 0 },
		{ GPUSPEC_CMD_POLICY_COMMIT, GPUSPEC_A_CHANGES, 4 },
	};
	static const char zeros[16];
	size_t i, length;

	for (i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
		for (length = 0; length <= 9; length++) {
			if (length == takes[i].good)
				continue;
			nl_begin(&self->msg, self->family, takes[i].command, 0);
			if (takes[i].command == GPUSPEC_CMD_SPEC_SET)
				nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
			nl_put(&self->msg, takes[i].attribute, zeros, length);
			nl_ask(self->sock, &self->msg, &self->answer);
			EXPECT_TRUE(self->answer.error == -EINVAL ||
				    self->answer.error == -ERANGE)
				TH_LOG("command %d attribute %d length %zu: %d", takes[i].command,
				       takes[i].attribute, length, self->answer.error);
			EXPECT_REFUSED(-self->answer.error, "");
		}
	}
}

TEST_F(family, values_out_of_range)
{
	static const uint32_t values[] = { 2, 3, 255, 256, 0x80000000, 0xffffffff };
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		spec_set(self, SPEC, -1, -1);
		nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_SET, 0);
		nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
		nl_u32(&self->msg, GPUSPEC_A_STATE, values[i]);
		nl_ask(self->sock, &self->msg, &self->answer);
		EXPECT_REFUSED(ERANGE, "out of range");
		nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_SET, 0);
		nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
		nl_u32(&self->msg, GPUSPEC_A_SHARING, values[i]);
		nl_ask(self->sock, &self->msg, &self->answer);
		EXPECT_REFUSED(ERANGE, "out of range");
		set_default(self, values[i]);
		EXPECT_REFUSED(ERANGE, "out of range");
	}
}

/* Each attribute there is, and some there are not, where none or others are taken. */
TEST_F(family, attributes_out_of_place)
{
	static const char zeros[4];
	uint8_t command;
	int attribute, errors = 0;

	for (command = GPUSPEC_CMD_INFO_GET; command <= GPUSPEC_CMD_POLICY_COMMIT; command++) {
		for (attribute = GPUSPEC_A_GENERATION; attribute < GPUSPEC_A_MAX + 3; attribute++) {
			/* The one number that a command takes beyond here. */
			nl_begin(&self->msg, self->family, command,
				 command == GPUSPEC_CMD_DEVICE_GET ? NLM_F_DUMP : 0);
			nl_put(&self->msg, attribute, zeros, sizeof(zeros));
			nl_ask(self->sock, &self->msg, &self->answer);
			EXPECT_EQ(-EINVAL, self->answer.error)
				TH_LOG("command %d attribute %d", command, attribute);
			errors += self->answer.error == -EINVAL;
		}
	}
	EXPECT_EQ(9 * (GPUSPEC_A_MAX + 3 - GPUSPEC_A_GENERATION), errors);
	/* A nest where a number is, and a number as a nest. */
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_DEFAULT_SET, 0);
	nl_put(&self->msg, GPUSPEC_A_DEFAULT | NLA_F_NESTED, zeros, sizeof(zeros));
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
}

TEST_F(family, headers)
{
	static const uint8_t versions[] = { 0, 2, 255 };
	struct nlattr *attr;
	size_t i;

	for (i = 0; i < sizeof(versions); i++) {
		nl_begin(&self->msg, self->family, GPUSPEC_CMD_INFO_GET, 0);
		nl_genl(&self->msg)->version = versions[i];
		nl_ask(self->sock, &self->msg, &self->answer);
		EXPECT_REFUSED(EPROTONOSUPPORT, "version 1");
		nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP);
		nl_genl(&self->msg)->version = versions[i];
		nl_ask(self->sock, &self->msg, &self->answer);
		EXPECT_REFUSED(EPROTONOSUPPORT, "");
	}
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_INFO_GET, 0);
	nl_genl(&self->msg)->reserved = 1;
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "reserved");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_MAX + 1, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EOPNOTSUPP, "");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_REFUSED, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EOPNOTSUPP, "");
	/* One that is only a dump, and one that is none. */
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_DEVICE_GET, 0);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EOPNOTSUPP, "");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_SET, NLM_F_DUMP);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EOPNOTSUPP, "");
	/* Shorter than its header. */
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_INFO_GET, 0);
	self->msg.header.nlmsg_len = NLMSG_HDRLEN + 1;
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
	/* An attribute longer than the message, and a message that ends within one. */
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	attr = (struct nlattr *)nl_attr(&self->msg, GPUSPEC_A_ID);
	attr->nla_len += 8;
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	attr = (struct nlattr *)nl_attr(&self->msg, GPUSPEC_A_ID);
	attr->nla_len = 2;
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	self->msg.header.nlmsg_len -= 8;
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
	/* Something behind the last attribute. */
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_DEL, 0);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	self->msg.header.nlmsg_len += 2;
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
	nl_begin(&self->msg, self->family, GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP);
	nl_string(&self->msg, GPUSPEC_A_ID, SPEC);
	nl_ask(self->sock, &self->msg, &self->answer);
	EXPECT_REFUSED(EINVAL, "");
}

/* Every single byte of a good message set to every value: an answer each time. */
TEST_F(family, every_byte_changed)
{
	struct nlmsg good;
	size_t i, headers = NLMSG_HDRLEN;
	int value;

	nl_begin(&good, self->family, GPUSPEC_CMD_SPEC_SET, NLM_F_ACK);
	nl_string(&good, GPUSPEC_A_ID, SPEC);
	nl_u32(&good, GPUSPEC_A_STATE, GPUSPEC_STATE_DISABLED);
	for (i = headers; i < good.header.nlmsg_len; i++) {
		for (value = 0; value < 256; value += 5) {
			self->msg = good;
			self->msg.bytes[i] = value;
			nl_ask(self->sock, &self->msg, &self->answer);
			ASSERT_LE(self->answer.error, 0);
		}
	}
	/* Whole transactions may have been opened: a new socket knows of none. */
	close(self->sock);
	self->sock = nl_open();
	ASSERT_EQ(0, table_sum(self) == (uint32_t)-1);
}

static int drop_capability(int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -1;
	data[0].effective &= ~(1u << capability);
	data[0].permitted &= ~(1u << capability);
	return syscall(SYS_capset, &header, data);
}

/* In a child that is about to be less: what it is told, as exit status. */
static int ask_as(int sock, int family, int group, uint8_t command, int flags)
{
	struct answer answer;
	struct nlmsg msg;
	int own = sock < 0 ? nl_open() : sock;

	if (!command)
		return setsockopt(own, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) ? errno : 0;
	nl_begin(&msg, family, command, flags);
	nl_ask(own, &msg, &answer);
	if (answer.error == -EPERM && !flags && !strstr(answer.sentence, "CAP_SYS_ADMIN"))
		return 255;
	return -answer.error;
}

static int in_child(FIXTURE_DATA(family) * self, int (*become)(void), uint8_t command, int flags)
{
	int status;
	pid_t child = fork();

	if (!child) {
		/* A socket of before would be judged by who opened it as well. */
		if (become())
			_exit(254);
		_exit(ask_as(-1, self->family, self->group, command, flags));
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static int become_nobody(void)
{
	return setgid(65534) || setuid(65534);
}

static int become_net_admin(void)
{
	return drop_capability(CAP_SYS_ADMIN);
}

static int become_root_of_user_namespace(void)
{
	return setuid(65534) || unshare(CLONE_NEWUSER | CLONE_NEWNS);
}

static int become_other_netns(void)
{
	return unshare(CLONE_NEWNET);
}

TEST_F(family, needs_cap_sys_admin_in_the_initial_user_namespace)
{
	static int (*const lesser[])(void) = {
		become_nobody, become_net_admin, become_root_of_user_namespace,
	};
	uint8_t command;
	size_t i;

	for (i = 0; i < 3; i++) {
		for (command = GPUSPEC_CMD_INFO_GET; command <= GPUSPEC_CMD_POLICY_COMMIT;
		     command++)
			EXPECT_EQ(EPERM, in_child(self, lesser[i], command,
						  command == GPUSPEC_CMD_DEVICE_GET ? NLM_F_DUMP :
						  0))
				TH_LOG("as %zu, command %d", i, command);
		EXPECT_EQ(EPERM, in_child(self, lesser[i], GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP));
		EXPECT_EQ(EPERM, in_child(self, lesser[i], 0, 0));
	}
	EXPECT_EQ(self->sum, table_sum(self));
}

TEST_F(family, is_not_there_in_another_network_namespace)
{
	EXPECT_EQ(ENOENT, in_child(self, become_other_netns, GPUSPEC_CMD_INFO_GET, 0));
	EXPECT_EQ(ENOENT, in_child(self, become_other_netns, GPUSPEC_CMD_SPEC_GET, NLM_F_DUMP));
}

/* Its number can be joined there by root, but no event comes. */
TEST_F(family, tells_no_other_network_namespace)
{
	struct nlmsg event;
	int namespace, sock;

	namespace = open("/proc/self/ns/net", O_RDONLY);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	sock = nl_open();
	setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &self->group, sizeof(self->group));
	ASSERT_EQ(0, setns(namespace, CLONE_NEWNET));
	spec_set(self, SPEC, GPUSPEC_STATE_DISABLED, -1);
	ask_id(self, GPUSPEC_CMD_SPEC_DEL, SPEC);
	EXPECT_EQ(0, self->answer.error);
	EXPECT_EQ(-1, recv(sock, &event, sizeof(event), MSG_DONTWAIT));
	close(sock);
	close(namespace);
}

TEST_HARNESS_MAIN
