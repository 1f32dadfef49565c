/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve.h"

#include "bound.h"
#include "choice.h"
#include "lookup.h"

/* Of groups, which multiply: what is more cannot be planned in the time and memory that is promised (§49). */
enum { GROUP_EDGES_MAX = 1000 * 1000 };

typedef struct Resolving {
        Planning *planning;
        Choices *choices;
        GArray *nodes; /* of uint32_t: what the reference at hand takes */
        uint32_t n_group_edges;
} Resolving;

static const EdgeKind edge_kinds[REF_N_] = {
        [REF_REQUIRES] = EDGE_REQUIRES,
        [REF_WANTS] = EDGE_WANTS,
        [REF_AFTER] = EDGE_AFTER,
        [REF_RESOLVES] = EDGE_WEAK,
};

/* To be reported: as an error, or, where the ref is optional, as a notice. */
static bool is_failure(Outcome outcome)
{
        switch (outcome) {
        case OUTCOME_COMPONENT:
        case OUTCOME_GROUP:
        case OUTCOME_NO_NODE:
        case OUTCOME_REPORTED:
        case OUTCOME_N_:
                return false;
        case OUTCOME_SKIPPED:
        case OUTCOME_MISSING:
        case OUTCOME_NOT_FOUND:
        case OUTCOME_ROUTE_REQUIRED:
        case OUTCOME_NOT_ROUTED:
        case OUTCOME_NOT_VISIBLE:
        case OUTCOME_AMBIGUOUS:
        case OUTCOME_TOO_FEW:
                return true;
        }
        return false;
}

static void add_failure(Planning *planning, uint32_t component, const Ref *ref, Found found)
{
        const Failure failure = {
                .component = component, .ref = ref, .kind = edge_kinds[ref->kind], .found = found};

        g_array_append_val(planning->failures, failure);
}

/* The best of a group, as many as are needed, are required; the rest is as if wanted (§22, §50). */
static void bind(Resolving *resolving, uint32_t component, uint32_t place)
{
        Planning *planning = resolving->planning;
        const Ref *ref = &planning->components[component]->wiring->refs[place];
        uint32_t min = ref_cardinality(ref).min;

        for (guint i = 0; i < resolving->nodes->len; i++) {
                uint32_t node = g_array_index(resolving->nodes, uint32_t, i);
                EdgeKind kind = edge_kinds[ref->kind];

                planning_add_edge(planning, component, node, kind == EDGE_REQUIRES && i >= min ? EDGE_WANTS : kind,
                                  ref->origin, ref->key);
                bound_table_add(&planning->plan->bound, component, place, node);
        }
}

/* True: there is room for what the reference takes. The one that goes beyond is told, and no other. */
static bool check_room(Resolving *resolving, const Definition *definition, const Ref *ref)
{
        bool was_full = resolving->n_group_edges > GROUP_EDGES_MAX;

        resolving->n_group_edges += resolving->nodes->len;
        if (resolving->n_group_edges <= GROUP_EDGES_MAX)
                return true;
        resolving->n_group_edges = GROUP_EDGES_MAX + 1;
        if (!was_full) {
                Diag *diag = diag_error(resolving->planning->diags, DIAG_LIMIT, ref->origin,
                                        "references to groups come to more than %d dependencies with '%s' of '%s'",
                                        GROUP_EDGES_MAX, ref->key, definition->name);

                diag_set_component(diag, definition->name, definition->module->name);
                diag_set_hint(diag, "let fewer components refer to the whole group, or let them take fewer of it: "
                                    "Cardinality=, Target=");
        }
        return false;
}

static void resolve_ref(Resolving *resolving, uint32_t component, uint32_t place)
{
        Planning *planning = resolving->planning;
        const Definition *definition = planning->components[component];
        const Ref *ref = &definition->wiring->refs[place];
        Found found = lookup_key(planning, ref->key, ref->route, definition->module);
        Outcome outcome;

        if (is_failure(found.outcome)) {
                add_failure(planning, component, ref, found);
                return;
        }
        if (found.outcome == OUTCOME_REPORTED)
                return;
        g_array_set_size(resolving->nodes, 0);
        outcome = choices_make(resolving->choices, component, ref, found, resolving->nodes);
        if (found.outcome == OUTCOME_GROUP) {
                if (outcome == OUTCOME_COMPONENT && !check_room(resolving, definition, ref))
                        return;
        } else if (found.module != UINT32_MAX)
                planning_add_crossing(planning, planning->module_of[component], found.module, definition->name,
                                      ref->key, ref->origin);
        if (outcome == OUTCOME_COMPONENT)
                bind(resolving, component, place);
        /* That a filter lets nobody through may be a slip of the pen. */
        if (outcome == OUTCOME_COMPONENT && resolving->nodes->len == 0 && ref->spec && ref->spec->n_tests > 0)
                outcome = OUTCOME_TOO_FEW;
        if (is_failure(outcome)) {
                found.outcome = outcome;
                add_failure(planning, component, ref, found);
        }
}

static void resolve_all(Resolving *resolving, bool is_soft)
{
        Planning *planning = resolving->planning;

        for (uint32_t i = 0; i < planning->plan->n_components; i++) {
                const Definition *definition = planning->components[i];

                /* Skipped: as if it were not there (§46). */
                if (planning->plan->nodes[i].is_skipped || !definition->module->is_loaded)
                        continue;
                for (uint32_t j = 0; j < definition->wiring->n_refs; j++) {
                        const RefSpec *spec = definition->wiring->refs[j].spec;

                        if ((spec && spec->is_soft) == is_soft)
                                resolve_ref(resolving, i, j);
                }
        }
}

static bool has_soft(const Planning *planning)
{
        for (uint32_t i = 0; i < planning->plan->n_components; i++) {
                const Wiring *wiring = planning->components[i]->wiring;

                for (uint32_t j = 0; j < wiring->n_refs; j++)
                        if (wiring->refs[j].spec && wiring->refs[j].spec->is_soft)
                                return true;
        }
        return false;
}

/* By component: an eager one requires it, however far, by references that are not soft. To be freed. */
static bool *find_started(const Planning *planning)
{
        uint32_t n = planning->plan->n_components, n_stack = 0;
        bool *is_started = g_new0(bool, MAX(n, 1));
        g_autofree uint32_t *stack = g_new(uint32_t, MAX(n, 1));
        Graph graph;

        graph_init(&graph, n, (const Edge *) (void *) planning->edges->data, planning->edges->len);
        for (uint32_t i = 0; i < n; i++)
                if (planning_is_eager(planning, i)) {
                        is_started[i] = true;
                        stack[n_stack++] = i;
                }
        while (n_stack > 0) {
                uint32_t n_down;
                const uint32_t *down = graph_edges(&graph, stack[--n_stack], DOWN, &n_down);

                for (uint32_t i = 0; i < n_down; i++) {
                        const Edge *edge = &graph.edges[down[i]];

                        if (edge->kind != EDGE_REQUIRES || is_started[edge->to])
                                continue;
                        is_started[edge->to] = true;
                        stack[n_stack++] = edge->to;
                }
        }
        graph_done(&graph);
        return is_started;
}

void resolve_refs(Planning *planning)
{
        Resolving resolving = {
                .planning = planning,
                .choices = choices_new(planning->plan),
                .nodes = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        };

        bound_table_init(&planning->plan->bound, planning->plan);
        resolve_all(&resolving, false);
        if (has_soft(planning)) {
                planning->is_started = find_started(planning);
                choices_set_wanted(resolving.choices, planning->is_started);
                resolve_all(&resolving, true);
        }
        bound_table_finish(&planning->plan->bound);
        choices_free(resolving.choices);
        g_array_unref(resolving.nodes);
}
