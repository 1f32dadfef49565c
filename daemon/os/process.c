/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/wait.h>

#include "process_host.h"
#include "process_parts.h"

/* One call is for many. */
static void make_token(ProcessHost *host, uint64_t token[2])
{
        if (host->n_random == 0 && getrandom(host->random, sizeof(host->random), GRND_NONBLOCK) == sizeof(host->random))
                host->n_random = G_N_ELEMENTS(host->random);
        for (int i = 0; i < 2; i++)
                token[i] = host->n_random > 0 ? host->random[--host->n_random]
                                              : clock_realtime() ^ (uint64_t) (uintptr_t) token;
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
        char token[33];
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
        (void) snprintf(token, sizeof(token), "%016" PRIx64 "%016" PRIx64, process->token[0], process->token[1]);
        r = spawn_new(&host->context, spec, procs, token, &spawn, ret_error);
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
