/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a Container is made of, for the files of this room that are its parts: container, startup, shutdown,
 * change, explain.
 * Does not own: behaviour. Nobody outside the room includes this. */
#pragma once

#include "activation.h"
#include "container.h"
#include "settle.h"

typedef struct Resolver Resolver;

struct Container {
        ContainerOptions options;
        Observers *observers;
        Plan *plan;            /* NULL: nothing loaded */
        Settle settle;         /* valid while `plan` is */
        ContainerState state;
        ContainerResult result;
        DiagList report;       /* of the start */
        ContainerTimes times;
        GArray *failures;      /* of node: did not become ready, not judged yet (§85) */
        uint8_t *degrading;    /* by node: is, or is blocked by, something that failed for good */
        uint32_t n_degrading;
        uint64_t last_told;    /* when the service manager heard of progress */
        uint64_t asked_until;  /* how long it was asked to wait */
        GPtrArray *changes;    /* of Change */
        uint64_t n_changes;
        Timer *expiry;         /* of changes that ended and were not read */
        Timer *last_resort;    /* after the stop budget */
        struct {
                Timer *timer;
                uint32_t n_tries;
        } ready_again;         /* READY=1 could not be said */
        Resolver *resolver;    /* owned */
        Activation activation;
};

static inline Engine *container_engine(Container *container)
{
        return &container->settle.engine;
}

/* Tells the observers. TEXT may be NULL. */
void container_enter(Container *container, ContainerState state, const char *reason);
void container_tell(Container *container, RunEventKind kind, const char *reason, const char *text);

/* startup.c: §84-94 */
void startup_begin(Container *container);
void startup_note(Container *container, const RunEvent *event);
void startup_rest(Container *container);

/* shutdown.c: §95-102 */
void shutdown_begin(Container *container, const char *reason);
void shutdown_rest(Container *container);

/* answer.c: §83, §101, §128 */
void resolve_note(Container *container, const RunEvent *event);
void resolve_rest(Container *container);
void resolve_drain(Container *container);

/* change.c */
Change *change_new(Container *container, ChangeKind kind, uint32_t node);
/* As many as may be are still under way: a client that only asks must not fill the memory (P30). */
bool change_is_full(const Container *container);
void change_free(Change *change);
void change_rest(Container *container);
