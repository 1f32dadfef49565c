/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: those who wait for a component to be ready, hung up where they can be found by what they wait for and by who
 * they are; when each is answered.
 * Does not own: the look-up and the start (resolve). Nobody outside the room includes this. */
#pragma once

#include "container_data.h"
#include "hold.h"
#include "resolve.h"

struct Waiter {
        Resolver *resolver; /* borrowed */
        uint32_t node;      /* what it waits for */
        uint32_t requester; /* or NODE_NONE */
        char *key;          /* as it was asked: key or key:route */
        ResolveHandler handler;
        void *userdata;
        Timer *timer;       /* of its own time-out, or NULL */
        uint64_t begun;
        GQueue *queue;      /* where AT_NODE hangs */
        GList at_node, of_requester;
};

struct Resolver {
        Container *container; /* borrowed */
        GHashTable *by_node, *by_requester; /* node + 1 → GQueue of Waiter, never empty */
        GArray *due;          /* of node: something became of it, and somebody waits for it */
        GArray *risen;        /* of node: waits to start now, and may have closed a circle (§83) */
        uint32_t n_waiters;
        HoldTable holds;
};

Resolver *resolver_new(Container *container);
/* Nobody is answered any more. */
void resolver_free(Resolver *resolver);

bool resolver_is_full(const Resolver *resolver);
/* KEY is taken over in any case. */
int waiter_new(Resolver *resolver, const ResolveRequest *request, uint32_t node, char *key, Waiter **ret) MUST_CHECK;
void waiter_free(Waiter *waiter);
/* The one answer, and the end of WAITER. ERROR 0: RESOLUTION, which its requester holds from now on. */
void waiter_answer(Waiter *waiter, int error, const Resolution *resolution, const DiagList *diags);

bool resolver_is_awaited(const Resolver *resolver, uint32_t node);
/* All who wait for NODE, in the order of coming; each leaves RET when it is freed, and RET must live until then. */
void resolver_take(Resolver *resolver, uint32_t node, GQueue *ret);
/* Some component that somebody waits for. */
bool resolver_find_awaited(const Resolver *resolver, uint32_t *ret_node);
/* Those that REQUESTER waits for, or NULL: none. */
const GQueue *resolver_waits_of(const Resolver *resolver, uint32_t requester);

/* answer.c */

typedef enum Verdict { VERDICT_WAIT, VERDICT_READY, VERDICT_FAILED } Verdict;

/* What the state of INSTANCE, at rest, says to those that wait for it. */
Verdict resolve_judge(const Instance *instance);
/* What those hear who wait for a component that did not become ready. */
void resolve_explain(const Container *container, uint32_t node, DiagList *diags);
