/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <assert.h>

static void bound_table_done(BoundTable *table)
{
        g_clear_pointer(&table->entries, g_array_unref);
        g_clear_pointer(&table->first_ref, g_free);
        g_clear_pointer(&table->first, g_free);
        g_clear_pointer(&table->nodes, g_free);
}

Plan *plan_ref(Plan *plan)
{
        plan->n_references++;
        return plan;
}

void plan_unref(Plan *plan)
{
        if (!plan || --plan->n_references > 0)
                return;
        graph_done(&plan->graph);
        registry_free(plan->registry);
        g_free(plan->nodes);
        g_free(plan->order);
        g_free(plan->is_cut);
        g_free(plan->alias_ends);
        bound_table_done(&plan->bound);
        g_clear_pointer(&plan->module_index, g_hash_table_unref);
        g_free(plan);
}

const Definition *plan_definition(const Plan *plan, uint32_t node)
{
        uint32_t n;
        const Definition *const *components = registry_components(plan->registry, &n);

        assert(node < n);
        return components[node];
}

const char *plan_node_name(const Plan *plan, uint32_t node)
{
        uint32_t n;

        if (!plan_is_barrier(plan, node))
                return plan_definition(plan, node)->name;
        return registry_modules(plan->registry, &n)[node - plan->n_components]->name;
}
