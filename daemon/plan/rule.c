/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rule.h"

#include "base/names.h"
#include "crossing.h"
#include "endpoint_rule.h"
#include "lifetime.h"
#include "stop_budget.h"

/* §46: what is left out, and why; what needs it is told by itself. */
static void check_conditions(Planning *planning)
{
        for (uint32_t i = 0; i < planning->plan->n_components; i++) {
                const Definition *definition = planning->components[i];
                const Condition *condition = definition_unmet(definition);

                if (!condition || !definition->module->is_loaded)
                        continue;
                diag_set_component(diag_add(planning->diags, SEVERITY_NOTICE, DIAG_CONDITION_NOT_MET, condition->origin,
                                            "'%s' is skipped: %s=%s is not met", definition->name, condition->key,
                                            condition->value),
                                   definition->name, definition->module->name);
        }
}

/* §49. Scoped ones are asked for from outside, those with a socket are connected to; they and what they need are in
 * use. */
static void check_unused(Planning *planning)
{
        g_autofree uint32_t *used = planning_find_used(planning);

        for (uint32_t i = 0; i < planning->plan->n_components; i++) {
                const Definition *definition = planning->components[i];
                Diag *diag;

                if (used[i] != UINT32_MAX || definition->type == TYPE_MODULE || planning->plan->nodes[i].is_skipped ||
                    !definition->module->is_loaded)
                        continue;
                diag = diag_add(planning->diags, SEVERITY_WARNING, DIAG_UNUSED, definition->origin,
                                "lazy '%s' is never started: nothing that starts requires or resolves it",
                                definition->name);
                diag_set_component(diag, definition->name, definition->module->name);
                diag_set_hint(diag,
                              "let something require or resolve it, give it a Listen=, or make it Start=eager; "
                              "\"reevectl resolve %s\" starts it all the same",
                              definition->name);
        }
}

/* §49, D1: the policy is judged on the component that is not ready, so the strict one fails the start after all. */
static void check_policies(Planning *planning)
{
        const Plan *plan = planning->plan;

        for (uint32_t i = 0; i < plan->graph.n_edges; i++) {
                const Edge *edge = &plan->graph.edges[i];
                const Definition *from, *to;
                const char *policy;
                Diag *diag;

                if (edge->kind != EDGE_REQUIRES || !edge->key || !plan->nodes[edge->from].is_wanted)
                        continue;
                from = planning->components[edge->from];
                to = planning->components[edge->to];
                if (from->policy != POLICY_STRICT || to->policy == POLICY_STRICT)
                        continue;
                policy = name_of(startup_policy_names, POLICY_N_, (int) to->policy);
                diag = diag_add(planning->diags, SEVERITY_WARNING, DIAG_POLICY_INEFFECTIVE, edge->origin,
                                "'%s' is strict and requires '%s', whose policy is %s: where '%s' fails, the start "
                                "fails all the same",
                                from->name, to->name, policy, to->name);
                diag_set_component(diag, from->name, from->module->name);
                diag_set_key(diag, edge->key, NULL);
                diag_set_hint(diag, "Wants=%s in place of Requires=%s, or StartupErrorPolicy=%s for '%s' too",
                              edge->key, edge->key, policy, from->name);
        }
}

/* A singleton may hold a transient (D5), but none is started yet: it starts without, and that is said. */
static void check_held(Planning *planning)
{
        Plan *plan = planning->plan;

        for (uint32_t i = 0; i < plan->graph.n_edges; i++) {
                const Edge *edge = &plan->graph.edges[i];
                const Definition *to;
                Diag *diag;

                if (plan_is_barrier(plan, edge->to) || plan_is_barrier(plan, edge->from))
                        continue;
                to = planning->components[edge->to];
                if (to->scope == SCOPE_SINGLETON)
                        continue;
                plan->is_cut[i] = true;
                if ((edge->kind != EDGE_REQUIRES && edge->kind != EDGE_WANTS) || !plan->nodes[edge->from].is_wanted)
                        continue;
                diag = diag_add(
                        planning->diags, SEVERITY_WARNING, DIAG_NOT_AVAILABLE, edge->origin,
                        "'%s' refers to '%s', which lives in a scope; scopes are not available yet, it starts without",
                        planning->components[edge->from]->name, to->name);
                diag_set_key(diag, edge->key, NULL);
        }
}

/* §47: one finding a resource, with all the modules that need it. [Resource NAME] is not available yet, so that none
 * can be there. */
static void check_resources(Planning *planning)
{
        g_autoptr(GHashTable) missing = g_hash_table_new(g_str_hash, g_str_equal); /* name → its finding */
        uint32_t n;
        const Module *const *modules = registry_modules(planning->plan->registry, &n);

        for (uint32_t i = 0; i < n; i++)
                for (uint32_t j = 0; modules[i]->is_loaded && j < modules[i]->n_resources; j++) {
                        const ModuleRef *resource = &modules[i]->resources[j];
                        Diag *diag = g_hash_table_lookup(missing, resource->name);

                        if (!diag) {
                                diag = diag_error(planning->diags, DIAG_RESOURCE_FAILED, resource->origin,
                                                  "resource '%s' is not configured", resource->name);
                                diag_set_hint(diag, "[Resource NAME] is not available yet: take it out of Resources=");
                                g_hash_table_insert(missing, (void *) resource->name, diag);
                        }
                        diag_add_source(diag, modules[i]->name, resource->origin);
                }
}

/* What only makes sense of a configuration that is otherwise right; after an error it would be noise. */
enum { ALWAYS = false, WHEN_CLEAN = true };

static const struct {
        DiagCode code;
        void (*check)(Planning *planning);
        bool when_clean;
} rules[] = {
        {DIAG_CAPTIVE_DEPENDENCY, lifetime_check, ALWAYS}, {DIAG_CONDITION_NOT_MET, check_conditions, ALWAYS},
        {DIAG_UNDECLARED_MODULE, crossing_check, ALWAYS},  {DIAG_POLICY_INEFFECTIVE, check_policies, ALWAYS},
        {DIAG_RESOURCE_FAILED, check_resources, ALWAYS},   {DIAG_INVALID_VALUE, endpoint_rule_check, ALWAYS},
        {DIAG_NOT_AVAILABLE, check_held, WHEN_CLEAN},      {DIAG_UNUSED, check_unused, WHEN_CLEAN},
        {DIAG_BUDGET_SHORT, stop_budget_check, WHEN_CLEAN},
};

void rule_check_all(Planning *planning)
{
        for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
                if (!rules[i].when_clean || diag_list_count(planning->diags, SEVERITY_ERROR) == 0)
                        rules[i].check(planning);
}
