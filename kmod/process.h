/* SPDX-License-Identifier: GPL-2.0 */
/* A process, as listeners and the log are told of it. */
#ifndef GPUSPEC_PROCESS_H
#define GPUSPEC_PROCESS_H

#include <linux/gpuspec.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "account_name.h"

struct gpuspec_process {
	u32 pid;	/* thread group id in the initial namespace; 0: not known */
	u32 uid;	/* effective, in the initial user namespace */
	u32 login_uid;	/* who logged in to start it; U32_MAX: nobody */
	char comm[TASK_COMM_LEN];
	char cgroup[GPUSPEC_CGROUP_MAX + 1];	/* v2 path, cut if longer */
	char account[GPUSPEC_ACCOUNT_SIZE];	/* see account.h; empty: not asked for */
};

/* Describe the calling process, but for its account. */
void gpuspec_process_current(struct gpuspec_process *process);
/* The same for one by its id in the initial namespace. -ESRCH: there is none. */
int gpuspec_process_by_pid(u32 pid, struct gpuspec_process *process);

#endif /* GPUSPEC_PROCESS_H */
