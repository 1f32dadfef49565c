/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a hook from its call to its answer: queued, called, kept by the program, answered, sent.
 * Does not own: which hook is due (lifecycle.h), what follows from its answer (life.h). */
#pragma once

#include "core.h"
#include "life.h"

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
