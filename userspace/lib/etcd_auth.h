/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Users of etcd and what they may do. Errors are those of etcd.h. What is there
 * already, or not there any more, is as good as done.
 */
#ifndef GPUSPEC_ETCD_AUTH_H
#define GPUSPEC_ETCD_AUTH_H

#include "etcd.h"

/* All keys that begin with this, to be read, or to be written as well. */
struct gpuspec_etcd_permission {
	const char *under;
	bool writes;
};

/* Is a user wanted for anything at all? */
int gpuspec_etcd_auth_is_on(struct gpuspec_etcd *etcd, bool *on);
/* From then on. There has to be a user root with the role root. */
int gpuspec_etcd_auth_turn_on(struct gpuspec_etcd *etcd);

/* A role of that name, with these permissions and maybe others that it has. */
int gpuspec_etcd_add_role(struct gpuspec_etcd *etcd, const char *role,
			  const struct gpuspec_etcd_permission *permissions, size_t count);
/* A user with this password and role. -EEXIST: there is one, which keeps its password. */
int gpuspec_etcd_add_user(struct gpuspec_etcd *etcd, const char *user, const char *password,
			  const char *role);
int gpuspec_etcd_set_password(struct gpuspec_etcd *etcd, const char *user,
			      const char *password);
int gpuspec_etcd_remove_role(struct gpuspec_etcd *etcd, const char *role);
int gpuspec_etcd_remove_user(struct gpuspec_etcd *etcd, const char *user);

#endif /* GPUSPEC_ETCD_AUTH_H */
