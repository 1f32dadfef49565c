/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one request that takes time (start, stop, restart), what it waits for, and how it ended. Lives until read, or
 * one minute after its end.
 * Does not own: the work; it only watches transitions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "state.h"

typedef enum ChangeKind {
        CHANGE_START,
        CHANGE_STOP,
        CHANGE_RESTART,
        CHANGE_RESET,
        CHANGE_SHUTDOWN,
        CHANGE_KIND_N_
} ChangeKind;
typedef enum ChangeState { CHANGE_DOING, CHANGE_DONE, CHANGE_FAILED, CHANGE_STATE_N_ } ChangeState;

extern const char *const change_kind_names[CHANGE_KIND_N_];
extern const char *const change_state_names[CHANGE_STATE_N_];

typedef struct ChangeTask {
        uint32_t node;
        uint32_t old_incarnation;
        ChangeState state;
} ChangeTask;

typedef struct Change {
        uint64_t id;           /* from 1 */
        ChangeKind kind;
        ChangeState state;
        ChangeTask *tasks;
        uint32_t n_tasks;
        uint64_t begun, ended; /* monotonic µs; ended 0: still doing */
        DiagList error;        /* at most one entry */
        uint64_t expires;      /* once it has ended: when it is forgotten; soon after its end was read */
} Change;
