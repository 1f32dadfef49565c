/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference.h"

#include <string.h>

#include "endpoint.h"

typedef struct Budget {
        GPtrArray *environment;
        size_t n_bytes;
        uint32_t n, n_left_out;
} Budget;

static Found find(const Engine *engine, const Instance *instance, const Ref *ref)
{
        return plan_find(engine->plan, ref->key, ref->route, engine_definition(engine, instance)->module);
}

/* Values and the container itself are always there (§27, §28). */
static bool is_there(const Engine *engine, const Instance *instance, const Ref *ref)
{
        Found found = find(engine, instance, ref);

        return found.outcome == OUTCOME_NO_NODE ||
               (found.outcome == OUTCOME_COMPONENT && engine->instances[found.component].state == STATE_READY);
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

static void put(Budget *budget, const Ref *ref, const char *name, const char *text)
{
        GString *variable = g_string_new("REEVE_REF_");

        append_name(variable, ref->key);
        if (ref->route) {
                g_string_append_c(variable, '_');
                append_name(variable, ref->route);
        }
        g_string_append_c(variable, '_');
        append_name(variable, name);
        g_string_append_c(variable, '=');
        g_string_append(variable, text);
        if (budget->n == REFERENCES_MAX || budget->n_bytes + variable->len + 1 > REFERENCES_MAX_BYTES) {
                budget->n_left_out++;
                g_string_free(variable, TRUE);
                return;
        }
        budget->n++;
        budget->n_bytes += variable->len + 1;
        g_ptr_array_add(budget->environment, g_string_free(variable, FALSE));
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
                put(budget, ref, "value", value->text);
}

uint32_t reference_put(const Engine *engine, const Instance *instance, GPtrArray *environment)
{
        const Wiring *wiring = engine_definition(engine, instance)->wiring;
        Budget budget = {.environment = environment};

        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                const Ref *ref = &wiring->refs[i];
                const Endpoint *endpoints;
                Found found;
                uint32_t n = 0;

                if (ref->kind != REF_REQUIRES && ref->kind != REF_WANTS)
                        continue;
                found = find(engine, instance, ref);
                if (found.outcome == OUTCOME_NO_NODE)
                        put_value(&budget, engine, ref, found.provider);
                if (found.outcome != OUTCOME_COMPONENT)
                        continue;
                endpoints = endpoint_list(&engine->instances[found.component], &n);
                for (uint32_t j = 0; j < n; j++)
                        put(&budget, ref, endpoints[j].name, endpoints[j].value);
        }
        return budget.n_left_out;
}
