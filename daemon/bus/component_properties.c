/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "component_properties.h"

#include "base/names.h"
#include "link.h"
#include "marshal.h"

/* Aliases may point at aliases; plan has refused rings, but a bound costs nothing. */
#define ALIASES_MAX 64

static const Plan *plan_of(const ApiSpot *spot)
{
        return container_plan(spot->link->context->container);
}

static const Instance *instance_of(const ApiSpot *spot)
{
        return container_instance(spot->link->context->container, spot->index);
}

static const Wiring *wiring_of(const ApiSpot *spot)
{
        return plan_definition(plan_of(spot), spot->index)->wiring;
}

PROPERTY_GETTER(component_get_provides)
{
        const Wiring *wiring = wiring_of(userdata);
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (uint32_t i = 0; r >= 0 && i < wiring->n_provides; i++)
                r = sd_bus_message_append(reply, "(ss)", wiring->provides[i].key,
                                          wiring->provides[i].route ? wiring->provides[i].route : "");
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(component_get_drop_ins)
{
        const ApiSpot *spot = userdata;
        const Module *module = plan_definition(plan_of(spot), spot->index)->module;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (uint32_t i = 0; r >= 0 && i < module->n_drop_ins; i++)
                r = marshal_text(reply, module->drop_ins[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const Provider *find_provider(const Registry *registry, const char *name, const char *route)
{
        const Key *key = registry_find_key(registry, name);
        const Provider *catch_all = NULL;

        for (uint32_t i = 0; key && i < key->n_providers; i++) {
                const Provider *provider = &key->providers[i];

                if (g_strcmp0(provider->route, route) == 0)
                        return provider;
                if (route && g_strcmp0(provider->route, "*") == 0)
                        catch_all = provider;
        }
        return catch_all;
}

/* The component behind a key, through aliases; empty: a value, or nothing. */
static const char *provider_name(const Plan *plan, const Ref *ref)
{
        const char *name = ref->key;
        uint32_t n;

        for (unsigned i = 0; i < ALIASES_MAX; i++) {
                const Provider *provider = find_provider(plan->registry, name, i == 0 ? ref->route : NULL);

                if (provider && provider->kind == PROVIDER_COMPONENT)
                        return plan_node_name(plan, provider->index);
                if (!provider || provider->kind != PROVIDER_ALIAS)
                        return "";
                name = registry_aliases(plan->registry, &n)[provider->index]->target;
        }
        return "";
}

PROPERTY_GETTER(component_get_requires)
{
        const Wiring *wiring = wiring_of(userdata);
        int r = sd_bus_message_open_container(reply, 'a', "(ssss)");

        for (uint32_t i = 0; r >= 0 && i < wiring->n_refs; i++) {
                const Ref *ref = &wiring->refs[i];

                r = sd_bus_message_append(reply, "(ssss)", name_of(ref_kind_names, REF_N_, (int) ref->kind), ref->key,
                                          ref->route ? ref->route : "", provider_name(plan_of(userdata), ref));
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(component_get_required_by)
{
        const ApiSpot *spot = userdata;
        const Plan *plan = plan_of(spot);
        uint32_t n;
        const uint32_t *edges = graph_edges(&plan->graph, spot->index, UP, &n);
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (uint32_t i = 0; r >= 0 && i < n; i++) {
                uint32_t node = graph_neighbour(&plan->graph, edges[i], UP);

                if (!plan_is_barrier(plan, node))
                        r = sd_bus_message_append(reply, "s", plan_node_name(plan, node));
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(component_get_timings)
{
        const Timings *timings = &instance_of(userdata)->timings;
        ComponentDurations durations = component_durations(timings);
        const struct {
                const char *key;
                uint64_t usec, unknown;
        } entries[] = {
                {"requested", timings->requested, 0},
                {"deps_ready", timings->deps_ready, 0},
                {"slot", timings->slot, 0},
                {"spawned", timings->spawned, 0},
                {"connected", timings->connected, 0},
                {"constructed", timings->constructed, 0},
                {"ready", timings->ready, 0},
                {"stop_requested", timings->stop_requested, 0},
                {"stopped", timings->stopped, 0},
                {"wait_deps", durations.wait_deps, DURATION_UNKNOWN},
                {"wait_slot", durations.wait_slot, DURATION_UNKNOWN},
                {"spawn", durations.spawn, DURATION_UNKNOWN},
                {"construct", durations.construct, DURATION_UNKNOWN},
                {"startup", durations.startup, DURATION_UNKNOWN},
                {"own", durations.own, DURATION_UNKNOWN},
                {"stop", durations.stop, DURATION_UNKNOWN},
        };
        int r = sd_bus_message_open_container(reply, 'a', "{st}");

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(entries); i++)
                if (entries[i].usec != entries[i].unknown)
                        r = sd_bus_message_append(reply, "{st}", entries[i].key, entries[i].usec);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(component_get_counters)
{
        const Counters *counters = &instance_of(userdata)->counters;

        return sd_bus_message_append(reply, "a{su}", 4, "starts", counters->starts, "restarts", counters->restarts,
                                     "propagated_restarts", counters->propagated_restarts, "failures",
                                     counters->failures);
}
