/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unresolved.h"

#include <string.h>

#include "base/names.h"
#include "unchosen.h"

enum { CANDIDATES_MAX = 12, FAILURES_MAX = 20000, ABSENT_MAX = 1000 };

/* Who looked for what: a component through a ref, or an alias. */
typedef struct Seeker {
        const char *name, *verb, *key, *route;
        const Module *module;
        Origin origin;
} Seeker;

static char *describe_key(const char *key, const char *route)
{
        return route ? g_strdup_printf("%s:%s", key, route) : g_strdup(key);
}

/* All that there may be, where that is declared; else all that there are. */
static void add_routes(Diag *diag, const Key *key)
{
        const char *const *declared = key->declared ? key->declared->routes : NULL;

        for (uint32_t i = 0; declared ? i < key->declared->n_routes : i < key->n_providers; i++) {
                g_autofree char *text = describe_key(key->name, declared ? declared[i] : key->providers[i].route);

                diag_add_candidate(diag, text);
        }
}

/* The keys around the place where KEY would stand: all of a small configuration, the likely ones of a large one. */
static void add_neighbours(Diag *diag, const char *const *names, size_t n_names, const Seeker *seeker)
{
        size_t low = 0, high = n_names, begin, end;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (strcmp(names[middle], seeker->key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        begin = low > CANDIDATES_MAX / 2 ? low - CANDIDATES_MAX / 2 : 0;
        end = MIN(n_names, begin + CANDIDATES_MAX);
        begin = end > CANDIDATES_MAX ? end - CANDIDATES_MAX : 0;
        for (size_t i = begin; i < end; i++)
                if (strcmp(names[i], seeker->name) != 0 && strcmp(names[i], "reeve") != 0 &&
                    !g_str_has_prefix(names[i], "reeve.") &&
                    !strchr(names[i], ':'))
                        diag_add_candidate(diag, names[i]);
}

/* What was meant, if that can be guessed. */
static void add_hint(Planning *planning, Diag *diag, const Seeker *seeker)
{
        size_t n_names;
        const char *const *names = registry_key_names(planning->plan->registry, &n_names);
        const char *nearest;

        if (planning->guess_budget < n_names)
                return;
        planning->guess_budget -= n_names;
        nearest = name_nearest(names, n_names, seeker->key);
        if (nearest && strcmp(nearest, seeker->name) != 0)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        else if (registry_find_module(planning->plan->registry, seeker->key))
                diag_set_hint(diag, "'%s' is a module; modules are required in [Module]", seeker->key);
}

static void add_guess(Planning *planning, Diag *diag, const Seeker *seeker)
{
        size_t n_names, budget = planning->guess_budget;
        const char *const *names = registry_key_names(planning->plan->registry, &n_names);

        add_hint(planning, diag, seeker);
        if (budget >= n_names)
                add_neighbours(diag, names, n_names, seeker);
}

static Diag *report_missing(Planning *planning, const Seeker *seeker, Found found)
{
        g_autofree char *wanted = describe_key(seeker->key, seeker->route);
        Diag *diag;

        if (found.module != UINT32_MAX) {
                const char *module = planning->modules[found.module]->name;

                diag = diag_error(planning->diags, DIAG_MISSING_DEPENDENCY, seeker->origin,
                                  "'%s' %s '%s', which module '%s' provides, and that is not loaded", seeker->name,
                                  seeker->verb, wanted, module);
                diag_set_hint(diag, "let module '%s' require '%s', or name it in --only", seeker->module->name, module);
                return diag;
        }
        diag = diag_error(planning->diags, DIAG_MISSING_DEPENDENCY, seeker->origin,
                          "'%s' %s '%s', which nothing provides", seeker->name, seeker->verb, wanted);
        add_guess(planning, diag, seeker);
        if (!diag->hint)
                diag_set_hint(diag, "declare it: [Component %s], or Provides=%s in the component that offers it",
                              seeker->key, wanted);
        return diag;
}

static Diag *report_skipped(Planning *planning, const Seeker *seeker, Found found)
{
        const Definition *target = planning->components[found.component];
        const Condition *condition = definition_unmet(target);
        Diag *diag = diag_error(planning->diags, DIAG_MISSING_DEPENDENCY, seeker->origin,
                                "'%s' %s '%s', which is skipped (condition-not-met): %s=%s", seeker->name, seeker->verb,
                                target->name, condition->key, condition->value);

        diag_add_source(diag, target->name, condition->origin);
        diag_set_hint(diag, "with Wants= in place of Requires=, '%s' starts without it", seeker->name);
        return diag;
}

static Diag *report_not_visible(Planning *planning, const Seeker *seeker, Found found)
{
        const Module *module = planning->modules[found.module];
        g_autofree char *wanted = describe_key(seeker->key, seeker->route);
        Diag *diag = diag_error(planning->diags, DIAG_NOT_VISIBLE, seeker->origin,
                                "'%s' %s '%s', which module '%s' keeps to itself", seeker->name, seeker->verb, wanted,
                                module->name);

        diag_add_source(diag, module->name, module->origin);
        diag_set_hint(diag, "only module '%s' itself can use its keys while it says Visibility=private", module->name);
        return diag;
}

static Diag *report_routing(Planning *planning, const Seeker *seeker, Found found)
{
        DiagList *diags = planning->diags;
        Diag *diag;

        if (found.outcome == OUTCOME_ROUTE_REQUIRED) {
                diag = diag_error(diags, DIAG_ROUTE_REQUIRED, seeker->origin,
                                  "'%s' %s '%s' without a route, and this key has routes", seeker->name, seeker->verb,
                                  seeker->key);
                add_routes(diag, found.key);
                diag_set_hint(diag, "write %s:ROUTE", seeker->key);
        } else if (found.outcome == OUTCOME_NOT_ROUTED) {
                diag = diag_error(diags, DIAG_NOT_ROUTED, seeker->origin, "'%s' %s '%s:%s', and this key has no routes",
                                  seeker->name, seeker->verb, seeker->key, seeker->route ? seeker->route : "");
                if (found.key)
                        diag_add_candidate(diag, found.key->name);
                diag_set_hint(diag, "write %s", seeker->key);
        } else {
                diag = diag_error(diags, DIAG_NOT_FOUND, seeker->origin,
                                  "'%s' %s '%s:%s', and this key has no such route", seeker->name, seeker->verb,
                                  seeker->key, seeker->route ? seeker->route : "");
                add_routes(diag, found.key);
        }
        return diag;
}

static Diag *report_one(Planning *planning, const Seeker *seeker, Found found)
{
        switch (found.outcome) {
        case OUTCOME_MISSING:
                return report_missing(planning, seeker, found);
        case OUTCOME_SKIPPED:
                return report_skipped(planning, seeker, found);
        case OUTCOME_NOT_VISIBLE:
                return report_not_visible(planning, seeker, found);
        case OUTCOME_ROUTE_REQUIRED:
        case OUTCOME_NOT_ROUTED:
        case OUTCOME_NOT_FOUND:
                return report_routing(planning, seeker, found);
        case OUTCOME_COMPONENT:
        case OUTCOME_GROUP:
        case OUTCOME_NO_NODE:
        case OUTCOME_AMBIGUOUS:
        case OUTCOME_TOO_FEW:
        case OUTCOME_REPORTED:
        case OUTCOME_N_:
                break;
        }
        return NULL;
}

/* §23: what is optional may be absent, on purpose or by a slip of the pen; nobody but the reader can tell. */
static Diag *report_absent(Planning *planning, const Seeker *seeker, const Failure *failure)
{
        static const struct {
                const char *verb, *without;
        } words[REF_N_] = {
                [REF_WANTS] = {"wants", "it starts without"},
                [REF_AFTER] = {"goes after", "it waits for nothing"},
                [REF_RESOLVES] = {"resolves", "it will not find it"},
        };
        g_autofree char *wanted = describe_key(seeker->key, seeker->route);
        Diag *diag;

        if (failure->found.outcome == OUTCOME_SKIPPED ||
            (failure->found.outcome == OUTCOME_MISSING && failure->found.module != UINT32_MAX))
                return NULL; /* told by itself, or left out on purpose (§34, §46) */
        diag = diag_add(planning->diags, SEVERITY_NOTICE, DIAG_ABSENT, seeker->origin,
                        "'%s' %s '%s', which nothing provides; %s", seeker->name, words[failure->ref->kind].verb,
                        wanted, words[failure->ref->kind].without);
        if (failure->found.outcome == OUTCOME_NOT_FOUND)
                add_routes(diag, failure->found.key);
        else
                add_hint(planning, diag, seeker);
        return diag;
}

static bool is_optional(const Failure *failure)
{
        return failure->ref->kind != REF_REQUIRES &&
               (failure->found.outcome == OUTCOME_MISSING || failure->found.outcome == OUTCOME_NOT_FOUND ||
                failure->found.outcome == OUTCOME_SKIPPED || failure->found.outcome == OUTCOME_TOO_FEW);
}

bool unresolved_report_alias(Planning *planning, const Alias *alias, Found found)
{
        const Seeker seeker = {
                .name = alias->name,
                .verb = "is an alias of",
                .key = alias->target,
                .module = alias->module,
                .origin = alias->target_origin,
        };
        Diag *diag;

        /* A routed key is well behind an alias: who uses it says the route. */
        if (found.outcome == OUTCOME_ROUTE_REQUIRED || found.outcome == OUTCOME_SKIPPED)
                return false;
        diag = report_one(planning, &seeker, found);
        if (!diag)
                return false;
        diag_set_component(diag, alias->name, alias->module->name);
        diag_set_key(diag, alias->target, NULL);
        return true;
}

void unresolved_report_all(Planning *planning)
{
        uint32_t n_reported = 0, n_absent = 0;

        for (guint i = 0; i < planning->failures->len; i++) {
                const Failure *failure = &g_array_index(planning->failures, Failure, i);
                const Definition *definition = planning->components[failure->component];
                const Seeker seeker = {
                        .name = definition->name,
                        .verb = name_of(edge_kind_names, EDGE_N_, (int) failure->kind),
                        .key = failure->ref->key,
                        .route = failure->ref->route,
                        .module = definition->module,
                        .origin = failure->ref->origin,
                };
                Diag *diag;

                if (is_optional(failure)) {
                        diag = n_absent == ABSENT_MAX                            ? NULL
                               : failure->found.outcome == OUTCOME_TOO_FEW ? unchosen_report(planning, failure)
                                                                           : report_absent(planning, &seeker, failure);
                        n_absent += diag != NULL;
                        if (diag) {
                                diag_set_component(diag, definition->name, definition->module->name);
                                diag_set_key(diag, seeker.key, seeker.route);
                        }
                        continue;
                }
                if (n_reported == FAILURES_MAX) {
                        (void) diag_error(planning->diags, DIAG_MISSING_DEPENDENCY, seeker.origin,
                                          "too many references lead nowhere; the rest is left out");
                        return;
                }
                diag = failure->found.outcome == OUTCOME_AMBIGUOUS || failure->found.outcome == OUTCOME_TOO_FEW
                               ? unchosen_report(planning, failure)
                               : report_one(planning, &seeker, failure->found);
                if (!diag)
                        continue;
                n_reported++;
                diag_set_component(diag, definition->name, definition->module->name);
                diag_set_key(diag, seeker.key, seeker.route);
                planning_add_lead(planning, diag, failure->component);
        }
}
