/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: nodes and edges as index arrays, reachable in both directions in O(degree).
 * Does not own: what a node or an edge means; plan.h says which nodes are components and which are module barriers. */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"

typedef enum Direction {
        DOWN, /* from a dependent to what it depends on */
        UP,   /* from a provider to its dependents */
        DIRECTION_N_,
} Direction;

typedef enum EdgeKind {
        EDGE_REQUIRES, /* mandatory: spawn when the provider is ready */
        EDGE_WANTS,    /* optional, static: spawn when it is settled */
        EDGE_AFTER,    /* order only: spawn when it is settled */
        EDGE_MODULE,   /* a barrier: spawn when it is settled */
        EDGE_WEAK,     /* Resolves=: as wants, but cut where it closes a cycle (§41) */
        EDGE_N_,
} EdgeKind;

extern const char *const edge_kind_names[EDGE_N_];

typedef struct Edge {
        uint32_t from, to; /* from depends on to */
        EdgeKind kind;
        Origin origin;   /* where it is declared */
        const char *key; /* the key it was declared by, or NULL */
} Edge;

typedef struct Graph {
        uint32_t n_nodes, n_edges;
        Edge *edges;                   /* owned, in the order of adding */
        uint32_t *first[DIRECTION_N_]; /* n_nodes + 1 offsets into list[direction] */
        uint32_t *list[DIRECTION_N_];  /* edge indexes grouped by node */
} Graph;

/* EDGES is copied. An edge given twice stands once: the strictest kind wins. */
void graph_init(Graph *graph, uint32_t n_nodes, const Edge *edges, uint32_t n_edges);
void graph_done(Graph *graph);

/* The edge indexes that leave NODE in DIRECTION: list[0..*ret_n). Borrowed. */
static inline const uint32_t *graph_edges(const Graph *graph, uint32_t node, Direction direction, uint32_t *ret_n)
{
        uint32_t begin = graph->first[direction][node];

        *ret_n = graph->first[direction][node + 1] - begin;
        return graph->list[direction] + begin;
}

/* The node at the other end of EDGE. */
static inline uint32_t graph_neighbour(const Graph *graph, uint32_t edge, Direction direction)
{
        return direction == DOWN ? graph->edges[edge].to : graph->edges[edge].from;
}
