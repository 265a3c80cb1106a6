/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of this host, /etc/gpuspec/gpuspec.conf: lines "key = value",
 * and comments that begin with '#'. gpuspec.conf(5) says what each is for.
 */
#ifndef GPUSPEC_CONF_H
#define GPUSPEC_CONF_H

#include <stdbool.h>

#define GPUSPEC_CONF_PATH	"/etc/gpuspec/gpuspec.conf"

/* Largest file in bytes. */
#define GPUSPEC_CONF_MAX	65536

struct gpuspec_conf {
	bool libvirt_hook_refuses;	/* what it cannot check; default: it lets pass */

	char sentence[512];	/* the first thing that is wrong with the file; or empty */
};

/*
 * Read the file at @path, whatever it may lead to. What is not set, or not
 * rightly, has its default; a file that is not there sets nothing. 0, or a
 * negative errno, told by the sentence: -EINVAL: of a line, but all the others
 * were read.
 */
int gpuspec_conf_read(const char *path, struct gpuspec_conf *conf);

/* The keys, in the order of the manual page; NULL after the last one. */
const char *gpuspec_conf_key(unsigned int number);

#endif /* GPUSPEC_CONF_H */
