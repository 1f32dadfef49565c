/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "choice.h"
#include "plan_print.h"

/* Of one reference: enough to see why; a group may have ten thousand. */
enum { PASSED_OVER_MAX = 20, NAMES_MAX = 12 };

/* One that a reference does not take. */
typedef struct PassedOver {
        uint32_t component;
        const char *why;
} PassedOver;

static const Key *find_group(const Plan *plan, uint32_t node, const Ref *ref, const Module **ret_from)
{
        Found found = plan_find(plan, ref->key, ref->route, plan_definition(plan, node)->module);

        *ret_from = found.from;
        return found.key && found.key->shape == KEY_GROUP ? found.key : NULL;
}

static const char *why_not(const Plan *plan, uint32_t node, const Ref *ref, uint32_t component, const Demand *demand)
{
        Refusal refusal = choice_refusal(plan, component, demand);

        if (refusal != REFUSAL_NONE)
                return refusal_words[refusal];
        if (component == node && (ref->kind == REF_AFTER || ref->spec))
                return "itself";
        if (ref->spec && ref->spec->is_soft && !plan->nodes[component].is_wanted)
                return refusal_words[REFUSAL_SOFT];
        return "others come first";
}

/* Both stand in the order of the group, so that one walk tells who is missing. */
static GArray *find_passed_over(const Plan *plan, uint32_t node, const Ref *ref)
{
        GArray *list = g_array_new(FALSE, FALSE, sizeof(PassedOver));
        Demand demand = {.spec = ref->spec};
        const Key *key = find_group(plan, node, ref, &demand.from);
        uint32_t n_bound, taken = 0;
        const uint32_t *bound = plan_bound(plan, node, ref, &n_bound);

        for (uint32_t i = 0; key && i < key->n_providers && list->len < PASSED_OVER_MAX; i++) {
                uint32_t component = key->providers[i].index;

                if (taken < n_bound && bound[taken] == component)
                        taken++;
                else {
                        const PassedOver one = {component, why_not(plan, node, ref, component, &demand)};

                        g_array_append_val(list, one);
                }
        }
        return list;
}

/* The others are told by their edges; a value is bound to nobody. */
static bool is_worth_telling(const Plan *plan, uint32_t node, const Ref *ref)
{
        const Module *from;

        if (plan->nodes[node].is_skipped)
                return false;
        return find_group(plan, node, ref, &from) ||
               (ref->spec && plan_find_ref(plan, node, ref).outcome != OUTCOME_NO_NODE);
}

static char *describe_cardinality(const Ref *ref)
{
        Cardinality cardinality = ref_cardinality(ref);

        return cardinality.max == CARDINALITY_ANY ? g_strdup_printf("%u..n", cardinality.min)
                                                  : g_strdup_printf("%u..%u", cardinality.min, cardinality.max);
}

static void append_reference(const Plan *plan, uint32_t node, const Ref *ref, GString *out)
{
        g_autofree char *cardinality = describe_cardinality(ref);
        g_autoptr(GArray) others = find_passed_over(plan, node, ref);
        uint32_t n;
        const uint32_t *bound = plan_bound(plan, node, ref, &n);

        g_string_append_printf(out, "%12s%s%s%s %s: ", "", ref->key, ref->route ? ":" : "",
                               ref->route ? ref->route : "", cardinality);
        for (uint32_t i = 0; i < MIN(n, NAMES_MAX); i++)
                g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", plan_node_name(plan, bound[i]));
        if (n > NAMES_MAX)
                g_string_append_printf(out, " and %u more", n - NAMES_MAX);
        if (n == 0)
                g_string_append(out, "nobody");
        for (guint i = 0; i < MIN(others->len, NAMES_MAX); i++) {
                const PassedOver *other = &g_array_index(others, PassedOver, i);

                g_string_append_printf(out, "%s%s (%s)", i == 0 ? "; not " : ", ",
                                       plan_node_name(plan, other->component), other->why);
        }
        g_string_append(out, others->len > NAMES_MAX ? " …\n" : "\n");
}

void plan_references_format(const Plan *plan, uint32_t node, GString *out)
{
        const Wiring *wiring = plan_definition(plan, node)->wiring;

        for (uint32_t i = 0; i < wiring->n_refs; i++)
                if (is_worth_telling(plan, node, &wiring->refs[i]))
                        append_reference(plan, node, &wiring->refs[i], out);
}

static void reference_to_json(const Plan *plan, uint32_t node, const Ref *ref, Json *json)
{
        g_autofree char *cardinality = describe_cardinality(ref);
        g_autoptr(GArray) others = find_passed_over(plan, node, ref);
        uint32_t n;
        const uint32_t *bound = plan_bound(plan, node, ref, &n);

        json_begin_object(json);
        json_field_string(json, "key", ref->key);
        if (ref->route)
                json_field_string(json, "route", ref->route);
        json_field_string(json, "kind", ref_kind_names[ref->kind]);
        json_field_string(json, "cardinality", cardinality);
        if (ref->spec && ref->spec->n_tests > 0)
                json_field_string(json, "target", ref->spec->target);
        json_key(json, "bound");
        json_begin_array(json);
        for (uint32_t i = 0; i < n; i++)
                json_string(json, plan_node_name(plan, bound[i]));
        json_end_array(json);
        json_key(json, "passed_over");
        json_begin_array(json);
        for (guint i = 0; i < others->len; i++) {
                const PassedOver *other = &g_array_index(others, PassedOver, i);

                json_begin_object(json);
                json_field_string(json, "name", plan_node_name(plan, other->component));
                json_field_string(json, "why", other->why);
                json_end_object(json);
        }
        json_end_array(json);
        json_end_object(json);
}

void plan_references_to_json(const Plan *plan, uint32_t node, Json *json)
{
        const Wiring *wiring = plan_definition(plan, node)->wiring;
        bool is_open = false;

        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                if (!is_worth_telling(plan, node, &wiring->refs[i]))
                        continue;
                if (!is_open) {
                        json_key(json, "references");
                        json_begin_array(json);
                        is_open = true;
                }
                reference_to_json(plan, node, &wiring->refs[i], json);
        }
        if (is_open)
                json_end_array(json);
}
