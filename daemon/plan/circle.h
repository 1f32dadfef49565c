/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: finding circles in a graph: which nodes hang together in one, and a shortest way around.
 * Does not own: what is done about one (cycle.h). Everything is iterative; names come as ranks.
 * IS_CUT: by edge, or NULL: edges that are as if they were not there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "graph.h"

/* The strongly connected components of a graph. They are numbered providers first: an edge never leads to a higher
 * number. */
typedef struct CircleSet {
        uint32_t n_sets;
        uint32_t *of;    /* by node: its number */
        uint32_t *first; /* n_sets + 1 offsets into nodes */
        uint32_t *nodes; /* grouped by number */
        bool *is_circle; /* by number: several nodes, or one with an edge to itself */
} CircleSet;

void circle_set_init(CircleSet *set, const Graph *graph, const bool *is_cut);
void circle_set_done(CircleSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CircleSet, circle_set_done)

/* True when EDGE lies within a circle. */
static inline bool circle_set_has(const CircleSet *set, const Edge *edge)
{
        return set->of[edge->from] == set->of[edge->to];
}

/* A shortest closed path within the circle of NODES, as indexes of edges: each begins where the one before ended and
 * the last ends where the first began. It begins at the node whose NAME_RANK is smallest; of several shortest ones the
 * one smallest by name ranks comes. In very large dense circles it is the shortest of those that a bounded search has
 * seen. The nodes must be strongly connected, and more than one or with an edge to itself. Returns a GArray of
 * uint32_t. */
GArray *circle_shortest(const Graph *graph, const bool *is_cut, const uint32_t *nodes, uint32_t n_nodes,
                        const uint32_t *name_rank);
