/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a process is to be like at its start, and where a start failed, as plain values.
 * Does not own: doing it (process, spawn). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"

typedef struct Process Process;

typedef struct ProcessLimit {
        int resource;
        uint64_t soft, hard;
} ProcessLimit;

/* Entries of an environment in which the child's own number is to be filled in. */
#define SPAWN_LISTEN_PID "LISTEN_PID=0000000000"
#define SPAWN_WATCHDOG_PID "WATCHDOG_PID=0000000000"

/* Borrowed for the call. Descriptors stay the caller's; -1 is /dev/null. */
typedef struct SpawnSpec {
        const char *name;              /* of the component; names its cgroup */
        const char *part;              /* static: what of it this is beside its main process, or NULL */
        const Process *beside;         /* whose cgroup it is put below, where there is one; or NULL */
        const char *const *argv;       /* argv[0] is the file: absolute, or looked up in the environment's PATH */
        const char *const *environment;
        const char *working_directory; /* NULL: / */
        const char *user, *group;      /* names or numbers; NULL: the daemon's own */
        int output, error;             /* become 1 and 2; 0 is /dev/null */
        const int *descriptors;        /* become 3, 4, …, and nothing else does (P37): LISTEN_FDS order */
        uint32_t n_descriptors;
        const ProcessLimit *limits;
        uint32_t n_limits;
        const CgroupLimits *cgroup_limits; /* or NULL */
        uint32_t umask;
        int nice, oom_score_adjust;
        bool no_new_privileges;
} SpawnSpec;

/* Where a spawn failed, for exec-failed (§67): never confused with an early exit. */
typedef struct SpawnError {
        int error;        /* errno, positive */
        const char *step; /* static: "exec", "user", "working-directory", "limit", "cgroup", "clone", … */
} SpawnError;
