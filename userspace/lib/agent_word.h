/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the agent says, on its own host, each time that it has heard etcd: for
 * those who ask how the fleet is without going there themselves.
 */
#ifndef GPUSPEC_AGENT_WORD_H
#define GPUSPEC_AGENT_WORD_H

/* It is gone after a boot, and not after the agent. */
#define GPUSPEC_AGENT_FOLDER	"/run/gpuspec/agent"

struct gpuspec_agent_word {
	long long heard;	/* in seconds since 1970 */
	char problem[512];	/* why the newest decisions are not in force; or empty */
};

/* 0 or a negative errno. */
int gpuspec_agent_word_write(const struct gpuspec_agent_word *word, const char *path);
/* The same; -ENOENT: it has not said anything. */
int gpuspec_agent_word_read(struct gpuspec_agent_word *word, const char *path);

#endif /* GPUSPEC_AGENT_WORD_H */
