/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "graph.h"

#include <string.h>

const char *const edge_kind_names[EDGE_N_] = {
        [EDGE_REQUIRES] = "requires", [EDGE_WANTS] = "wants",   [EDGE_AFTER] = "after",
        [EDGE_MODULE] = "module",     [EDGE_WEAK] = "resolves",
};

static uint32_t edge_end(const Edge *edge, Direction direction)
{
        return direction == DOWN ? edge->from : edge->to;
}

/* Groups edge indexes by the node they leave in DIRECTION; within a node they keep the order of adding. */
static void group_edges(Graph *graph, Direction direction)
{
        uint32_t *first = g_new0(uint32_t, (size_t) graph->n_nodes + 1);
        uint32_t *list = g_new(uint32_t, MAX(graph->n_edges, 1));
        g_autofree uint32_t *next = g_new(uint32_t, (size_t) graph->n_nodes + 1);

        for (uint32_t i = 0; i < graph->n_edges; i++)
                first[edge_end(&graph->edges[i], direction) + 1]++;
        for (uint32_t node = 0; node < graph->n_nodes; node++)
                first[node + 1] += first[node];
        memcpy(next, first, ((size_t) graph->n_nodes + 1) * sizeof(*next));
        for (uint32_t i = 0; i < graph->n_edges; i++)
                list[next[edge_end(&graph->edges[i], direction)]++] = i;

        g_free(graph->first[direction]);
        g_free(graph->list[direction]);
        graph->first[direction] = first;
        graph->list[direction] = list;
}

/* Keeps one edge of each pair of nodes, at the place of the first and with the data of the strictest. */
static void merge_doubles(Graph *graph)
{
        g_autofree uint32_t *kept = g_new(uint32_t, MAX(graph->n_nodes, 1)); /* by target: its edge + 1 */
        g_autofree bool *is_double = g_new0(bool, MAX(graph->n_edges, 1));
        uint32_t n = 0;

        memset(kept, 0, graph->n_nodes * sizeof(*kept));
        for (uint32_t node = 0; node < graph->n_nodes; node++) {
                uint32_t n_down;
                const uint32_t *down = graph_edges(graph, node, DOWN, &n_down);

                for (uint32_t i = 0; i < n_down; i++) {
                        const Edge *edge = &graph->edges[down[i]];
                        uint32_t *before = &kept[edge->to];

                        if (*before == 0) {
                                *before = down[i] + 1;
                                continue;
                        }
                        if (edge->kind < graph->edges[*before - 1].kind)
                                graph->edges[*before - 1] = *edge;
                        is_double[down[i]] = true;
                }
                for (uint32_t i = 0; i < n_down; i++)
                        kept[graph->edges[down[i]].to] = 0;
        }

        for (uint32_t i = 0; i < graph->n_edges; i++)
                if (!is_double[i])
                        graph->edges[n++] = graph->edges[i];
        if (n == graph->n_edges)
                return;
        graph->n_edges = n;
        group_edges(graph, DOWN);
}

void graph_init(Graph *graph, uint32_t n_nodes, const Edge *edges, uint32_t n_edges)
{
        *graph = (Graph){.n_nodes = n_nodes, .n_edges = n_edges, .edges = g_new(Edge, MAX(n_edges, 1))};
        if (n_edges > 0)
                memcpy(graph->edges, edges, n_edges * sizeof(*edges));
        group_edges(graph, DOWN);
        merge_doubles(graph);
        group_edges(graph, UP);
}

void graph_done(Graph *graph)
{
        for (int direction = 0; direction < DIRECTION_N_; direction++) {
                g_clear_pointer(&graph->first[direction], g_free);
                g_clear_pointer(&graph->list[direction], g_free);
        }
        g_clear_pointer(&graph->edges, g_free);
        graph->n_nodes = graph->n_edges = 0;
}
