/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the states of an instance (§59), what may happen to it, and the one transition table (§60).
 * Does not own: which event an occurrence amounts to (decide), nor what an action does (instance, factory). */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum State {
        STATE_INACTIVE,
        STATE_WAITING,
        STATE_STARTING,
        STATE_READY,
        STATE_STOPPING,
        STATE_BACKOFF,
        STATE_FAILED,
        STATE_BLOCKED,
        STATE_SKIPPED,
        STATE_N_,
} State;

typedef enum SubState {
        SUB_NONE,
        SUB_SPAWNED,
        SUB_CONNECTED,
        SUB_POST_CONSTRUCT,
        SUB_STARTUP,
        SUB_PROBING,
        SUB_RUNNING,
        SUB_EXITED,
        SUB_SUSPENDED,
        SUB_REBINDING,
        SUB_DRAINING,
        SUB_ON_SHUTDOWN,
        SUB_ON_PRE_DESTROY,
        SUB_TERM,
        SUB_KILL,
        SUB_N_,
} SubState;

typedef enum StateEvent {
        EVENT_START,         /* wanted: by start, resolve, pull */
        EVENT_SKIP,          /* a condition is not met */
        EVENT_BLOCK,         /* a mandatory provider is down */
        EVENT_UNBLOCK,       /* it is back */
        EVENT_SPAWN,         /* §50 holds and a slot is free */
        EVENT_READY,         /* §64 */
        EVENT_STOP,          /* every dependent is gone and a stop is wanted, whatever for */
        EVENT_FAIL,          /* the start has failed, or it has crashed: stop what there is, clean up */
        EVENT_EXIT_CLEAN,    /* ended well, and is not to be restarted */
        EVENT_EXIT_RETRY,    /* ended or never came up, and is tried again */
        EVENT_EXIT_GIVE_UP,  /* and is not */
        EVENT_GONE_INACTIVE, /* stopped as wanted */
        EVENT_GONE_RESTART,  /* stopped in order to start anew */
        EVENT_GONE_RETRY,    /* stopped after a failed start that is tried again */
        EVENT_GONE_FAILED,   /* and is not */
        EVENT_DELAY_OVER,    /* of back-off */
        EVENT_RESET,
        EVENT_N_,
} StateEvent;

typedef enum Action {
        ACTION_NONE,
        ACTION_REQUEST, /* enters the queue of those who wait to start */
        ACTION_SPAWN,
        ACTION_SERVE,   /* is ready: publish */
        ACTION_STOP,    /* withdraw, then end the processes */
        ACTION_DELAY,   /* arm the back-off timer */
        ACTION_RELEASE, /* nothing runs, nothing is planned */
        ACTION_N_,
} Action;

typedef struct Transition {
        State next;
        Action action;
        bool is_legal;
} Transition;

extern const char *const state_names[STATE_N_];
extern const char *const sub_state_names[SUB_N_];
extern const char *const state_event_names[EVENT_N_];
extern const char *const action_names[ACTION_N_];
Transition state_transition(State state, StateEvent event);

/* §52, by state alone; back-off is settled once an attempt has failed for good (Instance.is_down). */
bool state_is_settled(State state);

/* `reeved --states` */
void state_format_dot(GString *out);
