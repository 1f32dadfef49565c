/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "module.h"

#include <string.h>

#include "base/names.h"
#include "circle.h"

static const char *nearest_module(Planning *planning, const char *name)
{
        g_autofree const char **names = NULL;
        uint32_t n = planning->plan->n_modules;

        if (planning->guess_budget < n)
                return NULL;
        planning->guess_budget -= n;
        names = g_new(const char *, MAX(n, 1));
        for (uint32_t i = 0; i < n; i++)
                names[i] = planning->modules[i]->name;
        return name_nearest(names, n, name);
}

static void report_missing(Planning *planning, const Module *module, const ModuleRef *ref)
{
        const char *nearest;
        Diag *diag;

        diag = diag_error(planning->diags, DIAG_MODULE_MISSING, ref->origin,
                          "module '%s' requires module '%s', which is not there", module->name, ref->name);
        diag_set_component(diag, NULL, module->name);
        nearest = nearest_module(planning, ref->name);
        if (nearest && strcmp(nearest, module->name) != 0)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        else if (registry_find_component(planning->plan->registry, ref->name) >= 0)
                diag_set_hint(diag, "'%s' is a component; [Module] Requires= names modules", ref->name);
}

/* The graph of modules: node = module index. */
static void build_graph(Planning *planning, Graph *graph)
{
        g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Edge));

        for (uint32_t i = 0; i < planning->plan->n_modules; i++) {
                const Module *module = planning->modules[i];

                for (uint32_t j = 0; module->is_loaded && j < module->n_requires; j++) {
                        const ModuleRef *ref = &module->requires[j];
                        const Module *target = registry_find_module(planning->plan->registry, ref->name);
                        Edge edge = {.from = i, .kind = EDGE_MODULE, .origin = ref->origin};

                        if (!target || !target->is_loaded) {
                                report_missing(planning, module, ref);
                                continue;
                        }
                        edge.to = planning_module_index(planning, target);
                        g_array_append_val(edges, edge);
                }
        }
        graph_init(graph, planning->plan->n_modules, (const Edge *) (void *) edges->data, edges->len);
}

static void report_circle(Planning *planning, const Graph *graph, const uint32_t *nodes, uint32_t n_nodes,
                          const uint32_t *rank)
{
        g_autoptr(GArray) cycle = circle_shortest(graph, NULL, nodes, n_nodes, rank);
        const Edge *first = &graph->edges[g_array_index(cycle, uint32_t, 0)];
        const Edge *last = &graph->edges[g_array_index(cycle, uint32_t, cycle->len - 1)];
        const char *name = planning->modules[first->from]->name;
        Diag *diag = cycle->len == 1 ? diag_error(planning->diags, DIAG_MODULE_CYCLE, first->origin,
                                                  "module '%s' requires itself", name)
                                     : diag_error(planning->diags, DIAG_MODULE_CYCLE, first->origin,
                                                  "cycle of %u modules", cycle->len);

        diag_set_component(diag, NULL, name);
        for (guint i = 0; i < cycle->len; i++) {
                const Edge *edge = &graph->edges[g_array_index(cycle, uint32_t, i)];

                diag_add_step(diag, planning->modules[edge->from]->name, "requires", edge->origin);
        }
        diag_add_step(diag, name, NULL, origin_at(NULL, 0));
        diag_set_hint(diag, "drop Requires=%s from [Module] of '%s', or move what both need into a module of its own",
                      name, planning->modules[last->from]->name);
        planning->has_module_circle = true;
}

static void report_circles(Planning *planning, const Graph *graph, const CircleSet *circles)
{
        g_autofree uint32_t *rank = g_new(uint32_t, MAX(graph->n_nodes, 1));

        for (uint32_t i = 0; i < graph->n_nodes; i++)
                rank[i] = i; /* modules stand in the order of their names */
        for (uint32_t i = 0; i < circles->n_sets; i++)
                if (circles->is_circle[i])
                        report_circle(planning, graph, circles->nodes + circles->first[i],
                                      circles->first[i + 1] - circles->first[i], rank);
}

/* §80: nothing of a module starts before its start hooks are done, nor is left when its stop hooks run: all of it
 * requires what stands for them. */
static void require_hooks(Planning *planning)
{
        uint32_t n_components = planning->plan->n_components;
        g_autofree uint32_t *hooks = g_new(uint32_t, MAX(planning->plan->n_modules, 1)); /* by module: its hooks */

        memset(hooks, 0xff, sizeof(uint32_t) * MAX(planning->plan->n_modules, 1));
        for (uint32_t i = 0; i < n_components; i++)
                if (planning->components[i]->type == TYPE_MODULE)
                        hooks[planning->module_of[i]] = i;
        for (uint32_t i = 0; i < n_components; i++) {
                uint32_t to = hooks[planning->module_of[i]];

                if (to != UINT32_MAX && to != i && !planning->plan->nodes[i].is_skipped)
                        planning_add_edge(planning, i, to, EDGE_REQUIRES, planning->components[to]->origin, NULL);
        }
}

void module_add_barriers(Planning *planning)
{
        uint32_t n_components = planning->plan->n_components;
        g_autofree bool *is_awaited = g_new0(bool, MAX(planning->plan->n_modules, 1));
        g_auto(CircleSet) circles = {0};
        Graph graph;

        require_hooks(planning);
        build_graph(planning, &graph);
        circle_set_init(&circles, &graph, NULL);
        report_circles(planning, &graph, &circles);
        for (uint32_t i = 0; i < graph.n_edges; i++) {
                const Edge *edge = &graph.edges[i];

                if (circle_set_has(&circles, edge))
                        continue;
                is_awaited[edge->to] = true;
                planning_add_edge(planning, n_components + edge->from, n_components + edge->to, EDGE_MODULE,
                                  edge->origin, NULL);
        }
        for (uint32_t i = 0; i < n_components; i++) {
                uint32_t module = planning->module_of[i], n_down;
                const uint32_t *down = graph_edges(&graph, module, DOWN, &n_down);

                if (is_awaited[module] && planning_is_eager(planning, i))
                        planning_add_edge(planning, n_components + module, i, EDGE_MODULE,
                                          planning->components[i]->origin, NULL);
                if (planning->plan->nodes[i].is_skipped)
                        continue;
                for (uint32_t j = 0; j < n_down; j++) {
                        const Edge *edge = &graph.edges[down[j]];

                        if (!circle_set_has(&circles, edge))
                                planning_add_edge(planning, i, n_components + edge->to, EDGE_MODULE, edge->origin,
                                                  NULL);
                }
        }
        graph_done(&graph);
}
