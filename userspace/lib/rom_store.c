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

#include "rom_store.h"
#include "spec_id.h"

#define NEW		".new"
#define LINKS		"by-spec"
#define HISTORY_SIZE	(4u << 20)	/* far more than a history that this program wrote */
#define NAME_SIZE	(GPUSPEC_ID_MAX + 16)

static int __attribute__((format(printf, 4, 5)))
fail(struct gpuspec_rom_store *store, int error, const char *name, const char *why, ...)
{
	size_t length;
	va_list args;

	length = snprintf(store->sentence, sizeof(store->sentence), "%s%s%s: ", store->folder,
			  *name ? "/" : "", name);
	va_start(args, why);
	vsnprintf(store->sentence + length, sizeof(store->sentence) - length, why, args);
	va_end(args);
	return error;
}

static int fail_errno(struct gpuspec_rom_store *store, const char *name)
{
	int error = errno;

	return fail(store, -error, name, "%s", strerror(error));
}

/* --- the folder --- */

/* Make it, and what is above it; QEMU's user is to find its way through what is new. */
static int make_folder(const char *path)
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

static int open_folder(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int gpuspec_rom_store_read(struct gpuspec_rom_store *store, const char *folder)
{
	*store = (struct gpuspec_rom_store){ .fd = -1, .links = -1, .lock = -1 };
	if (snprintf(store->folder, sizeof(store->folder), "%s", folder) >=
	    (int)sizeof(store->folder))
		return fail(store, -ENAMETOOLONG, "", "the path is too long");
	store->fd = open_folder(folder);
	return store->fd < 0 && errno != ENOENT ? fail_errno(store, "") : 0;
}

/* A lock that is held for longer than @seconds belongs to something that hangs. */
static int take_lock(struct gpuspec_rom_store *store, unsigned int seconds)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	unsigned int tries = 10 * seconds + 1;

	/* Not for others to read: who can open it can hold it. */
	store->lock = openat(store->fd, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (store->lock < 0)
		return fail_errno(store, ".lock");
	while (flock(store->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_errno(store, ".lock");
		if (!--tries)
			return fail(store, -EBUSY, ".lock", "another gpuspec is changing ROMs; try again when it has ended");
		nanosleep(&tenth, NULL);
	}
	return 0;
}

int gpuspec_rom_store_change(struct gpuspec_rom_store *store, const char *folder,
			     unsigned int seconds)
{
	char links[PATH_MAX];
	int error;

	error = gpuspec_rom_store_read(store, folder);
	if (error)
		return error;
	snprintf(links, sizeof(links), "%s/" LINKS, folder);
	if (make_folder(links))
		return fail_errno(store, LINKS);
	if (store->fd < 0)
		store->fd = open_folder(folder);
	if (store->fd < 0)
		return fail_errno(store, "");
	store->links = open_folder(links);
	if (store->links < 0)
		return fail_errno(store, LINKS);
	return take_lock(store, seconds);
}

void gpuspec_rom_store_close(struct gpuspec_rom_store *store)
{
	/* To close it gives the lock up. */
	if (store->lock >= 0)
		close(store->lock);
	if (store->links >= 0)
		close(store->links);
	if (store->fd >= 0)
		close(store->fd);
	store->fd = -1;
	store->links = -1;
	store->lock = -1;
}

/* --- files --- */

/* Read all of a regular file that has @most bytes at most; *@bytes ends with a NUL more. */
static int read_file(struct gpuspec_rom_store *store, const char *name, size_t most,
		     void **bytes, size_t *size)
{
	int fd, error = 0;
	ssize_t count = 0;
	struct stat stat;
	char *buffer = NULL;

	*size = 0;
	fd = openat(store->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(store, name);
	if (fstat(fd, &stat))
		error = fail_errno(store, name);
	else if (!S_ISREG(stat.st_mode))
		error = fail(store, -EINVAL, name, "it is not a regular file");
	else if ((size_t)stat.st_size > most)
		error = fail(store, -EFBIG, name, "it is larger than %zu bytes, which none of ours is",
			     most);
	else
		buffer = malloc(stat.st_size + 1);
	if (!error && !buffer)
		error = fail(store, -ENOMEM, name, "out of memory");
	/* What is added to it while it is read makes no difference. */
	while (!error && *size < (size_t)stat.st_size) {
		count = read(fd, buffer + *size, stat.st_size - *size);
		if (count <= 0)
			break;
		*size += count;
	}
	if (!error && count < 0)
		error = fail_errno(store, name);
	close(fd);
	if (error) {
		free(buffer);
		return error;
	}
	buffer[*size] = '\0';
	*bytes = buffer;
	return 0;
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

/* Write what is to be put in place once all of it is there. */
static int write_new(struct gpuspec_rom_store *store, const char *name, const void *bytes,
		     size_t size)
{
	int fd, error = 0;

	/* What a program that was killed left there: we have the lock. */
	unlinkat(store->fd, NEW, 0);
	fd = openat(store->fd, NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail_errno(store, name);
	if (fchmod(fd, 0644) || write_all(fd, bytes, size) || fsync(fd))
		error = fail_errno(store, name);
	if (close(fd) && !error)
		error = fail_errno(store, name);
	if (error)
		unlinkat(store->fd, NEW, 0);
	return error;
}

static int put_in_place(struct gpuspec_rom_store *store, const char *name)
{
	int error;

	if (!renameat(store->fd, NEW, store->fd, name) && !fsync(store->fd))
		return 0;
	error = fail_errno(store, name);
	unlinkat(store->fd, NEW, 0);
	return error;
}

/* --- bytes --- */

static void rom_name(char name[NAME_SIZE], const char *sha256)
{
	snprintf(name, NAME_SIZE, "%s.rom", sha256);
}

int gpuspec_rom_store_get(struct gpuspec_rom_store *store, const char *sha256,
			  void **bytes, size_t *size)
{
	uint8_t wanted[GPUSPEC_ROM_SHA256_LEN], found[GPUSPEC_ROM_SHA256_LEN];
	char name[NAME_SIZE];
	int error;

	if (!gpuspec_sha256_parse(sha256, wanted))
		return fail(store, -EINVAL, "", "there is no SHA-256 like %s", sha256);
	rom_name(name, sha256);
	if (store->fd < 0)
		return fail(store, -ENOENT, name, "%s", strerror(ENOENT));
	error = read_file(store, name, GPUSPEC_ROM_SIZE_MAX, bytes, size);
	if (error)
		return error;
	gpuspec_sha256(*bytes, *size, found);
	if (!memcmp(found, wanted, sizeof(found)))
		return 0;
	free(*bytes);
	*bytes = NULL;
	return fail(store, -EBADMSG, name, "it is damaged: its SHA-256 is not its name");
}

int gpuspec_rom_store_put(struct gpuspec_rom_store *store, const char *sha256,
			  const void *bytes, size_t size, bool *added)
{
	char name[NAME_SIZE];
	void *there = NULL;
	size_t there_size;
	int error;

	*added = false;
	error = gpuspec_rom_store_get(store, sha256, &there, &there_size);
	if (!error) {
		free(there);
		return 0;
	}
	if (error != -ENOENT && error != -EBADMSG && error != -EFBIG)
		return error;
	rom_name(name, sha256);
	error = write_new(store, name, bytes, size);
	if (!error)
		error = put_in_place(store, name);
	*added = !error;
	return error;
}

void gpuspec_rom_store_drop(struct gpuspec_rom_store *store, const char *sha256)
{
	char name[NAME_SIZE];

	rom_name(name, sha256);
	unlinkat(store->fd, name, 0);
}

/* --- histories --- */

static void history_name(char name[NAME_SIZE], const char *spec)
{
	snprintf(name, NAME_SIZE, "%s.json", spec);
}

int gpuspec_rom_store_history(struct gpuspec_rom_store *store, const char *spec,
			      struct gpuspec_rom_history *history)
{
	struct gpuspec_id id;
	char name[NAME_SIZE];
	const char *why;
	void *text = NULL;
	size_t size = 0;
	int error;

	/* An id of this form is no path. */
	if (!gpuspec_id_parse(spec, &id) || id.form != GPUSPEC_ID_PCI)
		return fail(store, -EINVAL, "", "%s is no pGPU spec", spec);
	memset(history, 0, sizeof(*history));
	snprintf(history->spec, sizeof(history->spec), "%s", spec);
	history_name(name, spec);
	error = store->fd < 0 ? -ENOENT : read_file(store, name, HISTORY_SIZE, &text, &size);
	if (error)
		return error == -ENOENT ? 0 : error;
	error = gpuspec_rom_history_parse(text, size, spec, history, &why);
	free(text);
	if (error)
		fail(store, error, name, "%s; repair it, or move it away to begin a new one", why);
	return error;
}

static int write_history(struct gpuspec_rom_store *store,
			 const struct gpuspec_rom_history *history)
{
	char *text = gpuspec_rom_history_text(history);
	char name[NAME_SIZE];
	int error;

	history_name(name, history->spec);
	if (!text)
		return fail(store, -ENOMEM, name, "out of memory");
	error = write_new(store, name, text, strlen(text));
	free(text);
	return error;
}

/* --- links --- */

static void link_target(char target[NAME_SIZE], const struct gpuspec_rom_history *history)
{
	const struct gpuspec_rom_entry *current = gpuspec_rom_history_current(history);

	*target = '\0';
	if (current)
		snprintf(target, NAME_SIZE, "../%s.rom", current->sha256);
}

/* The link beside the others, not in place yet; none is needed where no ROM is in force. */
static int make_link(struct gpuspec_rom_store *store, const struct gpuspec_rom_history *history)
{
	char target[NAME_SIZE];

	link_target(target, history);
	unlinkat(store->links, NEW, 0);
	if (*target && symlinkat(target, store->links, NEW))
		return fail_errno(store, LINKS);
	return 0;
}

static int put_link_in_place(struct gpuspec_rom_store *store,
			     const struct gpuspec_rom_history *history)
{
	bool wanted = gpuspec_rom_history_current(history);
	char name[NAME_SIZE], path[NAME_SIZE + sizeof(LINKS)];
	int failed, error;

	rom_name(name, history->spec);
	snprintf(path, sizeof(path), LINKS "/%s", name);
	if (wanted)
		failed = renameat(store->links, NEW, store->links, name);
	else
		failed = unlinkat(store->links, name, 0) && errno != ENOENT;
	if (!failed && !fsync(store->links))
		return 0;
	error = fail_errno(store, path);
	unlinkat(store->links, NEW, 0);
	return error;
}

/* As it was; the first error is the one to tell. */
static void put_back(struct gpuspec_rom_store *store, const struct gpuspec_rom_history *before)
{
	char sentence[sizeof(store->sentence)], name[NAME_SIZE];

	memcpy(sentence, store->sentence, sizeof(sentence));
	history_name(name, before->spec);
	if (!before->count)
		unlinkat(store->fd, name, 0);
	else if (!write_history(store, before))
		put_in_place(store, name);
	if (!make_link(store, before))
		put_link_in_place(store, before);
	memcpy(store->sentence, sentence, sizeof(sentence));
}

int gpuspec_rom_store_record(struct gpuspec_rom_store *store,
			     const struct gpuspec_rom_history *history,
			     const struct gpuspec_rom_history *before)
{
	char name[NAME_SIZE];
	int error;

	history_name(name, history->spec);
	/* What takes room comes first, so that the rest does not fail for want of it. */
	error = make_link(store, history);
	if (!error)
		error = write_history(store, history);
	if (error) {
		unlinkat(store->links, NEW, 0);
		return error;
	}
	error = put_in_place(store, name);
	if (!error)
		error = put_link_in_place(store, history);
	if (error)
		put_back(store, before);
	return error;
}

bool gpuspec_rom_store_path(const struct gpuspec_rom_store *store,
			    const struct gpuspec_rom_history *history,
			    char *path, size_t size)
{
	char target[NAME_SIZE], found[NAME_SIZE];
	ssize_t length;

	snprintf(path, size, "%s/" LINKS "/%s.rom", store->folder, history->spec);
	link_target(target, history);
	length = readlink(path, found, sizeof(found) - 1);
	found[length < 0 ? 0 : length] = '\0';
	return *target && !strcmp(found, target);
}

/* --- permissions --- */

static bool has_bits(const char *path, mode_t bits, char *obstacle, size_t size)
{
	struct stat status;

	if (!stat(path, &status) && (status.st_mode & bits) == bits)
		return true;
	snprintf(obstacle, size, "%s", path);
	return false;
}

/* Each folder that a path leads through, its own symbolic links aside. */
static bool is_open(const char *path, char *obstacle, size_t size)
{
	char part[PATH_MAX];
	char *slash = part;

	snprintf(part, sizeof(part), "%s", path);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (!has_bits(part, 0001, obstacle, size))
			return false;
		*slash = '/';
	}
	return true;
}

bool gpuspec_rom_store_is_public(const char *path, char *obstacle, size_t size)
{
	char real[PATH_MAX];

	if (!realpath(path, real)) {
		snprintf(obstacle, size, "%s", path);
		return false;
	}
	return is_open(path, obstacle, size) && is_open(real, obstacle, size) &&
	       has_bits(real, 0004, obstacle, size);
}
