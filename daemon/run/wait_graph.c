/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait_graph.h"

#include <string.h>

#include "neighbours.h"

/* Where a search stands at one node. */
typedef struct Cursor {
        uint32_t node;
        uint32_t next;      /* among its edges */
        const GList *waits; /* of Waiter: the next of them */
        Waiter *waiter;     /* by which the step before led here, or NULL */
} Cursor;

/* A node that a search has come to, in the order of coming. */
typedef struct Reached {
        uint32_t node;
        uint32_t before; /* place of the one it was reached from; its own: the first */
        uint32_t edge;   /* by which that one waits for it */
} Reached;

static bool is_unmet(const Engine *engine, uint32_t index)
{
        const Edge *edge = &engine->plan->graph.edges[index];
        const NodeCount *count = &engine->counts[edge->to];

        if (engine->plan->is_cut[index])
                return false;
        if (plan_is_barrier(engine->plan, edge->to))
                return count->pending > 0;
        return !(count->standing & (edge->kind == EDGE_REQUIRES ? IS_READY : IS_SETTLED));
}

static bool is_starting(const Engine *engine, uint32_t node)
{
        return !plan_is_barrier(engine->plan, node) && engine->instances[node].state == STATE_STARTING;
}

/* It serves, or was stopped by hand and is not to start (§72). */
static bool is_waiting_for_nothing(const Engine *engine, uint32_t node)
{
        const Instance *instance;

        if (plan_is_barrier(engine->plan, node))
                return false;
        instance = &engine->instances[node];
        return instance->is_stopped_by_user || (instance->state == STATE_READY && !instance->is_stop_wanted);
}

static Cursor cursor_at(const Resolver *resolver, uint32_t node, Waiter *waiter)
{
        const GQueue *waits = resolver_waits_of(resolver, node);

        return (Cursor){.node = node, .waits = waits ? waits->head : NULL, .waiter = waiter};
}

static bool is_waiting(const Engine *engine, uint32_t node)
{
        return plan_is_barrier(engine->plan, node) || engine->instances[node].state == STATE_WAITING;
}

/* The next that CURSOR's node waits for, or would if it were to start now; *RET_EDGE or *RET_WAITER says why. False:
 * that was all. */
static bool cursor_step(const Resolver *resolver, Cursor *cursor, uint32_t *ret, uint32_t *ret_edge,
                        Waiter **ret_waiter)
{
        const Engine *engine = container_engine(resolver->container);
        const Graph *graph = &engine->plan->graph;
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, cursor->node, DOWN, &n);

        *ret_edge = NO_EDGE;
        *ret_waiter = NULL;
        if (is_waiting_for_nothing(engine, cursor->node))
                return false;
        if (is_starting(engine, cursor->node)) {
                if (!cursor->waits)
                        return false;
                *ret_waiter = cursor->waits->data;
                cursor->waits = cursor->waits->next;
                *ret = (*ret_waiter)->node;
                return true;
        }
        while (cursor->next < n) {
                uint32_t edge = edges[cursor->next++];

                if (!is_unmet(engine, edge))
                        continue;
                *ret_edge = edge;
                *ret = graph->edges[edge].to;
                return true;
        }
        return false;
}

/* From the last one reached back to the first, turned around. */
static GArray *read_way(const GArray *reached)
{
        GArray *way = g_array_new(FALSE, FALSE, sizeof(WaitStep));
        uint32_t place = reached->len - 1, edge = NO_EDGE;

        for (;;) {
                const Reached *entry = &g_array_index(reached, Reached, place);
                const WaitStep step = {.node = entry->node, .edge = edge};

                g_array_append_val(way, step);
                if (entry->before == place)
                        break;
                edge = entry->edge;
                place = entry->before;
        }
        for (guint i = 0, j = way->len - 1; i < j; i++, j--) {
                const WaitStep step = g_array_index(way, WaitStep, i);

                g_array_index(way, WaitStep, i) = g_array_index(way, WaitStep, j);
                g_array_index(way, WaitStep, j) = step;
        }
        return way;
}

GArray *wait_graph_find(const Resolver *resolver, uint32_t from, uint32_t to)
{
        g_autoptr(GArray) reached = g_array_new(FALSE, FALSE, sizeof(Reached));
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
        const Reached first = {.node = from, .edge = NO_EDGE};

        g_array_append_val(reached, first);
        g_hash_table_add(seen, GUINT_TO_POINTER(from));
        if (from == to)
                return read_way(reached);
        for (uint32_t place = 0; place < reached->len; place++) {
                Cursor cursor = cursor_at(resolver, g_array_index(reached, Reached, place).node, NULL);
                Reached next = {.before = place};
                Waiter *waiter;

                while (cursor_step(resolver, &cursor, &next.node, &next.edge, &waiter)) {
                        if (!g_hash_table_add(seen, GUINT_TO_POINTER(next.node)))
                                continue;
                        g_array_append_val(reached, next);
                        if (next.node == to)
                                return read_way(reached);
                }
        }
        return NULL;
}

/* The last waiter by whom the way came from NODE, which is on it, to its end. Without one the plan itself would have
 * a circle, and it has none. */
static Waiter *find_waiter(const GArray *way, uint32_t node, Waiter *closing)
{
        for (guint i = way->len; !closing && i-- > 0;) {
                const Cursor *cursor = &g_array_index(way, Cursor, i);

                if (cursor->node == node)
                        break;
                closing = cursor->waiter;
        }
        return closing;
}

/* Depth first from NODE. IS_ON_WAY: node + 1 → whether it is on the way now; those that are not lead to no circle. */
static Waiter *search_circle(const Resolver *resolver, uint32_t node, GHashTable *is_on_way)
{
        const Engine *engine = container_engine(resolver->container);
        g_autoptr(GArray) way = g_array_new(FALSE, FALSE, sizeof(Cursor));
        Cursor cursor = cursor_at(resolver, node, NULL);

        g_array_append_val(way, cursor);
        g_hash_table_insert(is_on_way, GUINT_TO_POINTER(node + 1), GINT_TO_POINTER(TRUE));
        while (way->len > 0) {
                Cursor *last = &g_array_index(way, Cursor, way->len - 1);
                gpointer is_closing;
                Waiter *waiter;
                uint32_t next, edge;

                /* Who has yet to begin to wait will be looked at then. */
                if ((!is_waiting(engine, last->node) && !is_starting(engine, last->node)) ||
                    !cursor_step(resolver, last, &next, &edge, &waiter)) {
                        g_hash_table_insert(is_on_way, GUINT_TO_POINTER(last->node + 1), GINT_TO_POINTER(FALSE));
                        g_array_set_size(way, way->len - 1);
                } else if (!g_hash_table_lookup_extended(is_on_way, GUINT_TO_POINTER(next + 1), NULL, &is_closing)) {
                        cursor = cursor_at(resolver, next, waiter);
                        g_array_append_val(way, cursor);
                        g_hash_table_insert(is_on_way, GUINT_TO_POINTER(next + 1), GINT_TO_POINTER(TRUE));
                } else if (is_closing) {
                        return find_waiter(way, next, waiter);
                }
        }
        return NULL;
}

Waiter *wait_graph_find_stuck(const Resolver *resolver, const GArray *nodes)
{
        g_autoptr(GHashTable) is_on_way = g_hash_table_new(NULL, NULL);
        Waiter *stuck = NULL;

        for (guint i = 0; i < nodes->len && !stuck; i++) {
                uint32_t node = g_array_index(nodes, uint32_t, i);

                if (!g_hash_table_contains(is_on_way, GUINT_TO_POINTER(node + 1)))
                        stuck = search_circle(resolver, node, is_on_way);
        }
        return stuck;
}

/* Where REQUESTER says that it resolves KEY, or KEY:ROUTE; if it does not, where it stands. */
static Origin origin_of(const Definition *requester, const char *key)
{
        size_t n = strcspn(key, ":");

        for (uint32_t i = 0; i < requester->wiring->n_refs; i++) {
                const Ref *ref = &requester->wiring->refs[i];

                if (strncmp(ref->key, key, n) == 0 && ref->key[n] == '\0')
                        return ref->origin;
        }
        return requester->origin;
}

/* STEP resolves what stands at NODE. */
static void add_resolve(const Resolver *resolver, Diag *diag, const WaitStep *step, uint32_t node)
{
        const Definition *definition = plan_definition(resolver->container->plan, step->node);
        const GQueue *waits = resolver_waits_of(resolver, step->node);
        const GList *link = waits ? waits->head : NULL;

        while (link && ((const Waiter *) link->data)->node != node)
                link = link->next;
        diag_add_step(diag, definition->name, ref_kind_names[REF_RESOLVES],
                      link ? origin_of(definition, ((const Waiter *) link->data)->key) : definition->origin);
}

static void add_edge(const Plan *plan, Diag *diag, const WaitStep *step)
{
        const Edge *edge = &plan->graph.edges[step->edge];
        const char *name = plan_node_name(plan, step->node);
        g_autofree char *label =
                plan_is_barrier(plan, step->node) ? g_strdup_printf("module %s", name) : g_strdup(name);

        diag_add_step(diag, label, edge_kind_names[edge->kind], edge->origin);
}

void wait_graph_report(const Resolver *resolver, uint32_t requester, const char *key, const GArray *way,
                       DiagList *diags)
{
        const Plan *plan = resolver->container->plan;
        const Definition *definition = plan_definition(plan, requester);
        Origin origin = origin_of(definition, key);
        Diag *diag = diag_error(diags, DIAG_RUNTIME_CYCLE, origin,
                                "'%s' resolves '%s' before it is ready, and that waits for '%s'", definition->name,
                                key, definition->name);

        diag_set_component(diag, definition->name, definition->module->name);
        diag_set_key(diag, key, NULL);
        diag_add_step(diag, definition->name, ref_kind_names[REF_RESOLVES], origin);
        for (guint i = 0; i + 1 < way->len; i++) {
                const WaitStep *step = &g_array_index(way, WaitStep, i);

                if (step->edge != NO_EDGE)
                        add_edge(plan, diag, step);
                else
                        add_resolve(resolver, diag, step, step[1].node);
        }
        diag_add_step(diag, definition->name, NULL, origin_at(NULL, 0));
        diag_set_hint(diag, "resolve it once '%s' is ready", definition->name);
}
