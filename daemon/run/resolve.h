/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the verb Resolve: what a key stands for, the start of what does not run yet, and one answer for each who asked
 * (§5, §28, §29, §72, §83, §101, §118, §128, §129).
 * Does not own: how a component is started (pull), who may ask for what beyond that (bus), how the answer looks. */
#pragma once

#include "container.h"

/* The requester of those outside the container: they see public modules only. */
#define NODE_NONE RUN_NO_NODE

typedef enum ResolvedKind {
        RESOLVED_NOTHING,   /* only when IS_TRY: the key is not known, or its condition is not met */
        RESOLVED_COMPONENT, /* it is ready; run/endpoint has what it offers */
        RESOLVED_VALUE,
        RESOLVED_CONTAINER, /* the container itself (§28) */
} ResolvedKind;

typedef struct Resolution {
        ResolvedKind kind;
        uint32_t node;      /* of a component */
        const Value *value; /* of a value; borrowed from the plan */
} Resolution;

typedef struct Waiter Waiter;

/* The one answer, from the loop: never from within the container_resolve() that it belongs to. ERROR 0: RESOLUTION.
 * -ETIMEDOUT: the time of this waiter alone is over. With every error DIAGS holds exactly one finding. Both are
 * borrowed; the waiter is gone already. */
typedef void (*ResolveHandler)(int error, const Resolution *resolution, const DiagList *diags, void *userdata);

typedef struct ResolveRequest {
        const char *key;
        const char *route;     /* NULL or empty: none */
        uint32_t requester;    /* node of the component that asks, or NODE_NONE */
        bool is_try;           /* TryResolve: finding nothing is an answer */
        bool is_reading;       /* only what is there: else -EACCES, and nothing is started, counted or remembered */
        uint64_t timeout_usec; /* 0: waits as long as it takes */
        ResolveHandler handler;
        void *userdata;
} ResolveRequest;

/* 1: *RET is the answer. 0: *RET_WAITER waits for it, until HANDLER is called or resolve_cancel(). Negative: refused,
 * DIAGS says why: -ENOENT, -EBADMSG (route, visibility, condition), -ESHUTDOWN (draining, closed), -EBUSY (too early),
 * -EHOSTDOWN (stopped by hand, start limit), -EDEADLK (runtime-cycle), -EIO (the start failed at once), -EACCES,
 * -ENOBUFS (too many wait). */
int container_resolve(Container *container, const ResolveRequest *request, Resolution *ret, Waiter **ret_waiter,
                      DiagList *diags) MUST_CHECK;
/* What REQUESTER was given for KEYS ("key" or "key:route", as it was asked for, NULL-terminated) holds no longer, and
 * is forgotten; KEYS NULL: nothing that it was given does. Told before the provider begins to stop (§73), or when what
 * it offers has changed, from within the event that says so: no verb may be called. */
typedef void (*InvalidationHandler)(uint32_t requester, const char *const *keys, void *userdata);
void container_on_invalidated(Container *container, InvalidationHandler handler, void *userdata);
/* REQUESTER has no use any more for what it was given for KEY; ROUTE may be NULL or empty. */
void resolve_release(Container *container, uint32_t requester, const char *key, const char *route);

/* Nobody waits for the answer any more; what was begun goes on (§129). The handler is not called. NULL is nothing. */
void resolve_cancel(Waiter *waiter);
