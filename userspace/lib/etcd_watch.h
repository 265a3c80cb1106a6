/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Word of each change, from etcd, for a program with an event loop. Errors are
 * those of etcd.h, and told by gpuspec_etcd_sentence() of the door.
 *
 * A peer that is gone without a word is noticed within a minute, and a member
 * that has lost its leader tells. A daemon that hangs does not: who watches is
 * to ask it for something now and then, as to keep a lease alive.
 */
#ifndef GPUSPEC_ETCD_WATCH_H
#define GPUSPEC_ETCD_WATCH_H

#include "etcd_json.h"

/* One message at most: etcd sends larger ones in fragments. */
#define GPUSPEC_ETCD_MESSAGE_MAX	(16 << 20)

struct gpuspec_etcd_watch;

/*
 * Hear of all that happens to keys that begin with @prefix from @revision on:
 * of what was read at a revision, from one more than that on. etcd has confirmed
 * it when this returns 0. *@watch is NULL unless 0, and to be closed before
 * @etcd, which can be used for other things meanwhile.
 */
int gpuspec_etcd_watch_open(struct gpuspec_etcd *etcd, const char *prefix, int64_t revision,
			    struct gpuspec_etcd_watch **watch);
void gpuspec_etcd_watch_close(struct gpuspec_etcd_watch *watch);

/* To be polled for input, level-triggered. */
int gpuspec_etcd_watch_fd(const struct gpuspec_etcd_watch *watch);

/* In the order of revisions; the event is freed after it. It must neither close nor hear. */
typedef void gpuspec_etcd_event_handler(const struct gpuspec_etcd_event *event, void *data);

/*
 * Hand over what has arrived, without waiting: to be called once after opening,
 * and then whenever there is input. After an error the watch is of no use, and
 * to be closed; a new one, from one more than the last revision heard on, then
 * tells what was missed. -ESTALE: etcd has no memory of that: read anew.
 */
int gpuspec_etcd_watch_hear(struct gpuspec_etcd_watch *watch, gpuspec_etcd_event_handler *handler,
			    void *data);

#endif /* GPUSPEC_ETCD_WATCH_H */
