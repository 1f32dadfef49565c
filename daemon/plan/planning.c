/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planning.h"

#include <string.h>

/* Ten thousand slips cost no more than a few do. */
enum { GUESS_BUDGET = 2 * 1000 * 1000 };

static void refuse(GHashTable *refused, const char *name)
{
        if (name)
                g_hash_table_add(refused, g_strdup(name));
}

/* Findings about modules and templates speak of names too, but take no key away. */
static bool takes_keys(const Diag *diag)
{
        return diag->code == DIAG_CONFLICT_PLAIN || diag->code == DIAG_CONFLICT_ROUTE ||
               diag->code == DIAG_CONFLICT_SHAPE || (diag->code == DIAG_DUPLICATE_NAME && diag->key);
}

/* The names that errors found so far speak of. */
static GHashTable *collect_refused(const DiagList *diags)
{
        GHashTable *refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (guint i = 0; i < diags->items->len; i++) {
                const Diag *diag = diags->items->pdata[i];

                if (diag->severity != SEVERITY_ERROR)
                        continue;
                if (!takes_keys(diag))
                        continue;
                refuse(refused, diag->key);
                for (guint j = 0; diag->sources && j < diag->sources->len; j++)
                        refuse(refused, ((const DiagStep *) diag->sources->pdata[j])->name);
        }
        return refused;
}

static int compare_nodes(const void *a, const void *b, void *userdata)
{
        const uint32_t *one = a, *other = b;
        const char *const *names = userdata;
        int order = strcmp(names[*one], names[*other]);

        return order != 0 ? order : (*one > *other) - (*one < *other);
}

static uint32_t *rank_by_name(const Planning *planning, uint32_t n_nodes)
{
        g_autofree const char **names = g_new(const char *, MAX(n_nodes, 1));
        g_autofree uint32_t *nodes = g_new(uint32_t, MAX(n_nodes, 1));
        uint32_t *rank = g_new(uint32_t, MAX(n_nodes, 1));

        for (uint32_t node = 0; node < n_nodes; node++) {
                nodes[node] = node;
                names[node] = plan_node_name(planning->plan, node);
        }
        g_qsort_with_data(nodes, (int) n_nodes, sizeof(*nodes), compare_nodes, names);
        for (uint32_t i = 0; i < n_nodes; i++)
                rank[nodes[i]] = i;
        return rank;
}

void planning_init(Planning *planning, Plan *plan, const PlanOptions *options, DiagList *diags)
{
        uint32_t n;

        *planning = (Planning){.plan = plan, .options = options, .diags = diags, .guess_budget = GUESS_BUDGET};
        planning->components = registry_components(plan->registry, &plan->n_components);
        planning->modules = registry_modules(plan->registry, &plan->n_modules);
        planning->aliases = registry_aliases(plan->registry, &planning->n_aliases);
        n = plan->n_components + plan->n_modules;

        plan->module_index = g_hash_table_new(NULL, NULL);
        for (uint32_t i = 0; i < plan->n_modules; i++)
                g_hash_table_insert(plan->module_index, (void *) planning->modules[i], GUINT_TO_POINTER(i + 1));
        planning->module_of = g_new(uint32_t, MAX(plan->n_components, 1));
        plan->nodes = g_new0(PlanNode, MAX(n, 1));
        for (uint32_t i = 0; i < plan->n_components; i++) {
                planning->module_of[i] = planning_module_index(planning, planning->components[i]->module);
                plan->nodes[i].is_skipped = definition_unmet(planning->components[i]) != NULL;
        }

        planning->refused = collect_refused(diags);
        planning->name_rank = rank_by_name(planning, n);
        planning->edges = g_array_new(FALSE, FALSE, sizeof(Edge));
        planning->failures = g_array_new(FALSE, FALSE, sizeof(Failure));
        planning->crossings = g_array_new(FALSE, FALSE, sizeof(Crossing));
}

void planning_done(Planning *planning)
{
        g_clear_pointer(&planning->module_of, g_free);
        g_clear_pointer(&planning->name_rank, g_free);
        g_clear_pointer(&planning->reached_by, g_free);
        g_clear_pointer(&planning->providers_first, g_free);
        g_clear_pointer(&planning->is_started, g_free);
        g_clear_pointer(&planning->refused, g_hash_table_unref);
        g_clear_pointer(&planning->edges, g_array_unref);
        g_clear_pointer(&planning->failures, g_array_unref);
        g_clear_pointer(&planning->crossings, g_array_unref);
}

uint32_t planning_module_index(const Planning *planning, const Module *module)
{
        return GPOINTER_TO_UINT(g_hash_table_lookup(planning->plan->module_index, module)) - 1;
}

void planning_add_edge(Planning *planning, uint32_t from, uint32_t to, EdgeKind kind, Origin origin, const char *key)
{
        const Edge edge = {.from = from, .to = to, .kind = kind, .origin = origin, .key = key};

        g_array_append_val(planning->edges, edge);
}

void planning_add_crossing(Planning *planning, uint32_t from, uint32_t to, const char *who, const char *key,
                           Origin origin)
{
        const Crossing crossing = {.from = from, .to = to, .who = who, .key = key, .origin = origin};

        if (from != to)
                g_array_append_val(planning->crossings, crossing);
}

bool planning_is_eager(const Planning *planning, uint32_t component)
{
        const Definition *definition = planning->components[component];

        return definition->start == START_EAGER && definition->scope == SCOPE_SINGLETON &&
               definition->module->is_loaded && !planning->plan->nodes[component].is_skipped;
}

/* Breadth first along whatever pulls or holds, from all roots at once; by component: where it was reached from. */
static bool is_root(const Planning *planning, uint32_t component, bool from_outside_too)
{
        const Definition *definition = planning->components[component];

        if (planning_is_eager(planning, component))
                return true;
        return from_outside_too && (definition->scope != SCOPE_SINGLETON ||
                                    (definition->endpoints && definition->endpoints->n_listen > 0));
}

static uint32_t *search_from_roots(const Planning *planning, bool from_outside_too)
{
        const Graph *graph = &planning->plan->graph;
        uint32_t n = planning->plan->n_components, head = 0, tail = 0;
        g_autofree uint32_t *queue = g_new(uint32_t, MAX(n, 1));
        uint32_t *by = g_new(uint32_t, MAX(n, 1));

        for (uint32_t i = 0; i < n; i++) {
                by[i] = is_root(planning, i, from_outside_too) ? i : UINT32_MAX;
                if (by[i] == i)
                        queue[tail++] = i;
        }
        while (head < tail) {
                uint32_t node = queue[head++], n_down;
                const uint32_t *down = graph_edges(graph, node, DOWN, &n_down);

                for (uint32_t i = 0; i < n_down; i++) {
                        const Edge *edge = &graph->edges[down[i]];

                        if (edge->kind == EDGE_MODULE || edge->kind == EDGE_AFTER || by[edge->to] != UINT32_MAX)
                                continue;
                        if (edge->kind == EDGE_WANTS && from_outside_too)
                                continue; /* whoever only wants a lazy one starts without it (§56) */
                        by[edge->to] = node;
                        queue[tail++] = edge->to;
                }
        }
        return by;
}

uint32_t *planning_find_used(const Planning *planning)
{
        return search_from_roots(planning, true);
}

bool planning_is_reached(Planning *planning, uint32_t component)
{
        if (!planning->reached_by)
                planning->reached_by = search_from_roots(planning, false);
        return planning->reached_by[component] != UINT32_MAX;
}

void planning_add_lead(Planning *planning, Diag *diag, uint32_t component)
{
        enum { FRONT = 3, BACK = 4 };
        g_autoptr(GArray) way = NULL; /* from the component to the root */

        if (!planning_is_reached(planning, component) || planning->reached_by[component] == component)
                return;
        way = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (uint32_t node = component;; node = planning->reached_by[node]) {
                g_array_append_val(way, node);
                if (planning->reached_by[node] == node)
                        break;
        }
        for (guint i = way->len; i-- > 0;) {
                const Definition *definition = planning->components[g_array_index(way, uint32_t, i)];

                if (way->len > FRONT + BACK && i == way->len - FRONT - 1) {
                        diag_add_lead(diag, DIAG_GAP, origin_at(NULL, 0));
                        i = BACK;
                        continue;
                }
                diag_add_lead(diag, definition->name, definition->origin);
        }
}
