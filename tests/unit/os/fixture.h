/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a loop with a guard, a host, and one component's processes whose end is written down, for the tests of os.
 * Does not own: any judgement. */
#pragma once

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <systemd/sd-event.h>

#include "os/process.h"

#define GUARD_USEC (30 * G_USEC_PER_SEC)
#define SHELL(script) ((const char *const[]) { "/bin/sh", "-c", (script), NULL })

typedef struct Fixture {
        Loop *loop;
        ProcessHost *host;
        Timer *guard;
} Fixture;

typedef struct Watched {
        Process *process;
        ExitReport report;
        bool is_exited, is_gone;
        int n_exits, n_gones;
        int output; /* what it writes */
} Watched;

static inline void on_guard(Timer *timer, void *userdata)
{
        (void) timer;
        (void) userdata;
        fprintf(stderr, "guard: what is waited for does not come\n");
        abort();
}

/* -EOPNOTSUPP from the daemon's point of view is no error: the caller skips what needs cgroups. */
static inline void fixture_init(Fixture *fixture, bool use_cgroups)
{
        *fixture = (Fixture) { 0 };
        process_block_signals();
        assert_int_equal(loop_new(&fixture->loop), 0);
        assert_int_equal(timer_new(fixture->loop, clock_monotonic() + GUARD_USEC, on_guard, NULL, &fixture->guard), 0);
        assert_int_equal(process_host_new(fixture->loop, use_cgroups, &fixture->host), 0);
}

static inline void fixture_done(Fixture *fixture)
{
        process_host_free(fixture->host);
        timer_free(fixture->guard);
        loop_free(fixture->loop);
}

static inline void fixture_wait(Fixture *fixture, const bool *is_done)
{
        while (!*is_done)
                assert_true(sd_event_run(loop_event(fixture->loop), UINT64_MAX) >= 0);
}

static inline void watched_on_exit(Process *process, const ExitReport *report, void *userdata)
{
        Watched *watched = userdata;

        (void) process;
        assert_false(watched->is_gone);
        watched->report = *report;
        watched->is_exited = true;
        watched->n_exits++;
}

static inline void watched_on_gone(Process *process, void *userdata)
{
        Watched *watched = userdata;

        (void) process;
        assert_true(watched->is_exited);
        watched->is_gone = true;
        watched->n_gones++;
}

static const ProcessHandlers watched_handlers = { .on_exit = watched_on_exit, .on_gone = watched_on_gone };

static inline SpawnSpec spec_make(const char *const *argv)
{
        return (SpawnSpec) { .name = "sample", .argv = argv, .output = -1, .error = STDERR_FILENO, .umask = 0022 };
}

/* With standard output into a pipe unless SPEC says otherwise. */
static inline void watched_spawn(Watched *watched, Fixture *fixture, SpawnSpec *spec)
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
}

/* All it wrote, to the end. */
static inline char *watched_read_all(Watched *watched)
{
        GString *text = g_string_new(NULL);
        char buffer[4096];
        ssize_t n;

        while ((n = read(watched->output, buffer, sizeof(buffer))) > 0)
                g_string_append_len(text, buffer, n);
        return g_string_free(text, FALSE);
}

/* One line, which is waited for. */
static inline char *watched_read_line(Watched *watched)
{
        GString *text = g_string_new(NULL);
        char byte;

        while (read(watched->output, &byte, 1) == 1 && byte != '\n')
                g_string_append_c(text, byte);
        return g_string_free(text, FALSE);
}

static inline void watched_done(Watched *watched)
{
        process_free(watched->process);
        close(watched->output);
}

/* A corpse that somebody else has to bury does not count. */
static inline bool is_alive(pid_t pid)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int) pid), *text = NULL;
        const char *name_end;

        if (!g_file_get_contents(path, &text, NULL, NULL))
                return false;
        name_end = strrchr(text, ')');
        return name_end && name_end[2] != 'Z' && name_end[2] != 'X';
}
