/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "component_properties.h"

#include "base/names.h"
#include "link.h"
#include "marshal.h"
#include "run/endpoint.h"

static Container *container_of(const ApiSpot *spot)
{
        return spot->link->context->container;
}

static const Plan *plan_of(const ApiSpot *spot)
{
        return container_plan(container_of(spot));
}

static const Definition *definition_of(const ApiSpot *spot)
{
        return plan_definition(plan_of(spot), spot->index);
}

static const Instance *instance_of(const ApiSpot *spot)
{
        return container_instance(container_of(spot), spot->index);
}

/* VALUE may speak of the definition D, the instance I, or ask the container about the spot S. */
#define GETTER(name, type, value)                                                                                      \
        PROPERTY_GETTER(component_get_##name)                                                                          \
        {                                                                                                              \
                const ApiSpot *S G_GNUC_UNUSED = userdata;                                                             \
                const Definition *D G_GNUC_UNUSED = definition_of(S);                                                  \
                const Instance *I G_GNUC_UNUSED = instance_of(S);                                                      \
                                                                                                                       \
                return sd_bus_message_append(reply, type, value);                                                      \
        }
#define TEXT_GETTER(name, value)                                                                                       \
        PROPERTY_GETTER(component_get_##name)                                                                          \
        {                                                                                                              \
                const ApiSpot *S G_GNUC_UNUSED = userdata;                                                             \
                const Definition *D G_GNUC_UNUSED = definition_of(S);                                                  \
                const Instance *I G_GNUC_UNUSED = instance_of(S);                                                      \
                                                                                                                       \
                return marshal_text(reply, value);                                                                     \
        }

static const char *desired_of(const Instance *instance, const ApiSpot *spot)
{
        if (instance->is_stopped_by_user)
                return "stopped";
        if (plan_of(spot)->nodes[spot->index].is_wanted)
                return "started";
        return instance->state == STATE_INACTIVE || instance->state == STATE_SKIPPED ? "on-demand" : "started";
}

TEXT_GETTER(name, D->name)
TEXT_GETTER(module, D->module->name)
TEXT_GETTER(description, D->description)
TEXT_GETTER(type, name_of(component_type_names, TYPE_N_, (int) D->type))
TEXT_GETTER(scope, D->scope == SCOPE_KIND ? D->scope_kind : name_of(scope_names, SCOPE_N_, (int) D->scope))
TEXT_GETTER(start, name_of(start_mode_names, START_N_, (int) D->start))
TEXT_GETTER(policy, name_of(startup_policy_names, POLICY_N_, (int) D->policy))
TEXT_GETTER(restart, name_of(restart_mode_names, RESTART_N_, (int) D->life->restart))
GETTER(timeout_start, "t", D->life->timeout_start)
GETTER(timeout_stop, "t", D->life->timeout_stop)
TEXT_GETTER(state, name_of(state_names, STATE_N_, (int) I->state))
GETTER(state_since, "t", I->since)
TEXT_GETTER(sub_state, name_of(sub_state_names, SUB_N_, (int) I->sub_state))
TEXT_GETTER(result, name_of(result_names, RESULT_N_, (int) I->end.result))
GETTER(main_pid, "u", (uint32_t) container_main_pid(container_of(S), I->node))
GETTER(incarnation, "u", I->incarnation)
TEXT_GETTER(desired, desired_of(I, S))
TEXT_GETTER(status_text, container_status_text(container_of(S), I->node))
GETTER(exit_code, "i", I->end.code)
GETTER(exit_status, "i", I->end.status)
GETTER(error_number, "i", I->end.error)
GETTER(n_restarts, "u", I->counters.restarts)
GETTER(spawn_index, "t", I->spawn_index)
GETTER(ready_index, "t", I->ready_index)

PROPERTY_GETTER(component_get_source)
{
        return marshal_origin(reply, definition_of(userdata)->origin);
}

PROPERTY_GETTER(component_get_provides)
{
        const Wiring *wiring = definition_of(userdata)->wiring;
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (uint32_t i = 0; r >= 0 && i < wiring->n_provides; i++)
                r = sd_bus_message_append(reply, "(ss)", wiring->provides[i].key,
                                          wiring->provides[i].route ? wiring->provides[i].route : "");
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* §73 */
PROPERTY_GETTER(component_get_endpoints)
{
        uint32_t n;
        const Endpoint *endpoints = endpoint_list(instance_of(userdata), &n);
        int r = sd_bus_message_open_container(reply, 'a', "{ss}");

        for (uint32_t i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(reply, "{ss}", endpoints[i].name, endpoints[i].value);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(component_get_drop_ins)
{
        const Module *module = definition_of(userdata)->module;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (uint32_t i = 0; r >= 0 && i < module->n_drop_ins; i++)
                r = marshal_text(reply, module->drop_ins[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_requires(sd_bus_message *reply, const Ref *ref, const char *name)
{
        return sd_bus_message_append(reply, "(ssss)", name_of(ref_kind_names, REF_N_, (int) ref->kind), ref->key,
                                     ref->route ? ref->route : "", name);
}

/* Who is bound to whom; of several the best first. Nobody: a value, or nothing. */
PROPERTY_GETTER(component_get_requires)
{
        const ApiSpot *spot = userdata;
        const Wiring *wiring = definition_of(userdata)->wiring;
        int r = sd_bus_message_open_container(reply, 'a', "(ssss)");

        for (uint32_t i = 0; r >= 0 && i < wiring->n_refs; i++) {
                const Plan *plan = plan_of(userdata);
                uint32_t n;
                const uint32_t *nodes = plan_bound(plan, spot->index, &wiring->refs[i], &n);

                if (n == 0)
                        r = append_requires(reply, &wiring->refs[i], "");
                for (uint32_t j = 0; r >= 0 && j < n; j++)
                        r = append_requires(reply, &wiring->refs[i], plan_node_name(plan, nodes[j]));
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

        return sd_bus_message_append(reply, "a{su}", 7, "starts", counters->starts, "restarts", counters->restarts,
                                     "propagated_restarts", counters->propagated_restarts, "failures",
                                     counters->failures, "resolve_hits", counters->resolve_hits, "resolve_misses",
                                     counters->resolve_misses, "undeclared_resolves", counters->undeclared_resolves);
}
