/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/process.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "fake/fake_state.h"

struct ProcessHost {
        Loop *loop;
};

struct Process {
        char *name;
        pid_t main, ended;
        const ProcessHandlers *handlers;
        void *userdata;
        ExitReport report;
        FakeEvent spawned, exit, gone, ready;
        SpawnError error;       /* of a spawn that fails, told from the loop */
        bool is_spawning;
        GHashTable *members;
        bool is_gone, is_told_gone;
};

int process_host_new(Loop *loop, bool use_cgroups, int lock_fd, ProcessHost **ret)
{
        *ret = g_new0(ProcessHost, 1);
        (*ret)->loop = loop;
        return 0;
}

void process_host_free(ProcessHost *host)
{
        g_free(host);
}

const char *process_host_containment(const ProcessHost *host)
{
        return "fake";
}

void process_block_signals(void)
{
}

static void process_destroy(Process *process)
{
        if (!process->is_gone)
                fake_os.n_running--;
        if (g_hash_table_lookup(fake_os.processes, process->name) == process)
                (void) g_hash_table_remove(fake_os.processes, process->name);
        fake_event_cancel(&process->spawned);
        fake_event_cancel(&process->exit);
        fake_event_cancel(&process->gone);
        fake_event_cancel(&process->ready);
        g_hash_table_unref(process->members);
        g_free(process->name);
        g_free(process);
}

static void on_gone(FakeEvent *event, void *userdata)
{
        Process *process = userdata;

        process->is_gone = true;
        fake_os.n_running--;
        fake_log("gone %s", process->name);
        process->handlers->on_gone(process, process->userdata);
}

/* What is left gets SIGKILL with the end of the main process; on_gone comes from the loop, later. */
static void on_exit_(FakeEvent *event, void *userdata)
{
        Process *process = userdata;
        pid_t main = process->main;

        if (process->handlers->on_last_words && !process->is_told_gone)
                process->handlers->on_last_words(process, process->userdata);
        if (process->main != main)
                return;
        process->report.usec = fake_now();
        process->ended = process->main;
        process->main = 0;
        fake_event_cancel(&process->ready);
        fake_log("exit %s", process->name);
        if (!fake_behaviour(process->name)->has_survivors || process->is_told_gone)
                fake_event_queue(&process->gone, fake_now());
        process->handlers->on_exit(process, &process->report, process->userdata);
}

static void process_exit(Process *process, int code, int status, uint64_t at)
{
        if (process->main == 0 || (process->exit.place && process->exit.at <= at))
                return;
        process->report = (ExitReport) { .code = code, .status = status };
        fake_event_queue(&process->exit, at);
}

static void on_ready(FakeEvent *event, void *userdata)
{
        fake_os_notify(((Process *) userdata)->name, "READY=1");
}

static uint64_t after(uint64_t usec)
{
        return usec == FAKE_NEVER ? FAKE_NEVER : fake_now() + usec;
}

static void process_fail(Process *process)
{
        SpawnError error = process->error; /* the process may be freed inside */

        process->is_gone = true;
        fake_os.n_running--;
        fake_log("%s %s", error.error == ECANCELED ? "cancel" : "fail", process->name);
        process->handlers->on_spawned(process, &error, process->userdata);
}

static void on_spawned(FakeEvent *event, void *userdata)
{
        Process *process = userdata;
        const FakeBehaviour *behaviour = fake_behaviour(process->name);

        process->is_spawning = false;
        if (process->error.error != 0) {
                process_fail(process);
                return;
        }
        process->main = fake_os.next_pid++;
        if (behaviour->exit_usec != FAKE_NEVER)
                process_exit(process, behaviour->code, behaviour->status, after(behaviour->exit_usec));
        fake_event_queue(&process->ready, after(behaviour->ready_usec));
        if (process->handlers->on_spawned)
                process->handlers->on_spawned(process, NULL, process->userdata);
}

static Process *process_new(const SpawnSpec *spec, const ProcessHandlers *handlers, void *userdata)
{
        Process *process = g_new0(Process, 1);

        process->name = fake_name(spec);
        process->is_spawning = true;
        process->handlers = handlers;
        process->userdata = userdata;
        process->members = g_hash_table_new(NULL, NULL);
        process->spawned = (FakeEvent) { .priority = LOOP_PRIORITY_EXIT, .handler = on_spawned, .userdata = process };
        process->exit = (FakeEvent) { .priority = LOOP_PRIORITY_EXIT, .handler = on_exit_, .userdata = process };
        process->gone = (FakeEvent) { .priority = LOOP_PRIORITY_EXIT + 1, .handler = on_gone, .userdata = process };
        process->ready = (FakeEvent) { .priority = LOOP_PRIORITY_NOTIFY, .handler = on_ready, .userdata = process };
        return process;
}

/* What is looked up before anything is cloned. */
static bool is_told_at_once(const char *step)
{
        return strcmp(step, "user") == 0 || strcmp(step, "group") == 0 || strcmp(step, "cgroup") == 0;
}

int process_spawn(ProcessHost *host, const SpawnSpec *spec, const ProcessHandlers *handlers, void *userdata,
                  Process **ret, SpawnError *ret_error)
{
        g_autofree char *name = fake_name(spec);
        Process *before = g_hash_table_lookup(fake_os.processes, name), *process;
        SpawnError error = { 0 };
        int r;

        /* P7: never over left-overs */
        g_assert(!before || before->is_gone);
        fake_record_spawn(spec);
        r = fake_spawn_failure(name, &error);
        if (r < 0 && is_told_at_once(error.step)) {
                *ret_error = error;
                fake_log("fail %s", name);
                return r;
        }

        process = process_new(spec, handlers, userdata);
        process->error = error;
        g_hash_table_insert(fake_os.processes, g_strdup(name), process);
        fake_os.n_running++;
        if (r >= 0)
                fake_log("spawn %s", name);
        fake_event_queue(&process->spawned, fake_now());
        *ret = process;
        return 0;
}

/* It comes back with that at its turn. */
static bool process_cancel(Process *process)
{
        if (process->is_spawning)
                process->error = (SpawnError) { .error = ECANCELED, .step = "cancelled" };
        return process->is_spawning;
}

void process_free(Process *process)
{
        if (!process)
                return;

        if (!process->is_gone)
                fake_log("abandon %s", process->name);
        process_destroy(process);
}

pid_t process_pid(const Process *process)
{
        return process->main;
}

int process_ask(Process *process, int signal)
{
        const FakeBehaviour *behaviour = fake_behaviour(process->name);

        if (process_cancel(process))
                return 0;
        if (process->main == 0)
                return -ESRCH;
        if (signal == 0)
                return 0;
        fake_log("signal %s %s", process->name, sigabbrev_np(signal));
        if (signal == SIGKILL)
                process_exit(process, CLD_KILLED, SIGKILL, fake_now());
        else if (!behaviour->is_deaf && signal == SIGTERM)
                process_exit(process, CLD_KILLED, SIGTERM, after(behaviour->stop_usec));
        return 0;
}

void process_kill(Process *process)
{
        if (process_cancel(process))
                return;
        fake_log("kill %s", process->name);
        process->is_told_gone = true;
        if (process->main != 0)
                process_exit(process, CLD_KILLED, SIGKILL, fake_now());
        else if (!process->is_gone && !process->gone.place)
                fake_event_queue(&process->gone, fake_now());
}

bool process_has_member(const Process *process, pid_t pid)
{
        return pid > 0 && (pid == process->main || pid == process->ended ||
                           g_hash_table_contains(process->members, GINT_TO_POINTER(pid)));
}

int process_set_main(Process *process, pid_t pid)
{
        if (process->main == 0)
                return -ESRCH;
        if (!process_has_member(process, pid))
                return -EPERM;
        process->main = pid;
        fake_log("main %s %d", process->name, (int) pid);
        return 0;
}

Process *fake_process(const char *name)
{
        Process *process = g_hash_table_lookup(fake_os.processes, name);

        if (!process)
                g_error("fake: %s has no process", name);
        return process;
}

void fake_os_exit(const char *name, int code, int status)
{
        process_exit(fake_process(name), code, status, fake_now());
}

void fake_os_gone(const char *name)
{
        Process *process = fake_process(name);

        process->is_told_gone = true;
        if (process->main == 0 && !process->is_gone && !process->gone.place)
                fake_event_queue(&process->gone, fake_now());
}

void fake_os_add_member(const char *name, pid_t pid)
{
        (void) g_hash_table_add(fake_process(name)->members, GINT_TO_POINTER(pid));
}

bool fake_os_is_running(const char *name)
{
        const Process *process = g_hash_table_lookup(fake_os.processes, name);

        return process && process->main != 0;
}

pid_t fake_os_pid(const char *name)
{
        return fake_os_is_running(name) ? fake_process(name)->main : 0;
}

uint32_t fake_os_n_running(void)
{
        return fake_os.n_running;
}
