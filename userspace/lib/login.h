/* SPDX-License-Identifier: GPL-2.0 */
/* Who does what this program is told to do. */
#ifndef GPUSPEC_LOGIN_H
#define GPUSPEC_LOGIN_H

#include <stddef.h>

/* Name of the user who logged in, whom sudo or su made root; else of the uid. */
void gpuspec_login_name(char *name, size_t size);

#endif /* GPUSPEC_LOGIN_H */
