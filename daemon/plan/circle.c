/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "circle.h"

#include <string.h>

enum { NONE = UINT32_MAX };

/* Edges that a search for a shortest circle may visit, so that a ring of ten thousand costs milliseconds. */
enum { SEARCH_BUDGET = 5 * 1000 * 1000 };

typedef struct Tarjan {
        uint32_t *index, *low;   /* by node; index 0: not seen yet */
        uint32_t *stack, *calls; /* nodes */
        uint32_t *next_edge;     /* by node: how many of its edges were followed */
        uint32_t n_stack, n_calls, n_seen, n_circles;
} Tarjan;

static void tarjan_enter(Tarjan *tarjan, uint32_t node)
{
        tarjan->index[node] = tarjan->low[node] = ++tarjan->n_seen;
        tarjan->stack[tarjan->n_stack++] = node;
        tarjan->calls[tarjan->n_calls++] = node;
}

static void tarjan_leave(Tarjan *tarjan, uint32_t node, uint32_t *circle)
{
        tarjan->n_calls--;
        if (tarjan->n_calls > 0) {
                uint32_t caller = tarjan->calls[tarjan->n_calls - 1];

                tarjan->low[caller] = MIN(tarjan->low[caller], tarjan->low[node]);
        }
        if (tarjan->low[node] != tarjan->index[node])
                return;
        do
                circle[tarjan->stack[--tarjan->n_stack]] = tarjan->n_circles;
        while (tarjan->stack[tarjan->n_stack] != node);
        tarjan->n_circles++;
}

static uint32_t mark(const Graph *graph, const bool *is_cut, uint32_t *ret_circle)
{
        size_t n = MAX(graph->n_nodes, 1);
        g_autofree uint32_t *memory = g_new0(uint32_t, 5 * n);
        Tarjan tarjan = {
                .index = memory,
                .low = memory + n,
                .stack = memory + 2 * n,
                .calls = memory + 3 * n,
                .next_edge = memory + 4 * n,
        };

        for (uint32_t node = 0; node < graph->n_nodes; node++)
                ret_circle[node] = NONE;
        for (uint32_t root = 0; root < graph->n_nodes; root++) {
                if (tarjan.index[root] != 0)
                        continue;
                tarjan_enter(&tarjan, root);
                while (tarjan.n_calls > 0) {
                        uint32_t node = tarjan.calls[tarjan.n_calls - 1], n_edges, edge, to;
                        const uint32_t *edges = graph_edges(graph, node, DOWN, &n_edges);

                        if (tarjan.next_edge[node] == n_edges) {
                                tarjan_leave(&tarjan, node, ret_circle);
                                continue;
                        }
                        edge = edges[tarjan.next_edge[node]++];
                        to = graph->edges[edge].to;
                        if (is_cut && is_cut[edge])
                                continue;
                        if (tarjan.index[to] == 0)
                                tarjan_enter(&tarjan, to);
                        else if (ret_circle[to] == NONE)
                                tarjan.low[node] = MIN(tarjan.low[node], tarjan.index[to]);
                }
        }
        return tarjan.n_circles;
}

void circle_set_init(CircleSet *set, const Graph *graph, const bool *is_cut)
{
        uint32_t n = graph->n_nodes, *next;

        *set = (CircleSet){.of = g_new(uint32_t, MAX(n, 1)), .nodes = g_new(uint32_t, MAX(n, 1))};
        set->n_sets = mark(graph, is_cut, set->of);
        set->first = g_new0(uint32_t, (size_t) set->n_sets + 2);
        set->is_circle = g_new0(bool, MAX(set->n_sets, 1));

        next = set->first + 1; /* counted one place up, so that placing leaves the offsets where they belong */
        for (uint32_t node = 0; node < n; node++)
                if (set->of[node] + 1 < set->n_sets)
                        next[set->of[node] + 1]++;
        for (uint32_t i = 1; i < set->n_sets; i++)
                next[i] += next[i - 1];
        for (uint32_t node = 0; node < n; node++)
                set->nodes[next[set->of[node]]++] = node;
        for (uint32_t i = 0; i < graph->n_edges; i++)
                if (circle_set_has(set, &graph->edges[i]) && !(is_cut && is_cut[i]))
                        set->is_circle[set->of[graph->edges[i].from]] = true;
}

void circle_set_done(CircleSet *set)
{
        g_clear_pointer(&set->of, g_free);
        g_clear_pointer(&set->first, g_free);
        g_clear_pointer(&set->nodes, g_free);
        g_clear_pointer(&set->is_circle, g_free);
}

/* A circle's nodes in the order of their names, and its edges grouped by node, targets in the order of their names. */
typedef struct Circle {
        uint32_t n_nodes;
        uint32_t *nodes; /* local index -> node */
        uint32_t *first, *target, *edge;
} Circle;

static int compare_rank(const void *a, const void *b, void *userdata)
{
        const uint32_t *rank = userdata, *one = a, *other = b;

        return (rank[*one] > rank[*other]) - (rank[*one] < rank[*other]);
}

static void circle_init(Circle *circle, const Graph *graph, const bool *is_cut, const uint32_t *nodes, uint32_t n_nodes,
                        const uint32_t *name_rank)
{
        g_autoptr(GHashTable) local = g_hash_table_new(NULL, NULL); /* node + 1 -> local index */
        g_autofree uint32_t *next = g_new(uint32_t, (size_t) n_nodes + 1);
        uint32_t n_edges = 0;

        *circle = (Circle){.n_nodes = n_nodes, .first = g_new0(uint32_t, (size_t) n_nodes + 1)};
        circle->nodes = g_memdup2(nodes, n_nodes * sizeof(*nodes));
        g_qsort_with_data(circle->nodes, (int) n_nodes, sizeof(*nodes), compare_rank, (void *) name_rank);
        for (uint32_t i = 0; i < n_nodes; i++)
                g_hash_table_insert(local, GUINT_TO_POINTER(circle->nodes[i] + 1), GUINT_TO_POINTER(i));

        /* Twice over the edges that come in, targets by name: first to count, then to place. */
        for (int pass = 0; pass < 2; pass++) {
                for (uint32_t i = 0; i < n_nodes; i++) {
                        uint32_t n_up;
                        const uint32_t *up = graph_edges(graph, circle->nodes[i], UP, &n_up);

                        for (uint32_t j = 0; j < n_up; j++) {
                                void *from;

                                if ((is_cut && is_cut[up[j]]) ||
                                    !g_hash_table_lookup_extended(local, GUINT_TO_POINTER(graph->edges[up[j]].from + 1),
                                                                  NULL, &from))
                                        continue;
                                if (pass == 0) {
                                        circle->first[GPOINTER_TO_UINT(from) + 1]++;
                                        n_edges++;
                                } else {
                                        uint32_t place = next[GPOINTER_TO_UINT(from)]++;

                                        circle->target[place] = i;
                                        circle->edge[place] = up[j];
                                }
                        }
                }
                if (pass == 1)
                        break;
                for (uint32_t i = 0; i < n_nodes; i++)
                        circle->first[i + 1] += circle->first[i];
                memcpy(next, circle->first, ((size_t) n_nodes + 1) * sizeof(*next));
                circle->target = g_new(uint32_t, MAX(n_edges, 1));
                circle->edge = g_new(uint32_t, MAX(n_edges, 1));
        }
}

static void circle_done(Circle *circle)
{
        g_free(circle->nodes);
        g_free(circle->first);
        g_free(circle->target);
        g_free(circle->edge);
}

typedef struct Search {
        uint32_t *came_by; /* by local node: place of the edge it was reached by */
        uint32_t *came_from;
        uint32_t *depth;
        uint32_t *seen; /* by local node: the start of the search that saw it last, + 1 */
        uint32_t *queue;
        uint64_t budget;
} Search;

/* Breadth first from START back to START in fewer than LIMIT edges. Returns the place of the closing edge, or NONE. */
static uint32_t search_from(Search *search, const Circle *circle, uint32_t start, uint32_t limit)
{
        uint32_t head = 0, tail = 0;

        search->seen[start] = start + 1;
        search->depth[start] = 0;
        search->queue[tail++] = start;
        while (head < tail) {
                uint32_t node = search->queue[head++];

                if (search->depth[node] + 1 >= limit)
                        return NONE;
                for (uint32_t place = circle->first[node]; place < circle->first[node + 1]; place++) {
                        uint32_t to = circle->target[place];

                        search->budget -= search->budget > 0;
                        if (to == start) {
                                search->came_from[start] = node;
                                return place;
                        }
                        if (search->seen[to] == start + 1)
                                continue;
                        search->seen[to] = start + 1;
                        search->depth[to] = search->depth[node] + 1;
                        search->came_by[to] = place;
                        search->came_from[to] = node;
                        search->queue[tail++] = to;
                }
        }
        return NONE;
}

static GArray *collect_cycle(const Search *search, const Circle *circle, uint32_t start, uint32_t closing)
{
        uint32_t length = search->depth[search->came_from[start]] + 1, node = search->came_from[start];
        GArray *cycle = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), length);

        g_array_set_size(cycle, length);
        g_array_index(cycle, uint32_t, length - 1) = circle->edge[closing];
        for (uint32_t i = length - 1; i > 0; i--) {
                g_array_index(cycle, uint32_t, i - 1) = circle->edge[search->came_by[node]];
                node = search->came_from[node];
        }
        return cycle;
}

/* Turns CYCLE so that it begins at its node of smallest name. */
static GArray *rotate_cycle(const Graph *graph, GArray *cycle, const uint32_t *name_rank)
{
        GArray *turned = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), cycle->len);
        guint begin = 0;

        for (guint i = 1; i < cycle->len; i++)
                if (name_rank[graph->edges[g_array_index(cycle, uint32_t, i)].from] <
                    name_rank[graph->edges[g_array_index(cycle, uint32_t, begin)].from])
                        begin = i;
        for (guint i = 0; i < cycle->len; i++)
                g_array_append_val(turned, g_array_index(cycle, uint32_t, (begin + i) % cycle->len));
        g_array_unref(cycle);
        return turned;
}

GArray *circle_shortest(const Graph *graph, const bool *is_cut, const uint32_t *nodes, uint32_t n_nodes,
                        const uint32_t *name_rank)
{
        g_autofree uint32_t *memory = g_new0(uint32_t, 5 * (size_t) n_nodes);
        Search search = {
                .came_by = memory,
                .came_from = memory + n_nodes,
                .depth = memory + 2 * (size_t) n_nodes,
                .seen = memory + 3 * (size_t) n_nodes,
                .queue = memory + 4 * (size_t) n_nodes,
                .budget = SEARCH_BUDGET,
        };
        Circle circle;
        GArray *shortest = NULL;

        circle_init(&circle, graph, is_cut, nodes, n_nodes, name_rank);
        for (uint32_t start = 0; start < n_nodes && search.budget > 0; start++) {
                uint32_t closing = search_from(&search, &circle, start, shortest ? shortest->len : NONE);

                if (closing == NONE)
                        continue;
                if (shortest)
                        g_array_unref(shortest);
                shortest = collect_cycle(&search, &circle, start, closing);
                if (shortest->len == 1 || circle.first[n_nodes] == n_nodes) /* nothing shorter; nothing else */
                        break;
        }
        circle_done(&circle);
        return rotate_cycle(graph, shortest, name_rank);
}
