// SPDX-License-Identifier: GPL-2.0
/*
 * A VFIO user for the shell tests: opens a device as QEMU would and holds it.
 *
 *   vfio_open [--cdev] ADDRESS
 *
 * ADDRESS is a PCI address or the UUID of an mdev. Prints "open", or the name
 * of the errno with which the device was refused and exits with 1. Then it
 * does what each line of standard input says; at the end of input it closes
 * the device and exits. With --cdev the device is opened through iommufd
 * instead of its group.
 *
 *   (empty)    read the device's PCI vendor and device id, and print them
 *   rom FILE   write the device's ROM region, all of it, to FILE, and print
 *              its size; "none" if it has no ROM
 *   slow       read its first 2048 bytes, and wait in the middle of that, in the
 *              kernel: print "waits", and after another line how many were read
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/userfaultfd.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vfio.h"

/* Exit status 2: the test could not even ask. */
static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(2);
}

/* 0, or -1 where the device is refused. */
static int open_device(const char *address, int cdev, struct vfio_user *user)
{
	const char *what;
	char node[300];
	int error;

	if (!(cdev ? vfio_cdev_node : vfio_group_node)(address, node, sizeof(node)))
		fail("%s has no VFIO device", address);
	error = cdev ? vfio_open_cdev(node, user, &what) :
		       vfio_open_group(node, address, user, &what);
	if (!error)
		return 0;
	errno = -error;
	if (what)
		fail("%s", what);
	printf("%s\n", strerrorname_np(errno));
	return -1;
}

static void read_ids(int device)
{
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	unsigned short ids[2];

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region))
		fail("VFIO_DEVICE_GET_REGION_INFO");
	if (pread(device, ids, sizeof(ids), region.offset) != sizeof(ids))
		fail("reading PCI config space");
	printf("%04x:%04x\n", ids[0], ids[1]);
}

static void read_rom(int device, const char *file)
{
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_ROM_REGION_INDEX,
	};
	ssize_t done = 0, part = 1;
	char *rom;
	int out;

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region))
		fail("VFIO_DEVICE_GET_REGION_INFO");
	if (!region.size) {
		puts("none");
		return;
	}
	rom = malloc(region.size);
	out = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (!rom || out < 0)
		fail("%s", file);
	while (done < region.size && part > 0) {
		part = pread(device, rom + done, region.size - done, region.offset + done);
		done += part > 0 ? part : 0;
	}
	if (part < 0)
		fail("reading the ROM at %zd", done);
	if (write(out, rom, done) != done)
		fail("%s", file);
	close(out);
	free(rom);
	printf("%zd\n", done);
}

struct rom_reader {
	int device;
	void *page;
};

static void *read_rom_start(void *data)
{
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_ROM_REGION_INDEX,
	};
	struct rom_reader *reader = data;

	if (ioctl(reader->device, VFIO_DEVICE_GET_REGION_INFO, &region))
		fail("VFIO_DEVICE_GET_REGION_INFO");
	printf("%zd\n", pread(reader->device, reader->page, 2048, region.offset));
	return NULL;
}

/* A read of the ROM that stands still in the kernel, until a line comes: its page is not there. */
static void read_rom_slowly(int device)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_zeropage zero = { .range.len = sysconf(_SC_PAGESIZE) };
	struct uffdio_register place = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct rom_reader reader = { .device = device };
	struct uffd_msg fault;
	pthread_t thread;
	char line[PATH_MAX];
	int faults;

	faults = syscall(SYS_userfaultfd, O_CLOEXEC);
	reader.page = mmap(NULL, zero.range.len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	zero.range.start = (uintptr_t)reader.page;
	place.range = zero.range;
	if (ioctl(faults, UFFDIO_API, &api) || ioctl(faults, UFFDIO_REGISTER, &place))
		fail("userfaultfd");
	pthread_create(&thread, NULL, read_rom_start, &reader);
	if (read(faults, &fault, sizeof(fault)) != sizeof(fault))
		fail("userfaultfd");
	puts("waits");
	if (!fgets(line, sizeof(line), stdin) || ioctl(faults, UFFDIO_ZEROPAGE, &zero))
		fail("userfaultfd");
	pthread_join(thread, NULL);
	close(faults);
}

int main(int argc, char **argv)
{
	int cdev = argc == 3 && !strcmp(argv[1], "--cdev");
	char line[PATH_MAX];
	struct vfio_user user;

	if (argc != 2 + cdev) {
		fprintf(stderr, "usage: vfio_open [--cdev] ADDRESS\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (open_device(argv[1 + cdev], cdev, &user))
		return 1;
	puts("open");
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "rom ", 4))
			read_rom(user.device, line + 4);
		else if (!strcmp(line, "slow"))
			read_rom_slowly(user.device);
		else
			read_ids(user.device);
	}
	vfio_close(&user);
	return 0;
}
