// SPDX-License-Identifier: GPL-2.0
/*
 * A card shows its spec's ROM, or its own, whichever allocation fails: where there was no
 * memory for the uploaded one it says "failed", and shows its own. Never neither.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "policy.h"
#include "rom.h"
#include "sweep.h"
#include "sysfs.h"

/* The ati-vga of tools/vm, which has a ROM of its own. */
#define CARD		"0000:00:06.0"
#define CARD_DIR	"/sys/bus/pci/devices/" CARD
#define SPEC		"pci:1002:5046:1af4:1100"
#define OLD_SIZE	2048
#define NEW_SIZE	4096

static uint8_t old_rom[OLD_SIZE], new_rom[NEW_SIZE];
static int sock = -1;

static int upload(const uint8_t *rom, size_t size)
{
	struct answer answer;

	return rom_upload(sock, SPEC, rom, size, NULL, &answer);
}

static off_t file_size(void)
{
	struct stat status;

	return stat(CARD_DIR "/rom", &status) ? -1 : status.st_size;
}

/* What can be seen of the card. */
struct sight {
	uint32_t state;		/* of the spec's ROM */
	bool shows;		/* an uploaded one: */
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	off_t file;		/* size of its file rom; -1: none */
};

static void see_card(const struct nlmsg *msg, void *data)
{
	const struct nlattr *device = nl_attr(msg, GPUSPEC_A_DEVICE), *digest;
	struct sight *sight = data;

	if (strcmp(nl_get_string(nl_nested(device, GPUSPEC_A_DEVICE_ADDRESS)), CARD))
		return;
	sight->state = nl_get_u32(nl_nested(device, GPUSPEC_A_DEVICE_ROM_STATE));
	digest = nl_nested(device, GPUSPEC_A_DEVICE_ROM_SHA256);
	sight->shows = digest;
	if (digest)
		memcpy(sight->digest, (const char *)digest + NLA_HDRLEN, sizeof(sight->digest));
}

static bool see(struct sight *sight)
{
	memset(sight, 0, sizeof(*sight));
	sight->state = -1;
	sight->file = file_size();
	return access("/sys/module/gpuspec", F_OK) ||
	       !nl_dump(sock, policy_family, GPUSPEC_CMD_DEVICE_GET, see_card, sight);
}

/* --- where rounds begin --- */

static bool is_bound(void)
{
	return !access("/sys/bus/pci/drivers/vfio-pci/" CARD, F_OK) || sysfs_bind(CARD, "vfio-pci");
}

static bool shows_old(void)
{
	return is_bound() && !upload(old_rom, sizeof(old_rom));
}

static bool has_sent_new(void)
{
	uint8_t digest[GPUSPEC_ROM_SHA256_LEN];
	struct answer answer;

	rom_hash(new_rom, sizeof(new_rom), digest);
	return shows_old() && !rom_begin(sock, SPEC, sizeof(new_rom), digest, NULL, &answer) &&
	       !rom_send(sock, new_rom, sizeof(new_rom), &answer);
}

static bool is_loaded_with_old(void)
{
	if (access("/sys/module/gpuspec", F_OK)) {
		close(sock);
		if (system("modprobe gpuspec"))
			return false;
		sock = nl_open();
		rom_forget_family();
		if (!policy_find(sock))
			return false;
	}
	return shows_old();
}

/* --- what is done --- */

static int commit(void)
{
	struct answer answer;

	rom_commit(sock, &answer);
	/* It is done where there was only no memory to say so. */
	return answer.error == -ENOBUFS && answer.sent ? 0 : answer.error;
}

static int clear(void)
{
	struct answer answer;

	policy_ask(sock, GPUSPEC_CMD_ROM_CLEAR, SPEC, &answer);
	return answer.error == -ENOBUFS && answer.sent ? 0 : answer.error;
}

static int unbind(void)
{
	return sysfs_write("/sys/bus/pci/drivers/vfio-pci/unbind", CARD);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "gpuspec", 0) ? -errno : 0;
}

FIXTURE(card) {
	struct sweep sweep;
	struct sight before, wanted, now;
	off_t own;		/* size of its own ROM's file */
	unsigned int failed;	/* times that it had to say so */
};

FIXTURE_VARIANT(card) {
	const char *name;
	bool (*prepare)(void);	/* each round */
	int (*run)(void);	/* negative errno */
	bool may_fail;		/* there may be no memory for the file of the uploaded ROM */
};

FIXTURE_VARIANT_ADD(card, rom_commit) {
	.name = "rom-commit, shown", .prepare = has_sent_new, .run = commit, .may_fail = true,
};

FIXTURE_VARIANT_ADD(card, rom_clear) {
	.name = "rom-clear, shown", .prepare = shows_old, .run = clear,
};

FIXTURE_VARIANT_ADD(card, unbind) {
	.name = "unbind with a ROM shown", .prepare = shows_old, .run = unbind,
};

FIXTURE_VARIANT_ADD(card, unload) {
	.name = "unloading with a ROM shown", .prepare = is_loaded_with_old, .run = unload,
};

FIXTURE_SETUP(card)
{
	rom_make(old_rom, sizeof(old_rom), 1);
	rom_make(new_rom, sizeof(new_rom), 2);
	sock = nl_open();
	ASSERT_TRUE(policy_find(sock));
	self->own = file_size();
	ASSERT_GT(self->own, NEW_SIZE);
	ASSERT_TRUE(is_bound());
}

FIXTURE_TEARDOWN(card)
{
	EXPECT_TRUE(is_loaded_with_old());
	EXPECT_EQ(0, clear());
	EXPECT_TRUE(sysfs_bind(CARD, NULL));
	EXPECT_EQ(self->own, file_size());
	close(sock);
}

static bool same(const struct sight *a, const struct sight *b)
{
	return !memcmp(a, b, sizeof(*a));
}

TEST_F_TIMEOUT(card, shows_one_or_the_other, 1800)
{
	struct sweep *sweep = &self->sweep;
	int error;

	for (sweep_begin(sweep, variant->name); sweep_next(sweep);) {
		/* An upload of which the end could not even be sent goes with its socket. */
		close(sock);
		sock = nl_open();
		ASSERT_TRUE(variant->prepare()) TH_LOG("n %u", sweep->n);
		ASSERT_TRUE(see(sweep->n ? &self->now : &self->before));
		if (sweep->n)
			ASSERT_TRUE(same(&self->before, &self->now)) TH_LOG("n %u", sweep->n);
		sweep_arm(sweep);
		error = variant->run();
		sweep_disarm(sweep);
		ASSERT_TRUE(!error || (sweep->hit && (error == -ENOMEM || error == -ENOBUFS)))
			TH_LOG("n %u: error %d", sweep->n, error);
		ASSERT_TRUE(see(sweep->n ? &self->now : &self->wanted));
		if (!sweep->n)
			continue;
		sweep->survived += sweep->hit && !error;
		if (!error && variant->may_fail && sweep->hit &&
		    self->now.state == GPUSPEC_ROM_STATE_FAILED) {
			EXPECT_FALSE(self->now.shows) TH_LOG("n %u", sweep->n);
			ASSERT_EQ(self->own, self->now.file) TH_LOG("n %u", sweep->n);
			self->failed++;
			continue;
		}
		ASSERT_TRUE(same(error ? &self->before : &self->wanted, &self->now))
			TH_LOG("n %u: error %d, state %u, a file of %ld bytes", sweep->n, error,
			       self->now.state, (long)self->now.file);
	}
	EXPECT_GT(sweep->failures, 0);
	if (self->failed)
		printf("# sweep %s: its own ROM was shown, and that said, %u times\n",
		       variant->name, self->failed);
}

int main(int argc, char **argv)
{
	if (!sweep_possible()) {
		printf("TAP version 13\n1..0 # SKIP this kernel injects no faults\n");
		return 0;
	}
	if (system("modprobe -a gpuspec vfio-pci"))
		return 1;
	return test_harness_run(argc, argv);
}
