/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bound.h"

#include <assert.h>

void bound_table_init(BoundTable *table, const Plan *plan)
{
        table->first_ref = g_new0(uint32_t, (size_t) plan->n_components + 1);
        for (uint32_t i = 0; i < plan->n_components; i++)
                table->first_ref[i + 1] = table->first_ref[i] + plan_definition(plan, i)->wiring->n_refs;
        table->n_refs = table->first_ref[plan->n_components];
        table->entries = g_array_new(FALSE, FALSE, sizeof(BoundEntry));
}

void bound_table_add(BoundTable *table, uint32_t component, uint32_t ref, uint32_t node)
{
        const BoundEntry entry = {.ref = table->first_ref[component] + ref, .node = node};

        g_array_append_val(table->entries, entry);
}

void bound_table_finish(BoundTable *table)
{
        const BoundEntry *entries = (const BoundEntry *) (const void *) table->entries->data;
        uint32_t n = table->entries->len;
        g_autofree uint32_t *next = g_new0(uint32_t, (size_t) table->n_refs + 1);

        table->first = g_new0(uint32_t, (size_t) table->n_refs + 1);
        table->nodes = g_new(uint32_t, MAX(n, 1));
        for (uint32_t i = 0; i < n; i++)
                table->first[entries[i].ref + 1]++;
        for (uint32_t i = 0; i < table->n_refs; i++)
                table->first[i + 1] += table->first[i];
        for (uint32_t i = 0; i < n; i++) {
                uint32_t ref = entries[i].ref;

                table->nodes[table->first[ref] + next[ref]++] = entries[i].node;
        }
        g_clear_pointer(&table->entries, g_array_unref);
}

const uint32_t *plan_bound(const Plan *plan, uint32_t node, const Ref *ref, uint32_t *ret_n)
{
        const BoundTable *table = &plan->bound;
        const Wiring *wiring = plan_definition(plan, node)->wiring;
        uint32_t i = table->first_ref[node] + (uint32_t) (ref - wiring->refs);

        assert(ref >= wiring->refs && ref < wiring->refs + wiring->n_refs);
        *ret_n = table->first[i + 1] - table->first[i];
        return table->nodes + table->first[i];
}

Found plan_find_ref(const Plan *plan, uint32_t node, const Ref *ref)
{
        Found found = plan_find(plan, ref->key, ref->route, plan_definition(plan, node)->module);
        uint32_t n;
        const uint32_t *nodes = plan_bound(plan, node, ref, &n);

        /* A value has no labels, so no filter lets it through. */
        if (found.outcome == OUTCOME_NO_NODE && !(ref->spec && ref->spec->n_tests > 0))
                return found;
        found.outcome = n > 0 ? OUTCOME_COMPONENT : OUTCOME_MISSING;
        found.component = n > 0 ? nodes[0] : UINT32_MAX;
        return found;
}
