// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once, for a set time: policy, accounts and ROMs change, cards are bound,
 * opened, read and unplugged, mediated devices and virtual functions are made and removed,
 * all is listed, and in one of the tests the module itself goes and comes. What is looked for
 * is what the kernel says of it: KCSAN, KASAN and lockdep, where they are. And that in the end
 * nothing is in use or left over, and the gates are as they should be.
 *
 * GPUSPEC_SECONDS is how long each of the tests goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "kselftest_harness.h"
#include "policy.h"
#include "rom.h"
#include "sysfs.h"
#include "vfio.h"

/* The cards of tools/vm: two of one spec, of which one stays bound, and one to be unplugged. */
#define SPEC		"pci:1234:1111:1af4:1100"
#define BOUND		"0000:00:05.0"
#define MOVED		"0000:00:09.0"
#define UNPLUGGED	"0000:00:08.0"
#define CARDS		"/sys/bus/pci/devices/"
#define MDEV		"11111111-2222-3333-4444-00000000000a"
#define MDEV_SPEC	"mdev:mtty-2"
#define MDEV_TYPE	"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2"
#define MDEVS		"/sys/bus/mdev/devices/"
#define ROM_SIZE	4096
#define FEW		20

/* However the module is loaded: by us, or because somebody asked for its family. */
#define OPTIONS		"/run/modprobe.d/storm.conf"

static atomic_bool stop;
static char nvme[PATH_MAX];	/* the card with virtual functions, which counts as a GPU here */

/* Does one thing again and again; once() is true if it was done, and false if it was refused. */
struct worker {
	const char *name;
	bool (*once)(struct worker *worker);
	pthread_t thread;
	int sock;
	unsigned int round;
	atomic_uint done;
};

static bool ask(struct worker *worker, uint8_t command, const struct attribute *attribute)
{
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, policy_family, command, 0);
	for (; attribute->type; attribute++)
		nl_attribute(&msg, attribute);
	nl_ask(worker->sock, &msg, &answer);
	return !answer.error;
}

#define ASK(worker, command, ...)						\
	ask(worker, GPUSPEC_CMD_##command, (const struct attribute[]){ __VA_ARGS__, {} })
#define TEXT(what, value)	{ .type = GPUSPEC_A_##what, .form = STRING, .text = value }
#define VALUE(what, value)	{ .type = GPUSPEC_A_##what, .form = NUMBER, .number = value }
#define ID(id)			TEXT(ID, id)
#define ACCOUNT(name)		TEXT(ACCOUNT, name)
#define STATE(state)		VALUE(STATE, GPUSPEC_STATE_##state)
#define SHARING(with)		VALUE(SHARING, GPUSPEC_SHARING_##with)

/* --- those who decide --- */

static bool change_policy(struct worker *worker)
{
	int sock = worker->sock;

	switch (worker->round % 4) {
	case 0:
		return ASK(worker, SPEC_SET, ID(SPEC), STATE(DISABLED)) &&
		       ASK(worker, SPEC_SET, ID(MDEV_SPEC), SHARING(NONE)) &&
		       ASK(worker, SPEC_SET, ID(MDEV_SPEC), STATE(ENABLED), SHARING(ALL)) &&
		       ASK(worker, SPEC_SET, ID(SPEC), STATE(ENABLED), SHARING(ALL));
	case 1:
		return !policy_begin(sock, false) &&
		       !policy_set_many(sock, FEW, GPUSPEC_STATE_DISABLED) &&
		       !policy_commit(sock, FEW, NULL);
	case 2:
		return !policy_ask(sock, GPUSPEC_CMD_SPEC_DEL, "mdev:test-00000", NULL) &&
		       !policy_set_default(sock, GPUSPEC_DEFAULT_CLOSED) &&
		       !policy_set_default(sock, GPUSPEC_DEFAULT_OPEN);
	default:
		return !policy_begin(sock, true) &&
		       !policy_set(sock, worker->round % FEW, GPUSPEC_STATE_ENABLED) &&
		       !policy_commit(sock, 1, NULL);
	}
}

/* On the same specs as the others, who may just have shared them with all. */
static bool change_accounts(struct worker *worker)
{
	bool done;

	done = ASK(worker, ACCOUNT_SET, ACCOUNT("storm"), TEXT(CGROUP, "/storm")) &&
	       ASK(worker, SPEC_SET, ID(SPEC), SHARING(NONE)) &&
	       ASK(worker, SHARE_SET, ID(SPEC), ACCOUNT("host"), VALUE(MAXIMUM, 2)) &&
	       ASK(worker, SHARE_SET, ID(SPEC), ACCOUNT("storm"));
	ASK(worker, SHARE_DEL, ID(SPEC), ACCOUNT("storm"));
	ASK(worker, SPEC_SET, ID(SPEC), SHARING(ALL));
	ASK(worker, ACCOUNT_DEL, ACCOUNT("storm"));
	return done;
}

static bool change_rom(struct worker *worker)
{
	uint8_t rom[ROM_SIZE];
	struct answer answer;

	if (worker->round % 4 == 3)
		return !policy_ask(worker->sock, GPUSPEC_CMD_ROM_CLEAR, SPEC, NULL);
	rom_make(rom, ROM_SIZE, worker->round);
	return !rom_upload(worker->sock, SPEC, rom, ROM_SIZE >> worker->round % 3, NULL, &answer);
}

/* A socket that goes in the middle of a change and of an upload, and one that has done nothing. */
static bool leave_unfinished(struct worker *worker)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN] = {};
	struct answer answer;
	int sock = nl_open();
	bool done;

	done = !policy_begin(sock, false) && !policy_set_many(sock, FEW, GPUSPEC_STATE_DISABLED) &&
	       !rom_begin(sock, SPEC, ROM_SIZE, digest, NULL, &answer);
	close(sock);
	close(nl_open());
	return done;
}

/* --- those who look --- */

static void ignore(const struct nlmsg *msg, void *data)
{
}

static bool list(struct worker *worker)
{
	static const uint8_t commands[] = {
		GPUSPEC_CMD_SPEC_GET, GPUSPEC_CMD_DEVICE_GET, GPUSPEC_CMD_SHARE_GET,
		GPUSPEC_CMD_ACCOUNT_GET, GPUSPEC_CMD_LOG_GET,
	};
	uint8_t command = commands[worker->round % ARRAY_SIZE(commands)];
	struct answer answer = policy_info(worker->sock);

	ASK(worker, CHECK, TEXT(ADDRESS, BOUND), ACCOUNT("storm"));
	return !answer.error && !nl_dump(worker->sock, policy_family, command, ignore, NULL);
}

static bool listen_to_events(struct worker *worker)
{
	struct timeval patience = { .tv_usec = 200000 };
	int sock = nl_open(), i;
	struct nlmsg event;

	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &policy_group,
			sizeof(policy_group)))
		for (i = 0; i < 20 && recv(sock, &event, sizeof(event), 0) > 0; i++)
			;
	else
		i = 0;
	close(sock);
	return i;
}

static bool read_rom_file(struct worker *worker)
{
	char bytes[512];
	int file;
	bool done;

	sysfs_write(CARDS BOUND "/rom", "1");
	file = open(CARDS BOUND "/rom", O_RDONLY | O_CLOEXEC);
	done = read(file, bytes, sizeof(bytes)) > 0;
	close(file);
	return done;
}

/* --- those who take --- */

static bool open_group(const char *address, struct vfio_user *user)
{
	char node[PATH_MAX];
	const char *what;

	return vfio_group_node(address, node, sizeof(node)) &&
	       !vfio_open_group(node, address, user, &what);
}

static bool open_and_close(const char *address)
{
	struct vfio_user user;

	if (!open_group(address, &user))
		return false;
	vfio_close(&user);
	return true;
}

static off_t offset_of(int device, unsigned int index)
{
	struct vfio_region_info region = { .argsz = sizeof(region), .index = index };

	return ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region) ? 0 : region.offset;
}

/* Its ROM, and the address of that in its configuration space. */
static void *read_card(void *data)
{
	off_t rom, config;
	int *device = data, i;
	uint32_t value;

	for (i = 0; i < 4; i++) {
		rom = offset_of(*device, VFIO_PCI_ROM_REGION_INDEX);
		config = offset_of(*device, VFIO_PCI_CONFIG_REGION_INDEX);
		pread(*device, &value, sizeof(value), rom);
		pread(*device, &value, sizeof(value), config + 0x30);
		value = i % 2 ? ~0u : 1;
		pwrite(*device, &value, sizeof(value), config + 0x30);
	}
	return NULL;
}

static bool open_and_read(struct worker *worker)
{
	struct vfio_user user;
	pthread_t other;

	if (!open_group(BOUND, &user))
		return false;
	if (!pthread_create(&other, NULL, read_card, &user.device)) {
		read_card(&user.device);
		pthread_join(other, NULL);
	}
	vfio_close(&user);
	return true;
}

static bool bind_and_unbind(struct worker *worker)
{
	bool done = sysfs_bind(MOVED, "vfio-pci") && open_and_close(MOVED);

	return sysfs_bind(MOVED, NULL) && done;
}

static bool make_mdev(struct worker *worker)
{
	bool done = !sysfs_write(MDEV_TYPE "/create", MDEV) && open_and_close(MDEV);

	sysfs_write(MDEVS MDEV "/remove", "1");
	return done;
}

static int set_functions(const char *count)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/sriov_numvfs", nvme);
	return sysfs_write(path, count);
}

static bool make_functions(struct worker *worker)
{
	char path[PATH_MAX + 16], link[PATH_MAX], *address;
	ssize_t length;
	bool done;

	if (set_functions("2"))
		return false;
	snprintf(path, sizeof(path), "%s/virtfn1", nvme);
	length = readlink(path, link, sizeof(link) - 1);
	link[length > 0 ? length : 0] = '\0';
	address = strrchr(link, '/');
	done = address && sysfs_bind(address + 1, "vfio-pci") && open_and_close(address + 1);
	return !set_functions("0") && done;
}

static bool unplug(struct worker *worker)
{
	bool done = sysfs_bind(UNPLUGGED, "vfio-pci");

	return !sysfs_write(CARDS UNPLUGGED "/remove", "1") &&
	       !sysfs_write("/sys/bus/pci/rescan", "1") && done;
}

/* --- and the module --- */

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool reload(struct worker *worker)
{
	long began = milliseconds(), took;
	bool done = !syscall(SYS_delete_module, "gpuspec", O_NONBLOCK) && !system("modprobe gpuspec");

	/* For all. */
	policy_find(worker->sock);
	rom_forget_family();
	/* It stays for as long as it was gone: on a slow kernel the others need the time. */
	took = milliseconds() - began;
	while (done && !stop && milliseconds() - began < 2 * took)
		usleep(1000);
	return done;
}

static struct worker workers[] = {
	{ .name = "policy", .once = change_policy },
	{ .name = "accounts", .once = change_accounts },
	{ .name = "ROMs", .once = change_rom },
	{ .name = "sockets that leave", .once = leave_unfinished },
	{ .name = "lists", .once = list },
	{ .name = "events", .once = listen_to_events },
	{ .name = "ROM files", .once = read_rom_file },
	{ .name = "opens", .once = open_and_read },
	{ .name = "binds", .once = bind_and_unbind },
	{ .name = "mediated devices", .once = make_mdev },
	{ .name = "virtual functions", .once = make_functions },
	{ .name = "hot-plug", .once = unplug },
	{ .name = "module", .once = reload },
};

#define MODULE		1	/* the last of them */

static void *work(void *data)
{
	struct worker *worker = data;

	for (; !stop; worker->round++) {
		if (worker->once(worker))
			worker->done++;
		else
			/* Others may make it possible. */
			usleep(1000);
	}
	return NULL;
}

static unsigned int seconds(void)
{
	const char *text = getenv("GPUSPEC_SECONDS");

	return text ? atoi(text) : getenv("GPUSPEC_THOROUGH") ? 300 : 10;
}

FIXTURE(storm) {
	int sock;
	uint32_t devices;
};

static uint32_t count(int sock, int attribute)
{
	struct answer info = policy_info(sock);

	return nl_get_u32(nl_attr(&info.reply, attribute));
}

FIXTURE_SETUP(storm)
{
	char path[PATH_MAX + 32];
	glob_t found;

	system("rmmod gpuspec 2>/dev/null");
	mkdir("/run/modprobe.d", 0755);
	ASSERT_EQ(0, system("echo options gpuspec match_class=0108 >" OPTIONS));
	ASSERT_EQ(0, system("modprobe -a nvme vfio-pci mtty gpuspec"));
	ASSERT_EQ(0, glob(CARDS "*/sriov_totalvfs", 0, NULL, &found));
	snprintf(nvme, sizeof(nvme), "%s", found.gl_pathv[0]);
	*strrchr(nvme, '/') = '\0';
	globfree(&found);
	snprintf(path, sizeof(path), "%s/sriov_drivers_autoprobe", nvme);
	ASSERT_EQ(0, sysfs_write(path, "0"));
	self->sock = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	rom_forget_family();
	ASSERT_TRUE(sysfs_bind(BOUND, "vfio-pci"));
	self->devices = count(self->sock, GPUSPEC_A_INFO_DEVICES);
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_TRUE(sysfs_bind(BOUND, NULL));
	close(self->sock);
	unlink(OPTIONS);
}

/* All that was begun came to an end, and to nothing. */
static void judge(struct __test_metadata *_metadata, FIXTURE_DATA(storm) * self)
{
	struct vfio_user user;

	ASSERT_TRUE(policy_find(self->sock));
	policy_ask(self->sock, GPUSPEC_CMD_ROM_CLEAR, SPEC, NULL);
	ASSERT_EQ(0, policy_reset());
	EXPECT_EQ(0, count(self->sock, GPUSPEC_A_INFO_IN_USE));
	EXPECT_EQ(self->devices, count(self->sock, GPUSPEC_A_INFO_DEVICES));
	EXPECT_EQ(0, count(self->sock, GPUSPEC_A_INFO_ACCOUNTS));
	EXPECT_EQ(0, count(self->sock, GPUSPEC_A_INFO_SHARES));
	ASSERT_TRUE(open_group(BOUND, &user));
	EXPECT_EQ(1, count(self->sock, GPUSPEC_A_INFO_IN_USE));
	vfio_close(&user);
	ASSERT_EQ(0, policy_set_default(self->sock, GPUSPEC_DEFAULT_CLOSED));
	EXPECT_FALSE(open_group(BOUND, &user));
	EXPECT_EQ(0, policy_reset());
}

static bool all_have_done_something(size_t number)
{
	size_t i;

	for (i = 0; i < number; i++)
		if (!workers[i].done)
			return false;
	return true;
}

/* For the set time; and as long as it takes on a slow machine for each to come to something. */
static void rage(struct __test_metadata *_metadata, FIXTURE_DATA(storm) * self, size_t number)
{
	unsigned int patience = 300;
	size_t i;

	stop = false;
	for (i = 0; i < number; i++) {
		workers[i].round = 0;
		workers[i].done = 0;
		workers[i].sock = nl_open();
		ASSERT_EQ(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	sleep(seconds());
	while (!all_have_done_something(number) && patience--)
		sleep(1);
	stop = true;
	for (i = 0; i < number; i++) {
		pthread_join(workers[i].thread, NULL);
		close(workers[i].sock);
		TH_LOG("%s: %u done of %u", workers[i].name, workers[i].done, workers[i].round);
		EXPECT_GT(workers[i].done, 0) TH_LOG("%s", workers[i].name);
	}
	judge(_metadata, self);
}

/* No test here takes a day. */
#define DAY	(24 * 3600)

TEST_F_TIMEOUT(storm, leaves_nothing_behind, DAY)
{
	rage(_metadata, self, ARRAY_SIZE(workers) - MODULE);
}

TEST_F_TIMEOUT(storm, on_a_module_that_goes_and_comes, DAY)
{
	rage(_metadata, self, ARRAY_SIZE(workers));
}

TEST_HARNESS_MAIN
