/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a process ends: its exit is seen and told. */
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "process_host.h"
#include "process_parts.h"

bool process_has_ended(int pidfd)
{
        struct pollfd events = { .fd = pidfd, .events = POLLIN };

        return pidfd >= 0 && poll(&events, 1, 0) > 0;
}

/* The main process has been reaped, ON_EXIT has been called. A leader that is not the main process any more has still
 * to be reaped; it has been killed with the rest. */
static void process_leave(Process *process)
{
        if (!process->is_exited || process->leader_fd >= 0 || process->is_gone)
                return;
        if (!process->cgroup) {
                process_host_ask_sweep(process->host);
                return;
        }
        if (cgroup_remove(process->cgroup) >= 0) {
                process_set_gone(process);
                return;
        }
        process_await_empty(process, process->is_killed || !process->is_asked);
}

/* Nothing of it may go on without its main process; but what was asked to end has its time for that. */
static void process_kill_rest(Process *process)
{
        if (process->is_asked)
                return;
        process->is_killed = true;
        if (process->leader_fd >= 0)
                (void) process_signal_pidfd(process->leader_fd, SIGKILL);
        if (process->cgroup && cgroup_remove(process->cgroup) < 0)
                (void) cgroup_kill(process->cgroup);
        if (!process->cgroup)
                process_host_ask_sweep(process->host);
}

/* False: it has not ended. Of a main process that is not our child (MAINPID=) nobody tells us the status: unknown, not
 * invented. */
static bool process_reap_main(Process *process, ExitReport *ret)
{
        siginfo_t info = { 0 };

        *ret = (ExitReport) { .usec = clock_monotonic() };
        if (waitid(P_PIDFD, (id_t) process->main_fd, &info, WEXITED | WNOHANG) < 0)
                return process_has_ended(process->main_fd);
        ret->code = info.si_code;
        ret->status = info.si_status;
        return info.si_pid != 0;
}

/* A daemon that left its parent said MAINPID= before that ended, but the end is seen first. */
static bool process_is_relieved(Process *process)
{
        pid_t main = process->main;

        if (!process->handlers || !process->handlers->on_last_words || process->is_killed)
                return false;
        process->handlers->on_last_words(process, process->userdata);
        return process->main != main;
}

static void process_on_main_exit(Process *process)
{
        ExitReport report;

        if (process_is_relieved(process) || !process_reap_main(process, &report))
                return;
        process_close_pidfd(process, &process->main_fd);
        process_forget_pid(process, process->main);
        process->ended = process->main;
        process->main = 0;

        process_kill_rest(process);
        process->is_exited = true;
        process_note_leaving(process);
        if (process->handlers)
                process->handlers->on_exit(process, &report, process->userdata);
        process_leave(process);
}

static void process_on_leader_exit(Process *process)
{
        siginfo_t info;

        (void) waitid(P_PIDFD, (id_t) process->leader_fd, &info, WEXITED | WNOHANG);
        process_close_pidfd(process, &process->leader_fd);
        process_forget_pid(process, process->leader);
        process_leave(process);
}

void process_on_child(Process *process, pid_t pid)
{
        if (pid == process->main)
                process_on_main_exit(process);
        else
                process_on_leader_exit(process);
}

void process_finish(Process *process)
{
        if (process_has_ended(process->leader_fd))
                process_on_leader_exit(process);
        if (process_has_ended(process->main_fd)) {
                process_on_main_exit(process);
                return;
        }
        if (process->is_gone)
                process_destroy(process);
        else if (process->is_exited && process->leader_fd < 0 &&
                 (!process->cgroup || cgroup_remove(process->cgroup) >= 0))
                process_set_gone(process);
}

/* Where there are two, either may be the one that has ended. */
void process_on_end(void *item)
{
        Process *process = item;

        if (process->leader_fd >= 0 && process_has_ended(process->leader_fd))
                process_on_leader_exit(process);
        else if (process->leader_fd < 0 || process_has_ended(process->main_fd))
                process_on_main_exit(process);
}
