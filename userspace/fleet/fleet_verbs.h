/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs that are of the fleet alone. Each returns an exit status, and has told of an error. */
#ifndef GPUSPEC_FLEET_VERBS_H
#define GPUSPEC_FLEET_VERBS_H

#include "fleet_etcd.h"

int fleet_verb_agent(struct request *request, struct fleet_etcd *fleet);
int fleet_verb_init(struct request *request, struct fleet_etcd *fleet);
int fleet_verb_join(struct request *request, struct fleet_etcd *fleet);
int fleet_verb_leave(struct request *request, struct fleet_etcd *fleet);
int fleet_verb_status(struct request *request, struct fleet_etcd *fleet);
int fleet_verb_hosts(struct request *request, struct fleet_etcd *fleet);

#endif /* GPUSPEC_FLEET_VERBS_H */
