/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process is told: to end, to go on, and SIGKILL. */
#include <signal.h>

#include "process_host.h"
#include "process_parts.h"

/* The group of the leader, which is its session's first and has not been reaped: the number is still its own. */
static int process_signal(const Process *process, int signal)
{
        int r;

        if (!process->cgroup && process->main == process->leader)
                return kill(-process->leader, signal) < 0 ? -errno : 0;
        r = process_signal_pidfd(process->main_fd, signal);
        if (!process->cgroup && process->leader_fd >= 0)
                (void) process_signal_pidfd(process->leader_fd, signal);
        return r;
}

int process_ask(Process *process, int signal)
{
        int r;

        if (process->spawn) {
                process->is_asked = true;
                process->asked_signal = signal;
                spawner_cancel(process->host->spawner, process->spawn);
                return 0;
        }
        if (process->main == 0)
                return -ESRCH;
        process->is_asked = process->is_to_continue = true;
        process_host_ask_continue(process->host);
        r = process_signal(process, signal);
        if (process->cgroup)
                cgroup_signal(process->cgroup, signal, process->main);
        return r;
}

void process_continue(Process *process)
{
        if (process->is_to_continue && process->main != 0)
                (void) process_signal(process, SIGCONT);
        process->is_to_continue = false;
}

void process_kill(Process *process)
{
        process->is_killed = true;
        if (process->spawn) {
                spawner_cancel(process->host->spawner, process->spawn);
                /* It may have begun, and be frozen before it executes. */
                if (process->cgroup)
                        (void) cgroup_kill(process->cgroup);
                return;
        }
        if (process->cgroup && cgroup_kill(process->cgroup) < 0 && process->main != 0)
                (void) process_signal_pidfd(process->main_fd, SIGKILL);
        if (process->cgroup && process->is_exited && !process->is_gone)
                process_await_empty(process, true);
        if (process->cgroup || process->is_gone)
                return;
        if (process->main != 0)
                (void) process_signal_pidfd(process->main_fd, SIGKILL);
        process_note_leaving(process);
        process_host_ask_sweep(process->host);
}
