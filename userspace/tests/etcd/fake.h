/* SPDX-License-Identifier: GPL-2.0 */
/* A server on 127.0.0.1 that is no etcd: it says the same to all who connect. */
#ifndef FAKE_H
#define FAKE_H

#include <stddef.h>
#include <sys/types.h>

struct fake {
	pid_t pid;
	char url[64];
};

enum fake_then {
	FAKE_CLOSES,
	FAKE_RESETS,
	FAKE_HANGS,	/* for ever */
	FAKE_REPEATS,	/* what it said last: the last @again bytes, without an end */
};

/* @says has ' in the place of ". */
void fake_start(struct fake *fake, const char *says, size_t size, enum fake_then then,
		size_t again);
/* One whose queue is full: nobody else comes through. @fds hold it; @count is 2 or more. */
void fake_start_full(char *url, size_t size, int *fds, int count);
void fake_stop(struct fake *fake);

#endif /* FAKE_H */
