/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lifetime.h"

#include <string.h>

#include "trail.h"

enum {
        NONE = UINT32_MAX,
        SLOTS = 2,
        PATH_BUDGET = 100 * 1000, /* steps of all paths together; then only the ends of a path are told */
};

/* A scoped component that a transient hands through to whoever holds it. */
typedef struct Reach {
        uint32_t edge; /* the way there; NONE: it is the component itself */
        uint32_t slot; /* to go on with at the node the edge leads to */
        uint32_t kind; /* NONE: the slot is free */
} Reach;

/* Kinds are numbered as the registry does; after them comes request, inside all others. */
typedef struct Lifetimes {
        Planning *planning;
        uint32_t n_kinds;
        uint32_t *parent; /* by kind, or NONE */
        uint32_t *kind;   /* by component; NONE: singleton, transient, or of a kind that is not declared */
        Reach *reaches;   /* by component, SLOTS each */
        uint32_t budget;
} Lifetimes;

static uint32_t find_kind(const ScopeKind *const *kinds, uint32_t n_kinds, const char *name)
{
        uint32_t low = 0, high = n_kinds;

        while (name && low < high) {
                uint32_t middle = low + (high - low) / 2;
                int order = strcmp(name, kinds[middle]->name);

                if (order == 0)
                        return middle;
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NONE;
}

static void lifetimes_init(Lifetimes *lifetimes, Planning *planning)
{
        const Plan *plan = planning->plan;
        const ScopeKind *const *kinds;

        *lifetimes = (Lifetimes){.planning = planning, .budget = PATH_BUDGET};
        kinds = registry_scope_kinds(plan->registry, &lifetimes->n_kinds);
        lifetimes->parent = g_new(uint32_t, MAX(lifetimes->n_kinds, 1));
        for (uint32_t i = 0; i < lifetimes->n_kinds; i++)
                lifetimes->parent[i] = find_kind(kinds, lifetimes->n_kinds, kinds[i]->parent);
        lifetimes->kind = g_new(uint32_t, MAX(plan->n_components, 1));
        for (uint32_t i = 0; i < plan->n_components; i++) {
                const Definition *definition = planning->components[i];

                lifetimes->kind[i] = NONE;
                if (definition->scope == SCOPE_REQUEST)
                        lifetimes->kind[i] = lifetimes->n_kinds;
                else if (definition->scope == SCOPE_KIND)
                        lifetimes->kind[i] = find_kind(kinds, lifetimes->n_kinds, definition->scope_kind);
        }
}

static void lifetimes_done(Lifetimes *lifetimes)
{
        g_free(lifetimes->parent);
        g_free(lifetimes->kind);
        g_free(lifetimes->reaches);
}

/* Kind OUTER encloses INNER, or is it. Parents may go in a ring where the registry found fault. */
static bool is_around(const Lifetimes *lifetimes, uint32_t outer, uint32_t inner)
{
        if (outer == inner || inner == lifetimes->n_kinds)
                return true;
        if (outer == lifetimes->n_kinds)
                return false;
        for (uint32_t i = 0; i < lifetimes->n_kinds && inner != NONE; i++) {
                if (inner == outer)
                        return true;
                inner = lifetimes->parent[inner];
        }
        return false;
}

/* §42: ordering alone and what is looked up at run time hold nothing, and external components are not ours to end. */
static bool is_holding(const Lifetimes *lifetimes, const Edge *edge)
{
        return (edge->kind == EDGE_REQUIRES || edge->kind == EDGE_WANTS) &&
               !plan_is_barrier(lifetimes->planning->plan, edge->to) &&
               !component_types[lifetimes->planning->components[edge->to]->type].is_foreign;
}

/* Two slots tell all that any holder must know: the innermost while the kinds enclose each other, for then whoever may
 * hold it may hold all; and two that do not enclose each other, for then nobody may hold both. Returns the slot that
 * changed, or NONE. */
static uint32_t note_kind(const Lifetimes *lifetimes, const Reach *slots, uint32_t kind)
{
        if (slots[0].kind == NONE)
                return 0;
        if (slots[1].kind != NONE || is_around(lifetimes, kind, slots[0].kind))
                return NONE;
        return is_around(lifetimes, slots[0].kind, kind) ? 0 : 1;
}

/* Upwards from every scoped component through transients. */
static void find_reaches(Lifetimes *lifetimes)
{
        const Graph *graph = &lifetimes->planning->plan->graph;
        uint32_t n = lifetimes->planning->plan->n_components;
        GQueue queue = G_QUEUE_INIT; /* of places in reaches, + 1 */

        lifetimes->reaches = g_new(Reach, MAX((size_t) n * SLOTS, 1));
        for (uint32_t i = 0; i < n * SLOTS; i++) {
                lifetimes->reaches[i] =
                        (Reach){.edge = NONE, .kind = i % SLOTS == 0 ? lifetimes->kind[i / SLOTS] : NONE};
                if (lifetimes->reaches[i].kind != NONE)
                        g_queue_push_tail(&queue, GUINT_TO_POINTER(i + 1));
        }
        while (!g_queue_is_empty(&queue)) {
                uint32_t place = GPOINTER_TO_UINT(g_queue_pop_head(&queue)) - 1, n_up;
                const uint32_t *up = graph_edges(graph, place / SLOTS, UP, &n_up);
                uint32_t kind = lifetimes->reaches[place].kind;

                for (uint32_t i = 0; i < n_up; i++) {
                        const Edge *edge = &graph->edges[up[i]];
                        Reach *slots = &lifetimes->reaches[(size_t) edge->from * SLOTS];
                        uint32_t slot;

                        if (edge->from >= n || !is_holding(lifetimes, edge) ||
                            lifetimes->planning->components[edge->from]->scope != SCOPE_TRANSIENT)
                                continue;
                        slot = note_kind(lifetimes, slots, kind);
                        if (slot == NONE)
                                continue;
                        slots[slot] = (Reach){.edge = up[i], .slot = place % SLOTS, .kind = kind};
                        g_queue_push_tail(&queue, GUINT_TO_POINTER(edge->from * SLOTS + slot + 1));
                }
        }
}

/* The edges from EDGE to the scoped component that slot SLOT of its target tells of. */
static GArray *collect_way(const Lifetimes *lifetimes, uint32_t edge, uint32_t slot)
{
        const Edge *edges = lifetimes->planning->plan->graph.edges;
        GArray *way = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        while (edge != NONE) {
                const Reach *reach = &lifetimes->reaches[(size_t) edges[edge].to * SLOTS + slot];

                g_array_append_val(way, edge);
                edge = reach->edge;
                slot = reach->slot;
        }
        return way;
}

static void add_path(Lifetimes *lifetimes, Diag *diag, const GArray *way, const Definition *held)
{
        enum { ENDS = 4 };

        for (guint i = 0; i < way->len; i++) {
                if (way->len > 2 * ENDS && lifetimes->budget < way->len && i == ENDS) {
                        trail_add_gap(diag);
                        i = way->len - ENDS;
                }
                trail_add_edge(lifetimes->planning, diag,
                               &lifetimes->planning->plan->graph.edges[g_array_index(way, uint32_t, i)]);
        }
        lifetimes->budget -= MIN(lifetimes->budget, way->len);
        diag_add_step(diag, held->name, NULL, held->origin);
}

static char *describe(const Definition *definition)
{
        static const char *const words[SCOPE_N_] = {
                [SCOPE_SINGLETON] = "singleton",
                [SCOPE_REQUEST] = "request",
                [SCOPE_TRANSIENT] = "transient",
        };

        return g_strdup_printf("'%s' (%s)", definition->name,
                               definition->scope == SCOPE_KIND ? definition->scope_kind : words[definition->scope]);
}

static void report(Lifetimes *lifetimes, uint32_t edge, uint32_t slot)
{
        Planning *planning = lifetimes->planning;
        const Edge *edges = planning->plan->graph.edges, *first = &edges[edge];
        g_autoptr(GArray) way = collect_way(lifetimes, edge, slot);
        const Edge *last = &edges[g_array_index(way, uint32_t, way->len - 1)];
        const Definition *holder = planning->components[first->from], *held = planning->components[last->to];
        bool is_captive = holder->scope == SCOPE_SINGLETON ||
                          is_around(lifetimes, lifetimes->kind[first->from], lifetimes->kind[last->to]);
        g_autofree char *who = describe(holder), *whom = describe(held), *through = NULL;
        Diag *diag;

        through = way->len > 1 ? g_strdup_printf(" through '%s'", planning->components[first->to]->name) : g_strdup("");
        if (is_captive)
                diag = diag_error(planning->diags, DIAG_CAPTIVE_DEPENDENCY, first->origin,
                                  "%s would hold %s%s, which ends before it", who, whom, through);
        else
                diag = diag_error(planning->diags, DIAG_SCOPE_KIND_MISMATCH, first->origin,
                                  "%s would hold %s%s, and neither kind of scope encloses the other", who, whom,
                                  through);
        diag_set_component(diag, holder->name, holder->module->name);
        diag_set_key(diag, first->key, NULL);
        add_path(lifetimes, diag, way, held);
        if (is_captive)
                diag_set_hint(
                        diag,
                        "let '%s' look it up when it is needed: Resolves=%s; or give '%s' the scope of what it holds",
                        planning->components[last->from]->name, last->key ? last->key : held->name, holder->name);
        else
                diag_set_hint(diag,
                              "let '%s' look it up when it is needed: Resolves=%s; or let one kind be the Parent= of "
                              "the other",
                              planning->components[last->from]->name, last->key ? last->key : held->name);
        planning_add_lead(planning, diag, first->from);
}

static void check_edge(Lifetimes *lifetimes, uint32_t edge)
{
        const Edge *held = &lifetimes->planning->plan->graph.edges[edge];
        const Definition *holder = lifetimes->planning->components[held->from];

        if (holder->scope == SCOPE_TRANSIENT || !is_holding(lifetimes, held))
                return;
        if (holder->scope != SCOPE_SINGLETON && lifetimes->kind[held->from] == NONE)
                return;
        for (uint32_t slot = 0; slot < SLOTS; slot++) {
                uint32_t kind = lifetimes->reaches[(size_t) held->to * SLOTS + slot].kind;

                if (kind == NONE)
                        return;
                if (holder->scope == SCOPE_SINGLETON || !is_around(lifetimes, kind, lifetimes->kind[held->from])) {
                        report(lifetimes, edge, slot);
                        return;
                }
        }
}

void lifetime_check(Planning *planning)
{
        const Plan *plan = planning->plan;
        Lifetimes lifetimes;

        lifetimes_init(&lifetimes, planning);
        find_reaches(&lifetimes);
        for (uint32_t i = 0; i < plan->graph.n_edges; i++)
                if (!plan_is_barrier(plan, plan->graph.edges[i].from))
                        check_edge(&lifetimes, i);
        lifetimes_done(&lifetimes);
}
