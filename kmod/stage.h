/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work that a client has begun on its socket and not yet ended: it dies with
 * the socket. A socket has one piece of work of a kind. All of it under
 * gpuspec_lock, but for gpuspec_stage_drop_closed() and gpuspec_stage_exit().
 */
#ifndef GPUSPEC_STAGE_H
#define GPUSPEC_STAGE_H

#include <linux/list.h>

struct sock;

/* To be embedded. */
struct gpuspec_stage {
	struct list_head node;
	struct sock *sk;	/* referenced; a port number could be another socket's by now */
	/* Tells the kinds apart; called without gpuspec_lock. */
	void (*free)(struct gpuspec_stage *stage);
};

/* The socket's work of the kind that @free frees, or NULL. */
struct gpuspec_stage *gpuspec_stage_find(const struct sock *sk,
					 void (*free)(struct gpuspec_stage *stage));
void gpuspec_stage_begin(struct gpuspec_stage *stage, struct sock *sk,
			 void (*free)(struct gpuspec_stage *stage));
/* It is the caller's again. */
void gpuspec_stage_end(struct gpuspec_stage *stage);

/* Free what closed sockets have begun; what any has. */
void gpuspec_stage_drop_closed(void);
void gpuspec_stage_exit(void);

#endif /* GPUSPEC_STAGE_H */
