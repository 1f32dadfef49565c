/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

/* What /proc/self/task/THREAD/WHAT says, of all threads. */
static GString *read_threads(const char *what)
{
        GDir *threads = g_dir_open("/proc/self/task", 0, NULL);
        GString *all = g_string_new(NULL);

        for (const char *thread; threads && (thread = g_dir_read_name(threads));) {
                g_autofree char *path = g_strdup_printf("/proc/self/task/%s/%s", thread, what), *text = NULL;

                if (g_file_get_contents(path, &text, NULL, NULL)) /* else it has ended */
                        g_string_append(all, text);
        }
        if (threads)
                g_dir_close(threads);
        return all;
}

/* Of a test that failed: they would keep open what whoever runs it reads to the end. We are their reaper. */
static void end_children(void)
{
        for (int round = 0; round < 1000; round++) {
                g_autoptr(GString) children = read_threads("children");

                if (children->len == 0)
                        return;
                for (char *next = children->str, *end; strtol(next, &end, 10) > 0; next = end)
                        (void) kill((pid_t) strtol(next, NULL, 10), SIGKILL);
                (void) waitpid(-1, NULL, 0);
        }
}

static void on_guard(Timer *timer, void *userdata)
{
        (void) timer;
        (void) userdata;
        fprintf(stderr, "guard: what is waited for does not come\n");
        end_children();
        abort();
}

void fixture_init(Fixture *fixture, bool use_cgroups)
{
        static bool is_registered;

        *fixture = (Fixture) { 0 };
        if (!is_registered)
                is_registered = atexit(end_children) == 0;
        process_block_signals();
        assert_int_equal(loop_new(&fixture->loop), 0);
        assert_int_equal(timer_new(fixture->loop, clock_monotonic() + GUARD_USEC, on_guard, NULL, &fixture->guard), 0);
        assert_int_equal(process_host_new(fixture->loop, use_cgroups, -1, &fixture->host), 0);
}

void fixture_done(Fixture *fixture)
{
        process_host_free(fixture->host);
        timer_free(fixture->guard);
        loop_free(fixture->loop);
}

void fixture_wait(Fixture *fixture, const bool *is_done)
{
        while (!*is_done)
                assert_true(sd_event_run(loop_event(fixture->loop), UINT64_MAX) >= 0);
}

void watched_on_spawned(Process *process, const SpawnError *error, void *userdata)
{
        Watched *watched = userdata;

        assert_int_equal(watched->n_exits, 0);
        assert_false(watched->is_spawned);
        assert_true(error ? process_pid(process) == 0 : process_pid(process) > 0);
        watched->is_spawned = true;
        if (error)
                watched->error = *error;
}

void watched_on_exit(Process *process, const ExitReport *report, void *userdata)
{
        Watched *watched = userdata;

        (void) process;
        assert_false(watched->is_gone);
        watched->report = *report;
        watched->is_exited = true;
        watched->n_exits++;
}

void watched_on_gone(Process *process, void *userdata)
{
        Watched *watched = userdata;

        (void) process;
        assert_true(watched->is_exited);
        watched->is_gone = true;
        watched->n_gones++;
}

const ProcessHandlers watched_handlers = {
        .on_spawned = watched_on_spawned, .on_exit = watched_on_exit, .on_gone = watched_on_gone,
};

SpawnSpec spec_make(const char *const *argv)
{
        return (SpawnSpec) { .name = "sample", .argv = argv, .output = -1, .error = STDERR_FILENO, .umask = 0022 };
}

int spawn_and_fail(Fixture *fixture, const SpawnSpec *spec, SpawnError *ret_error)
{
        Watched watched = { 0 };
        int r = process_spawn(fixture->host, spec, &watched_handlers, &watched, &watched.process, ret_error);

        if (r < 0) {
                assert_int_equal(ret_error->error, -r);
                return r;
        }
        fixture_wait(fixture, &watched.is_spawned);
        assert_int_equal(process_pid(watched.process), 0);
        process_free(watched.process);
        assert_int_equal(watched.n_exits + watched.n_gones, 0);
        *ret_error = watched.error;
        return -watched.error.error;
}

void watched_spawn(Watched *watched, Fixture *fixture, SpawnSpec *spec)
{
        SpawnError error = { 0 };
        int fds[2], given = spec->output;

        *watched = (Watched) { .output = -1 };
        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        if (given < 0)
                spec->output = fds[1];
        watched->output = fds[0];
        assert_int_equal(process_spawn(fixture->host, spec, &watched_handlers, watched, &watched->process, &error), 0);
        spec->output = given;
        close(fds[1]);
        fixture_wait(fixture, &watched->is_spawned);
        assert_int_equal(watched->error.error, 0);
}

char *watched_read_all(Watched *watched)
{
        GString *text = g_string_new(NULL);
        char buffer[4096];
        ssize_t n;

        while ((n = read(watched->output, buffer, sizeof(buffer))) > 0)
                g_string_append_len(text, buffer, n);
        return g_string_free(text, FALSE);
}

char *watched_read_line(Watched *watched)
{
        GString *text = g_string_new(NULL);
        char byte;

        while (read(watched->output, &byte, 1) == 1 && byte != '\n')
                g_string_append_c(text, byte);
        return g_string_free(text, FALSE);
}

void watched_done(Watched *watched)
{
        process_free(watched->process);
        close(watched->output);
}

bool is_alive(pid_t pid)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int) pid), *text = NULL;
        const char *name_end;

        if (!g_file_get_contents(path, &text, NULL, NULL))
                return false;
        name_end = strrchr(text, ')');
        return name_end && name_end[2] != 'Z' && name_end[2] != 'X';
}

void wait_for_end_of_thread(const char *name)
{
        uint64_t end = clock_monotonic() + GUARD_USEC;
        g_autofree char *line = g_strconcat(name, "\n", NULL);

        for (;;) {
                g_autoptr(GString) names = read_threads("comm");

                if (!strstr(names->str, line))
                        return;
                assert_true(clock_monotonic() < end);
                g_usleep(1000);
        }
}
