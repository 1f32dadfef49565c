/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "choice.h"

#include <string.h>

const char *const refusal_words[REFUSAL_N_] = {
        [REFUSAL_NONE] = "",
        [REFUSAL_NOT_LOADED] = "its module is not loaded",
        [REFUSAL_NOT_VISIBLE] = "its module is private",
        [REFUSAL_SKIPPED] = "its condition is not met",
        [REFUSAL_LABELS] = "does not pass Target=",
        [REFUSAL_SOFT] = "nothing else starts it",
};

/* What one demand lets through of one group, found as far as anybody has asked. */
typedef struct Selection {
        const Key *key;
        Demand demand;
        const uint32_t *list; /* places in key->providers to look at; NULL: all. Borrowed from an index */
        uint32_t n_list, next;
        GArray *passed; /* of places, of those before next */
} Selection;

struct Choices {
        const Plan *plan;
        const bool *is_wanted;
        GHashTable *selections; /* text → Selection */
        GHashTable *indexes;    /* Key → GHashTable: "name=value", "name" → GArray of places; best first */
};

static void selection_free(void *userdata)
{
        Selection *selection = userdata;

        g_array_unref(selection->passed);
        g_free(selection);
}

Choices *choices_new(const Plan *plan)
{
        Choices *choices = g_new0(Choices, 1);

        choices->plan = plan;
        choices->selections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, selection_free);
        choices->indexes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
        return choices;
}

void choices_free(Choices *choices)
{
        if (!choices)
                return;
        g_hash_table_unref(choices->selections);
        g_hash_table_unref(choices->indexes);
        g_free(choices);
}

void choices_set_wanted(Choices *choices, const bool *is_wanted)
{
        choices->is_wanted = is_wanted;
}

/* The label's text, or NULL: it has none of that name. */
static const char *find_label(const Definition *definition, const char *name, size_t n_name)
{
        for (const char *const *label = definition->labels; label && *label; label++)
                if (strncmp(*label, name, n_name) == 0 && (*label)[n_name] == '=')
                        return *label;
        return NULL;
}

static bool passes(const Definition *definition, const LabelTest *test)
{
        const char *label = find_label(definition, test->text, test->n_name);

        switch (test->kind) {
        case LABEL_EQUALS:
                return label && strcmp(label, test->text) == 0;
        case LABEL_DIFFERS:
                return !label || strcmp(label, test->text) != 0;
        case LABEL_PRESENT:
                return label != NULL;
        case LABEL_ABSENT:
                return label == NULL;
        case LABEL_N_:
                break;
        }
        return false;
}

Refusal choice_refusal(const Plan *plan, uint32_t component, const Demand *demand)
{
        const Definition *definition = plan_definition(plan, component);

        if (!definition->module->is_loaded)
                return REFUSAL_NOT_LOADED;
        if (definition->module->is_private && definition->module != demand->from)
                return REFUSAL_NOT_VISIBLE;
        if (plan->nodes[component].is_skipped)
                return REFUSAL_SKIPPED;
        for (uint32_t i = 0; demand->spec && i < demand->spec->n_tests; i++)
                if (!passes(definition, &demand->spec->tests[i]))
                        return REFUSAL_LABELS;
        return demand->is_wanted && !demand->is_wanted[component] ? REFUSAL_SOFT : REFUSAL_NONE;
}

/* Takes TEXT. */
static void index_label(GHashTable *index, char *text, uint32_t place)
{
        GArray *places = g_hash_table_lookup(index, text);

        if (!places) {
                places = g_array_new(FALSE, FALSE, sizeof(uint32_t));
                g_hash_table_insert(index, g_steal_pointer(&text), places);
        }
        g_array_append_val(places, place);
        g_free(text);
}

static GHashTable *make_index(const Plan *plan, const Key *key)
{
        GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);

        for (uint32_t i = 0; i < key->n_providers; i++) {
                const char *const *label = plan_definition(plan, key->providers[i].index)->labels;

                for (; label && *label; label++) {
                        index_label(index, g_strdup(*label), i);
                        index_label(index, g_strndup(*label, strcspn(*label, "=")), i);
                }
        }
        return index;
}

/* Ten thousand references that each name another label are not to look at ten thousand contributions each. */
static void narrow(Choices *choices, Selection *selection)
{
        const RefSpec *spec = selection->demand.spec;

        for (uint32_t i = 0; spec && i < spec->n_tests; i++) {
                GHashTable *index = g_hash_table_lookup(choices->indexes, selection->key);
                const GArray *places;

                if (spec->tests[i].kind != LABEL_EQUALS && spec->tests[i].kind != LABEL_PRESENT)
                        continue;
                if (!index) {
                        index = make_index(choices->plan, selection->key);
                        g_hash_table_insert(choices->indexes, (void *) selection->key, index);
                }
                places = g_hash_table_lookup(index, spec->tests[i].text);
                if (!places || places->len < selection->n_list) {
                        selection->n_list = places ? places->len : 0;
                        selection->list = places ? (const uint32_t *) (const void *) places->data : NULL;
                }
        }
}

static Selection *select_for(Choices *choices, const Key *key, const Demand *demand)
{
        /* Whose module is public sees what all see. */
        const Module *view = demand->from && demand->from->is_private ? demand->from : NULL;
        g_autofree char *name = g_strdup_printf("%s %p %d %s", key->name, (const void *) view,
                                                demand->is_wanted != NULL, demand->spec ? demand->spec->target : "");
        Selection *selection = g_hash_table_lookup(choices->selections, name);

        if (selection)
                return selection;
        selection = g_new0(Selection, 1);
        selection->key = key;
        selection->demand = *demand;
        selection->n_list = key->n_providers;
        selection->passed = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        narrow(choices, selection);
        g_hash_table_insert(choices->selections, g_steal_pointer(&name), selection);
        return selection;
}

/* The I-th best that passes, or NULL. */
static const Provider *selection_get(const Plan *plan, Selection *selection, uint32_t i)
{
        const Provider *providers = selection->key->providers;

        while (selection->passed->len <= i && selection->next < selection->n_list) {
                uint32_t place = selection->list ? selection->list[selection->next] : selection->next;

                selection->next++;
                if (choice_refusal(plan, providers[place].index, &selection->demand) == REFUSAL_NONE)
                        g_array_append_val(selection->passed, place);
        }
        return i < selection->passed->len ? &providers[g_array_index(selection->passed, uint32_t, i)] : NULL;
}

/* §17, §21, §22 */
static Outcome choose(const Plan *plan, Selection *selection, uint32_t self, const Ref *ref, GArray *nodes)
{
        Cardinality cardinality = ref_cardinality(ref);
        bool without_self = ref->kind == REF_AFTER || (ref->spec && ref->spec->excludes_self);
        const Provider *provider, *best = NULL;
        bool is_tied = false;

        for (uint32_t i = 0; (provider = selection_get(plan, selection, i)) != NULL; i++) {
                if (without_self && provider->index == self)
                        continue;
                if (nodes->len >= cardinality.max) {
                        if (cardinality.max > 1 || provider->rank != best->rank)
                                break;
                        is_tied = true;
                        if (nodes->len > DIAG_MAX_CANDIDATES)
                                break;
                }
                best = best ? best : provider;
                g_array_append_val(nodes, provider->index);
        }
        if (is_tied)
                return OUTCOME_AMBIGUOUS;
        return nodes->len < cardinality.min ? OUTCOME_TOO_FEW : OUTCOME_COMPONENT;
}

/* A key that one component provides is a group of one. */
static Outcome judge_single(const Plan *plan, uint32_t self, const Ref *ref, Found found, const Demand *demand,
                            GArray *nodes)
{
        bool is_component = found.outcome == OUTCOME_COMPONENT;
        uint32_t n = 1;

        if (is_component && ((ref->spec->excludes_self && found.component == self) ||
                             choice_refusal(plan, found.component,
                                            &(Demand){.from = plan_definition(plan, found.component)->module,
                                                      .spec = demand->spec,
                                                      .is_wanted = demand->is_wanted}) != REFUSAL_NONE))
                n = 0;
        if (!is_component && ref->spec->n_tests > 0)
                n = 0; /* a value has no labels */
        if (n == 1 && is_component)
                g_array_append_val(nodes, found.component);
        return n < ref->spec->cardinality.min ? OUTCOME_TOO_FEW : OUTCOME_COMPONENT;
}

Outcome choices_make(Choices *choices, uint32_t self, const Ref *ref, Found found, GArray *nodes)
{
        const Demand demand = {.from = found.from,
                               .spec = ref->spec,
                               .is_wanted = ref->spec && ref->spec->is_soft ? choices->is_wanted : NULL};

        if (found.outcome == OUTCOME_GROUP)
                return choose(choices->plan, select_for(choices, found.key, &demand), self, ref, nodes);
        if (ref->spec)
                return judge_single(choices->plan, self, ref, found, &demand, nodes);
        if (found.outcome == OUTCOME_COMPONENT)
                g_array_append_val(nodes, found.component);
        return OUTCOME_COMPONENT;
}

Found choice_best(const Plan *plan, Found found)
{
        const Demand demand = {.from = found.from};
        const Provider *best = NULL;

        for (uint32_t i = 0; i < found.key->n_providers; i++) {
                const Provider *provider = &found.key->providers[i];

                if (best && provider->rank < best->rank)
                        break;
                if (choice_refusal(plan, provider->index, &demand) != REFUSAL_NONE)
                        continue;
                if (best) {
                        found.outcome = OUTCOME_AMBIGUOUS;
                        return found;
                }
                best = provider;
        }
        found.outcome = best ? OUTCOME_COMPONENT : OUTCOME_MISSING;
        if (best) {
                found.provider = best;
                found.component = best->index;
        }
        return found;
}
