/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "api.h"
#include "dbus/names.h"
#include "marshal.h"
#include "object_path.h"
#include "property.h"

static const Module *const *modules_of(const Link *link, uint32_t *ret_n)
{
        const Plan *plan = link->context->container ? container_plan(link->context->container) : NULL;

        *ret_n = 0;
        return plan ? registry_modules(plan->registry, ret_n) : NULL;
}

static const Module *module_of(const ApiSpot *spot)
{
        uint32_t n;

        return modules_of(spot->link, &n)[spot->index];
}

#define TEXT_GETTER(name, expression)                                                                                  \
        static PROPERTY_GETTER(get_##name)                                                                             \
        {                                                                                                              \
                const Module *M = module_of(userdata);                                                                 \
                                                                                                                       \
                return marshal_text(reply, (expression));                                                              \
        }

TEXT_GETTER(name, M->name)
TEXT_GETTER(description, M->description)
TEXT_GETTER(documentation, M->documentation)
TEXT_GETTER(visibility, M->is_private ? "private" : "public")

static PROPERTY_GETTER(get_source)
{
        return marshal_origin(reply, module_of(userdata)->origin);
}

static PROPERTY_GETTER(get_requires)
{
        const Module *module = module_of(userdata);
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (uint32_t i = 0; r >= 0 && i < module->n_requires; i++)
                r = marshal_text(reply, module->requires[i].name);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static PROPERTY_GETTER(get_components)
{
        const ApiSpot *spot = userdata;
        const Plan *plan = container_plan(spot->link->context->container);
        const Module *module = module_of(spot);
        uint32_t n;
        const Definition *const *components = registry_components(plan->registry, &n);
        int r = sd_bus_message_open_container(reply, 'a', "o");

        for (uint32_t i = 0; r >= 0 && i < n; i++) {
                g_autofree char *object = components[i]->module == module
                                                  ? object_path_make(REEVE_COMPONENT_PATH, components[i]->name)
                                                  : NULL;

                if (object)
                        r = sd_bus_message_append(reply, "o", object);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int find(sd_bus *connection, const char *path, const char *interface, void *userdata, void **ret,
                sd_bus_error *error)
{
        Link *link = userdata;
        g_autofree char *name = object_path_find_name(REEVE_MODULE_PATH, path);
        uint32_t n, index = 0;
        const Module *const *modules = modules_of(link, &n);

        if (!name)
                return 0;
        while (index < n && g_strcmp0(modules[index]->name, name) != 0)
                index++;
        if (link->context->container && index == n)
                return 0;
        link->module = (ApiSpot){.link = link, .index = index};
        *ret = &link->module;
        return 1;
}

static int enumerate(sd_bus *connection, const char *prefix, void *userdata, char ***ret, sd_bus_error *error)
{
        uint32_t n;
        const Module *const *modules = modules_of(userdata, &n);
        char **paths = calloc((size_t) n + 1, sizeof(char *)); /* sd-bus frees them with free(3) */

        if (!paths)
                return -ENOMEM;
        for (uint32_t i = 0; i < n; i++) {
                paths[i] = object_path_make(REEVE_MODULE_PATH, modules[i]->name);
                if (!paths[i]) {
                        g_strfreev(paths);
                        return -ENOMEM;
                }
        }
        *ret = paths;
        return 1;
}

static const sd_bus_vtable module_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", get_name, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Description", "s", get_description, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Documentation", "s", get_documentation, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Visibility", "s", get_visibility, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Source", "(su)", get_source, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Requires", "as", get_requires, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Components", "ao", get_components, 0, PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

int api_module_register(Link *link)
{
        sd_bus *connection = link->pump.connection;
        int r = sd_bus_add_fallback_vtable(connection, NULL, REEVE_MODULE_PATH, REEVE_MODULE_INTERFACE, module_vtable,
                                           find, link);

        return r < 0 ? r : sd_bus_add_node_enumerator(connection, NULL, REEVE_MODULE_PATH, enumerate, link);
}
