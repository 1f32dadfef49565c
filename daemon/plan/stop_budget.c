/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stop_budget.h"

#include <inttypes.h>

#include "trail.h"

static uint64_t own_stop(const Planning *planning, uint32_t node)
{
        const Definition *definition;

        if (plan_is_barrier(planning->plan, node))
                return 0;
        definition = planning->components[node];
        return definition_takes_time_to_stop(definition) ? definition->life->timeout_stop : 0;
}

/* RET_HEAVIEST, by node: µs of the heaviest chain from it down; *RET_NEXT, by node and if not NULL: the edge it goes on
 * by, or UINT32_MAX. Without WANTED_ONLY whatever may ever run counts. */
static void measure(const Planning *planning, bool wanted_only, uint64_t *ret_heaviest, uint32_t *ret_next)
{
        const Plan *plan = planning->plan;

        for (uint32_t i = 0; i < plan->graph.n_nodes; i++) {
                uint32_t node = planning->providers_first[i], n_down;
                const uint32_t *down = graph_edges(&plan->graph, node, DOWN, &n_down);
                uint64_t own = wanted_only && !plan->nodes[node].is_wanted ? 0 : own_stop(planning, node), below = 0;

                if (ret_next)
                        ret_next[node] = UINT32_MAX;
                for (uint32_t j = 0; j < n_down; j++) {
                        uint32_t to = plan->graph.edges[down[j]].to;

                        if (plan->is_cut[down[j]] || (wanted_only && !plan->nodes[to].is_wanted) ||
                            ret_heaviest[to] <= below)
                                continue;
                        below = ret_heaviest[to];
                        if (ret_next)
                                ret_next[node] = down[j];
                }
                ret_heaviest[node] = own > UINT64_MAX - below ? UINT64_MAX : own + below;
        }
}

void stop_budget_measure(Planning *planning)
{
        uint32_t n = planning->plan->graph.n_nodes;
        g_autofree uint64_t *heaviest = g_new0(uint64_t, MAX(n, 1));

        measure(planning, false, heaviest, NULL);
        for (uint32_t node = 0; node < n; node++)
                planning->plan->nodes[node].heaviest_stop = heaviest[node];
}

static char *format_seconds(uint64_t usec)
{
        uint64_t milliseconds = usec / 1000 % 1000;

        if (usec == UINT64_MAX)
                return g_strdup("for ever");
        if (milliseconds == 0)
                return g_strdup_printf("%" PRIu64 " s", usec / G_USEC_PER_SEC);
        return g_strdup_printf("%" PRIu64 ".%03" PRIu64 " s", usec / G_USEC_PER_SEC, milliseconds);
}

static void add_path(const Planning *planning, Diag *diag, uint32_t head, const uint32_t *next)
{
        enum { ENDS = 4 };
        const Edge *edges = planning->plan->graph.edges;
        uint32_t length = 0, i = 0, node = head;

        for (; next[node] != UINT32_MAX; node = edges[next[node]].to)
                length++;
        for (node = head; next[node] != UINT32_MAX; node = edges[next[node]].to, i++) {
                bool is_left_out = length > 2 * ENDS && i >= ENDS && i < length - ENDS;

                if (!is_left_out)
                        trail_add_edge(planning, diag, &edges[next[node]]);
                else if (i == ENDS)
                        trail_add_gap(diag);
        }
        if (length > 0)
                trail_add_end(planning, diag, node, origin_at(NULL, 0));
}

void stop_budget_check(Planning *planning)
{
        const Plan *plan = planning->plan;
        uint64_t budget = planning->options->stop_budget;
        size_t n = MAX(plan->graph.n_nodes, 1);
        g_autofree uint64_t *heaviest = g_new0(uint64_t, n);
        g_autofree uint32_t *next = g_new(uint32_t, n);
        g_autofree char *needed = NULL, *given = NULL;
        const Definition *definition;
        uint32_t head = UINT32_MAX;
        Diag *diag;

        if (budget == 0 || budget == UINT64_MAX || !planning->providers_first)
                return;
        measure(planning, true, heaviest, next);
        for (uint32_t i = 0; i < plan->n_components; i++)
                if (plan->nodes[i].is_wanted &&
                    (head == UINT32_MAX || heaviest[i] > heaviest[head] ||
                     (heaviest[i] == heaviest[head] && planning->name_rank[i] < planning->name_rank[head])))
                        head = i;
        if (head == UINT32_MAX || heaviest[head] <= budget)
                return;

        needed = format_seconds(heaviest[head]);
        given = format_seconds(budget);
        definition = planning->components[head];
        diag = diag_add(planning->diags, SEVERITY_WARNING, DIAG_BUDGET_SHORT, definition->origin,
                        "stopping '%s' and all it depends on may take %s, and StopBudgetSec= is %s", definition->name,
                        needed, given);
        diag_set_component(diag, definition->name, definition->module->name);
        add_path(planning, diag, head, next);
        diag_set_hint(
                diag,
                "raise StopBudgetSec= (and the service's TimeoutStopSec=), or lower TimeoutStopSec= along this chain; "
                "else each gets its share");
}
