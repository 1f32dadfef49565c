/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cycle.h"

#include "circle.h"
#include "trail.h"

enum {
        NOTICE_BUDGET = 4 * 1000 * 1000, /* edges that all searches for the way around a cut edge may visit */
        STEPS_BUDGET = 50 * 1000,        /* steps that their paths may have together */
};

static void add_cycle_steps(const Planning *planning, Diag *diag, const GArray *cycle)
{
        const Edge *edges = planning->plan->graph.edges;

        for (guint i = 0; i < cycle->len; i++)
                trail_add_edge(planning, diag, &edges[g_array_index(cycle, uint32_t, i)]);
        trail_add_end(planning, diag, edges[g_array_index(cycle, uint32_t, 0)].from, origin_at(NULL, 0));
}

/* the edge that is easiest to do without. Barriers are not written by hand; the ref against them is. */
static const Edge *weakest_edge(const Planning *planning, const GArray *cycle)
{
        static const int weakness[EDGE_N_] = {[EDGE_REQUIRES] = 1, [EDGE_WANTS] = 2, [EDGE_AFTER] = 3};
        const Edge *weakest = NULL;

        for (guint i = 0; i < cycle->len; i++) {
                const Edge *edge = &planning->plan->graph.edges[g_array_index(cycle, uint32_t, i)];

                if (!weakest || weakness[edge->kind] >= weakness[weakest->kind])
                        weakest = edge;
        }
        return weakest;
}

static void set_hint(const Planning *planning, Diag *diag, const GArray *cycle)
{
        const Edge *edge = weakest_edge(planning, cycle);
        const char *from = plan_node_name(planning->plan, edge->from), *to = plan_node_name(planning->plan, edge->to);
        const char *key = edge->key ? edge->key : to;

        if (edge->kind == EDGE_AFTER)
                diag_set_hint(diag, "the weakest edge is '%s' after '%s': it only orders; drop After=%s", from, to,
                              key);
        else if (edge->kind == EDGE_WANTS)
                diag_set_hint(
                        diag,
                        "the weakest edge is '%s' wants '%s': make it dynamic with Resolves=%s in place of Wants=%s",
                        from, to, key, key);
        else
                diag_set_hint(diag,
                              "the weakest edge is '%s' requires '%s': with Resolves=%s it is looked up while '%s' "
                              "runs and does "
                              "not order",
                              from, to, key, from);
}

/* The way in from an eager root, unless the cycle holds one. */
static void add_lead(Planning *planning, Diag *diag, const GArray *cycle)
{
        g_autoptr(GHashTable) nodes = g_hash_table_new(NULL, NULL); /* of components, + 1 */
        uint32_t entry = UINT32_MAX;

        for (guint i = 0; i < cycle->len; i++) {
                uint32_t node = planning->plan->graph.edges[g_array_index(cycle, uint32_t, i)].from;

                if (plan_is_barrier(planning->plan, node))
                        continue;
                if (planning_is_eager(planning, node))
                        return;
                g_hash_table_add(nodes, GUINT_TO_POINTER(node + 1));
                entry = MIN(entry, node);
        }
        if (entry == UINT32_MAX || !planning_is_reached(planning, entry))
                return;
        for (uint32_t node = entry; planning->reached_by[node] != node;) {
                node = planning->reached_by[node];
                if (g_hash_table_contains(nodes, GUINT_TO_POINTER(node + 1)))
                        entry = node;
        }
        planning_add_lead(planning, diag, entry);
}

/* §40 */
static bool is_of_group(const Planning *planning, const Edge *edge)
{
        return edge->key && !plan_is_barrier(planning->plan, edge->to) &&
               wiring_find_contribution(planning->components[edge->to]->wiring, edge->key);
}

static void report(Planning *planning, const GArray *cycle, bool is_mixed)
{
        const Edge *first = &planning->plan->graph.edges[g_array_index(cycle, uint32_t, 0)];
        const char *name = plan_node_name(planning->plan, first->from);
        Diag *diag;

        if (is_mixed)
                diag = diag_error(planning->diags, DIAG_MODULE_CYCLE, first->origin,
                                  "modules and components wait for each other: a ref goes against [Module] Requires=");
        else if (cycle->len == 1)
                diag = diag_error(planning->diags, DIAG_CYCLE, first->origin, "'%s' depends on itself", name);
        else
                diag = diag_error(planning->diags, DIAG_CYCLE, first->origin, "dependency cycle of %u components",
                                  cycle->len);
        for (guint i = 0; i < cycle->len; i++) {
                uint32_t node = planning->plan->graph.edges[g_array_index(cycle, uint32_t, i)].from;

                if (plan_is_barrier(planning->plan, node))
                        continue;
                diag_set_component(diag, plan_node_name(planning->plan, node),
                                   planning->components[node]->module->name);
                break;
        }
        add_cycle_steps(planning, diag, cycle);
        if (cycle->len == 1 && is_of_group(planning, first))
                diag_set_hint(diag,
                              "'%s' contributes to '%s' itself: write [Reference %s/%s] with ExcludeSelf=yes in place "
                              "of the word",
                              name, first->key, name, first->key);
        else if (cycle->len == 1)
                diag_set_hint(diag, "drop the reference: '%s' has itself at hand", name);
        else
                set_hint(planning, diag, cycle);
        add_lead(planning, diag, cycle);
}

/* Reports the circles of what IS_CUT leaves, and cuts them, so that the next, wider look does not find them again. */
static void report_circles(Planning *planning, bool *is_cut, bool is_mixed)
{
        const Graph *graph = &planning->plan->graph;
        g_auto(CircleSet) circles = {0};

        circle_set_init(&circles, graph, is_cut);
        for (uint32_t i = 0; i < circles.n_sets; i++)
                if (circles.is_circle[i]) {
                        g_autoptr(GArray) cycle =
                                circle_shortest(graph, is_cut, circles.nodes + circles.first[i],
                                                circles.first[i + 1] - circles.first[i], planning->name_rank);

                        report(planning, cycle, is_mixed);
                }
        for (uint32_t i = 0; i < graph->n_edges; i++)
                if (circle_set_has(&circles, &graph->edges[i]))
                        is_cut[i] = true;
}

/* Shortest ways back, from where a cut edge leads to where it begins. */
typedef struct Around {
        uint32_t *came_by; /* by node: an edge */
        uint32_t *seen;    /* by node: the search that saw it */
        uint32_t *queue;
        uint32_t n_searches;
        uint32_t budget, steps;
} Around;

/* The cycle that begins with edge CUT, or NULL when the budgets are spent. */
static GArray *find_around(Around *around, const Graph *graph, const CircleSet *circles, const bool *is_out,
                           uint32_t cut)
{
        uint32_t begin = graph->edges[cut].to, end = graph->edges[cut].from, head = 0, tail = 0;
        uint32_t search = ++around->n_searches;
        GArray *cycle;

        around->seen[begin] = search;
        around->queue[tail++] = begin;
        while (head < tail && around->seen[end] != search && around->budget > 0) {
                uint32_t node = around->queue[head++], n_down;
                const uint32_t *down = graph_edges(graph, node, DOWN, &n_down);

                for (uint32_t i = 0; i < n_down && around->budget > 0; i++) {
                        const Edge *edge = &graph->edges[down[i]];

                        around->budget--;
                        if (is_out[down[i]] || !circle_set_has(circles, edge) || around->seen[edge->to] == search)
                                continue;
                        around->seen[edge->to] = search;
                        around->came_by[edge->to] = down[i];
                        around->queue[tail++] = edge->to;
                }
        }
        if (around->seen[end] != search)
                return NULL;

        cycle = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (uint32_t node = end; node != begin; node = graph->edges[around->came_by[node]].from)
                g_array_append_val(cycle, around->came_by[node]);
        g_array_append_val(cycle, cut);
        if (cycle->len > around->steps) {
                g_array_unref(cycle);
                return NULL;
        }
        around->steps -= cycle->len;
        for (guint i = 0; i < cycle->len / 2; i++) {
                uint32_t *one = &g_array_index(cycle, uint32_t, i),
                         *other = &g_array_index(cycle, uint32_t, cycle->len - 1 - i);
                uint32_t kept = *one;

                *one = *other;
                *other = kept;
        }
        return cycle;
}

static void report_cut(Planning *planning, uint32_t cut, const GArray *cycle)
{
        const Edge *edge = &planning->plan->graph.edges[cut];
        const Definition *from = planning->components[edge->from];
        Diag *diag =
                diag_add(planning->diags, SEVERITY_NOTICE, DIAG_CYCLE_BROKEN, edge->origin,
                         "'%s' resolves '%s' would close a cycle: it does not order, and is bound when both are ready",
                         from->name, plan_node_name(planning->plan, edge->to));

        diag_set_component(diag, from->name, from->module->name);
        diag_set_key(diag, edge->key, NULL);
        if (cycle)
                add_cycle_steps(planning, diag, cycle);
}

/* §41. Which weak edge of several in one circle goes would be an accident, so none of them orders. */
static void cut_weak_edges(Planning *planning, const bool *is_out)
{
        const Graph *graph = &planning->plan->graph;
        g_autofree uint32_t *memory = g_new0(uint32_t, 3 * (size_t) MAX(graph->n_nodes, 1));
        Around around = {
                .came_by = memory,
                .seen = memory + graph->n_nodes,
                .queue = memory + 2 * (size_t) graph->n_nodes,
                .budget = NOTICE_BUDGET,
                .steps = STEPS_BUDGET,
        };
        g_auto(CircleSet) circles = {0};

        circle_set_init(&circles, graph, is_out);
        for (uint32_t i = 0; i < graph->n_edges; i++)
                if (graph->edges[i].kind == EDGE_WEAK && circle_set_has(&circles, &graph->edges[i])) {
                        g_autoptr(GArray) cycle = find_around(&around, graph, &circles, is_out, i);

                        planning->plan->is_cut[i] = true;
                        report_cut(planning, i, cycle);
                }
}

void cycle_check(Planning *planning)
{
        Plan *plan = planning->plan;
        const Graph *graph = &plan->graph;
        g_autofree bool *is_cut = g_new0(bool, MAX(graph->n_edges, 1)), *is_out = g_new0(bool, MAX(graph->n_edges, 1));

        plan->is_cut = g_new0(bool, MAX(graph->n_edges, 1));
        for (uint32_t i = 0; i < graph->n_edges; i++)
                is_cut[i] = graph->edges[i].kind == EDGE_WEAK || graph->edges[i].kind == EDGE_MODULE;
        report_circles(planning, is_cut, false);

        for (uint32_t i = 0; i < graph->n_edges; i++)
                if (graph->edges[i].kind == EDGE_MODULE)
                        is_cut[i] = false;
        report_circles(planning, is_cut, true);

        for (uint32_t i = 0; i < graph->n_edges; i++)
                is_out[i] = is_cut[i] && graph->edges[i].kind != EDGE_WEAK;
        cut_weak_edges(planning, is_out);
}
