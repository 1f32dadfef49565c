/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unchosen.h"

#include "choice.h"

enum { REFUSED_MAX = 20, FEW = 100 };

static const char *refusal_text(const Planning *planning, uint32_t self, const Ref *ref, uint32_t component,
                                const Demand *demand)
{
        if (component == self && ref->spec && ref->spec->excludes_self)
                return "ExcludeSelf=yes";
        return refusal_words[choice_refusal(planning->plan, component, demand)];
}

/* Who is taken are the candidates; who is not, and why, the sources. */
static void add_contributions(Planning *planning, Diag *diag, const Failure *failure, const Demand *demand,
                              uint32_t n_look)
{
        const Key *key = failure->found.key;
        uint32_t n_refused = 0;

        for (uint32_t i = 0; i < n_look; i++) {
                const Provider *provider = &key->providers[i];
                const char *name = planning->components[provider->index]->name;
                const char *why = refusal_text(planning, failure->component, failure->ref, provider->index, demand);
                g_autofree char *text = NULL;

                if (*why == '\0')
                        diag_add_candidate(diag, name);
                else if (n_refused++ < REFUSED_MAX) {
                        text = g_strdup_printf("not %s: %s", name, why);
                        diag_add_source(diag, text, provider->origin);
                }
        }
}

static uint32_t count(const Planning *planning, const Failure *failure, const Demand *demand, uint32_t n_look)
{
        uint32_t n = 0;

        for (uint32_t i = 0; i < n_look; i++)
                n += *refusal_text(planning, failure->component, failure->ref,
                                   failure->found.key->providers[i].index, demand) == '\0';
        return n;
}

/* "1 of its 3 contributions", "none of its 3 contributions" */
static char *describe_taken(uint32_t n, uint32_t n_all)
{
        g_autofree char *number = n > 0 ? g_strdup_printf("%u", n) : g_strdup("none");

        return g_strdup_printf("%s of its %u contribution%s", number, n_all, n_all == 1 ? "" : "s");
}

/* A key that one component or value provides, asked for by more than its name. */
static Diag *report_single(Planning *planning, const Failure *failure, Severity severity)
{
        const Ref *ref = failure->ref;
        Diag *diag = diag_add(planning->diags, severity,
                              severity == SEVERITY_ERROR ? DIAG_MISSING_DEPENDENCY : DIAG_ABSENT, ref->origin,
                              ref->spec->cardinality.min > 1 ? "'%s' %s at least %u of '%s', and it is one, no group"
                                                             : "'%s' %s %u of '%s', which it does not take itself",
                              planning->components[failure->component]->name,
                              edge_kind_names[failure->kind], MAX(ref->spec->cardinality.min, 1), ref->key);

        diag_set_hint(diag, "look at Cardinality=, Target=, Soft= and ExcludeSelf= of [Reference %s/%s]",
                      planning->components[failure->component]->name, ref->spec->name);
        return diag;
}

static Diag *report_too_few(Planning *planning, const Failure *failure, const Demand *demand, uint32_t n_look)
{
        const Definition *definition = planning->components[failure->component];
        const Ref *ref = failure->ref;
        Cardinality cardinality = ref_cardinality(ref);
        Severity severity = cardinality.min == 0 ? SEVERITY_NOTICE : SEVERITY_ERROR;
        g_autofree char *taken = NULL;
        Diag *diag;

        if (failure->found.key == NULL || failure->found.key->shape != KEY_GROUP)
                return report_single(planning, failure, severity);
        taken = describe_taken(count(planning, failure, demand, n_look), failure->found.key->n_providers);
        if (severity == SEVERITY_NOTICE)
                diag = diag_add(planning->diags, severity, DIAG_ABSENT, ref->origin,
                                "'%s' wants of the group '%s', and %s can be taken; it starts without",
                                definition->name, ref->key, taken);
        else
                diag = diag_add(planning->diags, severity, DIAG_MISSING_DEPENDENCY, ref->origin,
                                "'%s' requires %u of the group '%s', and %s can be taken", definition->name,
                                cardinality.min, ref->key, taken);
        add_contributions(planning, diag, failure, demand, n_look);
        if (severity == SEVERITY_ERROR)
                diag_set_hint(diag, "let another component say Contributes=%s, or ask for less: Cardinality=, Target=",
                              failure->found.key->name);
        return diag;
}

/* §17 */
static Diag *report_ambiguous(Planning *planning, const Failure *failure, const Demand *demand, uint32_t n_look)
{
        const Definition *definition = planning->components[failure->component];
        const Ref *ref = failure->ref;
        const Key *key = failure->found.key;
        g_autoptr(GPtrArray) best = g_ptr_array_new();
        int rank = 0;
        Diag *diag;

        for (uint32_t i = 0; i < key->n_providers && (i < n_look || best->len < 2); i++) {
                const Provider *provider = &key->providers[i];

                if (best->len > 0 && provider->rank < rank)
                        break;
                if (*refusal_text(planning, failure->component, ref, provider->index, demand) != '\0')
                        continue;
                rank = provider->rank;
                g_ptr_array_add(best, (void *) provider);
        }
        diag = diag_error(planning->diags, DIAG_AMBIGUOUS, ref->origin,
                          "'%s' %s one of the group '%s', and %u contributions share the highest rank, %d",
                          definition->name, edge_kind_names[failure->kind], ref->key, best->len, rank);
        for (guint i = 0; i < best->len; i++) {
                const Provider *provider = best->pdata[i];

                diag_add_candidate(diag, planning->components[provider->index]->name);
                if (i < REFUSED_MAX)
                        diag_add_source(diag, planning->components[provider->index]->name, provider->origin);
        }
        diag_set_hint(diag,
                      "give one of them a higher rank, Contributes=%s rank=%d, or choose by labels: Target= in "
                      "[Reference %s/%s]",
                      key->name, rank + 1, definition->name, ref->spec ? ref->spec->name : key->name);
        return diag;
}

/* How many contributions may be looked at: all, until ten thousand references have failed. */
static uint32_t find_budget(Planning *planning, const Key *key)
{
        uint32_t n = !key ? 0 : planning->guess_budget >= key->n_providers ? key->n_providers : FEW;

        planning->guess_budget -= MIN(planning->guess_budget, n);
        return key && key->shape == KEY_GROUP ? MIN(n, key->n_providers) : 0;
}

Diag *unchosen_report(Planning *planning, const Failure *failure)
{
        const RefSpec *spec = failure->ref->spec;
        const Demand demand = {.from = failure->found.from,
                               .spec = spec,
                               .is_wanted = spec && spec->is_soft ? planning->is_started : NULL};
        uint32_t n_look = find_budget(planning, failure->found.key);

        return failure->found.outcome == OUTCOME_AMBIGUOUS ? report_ambiguous(planning, failure, &demand, n_look)
                                                           : report_too_few(planning, failure, &demand, n_look);
}
