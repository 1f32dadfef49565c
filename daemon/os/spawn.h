/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one place that starts a process: everything is prepared here, so that the child, which shares our memory
 * until it has executed (vfork), only makes system calls.
 * Does not own: what becomes of the child (process). Private to os. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "process.h"

#define SPAWN_STACK_SIZE (128 * 1024)

/* What the daemon changed about itself or was given by its unit, and a component is not to inherit. */
typedef struct SpawnContext {
        void *stack;                /* SPAWN_STACK_SIZE above a guard page */
        int null_fd;
        struct rlimit original_nofile;
        bool is_nofile_raised;
        int oom_score_adjust, nice; /* the daemon's own: what a child has without doing anything */
        uint64_t changed_signals;   /* bit n - 1: the daemon does not have signal n at its default */
} SpawnContext;

int spawn_context_init(SpawnContext *context) MUST_CHECK;
void spawn_context_done(SpawnContext *context);

typedef struct SpawnResult {
        pid_t pid;
        int pidfd; /* the caller's */
} SpawnResult;

/* PROCS_FD: of cgroup.procs, or -1. TOKEN: for INVOCATION_ID=. A negative errno, *RET_ERROR filled, no child. */
int spawn_child(const SpawnContext *context, const SpawnSpec *spec, int procs_fd, const char *token,
                SpawnResult *ret, SpawnError *ret_error) MUST_CHECK;
