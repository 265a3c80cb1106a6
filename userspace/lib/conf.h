/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of this host, /etc/gpuspec/gpuspec.conf: lines "key = value",
 * and comments that begin with '#'. gpuspec.conf(5) says what each is for.
 */
#ifndef GPUSPEC_CONF_H
#define GPUSPEC_CONF_H

#include <limits.h>
#include <stdbool.h>

#include "fleet_key.h"

#define GPUSPEC_CONF_PATH	"/etc/gpuspec/gpuspec.conf"
#define GPUSPEC_CONF_PATH_SIZE	PATH_MAX

/* Largest file in bytes. */
#define GPUSPEC_CONF_MAX	65536

struct gpuspec_conf {
	bool libvirt_hook_refuses;	/* what it cannot check; default: it lets pass */

	/* The fleet; a text that is not set is empty. */
	char etcd[1024];		/* URLs, with blanks in between; empty: there is no fleet */
	char etcd_ca[GPUSPEC_CONF_PATH_SIZE];		/* PEM: who vouches for etcd */
	char etcd_certificate[GPUSPEC_CONF_PATH_SIZE];	/* PEM: this host's */
	char etcd_key[GPUSPEC_CONF_PATH_SIZE];
	char etcd_login[GPUSPEC_CONF_PATH_SIZE];	/* user and password, a line each */
	char etcd_admin_login[GPUSPEC_CONF_PATH_SIZE];	/* of those who decide */
	char etcd_prefix[GPUSPEC_FLEET_PREFIX_MAX + 1];
	char host_name[GPUSPEC_FLEET_HOST_MAX + 1];	/* of this host in the fleet */

	char sentence[512];	/* the first thing that is wrong with the file; or empty */
};

/*
 * Read the file at @path, whatever it may lead to. What is not set, or not
 * rightly, has its default: of the prefix "/gpuspec", of the host's name what
 * its kernel calls it, which is empty if it cannot be one here; a file that is
 * not there sets nothing. 0, or a negative errno, told by the sentence:
 * -EINVAL: of a line, but all the others were read.
 */
int gpuspec_conf_read(const char *path, struct gpuspec_conf *conf);

/* The keys, in the order of the manual page; NULL after the last one. */
const char *gpuspec_conf_key(unsigned int number);

#endif /* GPUSPEC_CONF_H */
