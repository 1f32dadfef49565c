/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who belongs to an incarnation, and which of them is its main process (§65). */
#include <sys/syscall.h>

#include "process_host.h"
#include "process_parts.h"
#include "snapshot.h"

bool process_has_member(const Process *process, pid_t pid)
{
        if (pid <= 0 || process->is_gone || process->spawn)
                return false;
        if (pid == process->main || pid == process->ended)
                return true;
        if (process->cgroup)
                return cgroup_has_member(process->cgroup, pid);
        return snapshot_find_owner(process->host, pid) == process;
}

/* The leader is watched on beside it: it is our child and has to be reaped. */
static void process_retire_leader(Process *process)
{
        if (process->main == process->leader && process->main_fd >= 0) {
                process->leader_fd = g_steal_fd(&process->main_fd);
                return;
        }
        process_close_pidfd(process, &process->main_fd);
        process_forget_pid(process, process->main);
}

/* It has been watched all the while. */
static void process_return_to_leader(Process *process)
{
        process_close_pidfd(process, &process->main_fd);
        process_forget_pid(process, process->main);
        process->main = process->leader;
        process->main_fd = g_steal_fd(&process->leader_fd);
}

int process_set_main(Process *process, pid_t pid)
{
        autofd pidfd = -1;
        int r;

        if (process->main == 0)
                return -ESRCH;
        if (pid == process->main)
                return 0;
        if (pid == process->leader && process->leader_fd >= 0) {
                process_return_to_leader(process);
                return 0;
        }
        if (pid <= 1 || pid == getpid())
                return -EPERM;
        pidfd = (int) syscall(SYS_pidfd_open, pid, 0);
        if (pidfd < 0)
                return errno == ESRCH || errno == EINVAL ? -EPERM : -errno;
        if (!process_has_member(process, pid))
                return -EPERM;

        r = ready_set_add(process->host->ends, pidfd, process);
        if (r < 0)
                return r;
        process_retire_leader(process);
        process->main = pid;
        process->main_fd = g_steal_fd(&pidfd);
        g_hash_table_insert(process->host->pids, GINT_TO_POINTER(pid), process);
        return 0;
}
