/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the critical path of a start (§144): from a component back, each time to the one precondition that came true
 * last. Pure: reads the plan and the records of the start, O(V + E).
 * Does not own: what happened (starts) nor how it is shown. µs. */
#pragma once

#include "starts.h"

/* What a component waited for last. */
typedef enum StepReason {
        STEP_START,    /* nothing: it was asked for */
        STEP_REQUIRES, /* the next five as EdgeKind */
        STEP_WANTS,
        STEP_AFTER,
        STEP_MODULE,
        STEP_RESOLVES,
        STEP_SLOT, /* a slot, which the next step gave back */
        STEP_N_,
} StepReason;

extern const char *const step_reason_names[STEP_N_];

/* begin is when the precondition came true; until, when the component itself did so for the step before it in the list,
 * whose begin that is: so wait_slot + own = until - begin, and all of a path together is what passed, exactly. */
typedef struct CriticalStep {
        uint32_t node;
        StepReason reason;
        uint32_t edge; /* to the precondition, in the plan's graph; UINT32_MAX: none, or a slot */
        uint64_t begin, until;
        uint64_t wait_slot; /* in the daemon's queue: from begin to its slot */
        uint64_t own;       /* from then on */
} CriticalStep;

/* STARTS by node, n_components. The component that settled last, the lowest of several; RUN_NO_NODE: none has. */
uint32_t critical_last(const Plan *plan, const StartRecord *starts);

/* Of CriticalStep, that of LAST first; empty: it has not settled. IS_CRITICAL, by edge, or NULL: set for those that the
 * path goes along, through barriers too. */
GArray *critical_path(const Plan *plan, const StartRecord *starts, uint32_t last, bool *is_critical);
