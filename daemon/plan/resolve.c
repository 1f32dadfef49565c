/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve.h"

#include "lookup.h"

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
                return true;
        }
        return false;
}

static void resolve_ref(Planning *planning, uint32_t component, const Ref *ref)
{
        const Definition *definition = planning->components[component];
        Found found = lookup_key(planning, ref->key, ref->route, definition->module);
        uint32_t from = planning->module_of[component];

        if (is_failure(found.outcome)) {
                const Failure failure = {
                        .component = component, .ref = ref, .kind = edge_kinds[ref->kind], .found = found};

                g_array_append_val(planning->failures, failure);
                return;
        }
        if (found.outcome == OUTCOME_COMPONENT)
                planning_add_edge(planning, component, found.component, edge_kinds[ref->kind], ref->origin, ref->key);
        if ((found.outcome == OUTCOME_COMPONENT || found.outcome == OUTCOME_NO_NODE) && found.module != UINT32_MAX)
                planning_add_crossing(planning, from, found.module, definition->name, ref->key, ref->origin);
}

void resolve_refs(Planning *planning)
{
        for (uint32_t i = 0; i < planning->plan->n_components; i++) {
                const Definition *definition = planning->components[i];

                /* Skipped: as if it were not there (§46). */
                if (planning->plan->nodes[i].is_skipped || !definition->module->is_loaded)
                        continue;
                for (uint32_t j = 0; j < definition->wiring->n_refs; j++)
                        resolve_ref(planning, i, &definition->wiring->refs[j]);
        }
}
