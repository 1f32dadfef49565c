/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "api.h"
#include "component_properties.h"
#include "dbus/names.h"
#include "object_path.h"

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
        SD_BUS_PROPERTY("Name", "s", component_get_name, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Module", "s", component_get_module, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Description", "s", component_get_description, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Type", "s", component_get_type, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Scope", "s", component_get_scope, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Start", "s", component_get_start, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Policy", "s", component_get_policy, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Restart", "s", component_get_restart, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("TimeoutStartUSec", "t", component_get_timeout_start, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("TimeoutStopUSec", "t", component_get_timeout_stop, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Source", "(su)", component_get_source, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("DropIns", "as", component_get_drop_ins, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Provides", "a(ss)", component_get_provides, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Requires", "a(ssss)", component_get_requires, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("RequiredBy", "as", component_get_required_by, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", component_get_state, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("StateSince", "t", component_get_state_since, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("SubState", "s", component_get_sub_state, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Result", "s", component_get_result, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("MainPid", "u", component_get_main_pid, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Incarnation", "u", component_get_incarnation, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Desired", "s", component_get_desired, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("StatusText", "s", component_get_status_text, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Endpoints", "a{ss}", component_get_endpoints, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ExitCode", "i", component_get_exit_code, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ExitStatus", "i", component_get_exit_status, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ErrorNumber", "i", component_get_error_number, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("NRestarts", "u", component_get_n_restarts, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("SpawnIndex", "t", component_get_spawn_index, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ReadyIndex", "t", component_get_ready_index, 0, PROPERTY_CHANGES),
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
        g_autofree char *path = plan && node < plan->n_components
                                        ? object_path_make(REEVE_COMPONENT_PATH, plan_node_name(plan, node))
                                        : NULL;

        if (path)
                (void) sd_bus_emit_properties_changed_strv(link->pump.connection, path, REEVE_COMPONENT_INTERFACE,
                                                           ALL_THAT_CHANGES);
}
