/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pull.h"

#include <errno.h>

#include "container_data.h"
#include "wording.h"

/* What is ready but is to stop is to start again. */
static bool is_staying(const Instance *instance)
{
        return instance->state == STATE_READY && !instance->is_stop_wanted;
}

/* INSTANCE first, then what it requires, transitively, so far as that does not run and stay. Of uint32_t. */
static GArray *find_closure(Container *container, const Instance *instance)
{
        const Engine *engine = container_engine(container);
        const Graph *graph = &container->plan->graph;
        GArray *closure = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

        g_array_append_val(closure, instance->node);
        g_hash_table_add(seen, GUINT_TO_POINTER(instance->node));
        for (guint next = 0; next < closure->len; next++) {
                uint32_t n;
                const uint32_t *edges = graph_edges(graph, g_array_index(closure, uint32_t, next), DOWN, &n);

                for (uint32_t i = 0; i < n; i++) {
                        const Edge *edge = &graph->edges[edges[i]];

                        if (edge->kind != EDGE_REQUIRES || is_staying(&engine->instances[edge->to]))
                                continue;
                        if (g_hash_table_add(seen, GUINT_TO_POINTER(edge->to)))
                                g_array_append_val(closure, edge->to);
                }
        }
        return closure;
}

/* All that NODE is stopped before, itself too. */
static GHashTable *find_below(const Plan *plan, uint32_t node)
{
        g_autoptr(GArray) reached = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        GHashTable *seen = g_hash_table_new(NULL, NULL);

        g_array_append_val(reached, node);
        g_hash_table_add(seen, GUINT_TO_POINTER(node));
        for (guint next = 0; next < reached->len; next++) {
                uint32_t n;
                const uint32_t *edges = graph_edges(&plan->graph, g_array_index(reached, uint32_t, next), DOWN, &n);

                for (uint32_t i = 0; i < n; i++) {
                        uint32_t to = plan->graph.edges[edges[i]].to;

                        if (!plan->is_cut[edges[i]] && g_hash_table_add(seen, GUINT_TO_POINTER(to)))
                                g_array_append_val(reached, to);
                }
        }
        return seen;
}

const Instance *pull_find_held_up(Container *container, const Instance *instance, uint32_t node)
{
        const Engine *engine = container_engine(container);
        g_autoptr(GArray) closure = find_closure(container, instance);
        g_autoptr(GHashTable) below = find_below(container->plan, node);

        for (guint i = 0; i < closure->len; i++) {
                const Instance *member = &engine->instances[g_array_index(closure, uint32_t, i)];

                if (member->state == STATE_READY && g_hash_table_contains(below, GUINT_TO_POINTER(member->node)))
                        return member;
        }
        return NULL;
}

void pull_explicitly(Container *container, Instance *instance, const char *reason)
{
        Engine *engine = container_engine(container);
        g_autoptr(GArray) closure = find_closure(container, instance);

        for (guint i = 0; i < closure->len; i++) {
                Instance *member = &engine->instances[g_array_index(closure, uint32_t, i)];

                member->is_stopped_by_user = false;
                engine_wish(engine, member, EVENT_START, reason);
        }
}

/* Nothing of it is on its way to ready by itself. */
static bool is_at_rest(const Instance *instance)
{
        switch (instance->state) {
        case STATE_INACTIVE:
        case STATE_FAILED:
                return true;
        case STATE_STOPPING:
        case STATE_READY:
                return instance->goal == GOAL_NONE || instance->goal == GOAL_INACTIVE;
        default:
                return false;
        }
}

static int refuse(Container *container, const Instance *wanted, const Instance *member, DiagList *diags)
{
        const Definition *definition = plan_definition(container->plan, member->node);
        const char *name = plan_node_name(container->plan, wanted->node);
        g_autofree char *who = member == wanted
                                       ? g_strdup_printf("'%s'", name)
                                       : g_strdup_printf("'%s' requires '%s', which", name, definition->name);
        Diag *diag = NULL;

        if (member->is_stopped_by_user) {
                diag = diag_error(diags, DIAG_STOPPED, definition->origin, "%s was stopped on request", who);
                diag_set_hint(diag, "only an explicit start ends that: \"reevectl start %s\"", definition->name);
        } else if (member->state == STATE_FAILED && member->end.result == RESULT_START_LIMIT &&
                   backoff_is_spent(&member->backoff, definition->life, clock_monotonic())) {
                g_autofree char *limit = wording_start_limit(definition);

                diag = diag_error(diags, DIAG_START_LIMIT, definition->origin, "%s %s", who, limit);
                diag_set_hint(diag, "when it is mended: \"reevectl reset %s\"", definition->name);
        }
        if (!diag)
                return 0;
        diag_set_component(diag, definition->name, definition->module->name);
        return -EHOSTDOWN;
}

int pull_for(Container *container, Instance *instance, const char *reason, DiagList *diags)
{
        Engine *engine = container_engine(container);
        g_autoptr(GArray) closure = find_closure(container, instance);
        int r = 0;

        for (guint i = 0; i < closure->len && r == 0; i++)
                r = refuse(container, instance, &engine->instances[g_array_index(closure, uint32_t, i)], diags);
        for (guint i = 0; i < closure->len && r == 0; i++) {
                Instance *member = &engine->instances[g_array_index(closure, uint32_t, i)];

                if (is_at_rest(member))
                        engine_wish(engine, member, EVENT_START, reason);
        }
        return r;
}
