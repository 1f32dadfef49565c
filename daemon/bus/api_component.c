/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api.h"

#include <stdlib.h>

#include "base/names.h"
#include "component_properties.h"
#include "dbus/names.h"
#include "marshal.h"
#include "object_path.h"

static Container *container_of(const ApiSpot *spot)
{
        return spot->link->context->container;
}

static const Definition *definition_of(const ApiSpot *spot)
{
        return plan_definition(container_plan(container_of(spot)), spot->index);
}

static const Instance *instance_of(const ApiSpot *spot)
{
        return container_instance(container_of(spot), spot->index);
}

/* VALUE may speak of the definition D, the instance I, or ask the container about the spot S. */
#define GETTER(name, type, value)                                                                                      \
        static PROPERTY_GETTER(get_##name)                                                                             \
        {                                                                                                              \
                const ApiSpot *S G_GNUC_UNUSED = userdata;                                                             \
                const Definition *D G_GNUC_UNUSED = definition_of(S);                                                  \
                const Instance *I G_GNUC_UNUSED = instance_of(S);                                                      \
                                                                                                                       \
                return sd_bus_message_append(reply, type, value);                                                      \
        }
#define TEXT_GETTER(name, value)                                                                                       \
        static PROPERTY_GETTER(get_##name)                                                                             \
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
        if (container_plan(container_of(spot))->nodes[spot->index].is_wanted)
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

static PROPERTY_GETTER(get_source)
{
        return marshal_origin(reply, definition_of(userdata)->origin);
}

static int find(sd_bus *connection, const char *path, const char *interface, void *userdata, void **ret,
                sd_bus_error *error)
{
        Link *link = userdata;
        g_autofree char *name = object_path_find_name(REEVE_COMPONENT_PATH, path);
        const Plan *plan;
        int64_t node = 0;

        if (!name)
                return 0;
        if (link->context->container) {
                plan = container_plan(link->context->container);
                node = plan ? registry_find_component(plan->registry, name) : -1;
        }
        if (node < 0)
                return 0;
        link->component = (ApiSpot){.link = link, .index = (uint32_t) node};
        *ret = &link->component;
        return 1;
}

static int enumerate(sd_bus *connection, const char *prefix, void *userdata, char ***ret, sd_bus_error *error)
{
        const Link *link = userdata;
        const Plan *plan = link->context->container ? container_plan(link->context->container) : NULL;
        uint32_t n = plan ? plan->n_components : 0;
        char **paths = calloc(n + 1, sizeof(char *)); /* sd-bus frees them with free(3) */

        if (!paths)
                return -ENOMEM;
        for (uint32_t node = 0; node < n; node++) {
                paths[node] = object_path_make(REEVE_COMPONENT_PATH, plan_node_name(plan, node));
                if (!paths[node]) {
                        g_strfreev(paths);
                        return -ENOMEM;
                }
        }
        *ret = paths;
        return 1;
}

static const sd_bus_vtable component_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", get_name, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Module", "s", get_module, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Description", "s", get_description, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Type", "s", get_type, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Scope", "s", get_scope, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Start", "s", get_start, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Policy", "s", get_policy, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Restart", "s", get_restart, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("TimeoutStartUSec", "t", get_timeout_start, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("TimeoutStopUSec", "t", get_timeout_stop, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Source", "(su)", get_source, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("DropIns", "as", component_get_drop_ins, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Provides", "a(ss)", component_get_provides, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Requires", "a(ssss)", component_get_requires, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("RequiredBy", "as", component_get_required_by, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_state, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("StateSince", "t", get_state_since, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("SubState", "s", get_sub_state, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Result", "s", get_result, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("MainPid", "u", get_main_pid, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Incarnation", "u", get_incarnation, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Desired", "s", get_desired, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("StatusText", "s", get_status_text, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ExitCode", "i", get_exit_code, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ExitStatus", "i", get_exit_status, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ErrorNumber", "i", get_error_number, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("NRestarts", "u", get_n_restarts, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("SpawnIndex", "t", get_spawn_index, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ReadyIndex", "t", get_ready_index, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Timings", "a{st}", component_get_timings, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Counters", "a{su}", component_get_counters, 0, PROPERTY_CHANGES),
        SD_BUS_VTABLE_END,
};

int api_component_register(Link *link)
{
        sd_bus *connection = link->pump.connection;
        int r = sd_bus_add_fallback_vtable(connection, NULL, REEVE_COMPONENT_PATH, REEVE_COMPONENT_INTERFACE,
                                           component_vtable, find, link);

        return r < 0 ? r : sd_bus_add_node_enumerator(connection, NULL, REEVE_COMPONENT_PATH, enumerate, link);
}

void api_component_emit(Link *link, uint32_t node)
{
        const Plan *plan = container_plan(link->context->container);
        g_autofree char *path =
                plan && node < plan->n_components ? object_path_make(REEVE_COMPONENT_PATH, plan_node_name(plan, node)) : NULL;

        if (path)
                (void) sd_bus_emit_properties_changed_strv(link->pump.connection, path, REEVE_COMPONENT_INTERFACE,
                                                           ALL_THAT_CHANGES);
}
