/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "process_host.h"
#include "snapshot.h"

static int pidfd_signal(int pidfd, int signal)
{
        return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

static bool pidfd_has_ended(int pidfd)
{
        struct pollfd events = { .fd = pidfd, .events = POLLIN };

        return pidfd >= 0 && poll(&events, 1, 0) > 0;
}

/* One call is for many. */
static void make_token(ProcessHost *host, char token[TOKEN_SIZE])
{
        uint64_t number[2];

        if (host->n_random == 0 && getrandom(host->random, sizeof(host->random), GRND_NONBLOCK) == sizeof(host->random))
                host->n_random = G_N_ELEMENTS(host->random);
        for (int i = 0; i < 2; i++)
                number[i] = host->n_random > 0 ? host->random[--host->n_random]
                                               : clock_realtime() ^ (uint64_t) (uintptr_t) token;
        (void) snprintf(token, TOKEN_SIZE, "%016" PRIx64 "%016" PRIx64, number[0], number[1]);
}

static void close_pidfd(Process *process, int *fd)
{
        ready_set_forget(process->host->ends, *fd);
        close_descriptor(fd);
}

/* Frees what the kernel has of it, whether or not it has been told gone. */
static void process_destroy(Process *process)
{
        ProcessHost *host = process->host;

        process_forget_pid(process, process->main);
        process_forget_pid(process, process->leader);
        close_pidfd(process, &process->main_fd);
        close_pidfd(process, &process->leader_fd);
        g_clear_pointer(&process->cgroup, cgroup_free);
        (void) g_hash_table_remove(host->processes, process);
        (void) g_hash_table_remove(host->leaving, process);
        g_hash_table_remove_all(host->judged.owners);
        g_free(process);
}

void process_forget_pid(Process *process, pid_t pid)
{
        if (pid > 0 && g_hash_table_lookup(process->host->pids, GINT_TO_POINTER(pid)) == process)
                (void) g_hash_table_remove(process->host->pids, GINT_TO_POINTER(pid));
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

static void process_note_leaving(Process *process)
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
        (void) !cgroup_await_empty(process->cgroup, process->is_killed || !process->is_asked, on_cgroup_empty, process);
}

/* Nothing of it may go on without its main process; but what was asked to end has its time for that. */
static void process_kill_rest(Process *process)
{
        if (process->is_asked)
                return;
        process->is_killed = true;
        if (process->leader_fd >= 0)
                (void) pidfd_signal(process->leader_fd, SIGKILL);
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
                return pidfd_has_ended(process->main_fd);
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
        close_pidfd(process, &process->main_fd);
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
        close_pidfd(process, &process->leader_fd);
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
        if (pidfd_has_ended(process->leader_fd))
                process_on_leader_exit(process);
        if (pidfd_has_ended(process->main_fd)) {
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

        if (process->leader_fd >= 0 && pidfd_has_ended(process->leader_fd))
                process_on_leader_exit(process);
        else if (process->leader_fd < 0 || pidfd_has_ended(process->main_fd))
                process_on_main_exit(process);
}

/* Only we reap it, so the number is its own. What cannot be watched must not live. */
static int process_watch(Process *process, pid_t pid)
{
        ProcessHost *host = process->host;
        int fd = spare_fds_pidfd(&host->reserve, pid), r = fd < 0 ? fd : ready_set_add(host->ends, fd, process);

        if (r < 0) {
                siginfo_t info;

                (void) kill(-pid, SIGKILL); /* the session, of which it is the first */
                if (process->cgroup)
                        (void) cgroup_kill(process->cgroup);
                (void) waitid(P_PID, (id_t) pid, &info, WEXITED);
                close_descriptor(&fd);
                return r;
        }
        process->leader = process->main = pid;
        process->main_fd = fd;
        g_hash_table_insert(host->pids, GINT_TO_POINTER(pid), process);
        return 0;
}

/* It never was. Who has not asked to be told so hears of a program that ended as one does that cannot be found. */
static void process_fail(Process *process, const SpawnError *error)
{
        static const ExitReport report = { .code = CLD_EXITED, .status = 127 };
        const ProcessHandlers *handlers = process->handlers;

        g_clear_pointer(&process->cgroup, cgroup_free);
        process->is_exited = true;
        if (!handlers || !handlers->on_spawned) {
                if (handlers)
                        handlers->on_exit(process, &report, process->userdata);
                process_set_gone(process);
                return;
        }
        process->is_gone = true;
        handlers->on_spawned(process, error, process->userdata);
}

/* What it was told while it was on its way, it is told now. */
void process_on_spawned(Spawn *spawn)
{
        g_autoptr(Spawn) own = spawn;
        Process *process = spawn->userdata;
        bool is_killed = process->is_killed;
        int signal = process->asked_signal, r;

        process->spawn = NULL;
        if (spawn->error.error == 0) {
                r = process_watch(process, spawn->pid);
                if (r < 0)
                        spawn->error = (SpawnError) { .error = -r, .step = "watch" };
        }
        if (spawn->error.error != 0) {
                process_fail(process, &spawn->error);
                return;
        }
        if (process->handlers && process->handlers->on_spawned)
                process->handlers->on_spawned(process, NULL, process->userdata);
        if (is_killed)
                process_kill(process);
        else if (signal != 0)
                (void) process_ask(process, signal);
}

static int process_start(Process *process, const SpawnSpec *spec, SpawnError *ret_error)
{
        ProcessHost *host = process->host;
        g_autofree char *procs = NULL;
        g_autoptr(Spawn) spawn = NULL;
        int r = 0;

        if (host->cgroups)
                r = spec->beside && spec->beside->cgroup
                            ? cgroup_new_below(spec->beside->cgroup, spec->part, &process->cgroup)
                            : cgroup_new(host->cgroups, spec->name, spec->cgroup_limits, &process->cgroup);
        else if (spec->cgroup_limits && cgroup_limits_is_set(spec->cgroup_limits))
                r = -EOPNOTSUPP;
        if (r < 0) {
                *ret_error = (SpawnError) { .error = -r, .step = "cgroup" };
                return r;
        }
        procs = process->cgroup ? cgroup_procs(process->cgroup) : NULL;
        r = spawn_new(&host->context, spec, procs, process->token, &spawn, ret_error);
        if (r < 0)
                return r;
        spawn->userdata = process;
        r = spawner_submit(host->spawner, spawn);
        if (r < 0) {
                *ret_error = (SpawnError) { .error = -r, .step = "descriptors" };
                return r;
        }
        process->spawn = g_steal_pointer(&spawn);
        return 0;
}

int process_spawn(ProcessHost *host, const SpawnSpec *spec, const ProcessHandlers *handlers, void *userdata,
                  Process **ret, SpawnError *ret_error)
{
        Process *process = g_new0(Process, 1);
        SpawnError error = { 0 };
        int r;

        process->host = host;
        process->handlers = handlers;
        process->userdata = userdata;
        process->main_fd = process->leader_fd = -1;
        make_token(host, process->token);
        g_hash_table_add(host->processes, process);

        r = process_start(process, spec, &error);
        if (r < 0) {
                process_destroy(process);
                if (ret_error)
                        *ret_error = error;
                return r;
        }
        *ret = process;
        return 0;
}

/* Until nothing is left the host keeps it. */
void process_free(Process *process)
{
        if (!process)
                return;

        process->handlers = NULL;
        if (process->is_gone)
                process_destroy(process);
        else
                process_kill(process);
}

pid_t process_pid(const Process *process)
{
        return process->main;
}

/* The group of the leader, which is its session's first and has not been reaped: the number is still its own. */
static int process_signal(const Process *process, int signal)
{
        int r;

        if (!process->cgroup && process->main == process->leader)
                return kill(-process->leader, signal) < 0 ? -errno : 0;
        r = pidfd_signal(process->main_fd, signal);
        if (!process->cgroup && process->leader_fd >= 0)
                (void) pidfd_signal(process->leader_fd, signal);
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
                (void) pidfd_signal(process->main_fd, SIGKILL);
        if (process->cgroup && process->is_exited && !process->is_gone)
                (void) !cgroup_await_empty(process->cgroup, true, on_cgroup_empty, process);
        if (process->cgroup || process->is_gone)
                return;
        if (process->main != 0)
                (void) pidfd_signal(process->main_fd, SIGKILL);
        process_note_leaving(process);
        process_host_ask_sweep(process->host);
}

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
        close_pidfd(process, &process->main_fd);
        process_forget_pid(process, process->main);
}

/* It has been watched all the while. */
static void process_return_to_leader(Process *process)
{
        close_pidfd(process, &process->main_fd);
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
