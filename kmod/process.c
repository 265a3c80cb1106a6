// SPDX-License-Identifier: GPL-2.0
#include <linux/audit.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "process.h"

static void describe_cgroup(struct task_struct *task, char *path, size_t size)
{
	path[0] = '\0';
#ifdef CONFIG_CGROUPS
	/* A path that does not fit is cut, which the error returned would say. */
	cgroup_path(task_dfl_cgroup(task), path, size);
	path[size - 1] = '\0';
#endif
}

/* Under RCU. */
static void describe(struct task_struct *task, struct gpuspec_process *process)
{
	process->pid = task_tgid_nr(task);
	process->uid = from_kuid_munged(&init_user_ns, task_euid(task));
	process->login_uid = from_kuid(&init_user_ns, audit_get_loginuid(task));
	get_task_comm(process->comm, task);
	describe_cgroup(task, process->cgroup, sizeof(process->cgroup));
	process->account[0] = '\0';
}

void gpuspec_process_current(struct gpuspec_process *process)
{
	rcu_read_lock();
	describe(current, process);
	/* Its own view: credentials that it has overridden count. */
	process->uid = from_kuid_munged(&init_user_ns, current_euid());
	rcu_read_unlock();
}

int gpuspec_process_by_pid(u32 pid, struct gpuspec_process *process)
{
	struct task_struct *task = NULL;

	rcu_read_lock();
	if (pid && pid <= INT_MAX)
		task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		describe(task, process);
	rcu_read_unlock();
	return task ? 0 : -ESRCH;
}
