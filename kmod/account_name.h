/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The form of an account's name, and of the cgroup paths by which its
 * processes are known; decided here for the module and userspace alike.
 * Pure C: no kernel calls.
 */
#ifndef GPUSPEC_ACCOUNT_NAME_H
#define GPUSPEC_ACCOUNT_NAME_H

#include <linux/gpuspec.h>
#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#endif

#define GPUSPEC_ACCOUNT_SIZE	(GPUSPEC_ACCOUNT_MAX + 1)

/* The account of processes that no other account's marks fit. */
#define GPUSPEC_ACCOUNT_HOST	"host"

/*
 * Is it one to GPUSPEC_ACCOUNT_MAX letters, digits and "._@+-", the first of
 * them a letter or a digit?
 */
bool gpuspec_account_name_is_valid(const char *name);

/*
 * Is it the path of a cgroup v2 from the root of the hierarchy, "/a/b", below
 * the root and shorter than GPUSPEC_CGROUP_MAX: no empty component, no "."
 * and "..", no slash at the end, no control character?
 */
bool gpuspec_cgroup_is_valid(const char *path);

/*
 * The length of the next shorter prefix of @path that ends with a whole
 * component, 0 if there is none: of "/a/b/c", 6 long, that is 4.
 */
size_t gpuspec_cgroup_parent(const char *path, size_t length);

#endif /* GPUSPEC_ACCOUNT_NAME_H */
