/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: RunEvent, the one value in which the core tells what happened (§63), and the list of those who want to know.
 * Does not own: what observers make of it. An event and its strings are valid during the call only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "container_state.h"
#include "state.h"

typedef enum RunEventKind {
        RUN_TRANSITION,       /* from → to of a component */
        RUN_SUB_STATE,        /* sub_state changed within a state */
        RUN_CONTAINER,        /* container_from → container_to */
        RUN_STARTUP_FINISHED, /* all settled, none strict failed; or the start failed */
        RUN_WARNING,          /* something was ignored or went wrong without a change of state: reason and text */
        RUN_CHANGE,           /* a Change began or ended: reason is its state, number its id */
        RUN_MAIN_PID,         /* the main process is known, or is another one now; has no number, and is not kept */
        RUN_ENDPOINTS,        /* what others see of its endpoints changed while it is ready; likewise */
        RUN_STATUS,           /* it says something else of itself, as often as it likes; likewise */
        RUN_KIND_N_,
} RunEventKind;

extern const char *const run_event_kind_names[RUN_KIND_N_];

/* Says only what is to be looked at again: has no number, and is not kept. */
bool run_event_is_hint(RunEventKind kind);

#define RUN_NO_NODE UINT32_MAX

typedef struct RunEvent {
        uint64_t sequence;      /* from 1, contiguous (§145); 0: a hint */
        uint64_t usec;          /* monotonic */
        uint32_t node;          /* in the plan, or RUN_NO_NODE */
        uint32_t incarnation;
        const char *component;  /* or NULL */
        RunEventKind kind : 8;  /* a byte each: thousands are kept */
        State from : 8, to : 8;
        SubState sub_state : 8;
        ContainerState container_from : 8, container_to : 8;
        const char *reason;     /* static word, never NULL: start, exited, signal, start-timeout, provider-lost, … */
        const char *text;       /* one sentence or NULL */
        uint64_t number;        /* RUN_CHANGE: id */
} RunEvent;

typedef void (*RunObserver)(const RunEvent *event, void *userdata);

typedef struct Observers Observers;

Observers *observers_new(void);
void observers_free(Observers *observers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Observers, observers_free)

/* Told in the order of adding. */
void observers_add(Observers *observers, RunObserver observer, void *userdata);
void observers_remove(Observers *observers, RunObserver observer, void *userdata);
/* Fills in sequence and usec, then tells all. A hint leaves the sequence as it is. */
void observers_emit(Observers *observers, RunEvent *event);
/* The sequence number of the last event. */
uint64_t observers_sequence(const Observers *observers);
