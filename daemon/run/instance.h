/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the run-time state of one component: plain data that can be written out and read back, and `live`, what
 * exists only while there are processes. instance_dispatch() is the only writer of `state`.
 * Does not own: the definition (plan) nor the counters of its neighbours (engine). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "state.h"

typedef struct Engine Engine;
typedef struct Live Live;

/* What an instance is stopped for; the later and stronger wish wins. */
typedef enum Goal { GOAL_NONE, GOAL_RETRY, GOAL_FAILED, GOAL_RESTART, GOAL_INACTIVE, GOAL_N_ } Goal;

/* How the last incarnation or attempt ended; words as systemd's Result= where the meaning is systemd's. */
typedef enum Result {
        RESULT_SUCCESS,
        RESULT_EXEC_FAILED,
        RESULT_EXITED_EARLY,
        RESULT_START_TIMEOUT,
        RESULT_EXIT_CODE,
        RESULT_SIGNAL,
        RESULT_CORE_DUMP,
        RESULT_STOP_TIMEOUT,
        RESULT_WATCHDOG,
        RESULT_START_LIMIT,
        RESULT_DEPENDENCY_FAILED,
        RESULT_CONDITION,
        RESULT_PROBE,
        RESULT_N_,
} Result;

extern const char *const result_names[RESULT_N_];
extern const char *const goal_names[GOAL_N_];

/* §144; monotonic µs, 0: has not happened in this incarnation */
typedef struct Timings {
        uint64_t requested, deps_ready, slot, spawned, connected, constructed, ready, stop_requested, stopped;
} Timings;

/* §148 */
typedef struct Counters {
        uint32_t starts, restarts, propagated_restarts, failures;
} Counters;

typedef struct Instance {
        uint32_t node;
        State state;
        SubState sub_state;
        Result result;
        Goal goal;
        uint32_t incarnation;      /* of the latest spawn, from 1 (§68) */
        uint32_t n_transitions;    /* stamps queued occurrences, so that stale ones are dropped */
        bool is_stop_wanted;       /* waits for its dependents to go */
        bool is_stopped_by_user;   /* desired=stopped (§72) */
        bool is_down;              /* mandatory dependents are, or are to be, blocked */
        bool is_dirty;             /* stands in the engine's list of nodes to look at again */
        uint8_t n_attempts;        /* failed ones of this start (§90) */
        int exit_code, exit_status; /* as in ExitReport, of the last main process */
        int error;                 /* errno of the last exec-failed */
        uint64_t spawn_index, ready_index; /* §58 */
        Timings timings;
        Counters counters;
        Backoff backoff;
        Live *live;                /* owned, or NULL: no process */
} Instance;

/* Looks EVENT up, sets the state, emits a RunEvent with REASON (static), runs the action: nothing else. An event that
 * is not legal in this state changes nothing and is reported. */
void instance_dispatch(Engine *engine, Instance *instance, StateEvent event, const char *reason);
