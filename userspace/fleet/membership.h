/* SPDX-License-Identifier: GPL-2.0 */
/* What it takes to be of a fleet: a user of etcd, a login, an agent. */
#ifndef GPUSPEC_FLEET_MEMBERSHIP_H
#define GPUSPEC_FLEET_MEMBERSHIP_H

#include "fleet_etcd.h"

/* Has it been brought into the fleet, and not left it? */
bool membership_joined(void);
/* Where a login is that the conf has, or that is where it is @usual. */
const char *membership_login(const char *set, const char *usual);
/* Have systemd do something with the agent: 0, or it could not, or is not there. */
int membership_systemctl(const char *arguments);

#endif /* GPUSPEC_FLEET_MEMBERSHIP_H */
