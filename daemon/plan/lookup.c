/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "unresolved.h"

static const Found nothing = {.outcome = OUTCOME_MISSING, .component = UINT32_MAX, .module = UINT32_MAX};

static uint32_t module_index(const Plan *plan, const Module *module)
{
        return GPOINTER_TO_UINT(g_hash_table_lookup(plan->module_index, module)) - 1;
}

static bool is_visible(const Module *module, const Module *from)
{
        return !module->is_private || module == from;
}

static int compare_route(const void *route, const void *provider)
{
        return strcmp(route, ((const Provider *) provider)->route);
}

static const Provider *find_route(const Key *key, const char *route)
{
        return bsearch(route, key->providers, key->n_providers, sizeof(Provider), compare_route);
}

/* The provider of ROUTE; exact routes win over the catch-all (§19), which takes no more than the key's declared routes
 * (§18). */
static const Provider *find_provider(const Key *key, const char *route)
{
        const Provider *provider;

        if (key->shape != KEY_ROUTED)
                return key->shape == KEY_PLAIN ? &key->providers[0] : NULL;
        provider = route ? find_route(key, route) : NULL;
        return provider || !route || !key_declaration_allows(key->declared, route) ? provider : find_route(key, "*");
}

static const Module *provider_module(const Registry *registry, const Provider *provider)
{
        uint32_t n;

        switch (provider->kind) {
        case PROVIDER_COMPONENT:
                return registry_components(registry, &n)[provider->index]->module;
        case PROVIDER_VALUE:
                return registry_values(registry, &n)[provider->index]->module;
        case PROVIDER_ALIAS:
                return registry_aliases(registry, &n)[provider->index]->module;
        case PROVIDER_CONTAINER:
        case PROVIDER_N_:
                break;
        }
        return NULL;
}

static const Provider *first_visible(const Registry *registry, const Key *key, const Module *from)
{
        for (uint32_t i = 0; i < key->n_providers; i++) {
                const Module *module = provider_module(registry, &key->providers[i]);

                if (!module || is_visible(module, from))
                        return &key->providers[i];
        }
        return &key->providers[0];
}

/* All but following an alias. */
static Found look(const Plan *plan, const char *name, const char *route, const Module *from)
{
        Found found = nothing;
        const Key *key = registry_find_key(plan->registry, name);
        const Provider *provider;
        const Module *module;

        found.key = key;
        if (!key || key->n_providers == 0)
                return found;
        if (key->shape == KEY_GROUP) {
                found.outcome = route ? OUTCOME_NOT_ROUTED : OUTCOME_GROUP;
                found.from = from;
                return found;
        }
        provider = find_provider(key, route);
        if (key->shape == KEY_PLAIN && route && provider->kind != PROVIDER_ALIAS)
                found.outcome = OUTCOME_NOT_ROUTED;
        else if (key->shape == KEY_ROUTED && !route)
                found.outcome = OUTCOME_ROUTE_REQUIRED;
        else if (!provider)
                found.outcome = OUTCOME_NOT_FOUND;
        else
                found.outcome = OUTCOME_NO_NODE;
        module = provider_module(plan->registry, provider ? provider : first_visible(plan->registry, key, from));
        if (module) {
                found.module = module_index(plan, module);
                if (!module->is_loaded)
                        found.outcome = OUTCOME_MISSING;
                else if (!is_visible(module, from))
                        found.outcome = OUTCOME_NOT_VISIBLE;
        }
        if (found.outcome != OUTCOME_NO_NODE)
                return found;
        found.provider = provider;
        if (provider->kind == PROVIDER_COMPONENT) {
                found.component = provider->index;
                found.outcome = plan->nodes[provider->index].is_skipped ? OUTCOME_SKIPPED : OUTCOME_COMPONENT;
        }
        return found;
}

static bool is_alias(Found found)
{
        return found.provider && found.provider->kind == PROVIDER_ALIAS;
}

/* An error of the same run has taken NAME out: that is no news. */
static Found look_for(const Planning *planning, const char *name, const char *route, const Module *from)
{
        Found found = look(planning->plan, name, route, from);

        if ((!found.key || found.key->n_providers == 0) && g_hash_table_contains(planning->refused, name))
                found.outcome = OUTCOME_REPORTED;
        /* In which shape it is meant is not known. */
        if (found.key && found.key->is_torn) {
                found.outcome = OUTCOME_REPORTED;
                found.provider = NULL;
        }
        return found;
}

const Alias *lookup_alias(const Planning *planning, const char *name)
{
        const Key *key = registry_find_key(planning->plan->registry, name);

        if (!key || key->shape != KEY_PLAIN || key->n_providers == 0 || key->providers[0].kind != PROVIDER_ALIAS)
                return NULL;
        return planning->aliases[key->providers[0].index];
}

/* What an alias comes to when asked with a route: only the end of the chain knows routes. */
static Found with_route(const Plan *plan, Found end, const char *route)
{
        uint32_t n;

        if (!route || end.outcome == OUTCOME_REPORTED || end.outcome == OUTCOME_NOT_FOUND)
                return end;
        if (end.outcome == OUTCOME_ROUTE_REQUIRED && end.module != UINT32_MAX)
                return look(plan, end.key->name, route, registry_modules(plan->registry, &n)[end.module]);
        end.outcome = OUTCOME_NOT_ROUTED;
        return end;
}

static Found follow_alias(const Plan *plan, Found found, const char *route)
{
        uint32_t module = found.module;

        if (!is_alias(found))
                return found;
        found = with_route(plan, plan->alias_ends[found.provider->index], route);
        found.module = module;
        return found;
}

Found lookup_key(const Planning *planning, const char *name, const char *route, const Module *from)
{
        return follow_alias(planning->plan, look_for(planning, name, route, from), route);
}

Found plan_find(const Plan *plan, const char *key, const char *route, const Module *from)
{
        Found found = follow_alias(plan, look(plan, key, route, from), route);

        return found.outcome == OUTCOME_GROUP ? choice_best(plan, found) : found;
}

/* One step from ALIAS. True when it leads to another alias, *RET_NEXT. */
static bool follow(const Planning *planning, uint32_t alias, uint32_t *ret_next, Found *ret_found)
{
        const Alias *from = planning->aliases[alias];

        *ret_found = look_for(planning, from->target, NULL, from->module);
        if (!is_alias(*ret_found))
                return false;
        *ret_next = ret_found->provider->index;
        return true;
}

/* The circle begins with the alias of smallest name, whatever the order of reading. */
static void report_circle(const Planning *planning, const uint32_t *way, uint32_t n)
{
        uint32_t begin = 0;
        const Alias *first;
        Diag *diag;

        /* A target that could not be read is the alias's own name, and a finding already. */
        if (n == 1 && planning->aliases[way[0]]->target == planning->aliases[way[0]]->name)
                return;
        for (uint32_t i = 1; i < n; i++)
                if (strcmp(planning->aliases[way[i]]->name, planning->aliases[way[begin]]->name) < 0)
                        begin = i;
        first = planning->aliases[way[begin]];
        diag = n == 1 ? diag_error(planning->diags, DIAG_CYCLE, first->target_origin, "alias '%s' stands for itself",
                                   first->name)
                      : diag_error(planning->diags, DIAG_CYCLE, first->target_origin, "cycle of %u aliases", n);
        diag_set_component(diag, first->name, first->module->name);
        for (uint32_t i = 0; i < n; i++) {
                const Alias *alias = planning->aliases[way[(begin + i) % n]];

                diag_add_step(diag, alias->name, "alias", alias->target_origin);
        }
        diag_add_step(diag, first->name, NULL, origin_at(NULL, 0));
        diag_set_hint(diag, "let one of them stand for a component or a value");
}

static void note_crossing(Planning *planning, const Alias *alias)
{
        Found found = look_for(planning, alias->target, NULL, alias->module);

        if (found.module != UINT32_MAX && (found.provider || found.outcome == OUTCOME_ROUTE_REQUIRED))
                planning_add_crossing(planning, planning_module_index(planning, alias->module), found.module,
                                      alias->name, alias->target, alias->target_origin);
}

/* END is what the last of WAY leads to. Whoever stands before a broken one has nothing new to say. */
static void settle_way(Planning *planning, const uint32_t *way, uint32_t n_way, Found end)
{
        for (uint32_t i = n_way; i-- > 0;) {
                const Alias *alias = planning->aliases[way[i]];

                if (unresolved_report_alias(planning, alias, end))
                        end.outcome = OUTCOME_REPORTED;
                note_crossing(planning, alias);
                planning->plan->alias_ends[way[i]] = end;
        }
}

void lookup_aliases(Planning *planning)
{
        uint32_t n = planning->n_aliases;
        g_autofree uint32_t *seen = g_new0(uint32_t, MAX(n, 1)); /* the way it was met on, from 1 */
        g_autofree uint32_t *way = g_new(uint32_t, MAX(n, 1));

        planning->plan->alias_ends = g_new0(Found, MAX(n, 1));
        for (uint32_t i = 0; i < n; i++) {
                uint32_t n_way = 0, next = i;
                bool is_end = false;
                Found end = nothing;

                if (!planning->aliases[i]->module->is_loaded)
                        continue;
                while (!is_end && seen[next] == 0) {
                        uint32_t alias = next;

                        seen[alias] = i + 1;
                        way[n_way++] = alias;
                        is_end = !follow(planning, alias, &next, &end);
                }
                if (n_way == 0)
                        continue;
                if (!is_end && seen[next] == i + 1) {
                        uint32_t begin = 0;

                        while (way[begin] != next)
                                begin++;
                        report_circle(planning, way + begin, n_way - begin);
                        end.outcome = OUTCOME_REPORTED;
                } else if (!is_end)
                        end = planning->plan->alias_ends[next];
                settle_way(planning, way, n_way, end);
        }
}
