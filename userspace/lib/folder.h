/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A folder of files that are replaced as a whole, or not at all, whenever a
 * program or the host ends. Functions return 0 or a negative errno, and the
 * sentence then says why, with the path.
 */
#ifndef GPUSPEC_FOLDER_H
#define GPUSPEC_FOLDER_H

#include <limits.h>
#include <stddef.h>

struct gpuspec_folder {
	char path[PATH_MAX - 512];
	int fd;			/* -1: there is none */
	int lock;		/* -1: only to be read */
	char sentence[PATH_MAX + 256];
};

/* There need not be one. To be closed in any case. */
int gpuspec_folder_open(struct gpuspec_folder *folder, const char *path);
/*
 * Make it, where there is none, for everybody to read; nobody else changes it
 * until it is closed. -EBUSY if somebody does for more than @seconds. What
 * cannot be written to at all is as good as locked: 0, to be read.
 */
int gpuspec_folder_lock(struct gpuspec_folder *folder, unsigned int seconds);
void gpuspec_folder_close(struct gpuspec_folder *folder);

/* Make a folder, and what is above it, for everybody to read. -1 with errno. */
int gpuspec_folder_make(const char *path);

/*
 * Read a regular file of @most bytes at most, and no symbolic link; *@bytes
 * is to be freed, and ends with a NUL more.
 */
int gpuspec_folder_read(struct gpuspec_folder *folder, const char *name, size_t most,
			void **bytes, size_t *size);
/* The same of an open file, called @name; it is not closed. */
int gpuspec_folder_read_fd(struct gpuspec_folder *folder, int fd, const char *name,
			   size_t most, void **bytes, size_t *size);

/*
 * A file that is to be put in place: first it is written beside the others,
 * which takes room and time, then it gets its name. @name is for the sentence.
 */
int gpuspec_folder_write_new(struct gpuspec_folder *folder, const char *name,
			     const void *bytes, size_t size);
int gpuspec_folder_put_in_place(struct gpuspec_folder *folder, const char *name);
void gpuspec_folder_drop_new(struct gpuspec_folder *folder);

/* Set the sentence: "PATH/NAME: why"; without @name, of the folder. Returns @error. */
int gpuspec_folder_fail(struct gpuspec_folder *folder, int error, const char *name,
			const char *why, ...) __attribute__((format(printf, 4, 5)));
/* The same with errno. */
int gpuspec_folder_fail_errno(struct gpuspec_folder *folder, const char *name);

#endif /* GPUSPEC_FOLDER_H */
