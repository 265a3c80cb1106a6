// SPDX-License-Identifier: GPL-2.0
/*
 * One ROM after another for one card, while everybody reads: no reader sees a
 * mixture of two. The card is a bochs-display of tools/vm.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "kselftest_harness.h"
#include "nlmsg.h"
#include "rom.h"
#include "sysfs.h"

#define SPEC		"pci:1234:1111:1af4:1100"
#define CARD		"0000:00:05.0"
#define SYSFS		"/sys/bus/pci/devices/" CARD
#define SECONDS		(getenv("GPUSPEC_THOROUGH") ? 100 : 10)
#define READERS		3
#define ROM_MAX		(16 << 10)

static atomic_bool stop;

struct reader {
	unsigned int whole, errors, mixed, openings;
	char why[160];
};

/* The size of a ROM of rom_make() by its own header; 0 if it is none, or not of one seed. */
static size_t whole_rom(const uint8_t *rom, size_t count)
{
	size_t size, i;

	if (count < ROM_HEAD + 1 || rom[0] != 0x55 || rom[1] != 0xaa)
		return 0;
	size = (rom[0x1c + 0x10] | rom[0x1c + 0x11] << 8) * 512;
	for (i = ROM_HEAD; i < size && i < count; i++)
		if (rom[i] != rom[ROM_HEAD])
			return 0;
	return size;
}

static void judge(struct reader *reader, const uint8_t *rom, size_t count, bool padded)
{
	size_t size = whole_rom(rom, count), i;
	bool good = size && (padded ? size <= count : size == count);

	for (i = size; good && i < count; i++)
		good = rom[i] == 0xff;
	if (good) {
		reader->whole++;
		return;
	}
	reader->mixed++;
	snprintf(reader->why, sizeof(reader->why), "%zu bytes, an image of %zu, %02x %02x ... %02x ... %02x",
		 count, size, rom[0], rom[1], rom[ROM_HEAD], rom[count ? count - 1 : 0]);
}

/* All of a file, in as many reads as it takes: its length, or -1 where one fails. */
static ssize_t read_file(const char *path, uint8_t *bytes, size_t size)
{
	ssize_t done = 0, part;
	int file = open(path, O_RDONLY);

	if (file < 0)
		return -1;
	do {
		part = read(file, bytes + done, size - done);
		done += part > 0 ? part : 0;
	} while (part > 0);
	close(file);
	return part < 0 ? -1 : done;
}

static void *read_sysfs(void *data)
{
	struct reader *reader = data;
	uint8_t bytes[ROM_MAX * 2];
	ssize_t count;

	while (!stop) {
		count = read_file(SYSFS "/rom", bytes, sizeof(bytes));
		/* No file just now, or the file that was open is gone: an error, and no bytes. */
		if (count < 0)
			reader->errors++;
		else
			judge(reader, bytes, count, false);
	}
	return NULL;
}

/* Open the card like a VM, read its ROM region, close it. */
static void *read_vfio(void *data)
{
	char command[128], path[] = "/tmp/rom_readers.XXXXXX";
	struct reader *reader = data;
	uint8_t bytes[ROM_MAX * 2];
	int file = mkstemp(path);

	close(file);
	snprintf(command, sizeof(command), "echo rom %s | ./vfio_open " CARD " >/dev/null", path);
	while (!stop) {
		truncate(path, 0);
		if (system(command))
			reader->errors++;
		else
			judge(reader, bytes, read_file(path, bytes, sizeof(bytes)), true);
		reader->openings++;
	}
	unlink(path);
	return NULL;
}

FIXTURE(rom) {
	int sock;
	struct answer answer;
};

FIXTURE_SETUP(rom)
{
	int group;

	ASSERT_EQ(0, system("modprobe -a vfio-pci gpuspec"));
	self->sock = nl_open();
	ASSERT_GT(nl_family(self->sock, &group), 0);
	ASSERT_TRUE(sysfs_bind(CARD, "vfio-pci"));
}

FIXTURE_TEARDOWN(rom)
{
	struct nlmsg msg;
	int group;

	nl_begin(&msg, nl_family(self->sock, &group), GPUSPEC_CMD_ROM_CLEAR, 0);
	nl_string(&msg, GPUSPEC_A_ID, SPEC);
	nl_ask(self->sock, &msg, &self->answer);
	EXPECT_EQ(0, self->answer.error);
	close(self->sock);
	EXPECT_TRUE(sysfs_bind(CARD, NULL));
}

static int replace(int sock, unsigned int number, struct answer *answer)
{
	size_t size = ROM_MAX >> number % 3;
	uint8_t bytes[ROM_MAX];

	rom_make(bytes, size, number % 254 + 1);
	return rom_upload(sock, SPEC, bytes, size, NULL, answer);
}

TEST_F(rom, is_read_whole_or_not_at_all)
{
	struct reader readers[READERS] = {}, opener = {};
	pthread_t threads[READERS], opening;
	unsigned int i, replaced, whole = 0, errors = 0;
	time_t end = time(NULL) + SECONDS;

	ASSERT_EQ(0, replace(self->sock, 0, &self->answer));
	ASSERT_EQ(0, sysfs_write(SYSFS "/rom", "1"));
	stop = false;
	for (i = 0; i < READERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, read_sysfs, &readers[i]));
	ASSERT_EQ(0, pthread_create(&opening, NULL, read_vfio, &opener));
	/* On a slow machine for longer: all of them are to come to something. */
	for (replaced = 0; time(NULL) < end || replaced < 50 || opener.openings < 5; replaced++)
		ASSERT_EQ(0, replace(self->sock, replaced + 1, &self->answer))
			TH_LOG("%u: %s", replaced + 1, self->answer.sentence);
	stop = true;
	for (i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, readers[i].mixed) TH_LOG("%s", readers[i].why);
		whole += readers[i].whole;
		errors += readers[i].errors;
	}
	pthread_join(opening, NULL);
	EXPECT_EQ(0, opener.mixed) TH_LOG("%s", opener.why);
	EXPECT_EQ(0, opener.errors);
	EXPECT_GT(opener.whole, 0);
	EXPECT_GT(whole, replaced / 10);
	TH_LOG("%u replaced; %u whole ROMs and %u errors through sysfs, %u ROMs in %u openings",
	       replaced, whole, errors, opener.whole, opener.openings);
}

TEST_HARNESS_MAIN
