/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a hook from its call to its answer: queued, called, kept by the program, answered, sent.
 * Does not own: which hook is due (lifecycle.h, life.h). */
#pragma once

#include "core.h"

/* In the order of a life; what is from HOOK_BIND on may come any number of times. */
typedef enum HookKind {
        HOOK_POST_CONSTRUCT,
        HOOK_STARTUP,
        HOOK_SHUTDOWN,
        HOOK_PRE_DESTROY,
        HOOK_BIND,
        HOOK_UNBIND,
        HOOK_SUSPEND,
        HOOK_RESUME,
        HOOK_N_
} HookKind;

struct reeve_reply {
        QueueNode node;             /* in the component's queue, or kept, or unsent */
        reeve_component *component; /* NULL: it has gone, and nobody waits */
        HookKind hook;
        sd_bus_message *call; /* NULL: outside reeve */
        uint64_t deadline_usec;
        const char *key, *provider; /* in CALL */
        reeve_endpoints *endpoints;
        bool is_called, is_answered;
        int error;
        char *message;
};

/* CALL is referenced. NULL: no memory. */
reeve_reply *reply_new(reeve_component *component, HookKind hook, sd_bus_message *call);
void reply_free(reeve_reply *reply);
/* Sends what could not be sent before. */
int reply_send_rest(reeve_component *component);
/* The program may still answer those that it keeps. */
void reply_orphan_all(reeve_component *component);
