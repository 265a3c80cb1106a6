/* SPDX-License-Identifier: GPL-2.0 */
/* Which places of the module's code this thread has come by, where the kernel has KCOV. */
#ifndef SELFTESTS_KCOV_H
#define SELFTESTS_KCOV_H

#include <stdbool.h>
#include <stddef.h>

/* False if the kernel has none. The module is to stay loaded from here on. */
bool kcov_open(void);
/* Look at what comes from here on. */
void kcov_start(void);
/* How many places were come by since then, for the first time? */
size_t kcov_take(void);
/* As comments of a test: how many of all places, and for tools/kcov-report, which. */
void kcov_tell(void);

#endif /* SELFTESTS_KCOV_H */
