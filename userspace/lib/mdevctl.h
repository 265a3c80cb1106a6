/* SPDX-License-Identifier: GPL-2.0 */
/* mdevctl, which knows the mdevs that are made anew after each boot. */
#ifndef GPUSPEC_MDEVCTL_H
#define GPUSPEC_MDEVCTL_H

#include <stddef.h>

/* Where it keeps its definitions. */
#define GPUSPEC_MDEVCTL_FOLDER	"/etc/mdevctl.d"

/*
 * Run it with these arguments, @argv[0] and the NULL at the end included. 0,
 * or a negative errno: what it said is in @said then. -ENOENT: there is none.
 */
int gpuspec_mdevctl_run(char *const *argv, char *said, size_t size);

enum gpuspec_mdevctl_definition {
	GPUSPEC_MDEVCTL_NONE,
	GPUSPEC_MDEVCTL_MANUAL,	/* it is made when somebody asks for that */
	GPUSPEC_MDEVCTL_AUTO,	/* it is made after each boot */
};

/* Does it define this mdev in @folder, which is GPUSPEC_MDEVCTL_FOLDER but for a test? */
enum gpuspec_mdevctl_definition gpuspec_mdevctl_definition(const char *folder, const char *parent,
							   const char *uuid);

#endif /* GPUSPEC_MDEVCTL_H */
