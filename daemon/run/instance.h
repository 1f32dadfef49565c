/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the run-time state of one component: plain data that can be written out and read back, and `live`, what
 * exists only while there are processes. instance_dispatch() is the only writer of `state`.
 * Does not own: the definition (plan) nor the counters of its neighbours (engine). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "last_end.h"
#include "state.h"

typedef struct Engine Engine;
typedef struct Live Live;
typedef struct Endpoints Endpoints;
typedef struct Sockets Sockets;

/* What an instance is stopped for; the later and stronger wish wins. */
typedef enum Goal { GOAL_NONE, GOAL_RETRY, GOAL_FAILED, GOAL_RESTART, GOAL_INACTIVE, GOAL_N_ } Goal;

extern const char *const goal_names[GOAL_N_];

/* §144; monotonic µs, 0: has not happened in this incarnation. Constructed: its post-construct hook is done, if any. */
typedef struct Timings {
        uint64_t requested, deps_ready, slot, spawned, connected, constructed, ready, stop_requested, stopped;
} Timings;

/* §148 */
typedef struct Counters {
        uint32_t starts, restarts, propagated_restarts, failures;
        uint32_t resolve_hits, resolve_misses; /* it was asked for, and was there at once, or not */
        uint32_t undeclared_resolves;          /* it asked for what it does not declare */
} Counters;

/* Of this incarnation, 1 << Hook each. */
typedef struct HookMarks {
        uint8_t called;            /* §76: at most once */
        uint8_t completed;         /* was there, and succeeded */
} HookMarks;

typedef struct Instance {
        uint32_t node;
        State state;
        SubState sub_state;
        Goal goal;
        uint32_t incarnation;      /* of the latest spawn, from 1 (§68) */
        uint32_t n_transitions;    /* stamps queued occurrences, so that stale ones are dropped */
        struct {
                bool is_stop_wanted : 1;     /* waits for its dependents to go */
                bool is_holding : 1;         /* its providers are counted as used by it */
                bool is_stopped_by_user : 1; /* desired=stopped (§72) */
                bool is_down : 1;            /* mandatory dependents are, or are to be, blocked */
                bool is_dirty : 1;           /* stands in the engine's list of nodes to look at again */
                bool is_announced : 1;       /* ready as its type says (§64); its start hooks may have to follow */
                bool is_lending : 1;         /* it starts, and waits for what it resolves: its slot is free for that */
                bool is_warned : 1;          /* a foreign notification was reported for this incarnation */
                bool is_publish_warned : 1;  /* a wrong X_REEVE_PUBLISH= was */
                bool has_secrets : 1;        /* its credentials are written */
        };
        HookMarks hooks;
        uint16_t n_attempts;       /* failed ones of this start (§90) */
        uint16_t n_shortages;      /* attempts in a row that the daemon had no resources for */
        LastEnd end;
        uint64_t since;            /* monotonic µs: entered its state; while that is being told, still the one before */
        uint64_t spawn_index, ready_index; /* §58 */
        Timings timings;
        Counters counters;
        Backoff backoff;
        Endpoints *endpoints;      /* owned, or NULL: none */
        Sockets *sockets;          /* owned, or NULL: none is open */
        Live *live;                /* owned, or NULL: nothing runs, no timer */
} Instance;

/* Looks EVENT up, sets the state, emits a RunEvent with REASON (static), runs the action: nothing else. An event that
 * is not legal in this state changes nothing and is reported. */
void instance_dispatch(Engine *engine, Instance *instance, StateEvent event, const char *reason);
