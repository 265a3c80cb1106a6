// SPDX-License-Identifier: GPL-2.0
/*
 * What a host does with its devices and with the module, each allocation failing once:
 * what failed has left nothing behind, what is refused stays refused, and what was done is
 * what it is without failures. The commands of the family are in fail_nth.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "policy.h"
#include "sweep.h"
#include "sysfs.h"
#include "vfio.h"
#include "world.h"

#define CARD		"0000:00:05.0"
#define CARD_DIR	"/sys/bus/pci/devices/" CARD
#define CARD_SPEC	"pci:1234:1111:1af4:1100"
#define MDEV		"11111111-2222-3333-4444-00000000000a"
#define MDEV_DIR	"/sys/bus/mdev/devices/" MDEV
#define MDEV_TYPE_DIR	"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2"
#define MDEV_SPEC	"mdev:mtty-2"

static int set_state(const char *id, uint32_t state)
{
	int sock = nl_open();
	struct answer answer;
	struct nlmsg msg;

	nl_begin(&msg, policy_family, GPUSPEC_CMD_SPEC_SET, 0);
	nl_string(&msg, GPUSPEC_A_ID, id);
	nl_u32(&msg, GPUSPEC_A_STATE, state);
	nl_ask(sock, &msg, &answer);
	close(sock);
	return answer.error;
}

/* --- mediated devices --- */

static int create_mdev(void)
{
	return sysfs_write(MDEV_TYPE_DIR "/create", MDEV);
}

static int remove_mdev(void)
{
	return sysfs_write(MDEV_DIR "/remove", "1");
}

static bool have_mdev(void)
{
	return !access(MDEV_DIR, F_OK) || !create_mdev();
}

static bool have_no_mdev(void)
{
	return access(MDEV_DIR, F_OK) || !remove_mdev();
}

static bool mdev_is_there(void)
{
	return !access(MDEV_DIR, F_OK) && !access(MDEV_DIR "/mdev_type", F_OK);
}

static bool disable_mdevs(void)
{
	return !set_state(MDEV_SPEC, GPUSPEC_STATE_DISABLED);
}

/* --- virtual functions of the NVMe --- */

static char pf[PATH_MAX];

static const char *in_pf(const char *file)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", pf, file);
	return path;
}

static bool find_pf(void)
{
	glob_t found = {};

	if (!glob("/sys/bus/pci/devices/*/sriov_totalvfs", 0, NULL, &found))
		snprintf(pf, sizeof(pf), "%.*s", (int)(strrchr(found.gl_pathv[0], '/') -
						       found.gl_pathv[0]), found.gl_pathv[0]);
	globfree(&found);
	/* No driver of the host is to take the VFs. */
	return *pf && !sysfs_write(in_pf("sriov_drivers_autoprobe"), "0");
}

static int make_vf(void)
{
	return sysfs_write(in_pf("sriov_numvfs"), "1");
}

static int remove_vf(void)
{
	return sysfs_write(in_pf("sriov_numvfs"), "0");
}

static bool have_vf(void)
{
	return !access(in_pf("virtfn0"), F_OK) || !make_vf();
}

static bool have_no_vf(void)
{
	return access(in_pf("virtfn0"), F_OK) || !remove_vf();
}

static bool vf_is_there(void)
{
	return !access(in_pf("virtfn0/config"), F_OK);
}

/* One that its driver made a vGPU of a type, for which the module has to ask. */
static bool have_typed_vf(void)
{
	char link[PATH_MAX] = "", *address;

	if (!find_pf() || !have_vf() || system("modprobe nvidia_vf") ||
	    readlink(in_pf("virtfn0"), link, sizeof(link) - 1) < 0)
		return false;
	address = strrchr(link, '/') + 1;
	return sysfs_bind(address, "nvidia") &&
	       !sysfs_write(in_pf("virtfn0/nvidia/current_vgpu_type"), "559");
}

static struct world devices;
static int sock_of_dump = -1;

static bool open_socket(void)
{
	/* Netlink goes on with a dump that it has called a failure; not on a new socket. */
	if (sock_of_dump >= 0)
		close(sock_of_dump);
	sock_of_dump = nl_open();
	return sock_of_dump >= 0;
}

static int dump_devices(void)
{
	devices.length = 0;
	return nl_dump(sock_of_dump, policy_family, GPUSPEC_CMD_DEVICE_GET, world_add, &devices);
}

/* --- a card, and those who open it --- */

static int bind_card(void)
{
	return sysfs_write("/sys/bus/pci/drivers/vfio-pci/bind", CARD);
}

static int unbind_card(void)
{
	return sysfs_write("/sys/bus/pci/drivers/vfio-pci/unbind", CARD);
}

static bool card_is_bound(void)
{
	return !access("/sys/bus/pci/drivers/vfio-pci/" CARD, F_OK);
}

static bool have_card_bound(void)
{
	return card_is_bound() || !bind_card();
}

static bool have_card_unbound(void)
{
	return !card_is_bound() || !unbind_card();
}

static bool give_card_as(uint32_t state)
{
	return sysfs_bind(CARD, NULL) && !sysfs_write(CARD_DIR "/driver_override", "vfio-pci") &&
	       !set_state(CARD_SPEC, state);
}

static bool give_card(void)
{
	return give_card_as(GPUSPEC_STATE_ENABLED);
}

static bool give_disabled_card(void)
{
	return give_card_as(GPUSPEC_STATE_DISABLED);
}

static struct vfio_user user = { -1, -1, -1, -1 };
static char group_node[300], cdev_node[300];

static int open_group(void)
{
	const char *what;

	return vfio_open_group(group_node, CARD, &user, &what);
}

static int open_cdev(void)
{
	const char *what;

	return vfio_open_cdev(cdev_node, &user, &what);
}

static int let_go(void)
{
	vfio_close(&user);
	return 0;
}

static bool bind_and_find(void)
{
	return sysfs_bind(CARD, "vfio-pci") &&
	       vfio_group_node(CARD, group_node, sizeof(group_node)) &&
	       vfio_cdev_node(CARD, cdev_node, sizeof(cdev_node));
}

static bool bind_and_disable(void)
{
	return bind_and_find() && !set_state(CARD_SPEC, GPUSPEC_STATE_DISABLED);
}

/*
 * It has its gate, then; unless there was no memory for its node in /dev. (A mediated device
 * is not tried: the kernel crashes if it had no memory for the set of devices that this is of.)
 */
static bool card_is_bound_and_gated(void)
{
	struct vfio_user other;
	const char *what;
	int error;

	if (!card_is_bound() || set_state(CARD_SPEC, GPUSPEC_STATE_DISABLED) ||
	    !vfio_cdev_node(CARD, cdev_node, sizeof(cdev_node)))
		return false;
	error = vfio_open_cdev(cdev_node, &other, &what);
	return (error == -EPERM || error == -ENOENT) &&
	       !set_state(CARD_SPEC, GPUSPEC_STATE_ENABLED);
}

static bool have_card_open(void)
{
	return user.device >= 0 || !open_group();
}

static bool have_card_closed(void)
{
	return !let_go();
}

/* --- */

FIXTURE(host) {
	int sock, listener;
	struct sweep sweep;
	struct world before, now, wanted, told;
};

FIXTURE_VARIANT(host) {
	const char *name;
	bool (*set_up)(void);		/* once */
	bool (*prepare)(void);		/* where each round begins, if it is not there already */
	int (*run)(void);		/* negative errno */
	bool (*is_done)(void);		/* what else can be seen of that */
	int also;			/* an errno that others may make of ENOMEM */
	bool refused;			/* with EPERM, always */
	bool takes_long;		/* every day, only what gpuspec allocates is to fail */
	const char *spares[2];		/* see sweep_spare() */
};

/*
 * Where the kernel itself, without gpuspec, warns when there is no memory: as
 * vfio_create_group() gives up its group, vfio_group_release() misses that this has still
 * its iommu_group; and pci_device_add() has a WARN_ON() for device_add().
 */
#define OF_A_GROUP	{ "vfio_create_group", "vfio_create_group" }
#define OF_A_FUNCTION	{ "pci_setup_device", "pci_device_add" }

FIXTURE_VARIANT_ADD(host, mdev_create) {
	.name = "mdev: create",
	.prepare = have_no_mdev, .run = create_mdev, .is_done = mdev_is_there,
	.takes_long = true, .spares = OF_A_GROUP,
};

FIXTURE_VARIANT_ADD(host, mdev_remove) {
	.name = "mdev: remove",
	.prepare = have_mdev, .run = remove_mdev, .takes_long = true,
};

FIXTURE_VARIANT_ADD(host, mdev_create_refused) {
	.name = "mdev: create, refused",
	.set_up = disable_mdevs, .run = create_mdev, .is_done = mdev_is_there, .refused = true,
	.takes_long = true,
};

FIXTURE_VARIANT_ADD(host, vf_create) {
	.name = "SR-IOV: create",
	.set_up = find_pf, .prepare = have_no_vf, .run = make_vf, .is_done = vf_is_there,
	.takes_long = true, .spares = OF_A_FUNCTION,
};

FIXTURE_VARIANT_ADD(host, vf_remove) {
	.name = "SR-IOV: remove",
	.set_up = find_pf, .prepare = have_vf, .run = remove_vf, .takes_long = true,
};

FIXTURE_VARIANT_ADD(host, vf_dump) {
	.name = "device-get (dump with the type of a VF)",
	.set_up = have_typed_vf, .prepare = open_socket, .run = dump_devices, .also = ENOBUFS,
};

FIXTURE_VARIANT_ADD(host, bind) {
	.name = "bind to vfio-pci",
	.set_up = give_card, .prepare = have_card_unbound, .run = bind_card,
	.is_done = card_is_bound_and_gated, .takes_long = true, .spares = OF_A_GROUP,
};

FIXTURE_VARIANT_ADD(host, bind_refused) {
	.name = "bind to vfio-pci, refused",
	.set_up = give_disabled_card, .run = bind_card, .is_done = card_is_bound, .refused = true,
};

FIXTURE_VARIANT_ADD(host, unbind) {
	.name = "unbind from vfio-pci",
	.set_up = give_card, .prepare = have_card_bound, .run = unbind_card, .takes_long = true,
};

FIXTURE_VARIANT_ADD(host, open_group) {
	.name = "open by the group",
	.set_up = bind_and_find, .prepare = have_card_closed, .run = open_group,
	.takes_long = true,
};

FIXTURE_VARIANT_ADD(host, open_cdev) {
	.name = "open by cdev and iommufd",
	.set_up = bind_and_find, .prepare = have_card_closed, .run = open_cdev,
};

FIXTURE_VARIANT_ADD(host, open_group_refused) {
	.name = "open by the group, refused",
	.set_up = bind_and_disable, .run = open_group, .refused = true, .takes_long = true,
};

FIXTURE_VARIANT_ADD(host, open_cdev_refused) {
	.name = "open by cdev and iommufd, refused",
	.set_up = bind_and_disable, .run = open_cdev, .refused = true,
};

FIXTURE_VARIANT_ADD(host, close) {
	.name = "close",
	.set_up = bind_and_find, .prepare = have_card_open, .run = let_go,
};

FIXTURE_SETUP(host)
{
	self->sock = nl_open();
	ASSERT_TRUE(policy_find(self->sock));
	/* Without a listener there would be no events to allocate. */
	self->listener = nl_open();
	ASSERT_EQ(0, setsockopt(self->listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
				&policy_group, sizeof(policy_group)));
	ASSERT_TRUE(!variant->set_up || variant->set_up());
}

FIXTURE_TEARDOWN(host)
{
	let_go();
	close(self->listener);
	close(self->sock);
	EXPECT_EQ(0, policy_reset());
	EXPECT_TRUE(have_no_mdev());
	EXPECT_TRUE(!*pf || have_no_vf());
	EXPECT_TRUE(sysfs_bind(CARD, NULL));
}

static uint64_t refusals(int sock)
{
	struct answer info = policy_info(sock);

	return nl_get_u64(nl_attr(&info.reply, GPUSPEC_A_INFO_REFUSED));
}

static void hear_out(int listener)
{
	struct nlmsg event;

	/* ENOBUFS: some were lost, as may be. */
	while (recv(listener, &event, sizeof(event), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
}

/* The first round says what there is to see before and after. */
static void look(struct __test_metadata *_metadata, FIXTURE_DATA(host) * self,
		 struct world *wanted)
{
	hear_out(self->listener);
	if (self->sweep.n) {
		ASSERT_TRUE(world_look_at_state(self->sock, policy_family, &self->now));
		ASSERT_TRUE(world_same(wanted, &self->now)) TH_LOG("n %u", self->sweep.n);
	} else {
		ASSERT_TRUE(world_look_at_state(self->sock, policy_family, wanted));
	}
}

/* Each allocation that is made when nothing fails, or of those each of gpuspec's. */
static void sweep_all(struct __test_metadata *_metadata, FIXTURE_DATA(host) * self,
		      const FIXTURE_VARIANT(host) * variant, bool ours)
{
	struct sweep *sweep = &self->sweep;
	int error, expected = variant->refused ? -EPERM : 0;
	uint64_t refused;

	sweep_begin(sweep, variant->name);
	if (ours)
		sweep_within_module("gpuspec");
	else if (variant->spares[0])
		sweep_spare(variant->spares[0], variant->spares[1]);
	while (sweep_next(sweep)) {
		ASSERT_TRUE(!variant->prepare || variant->prepare()) TH_LOG("n %u", sweep->n);
		/* Without a preparation it is as it was seen after the last round. */
		if (variant->prepare || !sweep->n)
			look(_metadata, self, &self->before);
		refused = refusals(self->sock);
		sweep_arm(sweep);
		error = variant->run();
		sweep_disarm(sweep);
		EXPECT_TRUE(error == expected || (sweep->hit && error == -ENOMEM) ||
			    (sweep->hit && variant->also && error == -variant->also))
			TH_LOG("n %u: error %d", sweep->n, error);
		/* Once refused it can still fail of something else. */
		refused = refusals(self->sock) - refused;
		EXPECT_TRUE(refused == (error == -EPERM) || (variant->refused && refused == 1))
			TH_LOG("n %u: %lu refusals", sweep->n, refused);
		look(_metadata, self, error ? &self->before : &self->wanted);
		if (variant->is_done)
			EXPECT_EQ(!error, variant->is_done()) TH_LOG("n %u", sweep->n);
		if (variant->run == dump_devices && !error) {
			if (!sweep->n)
				self->told = devices;
			EXPECT_TRUE(world_same(&self->told, &devices)) TH_LOG("n %u", sweep->n);
		}
		sweep->survived += sweep->hit && error == expected;
		/* The first that is wrong is the one to look into. */
		ASSERT_NE(KSFT_FAIL, _metadata->exit_code);
	}
}

TEST_F_TIMEOUT(host, does_it_whole_or_not_at_all, 1800)
{
	if (variant->takes_long)
		sweep_all(_metadata, self, variant, true);
	if (variant->takes_long && !sweep_thorough())
		return;
	sweep_all(_metadata, self, variant, false);
	EXPECT_GT(self->sweep.failures, 0);
}

/* --- the module itself --- */

FIXTURE(module) {
	struct sweep sweep;
	struct world now, wanted;
	void *image;
	size_t size;
};

/* Of this program's own memory, so that no file system's allocations are in the way. */
FIXTURE_SETUP(module)
{
	FILE *file = popen("cat $(modinfo -n gpuspec)", "r");
	size_t room = 16 << 20;

	self->image = malloc(room);
	ASSERT_NE(NULL, file);
	ASSERT_NE(NULL, self->image);
	self->size = fread(self->image, 1, room, file);
	ASSERT_EQ(0, pclose(file));
	ASSERT_EQ(0, syscall(SYS_delete_module, "gpuspec", 0));
}

FIXTURE_TEARDOWN(module)
{
	free(self->image);
	EXPECT_EQ(0, system("modprobe gpuspec match_class=0108"));
}

static bool left_something(void)
{
	return !access("/sys/module/gpuspec", F_OK) || !access("/sys/devices/gpuspec", F_OK) ||
	       !access("/sys/bus/mdev/drivers/gpuspec", F_OK);
}

TEST_F_TIMEOUT(module, is_loaded_whole_or_not_at_all, 1800)
{
	struct sweep *sweep = &self->sweep;
	int error, sock;

	sweep_begin(sweep, "loading the module");
	/* Every day, only what its own init allocates. */
	if (!sweep_thorough())
		sweep_within("do_one_initcall");
	while (sweep_next(sweep)) {
		sweep_arm(sweep);
		error = syscall(SYS_init_module, self->image, self->size, "match_class=0108") ?
			-errno : 0;
		sweep_disarm(sweep);
		/* The kernel's module_add_driver() makes EINVAL of it. */
		EXPECT_TRUE(!error || (sweep->hit && (error == -ENOMEM || error == -EINVAL)))
			TH_LOG("n %u: error %d", sweep->n, error);
		if (error) {
			EXPECT_FALSE(left_something()) TH_LOG("n %u", sweep->n);
			continue;
		}
		sock = nl_open();
		ASSERT_TRUE(policy_find(sock)) TH_LOG("n %u", sweep->n);
		ASSERT_TRUE(world_look_at_state(sock, policy_family, &self->now));
		close(sock);
		if (!sweep->n)
			self->wanted = self->now;
		EXPECT_TRUE(world_same(&self->wanted, &self->now)) TH_LOG("n %u", sweep->n);
		sweep->survived += sweep->hit;
		ASSERT_EQ(0, syscall(SYS_delete_module, "gpuspec", 0)) TH_LOG("n %u", sweep->n);
		ASSERT_NE(KSFT_FAIL, _metadata->exit_code);
	}
	EXPECT_GT(sweep->failures, 0);
}

int main(int argc, char **argv)
{
	if (!sweep_possible()) {
		printf("TAP version 13\n1..0 # SKIP this kernel injects no faults\n");
		return 0;
	}
	/* The NVMe counts as a GPU here: it has VFs. */
	if (system("modprobe -r gpuspec; modprobe gpuspec match_class=0108") ||
	    system("modprobe -a vfio-pci mtty nvme"))
		return 1;
	return test_harness_run(argc, argv);
}
