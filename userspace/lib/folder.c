// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"

#define NEW	".new"
#define LOCK	".lock"

int gpuspec_folder_fail(struct gpuspec_folder *folder, int error, const char *name,
			const char *why, ...)
{
	size_t length;
	va_list args;

	length = snprintf(folder->sentence, sizeof(folder->sentence), "%s%s%s: ", folder->path,
			  *name ? "/" : "", name);
	va_start(args, why);
	vsnprintf(folder->sentence + length, sizeof(folder->sentence) - length, why, args);
	va_end(args);
	return error;
}

int gpuspec_folder_fail_errno(struct gpuspec_folder *folder, const char *name)
{
	int error = errno;

	return gpuspec_folder_fail(folder, -error, name, "%s", strerror(error));
}

/* Make it, and what is above it; QEMU's user is to find its way through what is new. */
int gpuspec_folder_make(const char *path)
{
	char part[PATH_MAX];
	char *slash = part;

	snprintf(part, sizeof(part), "%s", path);
	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (!mkdir(part, 0755)) {
			if (chmod(part, 0755))
				return -1;
		} else if (errno != EEXIST) {
			return -1;
		}
		if (slash)
			*slash = '/';
	} while (slash);
	return 0;
}

int gpuspec_folder_open(struct gpuspec_folder *folder, const char *path)
{
	*folder = (struct gpuspec_folder){ .fd = -1, .lock = -1 };
	if (snprintf(folder->path, sizeof(folder->path), "%s", path) >= (int)sizeof(folder->path))
		return gpuspec_folder_fail(folder, -ENAMETOOLONG, "", "the path is too long");
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder->fd < 0 && errno != ENOENT ? gpuspec_folder_fail_errno(folder, "") : 0;
}

int gpuspec_folder_lock(struct gpuspec_folder *folder, unsigned int seconds)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	unsigned int tries = 10 * seconds + 1;

	if (folder->fd < 0 && gpuspec_folder_make(folder->path))
		return errno == EROFS ? 0 : gpuspec_folder_fail_errno(folder, "");
	if (folder->fd < 0)
		folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0)
		return gpuspec_folder_fail_errno(folder, "");
	/* Not for others to read: who can open it can hold it. */
	folder->lock = openat(folder->fd, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	/* Where nothing can be changed, nobody has to be kept from it. */
	if (folder->lock < 0 && errno == EROFS)
		return 0;
	if (folder->lock < 0)
		return gpuspec_folder_fail_errno(folder, LOCK);
	while (flock(folder->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return gpuspec_folder_fail_errno(folder, LOCK);
		if (!--tries)
			return gpuspec_folder_fail(folder, -EBUSY, LOCK, "another gpuspec is changing what is here; try again when it has ended");
		nanosleep(&tenth, NULL);
	}
	return 0;
}

void gpuspec_folder_close(struct gpuspec_folder *folder)
{
	/* To close it gives the lock up. */
	if (folder->lock >= 0)
		close(folder->lock);
	if (folder->fd >= 0)
		close(folder->fd);
	folder->fd = -1;
	folder->lock = -1;
}

int gpuspec_folder_read_fd(struct gpuspec_folder *folder, int fd, const char *name,
			   size_t most, void **bytes, size_t *size)
{
	ssize_t count = 0;
	struct stat stat;
	char *buffer;

	*size = 0;
	if (fstat(fd, &stat))
		return gpuspec_folder_fail_errno(folder, name);
	if (!S_ISREG(stat.st_mode))
		return gpuspec_folder_fail(folder, -EINVAL, name, "it is not a regular file");
	if ((size_t)stat.st_size > most)
		return gpuspec_folder_fail(folder, -EFBIG, name, "it is larger than %zu bytes, which none of ours is",
					   most);
	buffer = malloc(stat.st_size + 1);
	if (!buffer)
		return gpuspec_folder_fail(folder, -ENOMEM, name, "out of memory");
	/* What is added to it while it is read makes no difference. */
	while (*size < (size_t)stat.st_size) {
		count = read(fd, buffer + *size, stat.st_size - *size);
		if (count <= 0)
			break;
		*size += count;
	}
	if (count < 0) {
		gpuspec_folder_fail_errno(folder, name);
		free(buffer);
		return -EIO;
	}
	buffer[*size] = '\0';
	*bytes = buffer;
	return 0;
}

int gpuspec_folder_read(struct gpuspec_folder *folder, const char *name, size_t most,
			void **bytes, size_t *size)
{
	int fd, error;

	fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		return gpuspec_folder_fail(folder, -ELOOP, name, "it is a symbolic link; put the file itself there");
	if (fd < 0)
		return gpuspec_folder_fail_errno(folder, name);
	error = gpuspec_folder_read_fd(folder, fd, name, most, bytes, size);
	close(fd);
	return error;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	ssize_t count;

	while (size) {
		count = write(fd, bytes, size);
		if (count < 0)
			return -1;
		bytes += count;
		size -= count;
	}
	return 0;
}

int gpuspec_folder_write_new(struct gpuspec_folder *folder, const char *name,
			     const void *bytes, size_t size)
{
	int fd, error = 0;

	if (folder->fd < 0)
		return gpuspec_folder_fail(folder, -EROFS, "", "%s", strerror(EROFS));
	/* What a program that was killed left there: we have the lock. */
	unlinkat(folder->fd, NEW, 0);
	fd = openat(folder->fd, NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return gpuspec_folder_fail_errno(folder, name);
	if (fchmod(fd, 0644) || write_all(fd, bytes, size) || fsync(fd))
		error = gpuspec_folder_fail_errno(folder, name);
	if (close(fd) && !error)
		error = gpuspec_folder_fail_errno(folder, name);
	if (error)
		gpuspec_folder_drop_new(folder);
	return error;
}

void gpuspec_folder_drop_new(struct gpuspec_folder *folder)
{
	unlinkat(folder->fd, NEW, 0);
}

int gpuspec_folder_put_in_place(struct gpuspec_folder *folder, const char *name)
{
	int error;

	if (!renameat(folder->fd, NEW, folder->fd, name) && !fsync(folder->fd))
		return 0;
	error = gpuspec_folder_fail_errno(folder, name);
	gpuspec_folder_drop_new(folder);
	return error;
}
