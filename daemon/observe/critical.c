/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "critical.h"

#define NO_EDGE UINT32_MAX

const char *const step_reason_names[STEP_N_] = {
        [STEP_START] = "start",   [STEP_REQUIRES] = "requires", [STEP_WANTS] = "wants", [STEP_AFTER] = "after",
        [STEP_MODULE] = "module", [STEP_RESOLVES] = "resolves", [STEP_SLOT] = "slot",
};

static const StepReason reasons[EDGE_N_] = {
        [EDGE_REQUIRES] = STEP_REQUIRES, [EDGE_WANTS] = STEP_WANTS,   [EDGE_AFTER] = STEP_AFTER,
        [EDGE_MODULE] = STEP_MODULE,     [EDGE_WEAK] = STEP_RESOLVES,
};

typedef struct Walk {
        const Plan *plan;
        const StartRecord *starts;
        uint64_t *settled; /* by node, barriers too; 0: has not */
        uint32_t *latest;  /* by barrier: the edge to what it waited for last */
} Walk;

/* The latest of what NODE waits for that was there by LIMIT, and for a blocked one the latest that failed it. */
static uint32_t find_latest(const Walk *walk, uint32_t node, uint64_t limit, bool is_blocked)
{
        const Graph *graph = &walk->plan->graph;
        uint32_t n, best = NO_EDGE;
        const uint32_t *edges = graph_edges(graph, node, DOWN, &n);

        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &graph->edges[edges[i]], *other = &graph->edges[best == NO_EDGE ? edges[i] : best];
                uint64_t at = walk->settled[edge->to], other_at = walk->settled[other->to];

                if (walk->plan->is_cut[edges[i]] || at == 0 || at > limit)
                        continue;
                if (is_blocked && (edge->kind != EDGE_REQUIRES || walk->starts[edge->to].outcome == STATE_READY))
                        continue;
                if (best == NO_EDGE || at > other_at ||
                    (at == other_at &&
                     (edge->kind < other->kind || (edge->kind == other->kind && edge->to < other->to))))
                        best = edges[i];
        }
        return best;
}

static void walk_init(Walk *walk, const Plan *plan, const StartRecord *starts)
{
        *walk = (Walk){
                .plan = plan,
                .starts = starts,
                .settled = g_new0(uint64_t, MAX(plan->graph.n_nodes, 1)),
                .latest = g_new(uint32_t, MAX(plan->n_modules, 1)),
        };
        for (uint32_t node = 0; node < plan->n_components; node++)
                walk->settled[node] = starts[node].settled;
        for (uint32_t i = 0; i < plan->graph.n_nodes; i++) {
                uint32_t node = plan->order[i], edge;

                if (!plan_is_barrier(plan, node))
                        continue;
                edge = find_latest(walk, node, UINT64_MAX, false);
                walk->latest[node - plan->n_components] = edge;
                if (edge != NO_EDGE)
                        walk->settled[node] = walk->settled[plan->graph.edges[edge].to];
        }
}

static void walk_done(Walk *walk)
{
        g_clear_pointer(&walk->settled, g_free);
        g_clear_pointer(&walk->latest, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_done)

/* From EDGE through barriers to the component behind them. */
static uint32_t follow(const Walk *walk, uint32_t edge, bool *is_critical)
{
        for (;;) {
                uint32_t node = walk->plan->graph.edges[edge].to;

                if (is_critical)
                        is_critical[edge] = true;
                if (!plan_is_barrier(walk->plan, node))
                        return node;
                edge = walk->latest[node - walk->plan->n_components];
        }
}

/* Fills in what STEP, of which node and until are known, waited for; returns who that was, or RUN_NO_NODE. */
static uint32_t step_back(const Walk *walk, CriticalStep *step, bool *is_critical)
{
        const StartRecord *record = &walk->starts[step->node];
        uint64_t slot = record->timings.slot, requested = record->timings.requested;
        uint64_t limit = slot != 0 ? slot : record->settled;
        uint32_t edge = find_latest(walk, step->node, limit, slot == 0 && record->outcome == STATE_BLOCKED);

        step->edge = NO_EDGE;
        if (slot != 0 && record->freed_by != RUN_NO_NODE) {
                step->reason = STEP_SLOT;
                step->begin = slot;
                return record->freed_by;
        }
        if (edge != NO_EDGE && walk->settled[walk->plan->graph.edges[edge].to] > requested && requested != 0) {
                step->reason = reasons[walk->plan->graph.edges[edge].kind];
                step->begin = walk->settled[walk->plan->graph.edges[edge].to];
                step->edge = edge;
                return follow(walk, edge, is_critical);
        }
        step->reason = STEP_START;
        step->begin = requested != 0 ? MIN(requested, step->until) : step->until;
        return RUN_NO_NODE;
}

/* What never had a slot never ran: all it did was to be judged. */
static void split(CriticalStep *step, const Timings *timings)
{
        uint64_t slot = timings->slot != 0 ? CLAMP(timings->slot, step->begin, step->until) : step->begin;

        step->wait_slot = slot - step->begin;
        step->own = step->until - slot;
}

uint32_t critical_last(const Plan *plan, const StartRecord *starts)
{
        uint32_t last = RUN_NO_NODE;

        for (uint32_t node = 0; node < plan->n_components; node++)
                if (starts[node].settled > (last == RUN_NO_NODE ? 0 : starts[last].settled))
                        last = node;
        return last;
}

GArray *critical_path(const Plan *plan, const StartRecord *starts, uint32_t last, bool *is_critical)
{
        GArray *path = g_array_new(FALSE, FALSE, sizeof(CriticalStep));
        g_auto(Walk) walk = {0};
        uint64_t until;

        if (last == RUN_NO_NODE || starts[last].settled == 0)
                return path;
        walk_init(&walk, plan, starts);
        until = starts[last].settled;
        while (last != RUN_NO_NODE && path->len < plan->n_components) {
                CriticalStep step = {.node = last, .until = until};

                last = step_back(&walk, &step, is_critical);
                split(&step, &starts[step.node].timings);
                g_array_append_val(path, step);
                until = step.begin;
        }
        return path;
}
