/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: starting a program and what became of it, for `run`.
 * Does not own: when to start and end one (run.c). */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "ctl.h"

typedef struct ChildSpec {
        const char *file; /* searched in PATH when it has no slash */
        char *const *arguments;
        char *const *environment;
        const sigset_t *mask;     /* to restore */
        bool is_background;       /* a process group of its own: a terminal's Ctrl-C does not reach it; no input */
        bool has_output_as_error; /* its standard output is our standard error */
} ChildSpec;

/* The child gets SIGTERM when we die. 0, or the negative errno of what did not work, exec too. */
int child_start(const ChildSpec *spec, pid_t *ret) MUST_CHECK;

/* As a shell has it: the exit status, or 128 + the signal. */
int child_exit_status(const siginfo_t *info);

/* Orphans of our descendants become our children, so that they can be ended. */
void child_adopt_orphans(void);
/* SIGKILL to every child until none is left, a few seconds at most; SIGCHLD must be blocked. */
void child_end_all(void);
