/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is left of a process when it has ended, and that nothing is. */
#include <sys/syscall.h>

#include "discard.h"
#include "process_parts.h"
#include "snapshot.h"

int process_signal_pidfd(int pidfd, int signal)
{
        return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

void process_close_pidfd(Process *process, int *fd)
{
        discard_descriptor(process->host->loop, process->host->ends, fd);
}

void process_forget_pid(Process *process, pid_t pid)
{
        if (pid > 0 && g_hash_table_lookup(process->host->pids, GINT_TO_POINTER(pid)) == process)
                (void) g_hash_table_remove(process->host->pids, GINT_TO_POINTER(pid));
}

void process_destroy(Process *process)
{
        ProcessHost *host = process->host;

        process_forget_pid(process, process->main);
        process_forget_pid(process, process->leader);
        process_close_pidfd(process, &process->main_fd);
        process_close_pidfd(process, &process->leader_fd);
        g_clear_pointer(&process->cgroup, cgroup_free);
        (void) g_hash_table_remove(host->processes, process);
        (void) g_hash_table_remove(host->leaving, process);
        g_hash_table_remove_all(host->judged.owners);
        g_free(process);
}

void process_set_gone(Process *process)
{
        if (process->is_gone)
                return;

        process->is_gone = true;
        (void) g_hash_table_remove(process->host->leaving, process);
        if (process->handlers)
                process->handlers->on_gone(process, process->userdata);
        else
                process_destroy(process);
}

void process_note_leaving(Process *process)
{
        if (process_is_leaving(process))
                (void) g_hash_table_add(process->host->leaving, process);
}

static void on_cgroup_empty(Cgroup *cgroup, void *userdata)
{
        Process *process = userdata;

        /* Something has joined it meanwhile. */
        if (cgroup_remove(cgroup) == -EBUSY && cgroup_await_empty(cgroup, true, on_cgroup_empty, process) >= 0)
                return;
        process_set_gone(process);
}

void process_await_empty(Process *process, bool and_kill)
{
        (void) !cgroup_await_empty(process->cgroup, and_kill, on_cgroup_empty, process);
}
