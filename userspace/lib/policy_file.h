/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of a policy in its folder, beside the version before it: the host's
 * own, policy.json, or what it has of its fleet's (fleet_file.h). Functions
 * return 0 or a negative errno, and the sentence of the folder then says why,
 * with the path.
 */
#ifndef GPUSPEC_POLICY_FILE_H
#define GPUSPEC_POLICY_FILE_H

#include <stdbool.h>

#include "folder.h"
#include "policy.h"

#define GPUSPEC_POLICY_FOLDER	"/etc/gpuspec"
#define GPUSPEC_POLICY_FILE	"policy.json"
/* After the name of a file: the version before it. */
#define GPUSPEC_POLICY_PREVIOUS	".previous"

struct gpuspec_policy_file {
	const char *name;
	struct gpuspec_folder folder;
	char *text;	/* as it was read; NULL: there is no file */
	bool lost;	/* it could not be put back as it was */
};

/* One that may be closed, and is not open. */
#define GPUSPEC_POLICY_FILE_CLOSED	{ .folder = { .fd = -1, .lock = -1 } }

/*
 * Read the policy @name in @path; where there is no file it is empty. With
 * @seconds to change it: nobody else changes any that is there until it is
 * closed (-EBUSY); who has done so for one may change others without. A file
 * that is broken (-EINVAL), or could be changed by others than root (-EPERM), is not
 * read. To be closed, and @policy to be freed, in any case.
 */
int gpuspec_policy_file_open(struct gpuspec_policy_file *file, const char *path,
			     const char *name, unsigned int seconds,
			     struct gpuspec_policy *policy);
void gpuspec_policy_file_close(struct gpuspec_policy_file *file);

/* Read a policy from anywhere, "-" is standard input; into the sentence of @file. */
int gpuspec_policy_file_import(struct gpuspec_policy_file *file, const char *path,
			       struct gpuspec_policy *policy);

/*
 * Write the policy beside the file; *@differs: it is not what the file has.
 * Then put it in place, or drop it. -E2BIG: the kernel would not take it.
 */
int gpuspec_policy_file_write(struct gpuspec_policy_file *file,
			      const struct gpuspec_policy *policy, bool *differs);
int gpuspec_policy_file_put_in_place(struct gpuspec_policy_file *file);
void gpuspec_policy_file_drop(struct gpuspec_policy_file *file);
/* Remove the file, and the version before it. */
int gpuspec_policy_file_remove(struct gpuspec_policy_file *file);

#endif /* GPUSPEC_POLICY_FILE_H */
