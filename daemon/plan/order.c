/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "order.h"

typedef struct Heap {
        uint32_t *nodes;
        uint32_t n;
        const uint32_t *rank;
} Heap;

static void heap_add(Heap *heap, uint32_t node)
{
        uint32_t i = heap->n++;

        while (i > 0 && heap->rank[heap->nodes[(i - 1) / 2]] > heap->rank[node]) {
                heap->nodes[i] = heap->nodes[(i - 1) / 2];
                i = (i - 1) / 2;
        }
        heap->nodes[i] = node;
}

static uint32_t heap_take(Heap *heap)
{
        uint32_t taken = heap->nodes[0], last = heap->nodes[--heap->n], i = 0;

        while (2 * i + 1 < heap->n) {
                uint32_t child = 2 * i + 1;

                if (child + 1 < heap->n && heap->rank[heap->nodes[child + 1]] < heap->rank[heap->nodes[child]])
                        child++;
                if (heap->rank[heap->nodes[child]] >= heap->rank[last])
                        break;
                heap->nodes[i] = heap->nodes[child];
                i = child;
        }
        heap->nodes[i] = last;
        return taken;
}

uint32_t order_smallest(const Graph *graph, const bool *is_cut, const bool *is_member, const uint32_t *rank,
                        uint32_t *ret_order)
{
        g_autofree uint32_t *pending = g_new0(uint32_t, MAX(graph->n_nodes, 1));
        g_autofree uint32_t *memory = g_new(uint32_t, MAX(graph->n_nodes, 1));
        Heap heap = {.nodes = memory, .rank = rank};
        uint32_t n = 0;

        for (uint32_t i = 0; i < graph->n_edges; i++)
                if (!(is_cut && is_cut[i]) && is_member[graph->edges[i].to])
                        pending[graph->edges[i].from]++;
        for (uint32_t node = 0; node < graph->n_nodes; node++)
                if (is_member[node] && pending[node] == 0)
                        heap_add(&heap, node);

        while (heap.n > 0) {
                uint32_t node = heap_take(&heap), n_up;
                const uint32_t *up = graph_edges(graph, node, UP, &n_up);

                ret_order[n++] = node;
                for (uint32_t i = 0; i < n_up; i++) {
                        uint32_t from = graph->edges[up[i]].from;

                        if (is_member[from] && !(is_cut && is_cut[up[i]]) && --pending[from] == 0)
                                heap_add(&heap, from);
                }
        }
        return n;
}
