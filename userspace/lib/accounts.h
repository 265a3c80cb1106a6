/* SPDX-License-Identifier: GPL-2.0 */
/* Which of the accounts that the kernel told of is it? */
#ifndef GPUSPEC_ACCOUNTS_H
#define GPUSPEC_ACCOUNTS_H

#include "nl.h"

/* NULL if there is none. */
const struct gpuspec_account *gpuspec_account_by_name(const struct gpuspec_account *accounts,
						      size_t count, const char *name);

/*
 * The account of a process in the cgroup @path, as the kernel finds it: by
 * the longest prefix of whole components. NULL if it is nobody's by that.
 */
const struct gpuspec_account *gpuspec_account_by_cgroup(const struct gpuspec_account *accounts,
							size_t count, const char *path);

#endif /* GPUSPEC_ACCOUNTS_H */
