/* SPDX-License-Identifier: GPL-2.0 */
/* The fleet that this host is of, by its gpuspec.conf: the way to its etcd. */
#ifndef GPUSPEC_FLEET_ETCD_H
#define GPUSPEC_FLEET_ETCD_H

#include "cli.h"
#include "conf.h"
#include "etcd.h"
#include "hosts.h"

/* Where logins are if the conf does not say. */
#define FLEET_LOGIN		"/etc/gpuspec/fleet.login"
#define FLEET_ADMIN_LOGIN	"/etc/gpuspec/fleet-admin.login"

/* Endpoints that a conf can name. */
#define FLEET_ENDPOINTS_MAX	16

struct fleet_etcd {
	struct gpuspec_conf conf;
	struct gpuspec_etcd_settings settings;
	char urls[sizeof(((struct gpuspec_conf *)0)->etcd)];	/* cut into: */
	const char *endpoints[FLEET_ENDPOINTS_MAX];
	char user[256], password[256];
	struct gpuspec_etcd *etcd;
};

/*
 * Read the conf and the login: the one that the request names, or that of those
 * who decide if the verb is of them, or the host's. No connection is made yet.
 * An exit status, told. To be closed in any case.
 */
int fleet_open(struct fleet_etcd *fleet, const struct request *request);
void fleet_close(struct fleet_etcd *fleet);

/* Tell for @verb of an error that etcd.h returned; an exit status. */
int fleet_fail(const struct fleet_etcd *fleet, int error, const char *verb);

/* The same of a decision, for which it takes who may. */
int fleet_fail_decision(const struct fleet_etcd *fleet, int error, const char *verb);

enum fleet_wanted {
	FLEET_HOSTS,
	FLEET_SPECS,
	FLEET_DEVICES,
};

/*
 * What the hosts say of themselves, the specs that they have, and their devices,
 * as far as @wanted says, into @hosts, which the caller has begun and finishes.
 * To be freed in any case; an exit status, told for @verb.
 */
int fleet_read_hosts(struct fleet_etcd *fleet, const char *verb, struct fleet_hosts *hosts,
		     enum fleet_wanted wanted);

#endif /* GPUSPEC_FLEET_ETCD_H */
