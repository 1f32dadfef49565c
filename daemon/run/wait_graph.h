/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: who waits for whom at this moment: what is to start, for what it depends on (§50); what starts, for what it
 * resolves meanwhile. A circle in it would stand still for ever (§83).
 * Does not own: those who wait (waiter), nor the answer to them. Iterative, O(what is reached). */
#pragma once

#include "waiter.h"

#define NO_EDGE UINT32_MAX

/* One step on a way: NODE waits for the node of the next step. */
typedef struct WaitStep {
        uint32_t node;
        uint32_t edge; /* of the plan's graph, by which it waits; NO_EDGE: it resolves that, or is the last one */
} WaitStep;

/* A shortest way on which FROM, were it to start now, waits for TO; both are on it, and FROM alone when they are the
 * same. Of WaitStep; NULL: there is none. */
GArray *wait_graph_find(const Resolver *resolver, uint32_t from, uint32_t to);

/* Somebody on a circle through one of NODES, of uint32_t, who waits in a start hook; NULL: there is none. */
Waiter *wait_graph_find_stuck(const Resolver *resolver, const GArray *nodes);

/* runtime-cycle: REQUESTER resolves KEY, and WAY leads from what that is back to REQUESTER. */
void wait_graph_report(const Resolver *resolver, uint32_t requester, const char *key, const GArray *way,
                       DiagList *diags);
