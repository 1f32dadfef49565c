/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unfound.h"

#include <errno.h>

#include "base/names.h"
#include "plan/choice.h"

enum { TIED_MAX = 12 };

static void add_nearest(const Plan *plan, Diag *diag, const char *key)
{
        size_t n;
        const char *const *names = registry_key_names(plan->registry, &n);
        const char *nearest = name_nearest(names, n, key);

        if (!nearest)
                return;
        diag_add_candidate(diag, nearest);
        diag_set_hint(diag, "did you mean '%s'?", nearest);
}

static void add_routes(Diag *diag, const Key *key)
{
        for (uint32_t i = 0; i < key->n_providers; i++) {
                g_autofree char *text = g_strdup_printf("%s:%s", key->name, key->providers[i].route);

                diag_add_candidate(diag, text);
        }
}

static Diag *report_skipped(const Plan *plan, const char *key, Found found, DiagList *diags)
{
        const Definition *definition = plan_definition(plan, found.component);
        const Condition *condition = definition_unmet(definition);
        Diag *diag = diag_error(diags, DIAG_CONDITION_NOT_MET, condition->origin, "'%s' is skipped: %s=%s is not met",
                                key, condition->key, condition->value);

        diag_set_component(diag, definition->name, definition->module->name);
        return diag;
}

static Diag *report_hidden(const Plan *plan, const char *key, Found found, DiagList *diags)
{
        uint32_t n;
        const Module *module = registry_modules(plan->registry, &n)[found.module];
        Diag *diag = diag_error(diags, DIAG_NOT_VISIBLE, module->origin, "module '%s' keeps '%s' to itself",
                                module->name, key);

        diag_set_hint(diag, "it says Visibility=private");
        return diag;
}

/* §17 */
static Diag *report_ambiguous(const Plan *plan, const char *key, Found found, DiagList *diags)
{
        const Provider *providers = found.key->providers;
        const Demand demand = {.from = found.from};
        g_autoptr(GPtrArray) best = g_ptr_array_new();
        g_autoptr(GString) names = g_string_new(NULL);
        int rank = 0;
        Diag *diag;

        for (uint32_t i = 0; i < found.key->n_providers && best->len < TIED_MAX; i++) {
                if (best->len > 0 && providers[i].rank < rank)
                        break;
                if (choice_refusal(plan, providers[i].index, &demand) != REFUSAL_NONE)
                        continue;
                rank = providers[i].rank;
                g_string_append_printf(names, "%s%s", best->len > 0 ? ", " : "",
                                       plan_node_name(plan, providers[i].index));
                g_ptr_array_add(best, (void *) &providers[i]);
        }
        diag = diag_error(diags, DIAG_AMBIGUOUS, origin_at(NULL, 0),
                          "of the group '%s' several share the highest rank, %d: %s", key, rank, names->str);
        for (guint i = 0; i < best->len; i++) {
                const Provider *provider = best->pdata[i];

                diag_add_candidate(diag, plan_node_name(plan, provider->index));
                diag_add_source(diag, plan_node_name(plan, provider->index), provider->origin);
        }
        diag_set_hint(diag, "give one of them a higher rank: Contributes=%s rank=%d", found.key->name, rank + 1);
        return diag;
}

int unfound_report(const Plan *plan, const char *key, const char *route, Found found, DiagList *diags)
{
        Diag *diag;

        switch (found.outcome) {
        case OUTCOME_SKIPPED:
                diag = report_skipped(plan, key, found, diags);
                break;
        case OUTCOME_NOT_VISIBLE:
                diag = report_hidden(plan, key, found, diags);
                break;
        case OUTCOME_ROUTE_REQUIRED:
                diag = diag_error(diags, DIAG_ROUTE_REQUIRED, origin_at(NULL, 0), "'%s' has routes: ask for one", key);
                add_routes(diag, found.key);
                break;
        case OUTCOME_NOT_ROUTED:
                diag = diag_error(diags, DIAG_NOT_ROUTED, origin_at(NULL, 0), "'%s' has no routes", key);
                if (found.key)
                        diag_add_candidate(diag, found.key->name);
                break;
        case OUTCOME_AMBIGUOUS:
                diag = report_ambiguous(plan, key, found, diags);
                break;
        case OUTCOME_NOT_FOUND:
                diag = diag_error(diags, DIAG_NOT_FOUND, origin_at(NULL, 0), "'%s' has no route '%s'", key,
                                  route ? route : "");
                add_routes(diag, found.key);
                break;
        default:
                diag = diag_error(diags, DIAG_NOT_FOUND, origin_at(NULL, 0), "nothing provides '%s%s%s'", key,
                                  route ? ":" : "", route ? route : "");
                add_nearest(plan, diag, key);
                break;
        }
        diag_set_key(diag, key, route);
        return diag->code == DIAG_NOT_FOUND ? -ENOENT : -EBADMSG;
}
