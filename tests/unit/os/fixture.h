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
        SpawnError error;
        bool is_spawned, is_exited, is_gone;
        int n_exits, n_gones;
        int output; /* what it writes */
} Watched;

/* -EOPNOTSUPP from the daemon's point of view is no error: the caller skips what needs cgroups. */
void fixture_init(Fixture *fixture, bool use_cgroups);
void fixture_done(Fixture *fixture);
void fixture_wait(Fixture *fixture, const bool *is_done);
void watched_on_spawned(Process *process, const SpawnError *error, void *userdata);
void watched_on_exit(Process *process, const ExitReport *report, void *userdata);
void watched_on_gone(Process *process, void *userdata);
extern const ProcessHandlers watched_handlers;
SpawnSpec spec_make(const char *const *argv);
/* One that comes to nothing, whether that is said at once or later: -errno, as in *RET_ERROR. */
int spawn_and_fail(Fixture *fixture, const SpawnSpec *spec, SpawnError *ret_error);
/* Runs already. With standard output into a pipe unless SPEC says otherwise. */
void watched_spawn(Watched *watched, Fixture *fixture, SpawnSpec *spec);
/* All it wrote, to the end. */
char *watched_read_all(Watched *watched);
/* One line, which is waited for. */
char *watched_read_line(Watched *watched);
void watched_done(Watched *watched);
/* Until the thread NAME, which was joined, is out of /proc with its table of descriptors: that comes a moment later. */
void wait_for_end_of_thread(const char *name);
/* A corpse that somebody else has to bury does not count. */
bool is_alive(pid_t pid);
