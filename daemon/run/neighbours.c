/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "neighbours.h"

#include "live.h"

enum { HELD = 1, GOES_FIRST = 2 }; /* bits of Engine.held */

static bool is_static(EdgeKind kind)
{
        return kind == EDGE_REQUIRES || kind == EDGE_WANTS;
}

/* §52: whoever has failed an attempt is settled, and stays so while it is tried again in the background (D12): else two
 * that fail in turns would keep the start from its end. */
static bool is_tried_again(const Instance *instance)
{
        return instance->is_down && (instance->state == STATE_BACKOFF || instance->state == STATE_WAITING ||
                                     instance->state == STATE_STARTING);
}

static unsigned standing_of(const Instance *instance)
{
        /* What is to stop is not to be started upon, from the moment the stop is wanted. */
        bool is_leaving = instance->state == STATE_READY && instance->is_stop_wanted;
        unsigned standing = 0;

        if (instance->state == STATE_READY && !is_leaving)
                standing |= IS_READY;
        if ((state_is_settled(instance->state) && !is_leaving) || is_tried_again(instance))
                standing |= IS_SETTLED;
        if (instance->is_down)
                standing |= IS_DOWN;
        return standing;
}

/* By how much the dependent of an edge waits more, when what it sees changes from BEFORE to AFTER. */
static int pending_step(EdgeKind kind, unsigned before, unsigned after)
{
        unsigned bit = kind == EDGE_REQUIRES ? IS_READY : IS_SETTLED;

        return ((before & bit) != 0) - ((after & bit) != 0);
}

/* Tells the dependents of one node. A barrier that thereby settles or unsettles is put on STACK. */
static void tell_dependents(Engine *engine, uint32_t node, unsigned before, unsigned after, GArray *stack)
{
        const Graph *graph = &engine->plan->graph;
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, node, UP, &n);

        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &graph->edges[edges[i]];
                NodeCount *count = &engine->counts[edge->from];
                int step;

                if (engine->plan->is_cut[edges[i]])
                        continue;
                if (edge->kind == EDGE_REQUIRES && ((before ^ after) & IS_DOWN)) {
                        count->down += (after & IS_DOWN) ? 1u : (uint32_t) -1;
                        engine_mark(engine, edge->from);
                }
                step = pending_step(edge->kind, before, after);
                if (step == 0)
                        continue;
                count->pending += (uint32_t) step;
                if (count->pending == 0)
                        engine_mark(engine, edge->from);
                if (plan_is_barrier(engine->plan, edge->from) && count->pending == (step > 0 ? 1u : 0u))
                        g_array_append_val(stack, edge->from);
        }
}

void neighbours_update(Engine *engine, const Instance *instance)
{
        g_autoptr(GArray) stack = NULL;
        unsigned before = engine->counts[instance->node].standing, after = standing_of(instance);

        if (before == after)
                return;
        engine->counts[instance->node].standing = after;
        if (((before ^ after) & IS_SETTLED) != 0 && engine->plan->nodes[instance->node].is_wanted)
                engine->n_unsettled += (after & IS_SETTLED) ? (uint32_t) -1 : 1u;
        stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        tell_dependents(engine, instance->node, before, after, stack);
        while (stack->len > 0) {
                uint32_t barrier = g_array_index(stack, uint32_t, stack->len - 1);
                bool is_settled = engine->counts[barrier].pending == 0;

                g_array_set_size(stack, stack->len - 1);
                tell_dependents(engine, barrier, is_settled ? 0 : IS_SETTLED, is_settled ? IS_SETTLED : 0, stack);
        }
}

void neighbours_init(Engine *engine)
{
        const Graph *graph = &engine->plan->graph;

        for (uint32_t node = 0; node < engine->plan->n_components; node++) {
                unsigned standing = standing_of(&engine->instances[node]);

                engine->counts[node].standing = standing;
                if (!(standing & IS_SETTLED) && engine->plan->nodes[node].is_wanted)
                        engine->n_unsettled++;
        }
        for (uint32_t i = 0; i < graph->n_edges; i++) {
                const Edge *edge = &graph->edges[i];
                unsigned standing;

                if (engine->plan->is_cut[i] || plan_is_barrier(engine->plan, edge->to))
                        continue;
                standing = engine->counts[edge->to].standing;
                if (edge->kind == EDGE_REQUIRES && (standing & IS_DOWN))
                        engine->counts[edge->from].down++;
                if (pending_step(edge->kind, IS_READY | IS_SETTLED, standing) > 0)
                        engine->counts[edge->from].pending++;
        }
}

/* One live dependent more, or fewer, that is stopped before NODE; passes through barriers, which have no life. */
static void order_before(Engine *engine, uint32_t node, int step)
{
        g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        g_array_append_val(stack, node);
        while (stack->len > 0) {
                uint32_t top = g_array_index(stack, uint32_t, stack->len - 1), n;
                const uint32_t *edges;
                NodeCount *count = &engine->counts[top];

                g_array_set_size(stack, stack->len - 1);
                count->ordered += (uint32_t) step;
                if (!plan_is_barrier(engine->plan, top)) {
                        if (count->ordered == 0)
                                engine_mark(engine, top);
                        continue;
                }
                if (count->ordered != (step > 0 ? 1u : 0u))
                        continue;
                edges = graph_edges(&engine->plan->graph, top, DOWN, &n);
                for (uint32_t i = 0; i < n; i++)
                        g_array_append_val(stack, engine->plan->graph.edges[edges[i]].to);
        }
}

void neighbours_hold(Engine *engine, Instance *instance)
{
        const Graph *graph = &engine->plan->graph;
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, instance->node, DOWN, &n);

        if (!instance->is_holding)
                engine->n_holding++;
        instance->is_holding = true;
        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &graph->edges[edges[i]];

                if (engine->plan->is_cut[edges[i]])
                        continue;
                if (!plan_is_barrier(engine->plan, edge->to) && engine->instances[edge->to].state != STATE_READY)
                        continue;
                engine->held[edges[i]] = HELD;
                if (is_static(edge->kind))
                        engine->counts[edge->to].bound++;
        }
}

void neighbours_release(Engine *engine, Instance *instance)
{
        const Graph *graph = &engine->plan->graph;
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, instance->node, DOWN, &n);

        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &graph->edges[edges[i]];
                uint8_t held = engine->held[edges[i]];

                engine->held[edges[i]] = 0;
                if ((held & HELD) && is_static(edge->kind) && --engine->counts[edge->to].bound == 0)
                        engine_mark(engine, edge->to);
                if (held & GOES_FIRST)
                        order_before(engine, edge->to, -1);
        }
        if (instance->is_holding)
                engine->n_holding--;
        instance->is_holding = false;
}

static Goal stronger_goal(Goal old, Goal new)
{
        if (old == GOAL_FAILED)
                return GOAL_FAILED; /* what failed stays failed, also when all is stopped for it */
        return MAX(old, new);
}

/* §70: its stop waits for nobody. What is left of an earlier incarnation goes its way. */
static bool is_pausing(const Instance *instance)
{
        return instance->state == STATE_WAITING || instance->state == STATE_BACKOFF || instance->state == STATE_BLOCKED;
}

/* Wants one instance stopped; true: it was not wanted before. */
static bool want_stop(Engine *engine, Instance *instance, Goal goal)
{
        const Graph *graph = &engine->plan->graph;
        uint32_t n;
        const uint32_t *edges;

        if (state_is_settled(instance->state) && instance->state != STATE_READY && instance->state != STATE_BLOCKED)
                return false; /* inactive, failed, skipped: there is nothing to stop */
        if (goal == GOAL_RESTART && is_pausing(instance))
                return false; /* it waits for its providers as it is, and to stop it would end that */
        instance->goal = stronger_goal(instance->goal, goal);
        engine_mark(engine, instance->node);
        if (instance->is_stop_wanted)
                return false;
        instance->is_stop_wanted = true;
        instance->timings.stop_requested = clock_monotonic();
        neighbours_update(engine, instance);
        edges = graph_edges(graph, instance->node, DOWN, &n);
        for (uint32_t i = 0; i < n; i++)
                /* Not twice: the wish may have ended with a crash, and be there anew before all of it has gone. */
                if (engine->held[edges[i]] == HELD && !is_static(graph->edges[edges[i]].kind)) {
                        engine->held[edges[i]] |= GOES_FIRST;
                        order_before(engine, graph->edges[edges[i]].to, 1);
                }
        return true;
}

void neighbours_stop_dependents(Engine *engine, const Instance *instance)
{
        const Graph *graph = &engine->plan->graph;
        g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        g_array_append_val(stack, instance->node);
        while (stack->len > 0) {
                uint32_t top = g_array_index(stack, uint32_t, stack->len - 1), n;
                const uint32_t *edges = graph_edges(graph, top, UP, &n);

                g_array_set_size(stack, stack->len - 1);
                for (uint32_t i = 0; i < n; i++) {
                        const Edge *edge = &graph->edges[edges[i]];

                        if (!(engine->held[edges[i]] & HELD) || !is_static(edge->kind))
                                continue;
                        if (!want_stop(engine, &engine->instances[edge->from], GOAL_RESTART))
                                continue;
                        engine->instances[edge->from].counters.propagated_restarts++;
                        g_array_append_val(stack, edge->from);
                }
        }
}

void neighbours_stop(Engine *engine, Instance *instance, Goal goal)
{
        if (want_stop(engine, instance, goal))
                neighbours_stop_dependents(engine, instance);
}

bool neighbours_can_start(const Engine *engine, const Instance *instance)
{
        const NodeCount *count = &engine->counts[instance->node];

        return instance->state == STATE_WAITING && !instance->is_stop_wanted && count->pending == 0 &&
               count->bound == 0 && !(instance->live && instance->live->process);
}

bool neighbours_can_stop(const Engine *engine, const Instance *instance)
{
        const NodeCount *count = &engine->counts[instance->node];

        return instance->is_stop_wanted && (is_pausing(instance) || (count->bound == 0 && count->ordered == 0));
}
