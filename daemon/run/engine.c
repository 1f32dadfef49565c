/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine.h"

#include "live.h"

/* On a machine that is busy with other things most of those that start wait for a processor. */
#define SLOTS_MIN 32

static gint compare_ranks(gconstpointer a, gconstpointer b)
{
        guint left = GPOINTER_TO_UINT(a), right = GPOINTER_TO_UINT(b);

        return left < right ? -1 : left > right;
}

void engine_init(Engine *engine, const EngineHost *host, Plan *plan)
{
        uint32_t n_cpus = (uint32_t) g_get_num_processors();

        *engine = (Engine){
                .host = *host,
                .plan = plan_ref(plan),
                .instances = g_new0(Instance, plan->n_components),
                .counts = g_new0(NodeCount, plan->graph.n_nodes),
                .held = g_new0(uint8_t, plan->graph.n_edges),
                .dirty = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                .runnable = g_tree_new(compare_ranks),
                .max_starting = host->settings->max_parallel_starts > 0 ? host->settings->max_parallel_starts
                                                                        : MAX(SLOTS_MIN, 8 * n_cpus),
                .stop_deadline = UINT64_MAX,
        };
        g_queue_init(&engine->queue);
        for (uint32_t node = 0; node < plan->n_components; node++)
                engine->instances[node] = (Instance){.node = node, .is_down = true};
}

void engine_done(Engine *engine)
{
        g_clear_pointer(&engine->instances, g_free);
        g_clear_pointer(&engine->counts, g_free);
        g_clear_pointer(&engine->held, g_free);
        g_clear_pointer(&engine->taken_ports, g_free);
        g_clear_pointer(&engine->runnable, g_tree_destroy);
        if (engine->dirty)
                g_array_free(g_steal_pointer(&engine->dirty), TRUE);
        g_queue_clear_full(&engine->queue, g_free);
        g_clear_pointer(&engine->plan, plan_unref);
}

static void enqueue(Engine *engine, const Instance *instance, StateEvent event, uint32_t stamp, const char *reason)
{
        Occurrence *occurrence = g_new(Occurrence, 1);

        *occurrence = (Occurrence){.node = instance->node, .event = event, .stamp = stamp, .reason = reason};
        g_queue_push_tail(&engine->queue, occurrence);
}

void engine_post(Engine *engine, Instance *instance, StateEvent event, const char *reason)
{
        enqueue(engine, instance, event, instance->n_transitions, reason);
}

void engine_wish(Engine *engine, Instance *instance, StateEvent event, const char *reason)
{
        enqueue(engine, instance, event, ANY_TIME, reason);
}

void engine_mark(Engine *engine, uint32_t node)
{
        Instance *instance;

        if (plan_is_barrier(engine->plan, node))
                return;
        instance = &engine->instances[node];
        if (instance->is_dirty)
                return;
        instance->is_dirty = true;
        g_array_append_val(engine->dirty, node);
}

const Definition *engine_definition(const Engine *engine, const Instance *instance)
{
        return plan_definition(engine->plan, instance->node);
}

bool engine_is_active(const Instance *instance)
{
        return instance->state == STATE_STARTING || instance->state == STATE_READY ||
               instance->state == STATE_STOPPING || (instance->live && instance->live->process);
}

uint64_t engine_tell(Engine *engine, const Instance *instance, RunEventKind kind, State from, const char *reason,
                     const char *text)
{
        RunEvent event = {
                .kind = kind,
                .node = instance->node,
                .component = engine_definition(engine, instance)->name,
                .incarnation = instance->incarnation,
                .from = from,
                .to = instance->state,
                .sub_state = instance->sub_state,
                .reason = reason,
                .text = text,
        };

        observers_emit(engine->host.observers, &event);
        return event.usec;
}
