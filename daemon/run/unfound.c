/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unfound.h"

#include <errno.h>

#include "base/names.h"

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
