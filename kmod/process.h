/* SPDX-License-Identifier: GPL-2.0 */
/* A process, as listeners and the log are told of it. */
#ifndef GPUSPEC_PROCESS_H
#define GPUSPEC_PROCESS_H

#include <linux/gpuspec.h>
#include <linux/sched.h>
#include <linux/types.h>

struct gpuspec_process {
	u32 pid;	/* thread group id in the initial namespace; 0: not known */
	u32 uid;	/* effective, in the initial user namespace */
	char comm[TASK_COMM_LEN];
	char cgroup[GPUSPEC_CGROUP_MAX + 1];	/* v2 path, cut if longer */
};

/* Describe the calling process. */
void gpuspec_process_current(struct gpuspec_process *process);

#endif /* GPUSPEC_PROCESS_H */
