/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "graph_marks.h"

#include "critical.h"

static void mark_states(GraphMarks *marks, const Container *container)
{
        const Plan *plan = container_plan(container);

        for (uint32_t node = 0; node < plan->n_components; node++) {
                const Instance *instance = container_instance(container, node);

                marks->states[node] = state_names[instance->state];
                marks->is_blocked[node] = instance->state == STATE_BLOCKED;
                marks->is_root_cause[node] =
                        instance->state == STATE_FAILED || (instance->state == STATE_BACKOFF && instance->is_down);
        }
}

/* A component that was stopped after a failed start has not failed, but it was on the path. */
static void mark_path(GraphMarks *marks, const Plan *plan, const Metrics *metrics)
{
        g_autofree StartRecord *starts = metrics_starts(metrics);
        g_autoptr(GArray) path = critical_path(plan, starts, critical_last(plan, starts), marks->is_critical_edge);

        for (guint i = 0; i < path->len; i++) {
                const CriticalStep *step = &g_array_index(path, CriticalStep, i);

                marks->is_critical[step->node] = true;
                if (step->reason == STEP_SLOT)
                        marks->slot_of[step->node] = starts[step->node].freed_by;
        }
        for (uint32_t i = 0; i < plan->graph.n_edges; i++)
                if (marks->is_critical_edge[i])
                        marks->is_critical[plan->graph.edges[i].to] = true;
}

void graph_marks_init(GraphMarks *marks, const Container *container, const Metrics *metrics)
{
        const Plan *plan = container_plan(container);
        size_t n_nodes = MAX(plan->graph.n_nodes, 1);

        *marks = (GraphMarks){
                .states = g_new0(const char *, n_nodes),
                .is_root_cause = g_new0(bool, n_nodes),
                .is_blocked = g_new0(bool, n_nodes),
                .is_critical = g_new0(bool, n_nodes),
                .is_critical_edge = g_new0(bool, MAX(plan->graph.n_edges, 1)),
                .slot_of = g_new(uint32_t, n_nodes),
        };
        for (uint32_t node = 0; node < plan->n_components; node++)
                marks->slot_of[node] = UINT32_MAX;
        mark_states(marks, container);
        mark_path(marks, plan, metrics);
}

void graph_marks_done(GraphMarks *marks)
{
        g_clear_pointer(&marks->states, g_free);
        g_clear_pointer(&marks->is_root_cause, g_free);
        g_clear_pointer(&marks->is_blocked, g_free);
        g_clear_pointer(&marks->is_critical, g_free);
        g_clear_pointer(&marks->is_critical_edge, g_free);
        g_clear_pointer(&marks->slot_of, g_free);
}
