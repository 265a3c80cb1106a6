// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "process.h"

static void describe_cgroup(char *path, size_t size)
{
	path[0] = '\0';
#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	/* A path that does not fit is cut, which the error returned would say. */
	cgroup_path(task_dfl_cgroup(current), path, size);
	rcu_read_unlock();
	path[size - 1] = '\0';
#endif
}

void gpuspec_process_current(struct gpuspec_process *process)
{
	process->pid = task_tgid_nr(current);
	process->uid = from_kuid_munged(&init_user_ns, current_euid());
	get_task_comm(process->comm, current);
	describe_cgroup(process->cgroup, sizeof(process->cgroup));
}
