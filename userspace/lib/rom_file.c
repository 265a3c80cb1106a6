// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "rom_file.h"
#include "rom_image.h"
#include "sha256.h"

/* One more than may be: it tells that there is more. */
#define MOST	(GPUSPEC_ROM_FILE_MAX + 1)

static int __attribute__((format(printf, 3, 4)))
fail(struct gpuspec_rom_file *file, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(file->sentence, sizeof(file->sentence), format, args);
	va_end(args);
	return error;
}

static int fail_open(struct gpuspec_rom_file *file, int error)
{
	switch (error) {
	case ENOENT:
		return fail(file, -error, "there is no such file");
	case EACCES:
		return fail(file, -error, "you may not read it; run this as somebody who may");
	case ENXIO:
		return fail(file, -error, "it is a socket, or a device that is not there");
	default:
		return fail(file, -error, "%s", strerror(error));
	}
}

/* Cards' own ROMs are read from sysfs, which has its ways. */
static int fail_read(struct gpuspec_rom_file *file, int fd, int error)
{
	struct statfs system;

	if (!fstatfs(fd, &system) && system.f_type == SYSFS_MAGIC) {
		if (error == EINVAL)
			return fail(file, -error, "the kernel lets a card's ROM be read once 1 was written to this file; do that first (echo 1 >FILE)");
		if (error == EIO)
			return fail(file, -error, "the card has no ROM, or does not show it now");
	}
	return fail(file, -error, "%s", strerror(error));
}

static int fail_size(struct gpuspec_rom_file *file, const char *more, unsigned long long size)
{
	return fail(file, -EFBIG, "file is %s%llu bytes; the limit is %u (16 MiB)", more, size,
		    GPUSPEC_ROM_FILE_MAX);
}

/* What need not be read to know that it is no ROM. */
static int look(struct gpuspec_rom_file *file, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return fail(file, -errno, "%s", strerror(errno));
	if (S_ISDIR(stat.st_mode))
		return fail(file, -EISDIR, "it is a folder; name a file in it");
	if (S_ISREG(stat.st_mode) && stat.st_size > (off_t)GPUSPEC_ROM_FILE_MAX)
		return fail_size(file, "", stat.st_size);
	if (isatty(fd))
		return fail(file, -EINVAL, "it is a terminal; name a file, or give the ROM by < or |");
	return 0;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Wait until there is something to read: 0, -ETIMEDOUT at the time @end. */
static int wait_for(int fd, int64_t end)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int64_t left;
	int ready;

	do {
		left = end - now();
		ready = poll(&poll_fd, 1, left > 0 ? left : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

/* Room for more, twice as much at a time. */
static int grow(struct gpuspec_rom_file *file, size_t *room)
{
	size_t more = *room ? 2 * *room : 1 << 16;
	void *bytes;

	if (more > MOST)
		more = MOST;
	bytes = realloc(file->bytes, more);
	if (!bytes)
		return fail(file, -ENOMEM, "out of memory");
	file->bytes = bytes;
	*room = more;
	return 0;
}

/*
 * The next bytes: their number, 0 at the end. Standard input is not ours to
 * make non-blocking; but elsewhere read() comes first, since only it tells of
 * a pipe that no program writes to.
 */
static ssize_t read_some(struct gpuspec_rom_file *file, int fd, size_t room, int64_t end)
{
	bool wait = fd == STDIN_FILENO;
	ssize_t count;
	int error;

	do {
		error = wait ? wait_for(fd, end) : 0;
		if (error)
			return error;
		count = read(fd, file->bytes + file->size, room - file->size);
		wait = true;
	} while (count < 0 && (errno == EAGAIN || errno == EINTR));
	return count < 0 ? -errno : count;
}

static int read_all(struct gpuspec_rom_file *file, int fd, unsigned int seconds)
{
	int64_t end = now() + seconds * 1000LL;
	size_t room = 0;
	ssize_t count;
	int error;

	do {
		error = file->size == room ? grow(file, &room) : 0;
		if (error)
			return error;
		count = read_some(file, fd, room, end);
		if (count == -ETIMEDOUT)
			return fail(file, count, "not all of it came within %u seconds; save it to a file first",
				    seconds);
		if (count < 0)
			return fail_read(file, fd, -count);
		file->size += count;
	} while (count && file->size < MOST);
	return file->size < MOST ? 0 : fail_size(file, "more than ", GPUSPEC_ROM_FILE_MAX);
}

static int read_fd(struct gpuspec_rom_file *file, int fd, unsigned int seconds)
{
	struct stat stat;
	int error;

	error = look(file, fd);
	if (!error)
		error = read_all(file, fd, seconds);
	if (!error && !file->size && fd != STDIN_FILENO && !fstat(fd, &stat) &&
	    S_ISFIFO(stat.st_mode))
		return fail(file, -EPIPE, "it is a pipe that no program writes to");
	return error;
}

int gpuspec_rom_file_read(const char *path, unsigned int seconds,
			  struct gpuspec_rom_file *file)
{
	bool standard = !strcmp(path, "-");
	int fd = STDIN_FILENO, error;

	memset(file, 0, sizeof(*file));
	/* A pipe without a writer would keep open() waiting. */
	if (!standard)
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_open(file, errno);
	error = read_fd(file, fd, seconds);
	if (!standard)
		close(fd);
	if (error)
		gpuspec_rom_file_free(file);
	else
		gpuspec_sha256(file->bytes, file->size, file->sha256);
	return error;
}

void gpuspec_rom_file_free(struct gpuspec_rom_file *file)
{
	free(file->bytes);
	file->bytes = NULL;
	file->size = 0;
}

void gpuspec_rom_file_strip_nvgi(struct gpuspec_rom_file *file)
{
	size_t offset = gpuspec_rom_nvgi_offset(file->bytes, file->size);

	if (!offset)
		return;
	file->size -= offset;
	file->stripped += offset;
	memmove(file->bytes, file->bytes + offset, file->size);
	gpuspec_sha256(file->bytes, file->size, file->sha256);
}
