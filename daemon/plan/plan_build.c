/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <assert.h>

#include "circle.h"
#include "cycle.h"
#include "unresolved.h"
#include "lookup.h"
#include "module.h"
#include "order.h"
#include "planning.h"
#include "resolve.h"
#include "rule.h"
#include "stop_budget.h"

typedef struct Ranked {
        int priority;
        uint32_t component;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
        const Ranked *one = a, *other = b;

        if (one->priority != other->priority)
                return one->priority < other->priority ? -1 : 1;
        return (one->component > other->component) - (one->component < other->component);
}

/* §54: (priority, canonical order). Barriers come before all: they take no slot and let others through. */
static void set_ranks(Planning *planning)
{
        Plan *plan = planning->plan;
        g_autofree Ranked *ranked = g_new(Ranked, MAX(plan->n_components, 1));

        for (uint32_t i = 0; i < plan->n_components; i++)
                ranked[i] = (Ranked){.priority = planning->components[i]->priority, .component = i};
        if (plan->n_components > 0)
                qsort(ranked, plan->n_components, sizeof(*ranked), compare_ranked);
        for (uint32_t i = 0; i < plan->n_components; i++)
                plan->nodes[ranked[i].component].rank = plan->n_modules + i;
        for (uint32_t i = 0; i < plan->n_modules; i++)
                plan->nodes[plan->n_components + i].rank = i;
}

/* §56. A scoped component is not started now, but what it cannot do without is pulled for when it is. */
static void find_wanted(Planning *planning)
{
        Plan *plan = planning->plan;
        g_autofree uint32_t *queue = g_new(uint32_t, MAX(plan->n_components, 1));
        g_autofree bool *is_seen = g_new0(bool, MAX(plan->n_components, 1));
        uint32_t head = 0, tail = 0;

        for (uint32_t i = 0; i < plan->n_modules; i++)
                plan->nodes[plan->n_components + i].is_wanted = true;
        for (uint32_t i = 0; i < plan->n_components; i++)
                if (planning_is_eager(planning, i)) {
                        is_seen[i] = true;
                        queue[tail++] = i;
                }
        while (head < tail) {
                uint32_t node = queue[head++], n_down;
                const uint32_t *down = graph_edges(&plan->graph, node, DOWN, &n_down);

                if (planning->components[node]->scope == SCOPE_SINGLETON) {
                        plan->nodes[node].is_wanted = true;
                        plan->n_wanted++;
                }
                for (uint32_t i = 0; i < n_down; i++) {
                        const Edge *edge = &plan->graph.edges[down[i]];

                        if (edge->kind != EDGE_REQUIRES || is_seen[edge->to])
                                continue;
                        is_seen[edge->to] = true;
                        queue[tail++] = edge->to;
                }
        }
}

/* Only what is wanted has a place in the order of the start; an optional edge to what will not run does not delay. */
static void set_order(Plan *plan)
{
        size_t n = MAX(plan->graph.n_nodes, 1);
        g_autofree bool *is_member = g_new0(bool, n);
        g_autofree uint32_t *rank = g_new(uint32_t, n);
        uint32_t n_ordered;

        plan->order = g_new(uint32_t, n);
        for (uint32_t node = 0; node < plan->graph.n_nodes; node++) {
                is_member[node] = plan->nodes[node].is_wanted;
                rank[node] = plan->nodes[node].rank;
        }
        n_ordered = order_smallest(&plan->graph, plan->is_cut, is_member, rank, plan->order);
        for (uint32_t node = 0; node < plan->graph.n_nodes; node++)
                is_member[node] = !is_member[node];
        n_ordered += order_smallest(&plan->graph, plan->is_cut, is_member, rank, plan->order + n_ordered);
        assert(n_ordered == plan->graph.n_nodes);
}

/* Leaves providers_first NULL where an error left a circle. */
static void set_providers_first(Planning *planning)
{
        g_auto(CircleSet) sets = {0};

        circle_set_init(&sets, &planning->plan->graph, planning->plan->is_cut);
        if (sets.n_sets == planning->plan->graph.n_nodes)
                planning->providers_first = g_steal_pointer(&sets.nodes);
}

int plan_build(Registry *registry, const PlanOptions *options, Plan **ret, DiagList *diags)
{
        g_autoptr(Plan) plan = g_new0(Plan, 1);
        Planning planning;

        plan->n_references = 1;
        plan->registry = registry;
        planning_init(&planning, plan, options, diags);

        lookup_aliases(&planning);
        resolve_refs(&planning);
        module_add_barriers(&planning);
        graph_init(&plan->graph, plan->n_components + plan->n_modules, (const Edge *) (void *) planning.edges->data,
                   planning.edges->len);

        unresolved_report_all(&planning);
        cycle_check(&planning);
        find_wanted(&planning);
        set_ranks(&planning);
        set_providers_first(&planning);
        if (planning.providers_first)
                stop_budget_measure(&planning);
        rule_check_all(&planning);
        planning_done(&planning);

        if (options->strict)
                diag_list_promote_warnings(diags);
        if (diag_list_count(diags, SEVERITY_ERROR) > 0)
                return -EBADMSG;
        plan->n_warnings = diag_list_count(diags, SEVERITY_WARNING);
        set_order(plan);
        *ret = g_steal_pointer(&plan);
        return 0;
}
