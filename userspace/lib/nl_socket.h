/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One netlink socket, and a request with its replies: what lib/nl*.c share,
 * and few others need. Functions return 0 or a negative errno, and leave the
 * reason in the sentence.
 */
#ifndef GPUSPEC_NL_SOCKET_H
#define GPUSPEC_NL_SOCKET_H

#include "nl.h"

struct genlmsghdr;
struct nl_msg;
struct nl_sock;

/* Takes one reply: 0 or a negative errno. */
typedef int gpuspec_nl_taker(const struct genlmsghdr *header, void *data);

struct gpuspec_nl {
	struct nl_sock *sock;
	int family;
	bool lost;		/* out of step: it takes another socket */
	char sentence[256];
	/* The request under way: */
	gpuspec_nl_taker *take;
	void *data;
	int error;
	bool done;
	/* The listener: */
	int control;		/* id of the family that tells of families */
	uint64_t seq;		/* of the newest event heard; 0: none yet */
	bool gone;
	gpuspec_event_handler *handler;
	void *handler_data;
};

/* Keep @sentence, and return @error. */
int gpuspec_nl_fail(struct gpuspec_nl *nl, int error, const char *sentence);

/* Connect a socket that tells of errors in sentences; nl_socket_free() ends it. */
int gpuspec_nl_connect(struct gpuspec_nl *nl);

/* A message with room for the longest attribute there is; NULL without memory. */
struct nl_msg *gpuspec_nl_request(struct gpuspec_nl *nl, uint8_t command, int flags);

/*
 * Send and free @message (NULL: -ENOMEM), and hand every reply to @take. If
 * that fails on the way, the next one has another socket.
 */
int gpuspec_nl_converse(struct gpuspec_nl *nl, struct nl_msg *message,
			gpuspec_nl_taker *take, void *data);
/* The same for a request without attributes. */
int gpuspec_nl_ask(struct gpuspec_nl *nl, uint8_t command, int flags,
		   gpuspec_nl_taker *take, void *data);

#endif /* GPUSPEC_NL_SOCKET_H */
