/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An etcd on 127.0.0.1, with ports that were free and a folder of its own, that
 * ends with the test, whatever ends that. What cannot be done ends the test.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

struct daemon {
	char name[16];
	char folder[96];
	char url[64];			/* for clients */
	char peer_url[64];
	pid_t pid;
	int notify;			/* etcd tells there that it is ready */
	const char *const *options;	/* more of them; NULL at the end */
	char cluster[256];		/* all its members; empty: it alone */
};

/* A folder for all of the test, removed at its end. */
const char *daemon_work(void);

/* Give it a folder, and URLs. */
void daemon_make(struct daemon *daemon, const char *name, bool tls, const char *const *options);
void daemon_spawn(struct daemon *daemon);
void daemon_await(struct daemon *daemon);
/* All three. */
void daemon_start(struct daemon *daemon, const char *name, bool tls, const char *const *options);

/* By SIGKILL; it can be spawned again, and has what it had. */
void daemon_kill(struct daemon *daemon);
void daemon_signal(const struct daemon *daemon, int number);

unsigned int free_port(void);
/* Run a command of the shell. */
void run(const char *command, ...) __attribute__((format(printf, 1, 2)));

#endif /* DAEMON_H */
