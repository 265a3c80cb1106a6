// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy_file.h"

/* Far more than a policy of as many specs as the kernel takes. */
#define SIZE_MAX_BYTES	(16u << 20)
#define PREVIOUS_NEW	".previous.new"

/* The name of the version before, "policy.json.previous". */
static void previous_name(const struct gpuspec_policy_file *file, char name[64])
{
	snprintf(name, 64, "%s" GPUSPEC_POLICY_PREVIOUS, file->name);
}

/* What others could write is not the admin's policy. */
static int check_owner(struct gpuspec_policy_file *file, int fd)
{
	struct stat status;

	if (fstat(fd, &status))
		return gpuspec_folder_fail_errno(&file->folder, file->name);
	if (status.st_uid && status.st_uid != geteuid())
		return gpuspec_folder_fail(&file->folder, -EPERM, file->name,
					   "it belongs to uid %u, who could change it; chown it to root",
					   status.st_uid);
	if (status.st_mode & (0022))
		return gpuspec_folder_fail(&file->folder, -EPERM, file->name,
					   "others than its owner could change it; chmod it to 644");
	return 0;
}

static int parse(struct gpuspec_policy_file *file, const char *text, size_t size,
		 struct gpuspec_policy *policy)
{
	char why[640];
	int error;

	error = gpuspec_policy_parse(policy, text, size, why, sizeof(why));
	if (error)
		gpuspec_folder_fail(&file->folder, error, file->name, "%s", why);
	return error;
}

static int read_file(struct gpuspec_policy_file *file, struct gpuspec_policy *policy)
{
	void *text = NULL;
	size_t size = 0;
	int fd, error;

	if (file->folder.fd < 0)
		return 0;
	fd = openat(file->folder.fd, file->name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ELOOP)
		return gpuspec_folder_fail(&file->folder, -ELOOP, file->name,
					   "it is a symbolic link; put the file itself there");
	if (fd < 0)
		return gpuspec_folder_fail_errno(&file->folder, file->name);
	error = check_owner(file, fd);
	if (!error)
		error = gpuspec_folder_read_fd(&file->folder, fd, file->name,
					       SIZE_MAX_BYTES, &text, &size);
	close(fd);
	if (!error)
		error = parse(file, text, size, policy);
	file->text = text;
	return error;
}

int gpuspec_policy_file_open(struct gpuspec_policy_file *file, const char *path,
			     const char *name, unsigned int seconds,
			     struct gpuspec_policy *policy)
{
	int error;

	memset(policy, 0, sizeof(*policy));
	file->name = name;
	file->text = NULL;
	file->lost = false;
	error = gpuspec_folder_open(&file->folder, path);
	if (!error && seconds)
		error = gpuspec_folder_lock(&file->folder, seconds);
	return error ? error : read_file(file, policy);
}

void gpuspec_policy_file_close(struct gpuspec_policy_file *file)
{
	gpuspec_folder_close(&file->folder);
	free(file->text);
	file->text = NULL;
}

/* All of a stream, which may not end. */
static char *read_stream(FILE *stream, size_t *size)
{
	char *text = NULL, *more;
	size_t room = 0;

	*size = 0;
	do {
		room = room ? room * 2 : 1 << 16;
		more = room > SIZE_MAX_BYTES * 2 ? NULL : realloc(text, room + 1);
		if (!more) {
			errno = room > SIZE_MAX_BYTES * 2 ? EFBIG : ENOMEM;
			free(text);
			return NULL;
		}
		text = more;
		*size += fread(text + *size, 1, room - *size, stream);
	} while (*size == room);
	text[*size] = '\0';
	if (!ferror(stream))
		return text;
	free(text);
	return NULL;
}

int gpuspec_policy_file_import(struct gpuspec_policy_file *file, const char *path,
			       struct gpuspec_policy *policy)
{
	char why[640], *text;
	FILE *stream;
	size_t size;
	int error;

	memset(policy, 0, sizeof(*policy));
	errno = 0;
	stream = strcmp(path, "-") ? fopen(path, "re") : stdin;
	text = stream ? read_stream(stream, &size) : NULL;
	error = errno ? -errno : -EIO;
	if (stream && stream != stdin)
		fclose(stream);
	if (!text) {
		snprintf(file->folder.sentence, sizeof(file->folder.sentence), "%.*s: %s",
			 PATH_MAX - 1, path, error == -EFBIG ? "it is far too large for a policy" :
			 strerror(-error));
		return error;
	}
	error = gpuspec_policy_parse(policy, text, size, why, sizeof(why));
	if (error)
		snprintf(file->folder.sentence, sizeof(file->folder.sentence), "%.*s: %.200s",
			 PATH_MAX - 1, path, why);
	free(text);
	return error;
}

int gpuspec_policy_file_write(struct gpuspec_policy_file *file,
			      const struct gpuspec_policy *policy, bool *differs)
{
	char *text = gpuspec_policy_text(policy), *line = NULL;
	size_t count = gpuspec_policy_size(policy);
	int error = 0;

	if (!text || asprintf(&line, "%s\n", text) < 0)
		error = gpuspec_folder_fail(&file->folder, -ENOMEM, file->name,
					    "out of memory");
	if (!error && count > GPUSPEC_CHANGES_MAX)
		error = gpuspec_folder_fail(&file->folder, -E2BIG, file->name,
					    "it would have %zu accounts, specs and shares in all, and the kernel takes %d",
					    count, GPUSPEC_CHANGES_MAX);
	*differs = !error && (!file->text || strcmp(file->text, line));
	if (*differs)
		error = gpuspec_folder_write_new(&file->folder, file->name, line,
						 strlen(line));
	free(line);
	free(text);
	return error;
}

/* Another name for the file as it is, until the new one takes its own. */
static int keep_previous(struct gpuspec_policy_file *file)
{
	int fd = file->folder.fd;
	char previous[64];

	if (!file->text)
		return 0;
	previous_name(file, previous);
	unlinkat(fd, PREVIOUS_NEW, 0);
	if (linkat(fd, file->name, fd, PREVIOUS_NEW, 0) ||
	    renameat(fd, PREVIOUS_NEW, fd, previous))
		return gpuspec_folder_fail_errno(&file->folder, previous);
	return 0;
}

/* As it was: by the name that keep_previous() gave it, which takes no room. */
static void put_back(struct gpuspec_policy_file *file)
{
	int fd = file->folder.fd, failed;
	char previous[64];

	previous_name(file, previous);
	if (!file->text)
		failed = unlinkat(fd, file->name, 0);
	else
		failed = linkat(fd, previous, fd, PREVIOUS_NEW, 0) ||
			 renameat(fd, PREVIOUS_NEW, fd, file->name);
	file->lost = failed || fsync(fd);
}

int gpuspec_policy_file_put_in_place(struct gpuspec_policy_file *file)
{
	int error = keep_previous(file);

	if (error) {
		gpuspec_folder_drop_new(&file->folder);
		return error;
	}
	error = gpuspec_folder_put_in_place(&file->folder, file->name);
	if (error)
		put_back(file);
	return error;
}

void gpuspec_policy_file_drop(struct gpuspec_policy_file *file)
{
	gpuspec_folder_drop_new(&file->folder);
}

int gpuspec_policy_file_remove(struct gpuspec_policy_file *file)
{
	int fd = file->folder.fd;
	char previous[64];

	if (fd < 0)
		return 0;
	previous_name(file, previous);
	/* The older one first: what is left by an end in between is the newer. */
	if (unlinkat(fd, previous, 0) && errno != ENOENT)
		return gpuspec_folder_fail_errno(&file->folder, previous);
	if ((unlinkat(fd, file->name, 0) && errno != ENOENT) || fsync(fd))
		return gpuspec_folder_fail_errno(&file->folder, file->name);
	return 0;
}
