/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process_host.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "snapshot.h"
#include "sweep.h"

#define FREE_USEC (1000 * 1000)
#define FREE_STEP_MSEC 10

#define ENDS_A_TURN 64

/* So that a storm of orphans does not keep the loop from anything else (P3). */
#define REAPS_A_TURN 1024

void process_block_signals(void)
{
        static const int handled[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD, SIGPIPE };
        sigset_t set;

        (void) sigemptyset(&set);
        for (size_t i = 0; i < G_N_ELEMENTS(handled); i++)
                (void) sigaddset(&set, handled[i]);
        (void) sigprocmask(SIG_BLOCK, &set, NULL);
        /* Inherited as ignored it would throw away every exit status. */
        (void) signal(SIGCHLD, SIG_DFL);
}

/* Of our own thread, so orphans only: what was spawned is the spawner's, as long as that lives, and seen to by its
 * pidfd. Only a peek: the status of a main process is taken by its own path, whoever sees it first (P2). */
void process_host_reap(ProcessHost *host)
{
        for (int i = 0; i < REAPS_A_TURN; i++) {
                siginfo_t info = { 0 };
                Process *process;

                if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL | __WNOTHREAD) < 0 || info.si_pid == 0)
                        return;
                process = g_hash_table_lookup(host->pids, GINT_TO_POINTER(info.si_pid));
                if (process) {
                        /* What it said last is looked for once a turn (notify_drain()). */
                        process_on_child(process, info.si_pid);
                        break;
                }
                (void) waitid(P_PID, (id_t) info.si_pid, &info, WEXITED | WNOHANG | __WALL);
        }
        process_host_ask_sweep(host);
}

static int on_child(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        process_host_ask_sweep(userdata);
        return 0;
}

/* Between the ends of many: mostly it is enough to see that there is nobody but those we know. */
static int on_sweep(sd_event_source *source, void *userdata)
{
        ProcessHost *host = userdata;

        if (!snapshot_is_idle(host))
                (void) sd_event_source_set_enabled(host->sweeping.search, SD_EVENT_ONESHOT);
        else if (!host->cgroups)
                sweep_pass(host);
        return 0;
}

/* Once for all who have ended by now: it looks at every process of the machine. */
static int on_search(sd_event_source *source, void *userdata)
{
        ProcessHost *host = userdata;

        if (host->is_reaper)
                process_host_reap(host);
        if (!host->cgroups)
                sweep_run(host);
        return 0;
}

/* Children of components that lost their parent come to us as the first process of a pid namespace, or because we ask
 * for them: where there are no cgroups it is the only way to find them. */
static int host_become_reaper(ProcessHost *host)
{
        int r;

        if (host->cgroups && getpid() != 1)
                return 0;
        if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
                return -errno;
        host->is_reaper = true;
        r = sd_event_add_signal(loop_event(host->loop), &host->child_source, SIGCHLD | SD_EVENT_SIGNAL_PROCMASK,
                                on_child, host);
        if (r >= 0)
                r = sd_event_source_set_priority(host->child_source, LOOP_PRIORITY_EXIT);
        return r < 0 ? r : 0;
}

static void on_sweep_again(Timer *timer, void *userdata)
{
        process_host_ask_sweep(userdata);
}

/* A stopped process gets no signal but SIGKILL until it goes on (§97). Few are; the others are mostly gone by now. */
static void on_go_on(Timer *timer, void *userdata)
{
        ProcessHost *host = userdata;
        GHashTableIter iter;
        gpointer key;

        host->is_going_on = false;
        g_hash_table_iter_init(&iter, host->processes);
        while (g_hash_table_iter_next(&iter, &key, NULL))
                process_continue(key);
}

static int add_deferred(ProcessHost *host, LoopPriority priority, sd_event_handler_t handler, sd_event_source **ret)
{
        int r = sd_event_add_defer(loop_event(host->loop), ret, handler, host);

        if (r >= 0)
                r = sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
        return r < 0 ? r : sd_event_source_set_priority(*ret, priority);
}

static int host_add_sweep(ProcessHost *host)
{
        int r = add_deferred(host, LOOP_PRIORITY_EXIT, on_sweep, &host->sweeping.source);

        if (r >= 0)
                r = add_deferred(host, LOOP_PRIORITY_SIGNAL, on_search, &host->sweeping.search);
        if (r >= 0)
                r = timer_new(host->loop, UINT64_MAX, on_sweep_again, host, &host->sweeping.again);
        if (r >= 0)
                r = timer_new(host->loop, UINT64_MAX, on_go_on, host, &host->go_on);
        return r < 0 ? r : 0;
}

/* Under this very name as long as the thread lives. */
static int open_children(void)
{
        g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int) gettid());

        return open(path, O_RDONLY | O_CLOEXEC);
}

int process_host_new(Loop *loop, bool use_cgroups, int lock_fd, ProcessHost **ret)
{
        g_autoptr(ProcessHost) host = g_new0(ProcessHost, 1);
        int r;

        host->loop = loop;
        host->children_fd = open_children();
        host->processes = g_hash_table_new(NULL, NULL);
        host->leaving = g_hash_table_new(NULL, NULL);
        host->pids = g_hash_table_new(NULL, NULL);
        host->judged.owners = g_hash_table_new(NULL, NULL);
        spare_fds_init(&host->reserve);

        r = spawn_context_init(&host->context);
        if (r >= 0 && use_cgroups)
                r = cgroup_tree_new(loop, &host->cgroups);
        if (r < 0 && r != -EOPNOTSUPP)
                return r;
        r = ready_set_new(loop, LOOP_PRIORITY_EXIT, ENDS_A_TURN, process_on_end, &host->ends);
        if (r >= 0)
                r = spawner_new(loop, host->cgroups ? cgroup_tree_fd(host->cgroups) : -1, lock_fd, process_on_spawned,
                                &host->spawner);
        if (r >= 0)
                r = host_add_sweep(host);
        if (r >= 0)
                r = host_become_reaper(host);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&host);
        return 0;
}

/* Their main processes end through SIGKILL now; what is left of the callbacks is not wanted any more. */
static void host_kill_all(ProcessHost *host)
{
        GHashTableIter iter;
        gpointer key;

        g_hash_table_iter_init(&iter, host->processes);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                Process *process = key;

                process->handlers = NULL;
                process_kill(process);
        }
}

static size_t host_finish_turn(ProcessHost *host)
{
        guint n = 0;
        g_autofree gpointer *left = g_hash_table_get_keys_as_array(host->processes, &n);
        size_t n_strangers = host->is_reaper && !snapshot_is_idle(host) ? sweep_kill_all(host) : 0;

        if (host->is_reaper)
                process_host_reap(host);
        for (guint i = 0; i < n; i++)
                if (g_hash_table_contains(host->processes, left[i]))
                        process_finish(left[i]);
        return g_hash_table_size(host->processes) + n_strangers;
}

static void host_finish(ProcessHost *host)
{
        uint64_t end = clock_monotonic() + FREE_USEC;

        host_kill_all(host);
        g_clear_pointer(&host->spawner, spawner_free);
        while (host_finish_turn(host) > 0 && clock_monotonic() < end)
                (void) poll(NULL, 0, FREE_STEP_MSEC);
}

void process_host_free(ProcessHost *host)
{
        if (!host)
                return;

        host_finish(host);
        timer_free(host->sweeping.again);
        timer_free(host->go_on);
        sd_event_source_disable_unref(host->sweeping.source);
        sd_event_source_disable_unref(host->sweeping.search);
        sd_event_source_disable_unref(host->child_source);
        if (host->is_reaper)
                (void) prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
        cgroup_tree_free(host->cgroups);
        ready_set_free(host->ends);
        spawn_context_done(&host->context);
        spare_fds_done(&host->reserve);
        close_descriptor(&host->children_fd);
        g_clear_pointer(&host->processes, g_hash_table_unref);
        g_clear_pointer(&host->leaving, g_hash_table_unref);
        g_clear_pointer(&host->pids, g_hash_table_unref);
        g_clear_pointer(&host->judged.owners, g_hash_table_unref);
        g_free(host);
}

const char *process_host_containment(const ProcessHost *host)
{
        return host->cgroups ? "cgroup" : "session";
}
