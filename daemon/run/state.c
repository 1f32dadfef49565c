/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state.h"

#include <assert.h>

const char *const state_names[STATE_N_] = {
        [STATE_INACTIVE] = "inactive", [STATE_WAITING] = "waiting",   [STATE_STARTING] = "starting",
        [STATE_READY] = "ready",       [STATE_STOPPING] = "stopping", [STATE_BACKOFF] = "backoff",
        [STATE_FAILED] = "failed",     [STATE_BLOCKED] = "blocked",   [STATE_SKIPPED] = "skipped",
};

const char *const sub_state_names[SUB_N_] = {
        [SUB_NONE] = "",
        [SUB_SPAWNED] = "spawned",
        [SUB_CONNECTED] = "connected",
        [SUB_POST_CONSTRUCT] = "post-construct",
        [SUB_STARTUP] = "startup",
        [SUB_PROBING] = "probing",
        [SUB_RUNNING] = "running",
        [SUB_EXITED] = "exited",
        [SUB_SUSPENDED] = "suspended",
        [SUB_REBINDING] = "rebinding",
        [SUB_DRAINING] = "draining",
        [SUB_ON_SHUTDOWN] = "on-shutdown",
        [SUB_ON_PRE_DESTROY] = "on-pre-destroy",
        [SUB_TERM] = "term",
        [SUB_KILL] = "kill",
};

const char *const state_event_names[EVENT_N_] = {
        [EVENT_START] = "start",
        [EVENT_SKIP] = "skip",
        [EVENT_BLOCK] = "block",
        [EVENT_UNBLOCK] = "unblock",
        [EVENT_SPAWN] = "spawn",
        [EVENT_READY] = "ready",
        [EVENT_STOP] = "stop",
        [EVENT_FAIL] = "fail",
        [EVENT_EXIT_CLEAN] = "exit-clean",
        [EVENT_EXIT_RETRY] = "exit-retry",
        [EVENT_EXIT_GIVE_UP] = "exit-give-up",
        [EVENT_GONE_INACTIVE] = "gone-inactive",
        [EVENT_GONE_RESTART] = "gone-restart",
        [EVENT_GONE_RETRY] = "gone-retry",
        [EVENT_GONE_FAILED] = "gone-failed",
        [EVENT_DELAY_OVER] = "delay-over",
        [EVENT_RESET] = "reset",
};

const char *const action_names[ACTION_N_] = {
        [ACTION_NONE] = "none", [ACTION_REQUEST] = "request", [ACTION_SPAWN] = "spawn",     [ACTION_SERVE] = "serve",
        [ACTION_STOP] = "stop", [ACTION_DELAY] = "delay",     [ACTION_RELEASE] = "release",
};

#define TO(state, act) {.next = STATE_##state, .action = ACTION_##act, .is_legal = true}

/* §60. An empty cell is an illegal pair. */
static const Transition transitions[STATE_N_][EVENT_N_] = {
        [STATE_INACTIVE] = {
                [EVENT_START] = TO(WAITING, REQUEST),
                [EVENT_SKIP] = TO(SKIPPED, RELEASE),
        },
        [STATE_WAITING] = {
                [EVENT_SPAWN] = TO(STARTING, SPAWN),
                [EVENT_BLOCK] = TO(BLOCKED, NONE),
                [EVENT_STOP] = TO(INACTIVE, RELEASE),
        },
        [STATE_STARTING] = {
                [EVENT_READY] = TO(READY, SERVE),
                [EVENT_STOP] = TO(STOPPING, STOP),
                [EVENT_FAIL] = TO(STOPPING, STOP),
                [EVENT_EXIT_RETRY] = TO(BACKOFF, DELAY),
                [EVENT_EXIT_GIVE_UP] = TO(FAILED, RELEASE),
        },
        [STATE_READY] = {
                [EVENT_STOP] = TO(STOPPING, STOP),
                [EVENT_FAIL] = TO(STOPPING, STOP),
                [EVENT_EXIT_CLEAN] = TO(INACTIVE, RELEASE),
                [EVENT_EXIT_RETRY] = TO(BACKOFF, DELAY),
                [EVENT_EXIT_GIVE_UP] = TO(FAILED, RELEASE),
        },
        [STATE_STOPPING] = {
                [EVENT_GONE_INACTIVE] = TO(INACTIVE, RELEASE),
                [EVENT_GONE_RESTART] = TO(WAITING, REQUEST),
                [EVENT_GONE_RETRY] = TO(BACKOFF, DELAY),
                [EVENT_GONE_FAILED] = TO(FAILED, RELEASE),
        },
        [STATE_BACKOFF] = {
                [EVENT_DELAY_OVER] = TO(WAITING, REQUEST),
                [EVENT_STOP] = TO(INACTIVE, RELEASE),
        },
        [STATE_FAILED] = {
                [EVENT_START] = TO(WAITING, REQUEST),
                [EVENT_RESET] = TO(INACTIVE, RELEASE),
        },
        [STATE_BLOCKED] = {
                [EVENT_UNBLOCK] = TO(WAITING, REQUEST),
                [EVENT_STOP] = TO(INACTIVE, RELEASE),
        },
        [STATE_SKIPPED] = {
                [EVENT_RESET] = TO(INACTIVE, RELEASE),
        },
};

Transition state_transition(State state, StateEvent event)
{
        assert(state < STATE_N_ && event < EVENT_N_);
        return transitions[state][event];
}

bool state_is_settled(State state)
{
        return state != STATE_WAITING && state != STATE_STARTING && state != STATE_STOPPING && state != STATE_BACKOFF;
}

void state_format_dot(GString *out)
{
        g_string_append(out, "digraph states {\n");
        for (State state = 0; state < STATE_N_; state++)
                g_string_append_printf(out, "        %s;\n", state_names[state]);
        for (State state = 0; state < STATE_N_; state++)
                for (StateEvent event = 0; event < EVENT_N_; event++) {
                        Transition transition = transitions[state][event];

                        if (transition.is_legal)
                                g_string_append_printf(out, "        %s -> %s [label=\"%s / %s\"];\n",
                                                       state_names[state], state_names[transition.next],
                                                       state_event_names[event], action_names[transition.action]);
                }
        g_string_append(out, "}\n");
}
