/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference.h"

#include <string.h>

#include "endpoint.h"

typedef struct Budget {
        GPtrArray *environment;
        size_t n_bytes;
        uint32_t n, n_left_out;
} Budget;

/* Values and the container itself are always there (§27, §28). */
static bool is_there(const Engine *engine, const Instance *instance, const Ref *ref)
{
        uint32_t n;
        const uint32_t *nodes = plan_bound(engine->plan, instance->node, ref, &n);

        for (uint32_t i = 0; i < n; i++)
                if (engine->instances[nodes[i]].state == STATE_READY)
                        return true;
        return plan_find_ref(engine->plan, instance->node, ref).outcome == OUTCOME_NO_NODE;
}

char *reference_absent(const Engine *engine, const Instance *instance)
{
        const Wiring *wiring = engine_definition(engine, instance)->wiring;
        GString *absent = g_string_new(NULL);

        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                const Ref *ref = &wiring->refs[i];

                if (ref->kind != REF_WANTS || is_there(engine, instance, ref))
                        continue;
                g_string_append_printf(absent, "%s%s%s%s", absent->len > 0 ? " " : "", ref->key, ref->route ? ":" : "",
                                       ref->route ? ref->route : "");
        }
        return g_string_free(absent, FALSE);
}

static void append_name(GString *variable, const char *name)
{
        for (; *name; name++)
                g_string_append_c(variable, g_ascii_isalnum(*name) ? g_ascii_toupper(*name) : '_');
}

/* REEVE_REF_KEY_ */
static GString *begin_variable(const Ref *ref)
{
        GString *variable = g_string_new("REEVE_REF_");

        append_name(variable, ref->key);
        if (ref->route) {
                g_string_append_c(variable, '_');
                append_name(variable, ref->route);
        }
        g_string_append_c(variable, '_');
        return variable;
}

/* Takes VARIABLE. */
static bool put(Budget *budget, GString *variable, const char *name, const char *text)
{
        append_name(variable, name);
        g_string_append_c(variable, '=');
        g_string_append(variable, text);
        if (budget->n == REFERENCES_MAX || budget->n_bytes + variable->len + 1 > REFERENCES_MAX_BYTES) {
                budget->n_left_out++;
                g_string_free(variable, TRUE);
                return false;
        }
        budget->n++;
        budget->n_bytes += variable->len + 1;
        g_ptr_array_add(budget->environment, g_string_free(variable, FALSE));
        return true;
}

/* §27: a secret is a file. */
static void put_value(Budget *budget, const Engine *engine, const Ref *ref, const Provider *provider)
{
        uint32_t n;
        const Value *value;

        if (provider->kind != PROVIDER_VALUE)
                return;
        value = registry_values(engine->plan->registry, &n)[provider->index];
        if (!value->is_secret)
                put(budget, begin_variable(ref), "value", value->text);
}

static void put_single(Budget *budget, const Engine *engine, const Instance *instance, const Ref *ref)
{
        Found found = plan_find_ref(engine->plan, instance->node, ref);
        const Endpoint *endpoints;
        uint32_t n = 0;

        if (found.outcome == OUTCOME_NO_NODE)
                put_value(budget, engine, ref, found.provider);
        if (found.outcome != OUTCOME_COMPONENT)
                return;
        endpoints = endpoint_list(&engine->instances[found.component], &n);
        for (uint32_t i = 0; i < n; i++)
                put(budget, begin_variable(ref), endpoints[i].name, endpoints[i].value);
}

/* The PLACE-th of several: its name and its endpoints. False: there is no more room. */
static bool put_member(Budget *budget, const Engine *engine, const Ref *ref, const Instance *member, uint32_t place)
{
        uint32_t n = 0;
        const Endpoint *endpoints = endpoint_list(member, &n);
        GString *variable = begin_variable(ref);

        g_string_append_printf(variable, "%u_", place);
        if (!put(budget, variable, "name", engine_definition(engine, member)->name))
                return false;
        for (uint32_t i = 0; i < n; i++) {
                variable = begin_variable(ref);
                g_string_append_printf(variable, "%u_", place);
                put(budget, variable, endpoints[i].name, endpoints[i].value);
        }
        return true;
}

/* §21, §23: those that are there, the best first; how many, also where there are none. */
static void put_plural(Budget *budget, const Engine *engine, const Instance *instance, const Ref *ref)
{
        uint32_t n, n_there = 0;
        const uint32_t *nodes = plan_bound(engine->plan, instance->node, ref, &n);
        GString *variable = begin_variable(ref);

        for (uint32_t i = 0; i < n; i++) {
                const Instance *member = &engine->instances[nodes[i]];

                if (member->state == STATE_READY && put_member(budget, engine, ref, member, n_there))
                        n_there++;
        }
        /* It is what all others are read by: there is always room for it. */
        g_string_append_printf(variable, "COUNT=%u", n_there);
        g_ptr_array_add(budget->environment, g_string_free(variable, FALSE));
}

uint32_t reference_put(const Engine *engine, const Instance *instance, GPtrArray *environment)
{
        const Wiring *wiring = engine_definition(engine, instance)->wiring;
        Budget budget = {.environment = environment};

        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                const Ref *ref = &wiring->refs[i];

                if (ref->kind != REF_REQUIRES && ref->kind != REF_WANTS)
                        continue;
                /* A value is one, however many might have been taken. */
                if (ref_is_plural(ref) && plan_find_ref(engine->plan, instance->node, ref).outcome != OUTCOME_NO_NODE)
                        put_plural(&budget, engine, instance, ref);
                else
                        put_single(&budget, engine, instance, ref);
        }
        return budget.n_left_out;
}
