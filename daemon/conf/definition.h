/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component, value or alias is declared to be. Immutable once its Registry is frozen (§1).
 * Does not own: any run-time state, and no meaning of keys beyond their type (that is plan's).
 * All strings live in the arena of the Registry and die with it. Durations are µs; UINT64_MAX = infinity. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/diag.h"

typedef struct Module Module;

typedef enum ComponentType {
        TYPE_SIMPLE,
        TYPE_NOTIFY,
        TYPE_REEVE,
        TYPE_DBUS,
        TYPE_ONESHOT,
        TYPE_EXTERNAL,
        TYPE_N_,
} ComponentType;

typedef enum Scope {
        SCOPE_SINGLETON,
        SCOPE_REQUEST,
        SCOPE_TRANSIENT,
        SCOPE_KIND, /* a declared kind, named in Definition.scope_kind */
        SCOPE_N_,
} Scope;

typedef enum StartMode { START_EAGER, START_LAZY, START_N_ } StartMode;
typedef enum StartupPolicy { POLICY_STRICT, POLICY_WARN, POLICY_IGNORE, POLICY_N_ } StartupPolicy;
typedef enum RestartMode { RESTART_NEVER, RESTART_ON_FAILURE, RESTART_ALWAYS, RESTART_N_ } RestartMode;
typedef enum OnGiveUp { GIVE_UP_DEGRADE, GIVE_UP_SHUTDOWN, GIVE_UP_N_ } OnGiveUp;

typedef enum OutputKind {
        OUTPUT_AUTO, /* the journal where there is one, else the console */
        OUTPUT_JOURNAL,
        OUTPUT_CONSOLE,
        OUTPUT_NULL,
        OUTPUT_FILE,   /* truncated at each start */
        OUTPUT_APPEND,
        OUTPUT_N_,
} OutputKind;

extern const char *const component_type_names[TYPE_N_];
extern const char *const scope_names[SCOPE_N_];
extern const char *const start_mode_names[START_N_];
extern const char *const startup_policy_names[POLICY_N_];
extern const char *const restart_mode_names[RESTART_N_];
extern const char *const on_give_up_names[GIVE_UP_N_];
extern const char *const output_kind_names[OUTPUT_N_];

typedef enum RefKind {
        REF_REQUIRES, /* 1..1, static */
        REF_WANTS,    /* 0..1, static */
        REF_AFTER,    /* order only (§57) */
        REF_RESOLVES, /* looked up at run time: a weak edge (§41) */
        REF_N_,
} RefKind;

extern const char *const ref_kind_names[REF_N_];

typedef struct Ref {
        RefKind kind;
        const char *key;
        const char *route; /* or NULL */
        Origin origin;
} Ref;

typedef struct Provide {
        const char *key;
        const char *route; /* or NULL: plain */
        Origin origin;
} Provide;

typedef struct Limit {
        int resource; /* RLIMIT_… */
        struct rlimit value;
} Limit;

/* One ConditionX= line (§46), already judged when the file was read. */
typedef struct Condition {
        const char *key;
        const char *value;
        Origin origin;
        bool is_met;
} Condition;

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
        const char *output_path; /* for file and append */
        uint64_t memory_max, tasks_max; /* UINT64_MAX: none */
        uint32_t cpu_weight;            /* 0: not set */
        uint64_t cpu_quota;             /* µs of CPU in each 100 ms; UINT64_MAX: none */
} ProcessSpec;

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
        uint64_t watchdog;             /* 0: off */
        uint64_t probe_interval, probe_timeout;
} LifeSpec;

typedef struct Definition {
        const char *name;
        const Module *module;
        Origin origin;
        ComponentType type;
        Scope scope;
        StartMode start;
        StartupPolicy policy;
        int priority;
        const char *scope_kind;         /* for SCOPE_KIND */
        const char *description;        /* or NULL */
        const char *const *labels;      /* NULL-terminated key=value, or NULL */
        const char *const *argv;        /* NULL-terminated, templates not yet expanded; NULL for external */
        const char *probe;              /* ReadyProbe= of an external component, or NULL */
        const struct Wiring *wiring;    /* never NULL */
        const ProcessSpec *process;     /* never NULL */
        const LifeSpec *life;           /* never NULL */
        const Condition *conditions;
        uint32_t n_conditions;
} Definition;

typedef struct Wiring {
        const Ref *refs;
        const Provide *provides; /* besides the name itself (§14) */
        uint32_t n_refs;
        uint32_t n_provides;
} Wiring;

/* A condition that is not met, or NULL: then the component is skipped (§46). */
const Condition *definition_unmet(const Definition *definition);

typedef struct Value {
        const char *name;
        const Module *module;
        Origin origin;
        const char *text; /* what Value= says or File= holds, without a final newline */
} Value;

typedef struct Alias {
        const char *name;
        const char *target;
        const Module *module;
        Origin origin;
} Alias;
