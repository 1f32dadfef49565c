/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how a component's process is spawned, lives and fails, as declared.
 * Does not own: doing it (os, run). Durations are µs; UINT64_MAX = infinity. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/diag.h"
#include "definition_word.h"

typedef struct Limit {
        int resource; /* RLIMIT_… */
        struct rlimit value;
} Limit;

/* A file that the process finds in $CREDENTIALS_DIRECTORY. Never shown. */
typedef struct Credential {
        const char *name;  /* of the file */
        const char *bytes; /* what it holds, which need not be text; NULL: the value NAME */
        size_t n_bytes;
        Origin origin;
} Credential;

typedef struct CredentialSpec {
        const Credential *list; /* by name, each once */
        uint32_t n;
} CredentialSpec;

/* How the process is spawned. Definitions that set none of this share one default. */
typedef struct ProcessSpec {
        const char *const *environment; /* NULL-terminated NAME=VALUE, module's first, templates not yet expanded */
        const char *const *pass_environment;
        const char *working_directory; /* absolute, or NULL: / */
        const char *user, *group;      /* or NULL */
        const Limit *limits;
        uint32_t n_limits;
        uint32_t umask;
        int nice;
        int oom_score_adjust;
        bool no_new_privileges;
        OutputKind output;
        const char *output_path;        /* for file and append */
        uint64_t memory_max, tasks_max; /* UINT64_MAX: none */
        uint32_t cpu_weight;            /* 0: not set */
        uint64_t cpu_quota;             /* µs of CPU in each 100 ms; UINT64_MAX: none */
        const CredentialSpec *credentials; /* NULL: none */
} ProcessSpec;

/* One line of a hook: a command, templates not yet expanded. */
typedef struct HookLine {
        const char *const *argv; /* NULL-terminated */
        Origin origin;
} HookLine;

/* Commands of the four hooks (§79); those of one run one after the other. */
typedef struct HookSpec {
        const HookLine *lines[HOOK_N_];
        uint32_t n_lines[HOOK_N_];
} HookSpec;

/* How it lives and fails. Shared in the same way. */
typedef struct LifeSpec {
        uint64_t timeout_start, timeout_stop; /* µs */
        uint64_t restart_delay, restart_max_delay;
        uint64_t start_limit_interval;
        uint32_t start_limit_burst;
        uint32_t start_retries;
        int kill_signal;
        RestartMode restart;
        OnGiveUp on_give_up;
        const uint8_t *success_status; /* exit statuses that count as 0 beside 0 */
        uint32_t n_success_status;
        uint64_t watchdog; /* 0: off */
        uint64_t probe_interval, probe_timeout;
        const HookSpec *hooks; /* NULL: none */
} LifeSpec;
