/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component is declared to be. Immutable once its Registry is frozen (§1).
 * Does not own: any run-time state, and no meaning of keys beyond their type (that is plan's).
 * All strings live in the arena of the Registry and die with it. Durations are µs; UINT64_MAX = infinity. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "definition_word.h"
#include "endpoint_spec.h"
#include "process_spec.h"
#include "value.h"
#include "wiring.h"

/* One ConditionX= line (§46), already judged when the file was read. */
typedef struct Condition {
        const char *key;
        const char *value;
        Origin origin;
        bool is_met;
} Condition;

typedef struct Definition {
        const char *name;
        const Module *module;
        Origin origin;
        ComponentType type;
        Scope scope;
        StartMode start;
        StartupPolicy policy;
        int priority;
        const char *scope_kind;     /* for SCOPE_KIND */
        const char *description;    /* or NULL */
        const char *documentation;  /* or NULL */
        const char *const *labels;  /* NULL-terminated key=value, or NULL */
        const char *const *argv;    /* NULL-terminated, templates not yet expanded; NULL: no process of its own */
        const char *probe;          /* ReadyProbe= of an external component, or NULL */
        const Wiring *wiring;       /* never NULL */
        const ProcessSpec *process; /* never NULL */
        const LifeSpec *life;       /* never NULL */
        const EndpointSpec *endpoints; /* NULL: none, and none is spoken of */
        const Condition *conditions;
        uint32_t n_conditions;
} Definition;

/* Has a process to end, or commands that run at its stop. */
bool definition_takes_time_to_stop(const Definition *definition);
/* How many commands HOOK has. */
uint32_t definition_n_lines(const Definition *definition, Hook hook);
/* A condition that is not met, or NULL: then the component is skipped (§46). */
const Condition *definition_unmet(const Definition *definition);
