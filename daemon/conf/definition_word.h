/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the closed sets of words that a definition is described in, their texts, and what holds for a type.
 * Does not own: what they make happen (plan, run). */
#pragma once

#include <stdbool.h>

typedef enum ComponentType {
        TYPE_SIMPLE,
        TYPE_NOTIFY,
        TYPE_REEVE,
        TYPE_DBUS,
        TYPE_ONESHOT,
        TYPE_EXTERNAL,
        TYPE_MODULE, /* nobody writes it: the hooks of a module (§80) */
        TYPE_N_,
} ComponentType;

typedef struct ComponentTypeFacts {
        bool is_foreign; /* somebody else starts and ends it: it is waited for, takes no slot and holds nobody */
        bool is_done_when_ready; /* it has done its work, and no process is left */
} ComponentTypeFacts;

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
        OUTPUT_FILE, /* truncated at each start */
        OUTPUT_APPEND,
        OUTPUT_N_,
} OutputKind;

/* In the order in which they are called (§75). */
typedef enum Hook { HOOK_POST_CONSTRUCT, HOOK_STARTUP, HOOK_SHUTDOWN, HOOK_PRE_DESTROY, HOOK_N_ } Hook;

extern const char *const hook_names[HOOK_N_];
extern const char *const hook_keys[HOOK_N_]; /* with its "=", as messages have it */
extern const char *const component_type_names[TYPE_N_];
extern const ComponentTypeFacts component_types[TYPE_N_];
extern const char *const scope_names[SCOPE_N_];
extern const char *const start_mode_names[START_N_];
extern const char *const startup_policy_names[POLICY_N_];
extern const char *const restart_mode_names[RESTART_N_];
extern const char *const on_give_up_names[GIVE_UP_N_];
extern const char *const output_kind_names[OUTPUT_N_];
