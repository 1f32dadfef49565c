/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolution.h"

#include <errno.h>
#include <string.h>

#include "dbus/names.h"
#include "marshal.h"
#include "object_path.h"
#include "run/endpoint.h"

char *resolution_address(const char *path)
{
        GString *address = g_string_new("unix:path=");

        /* What an address may hold as it is, as the D-Bus specification has it. */
        for (const char *c = path; *c; c++)
                if (g_ascii_isalnum(*c) || strchr("-_/.\\*", *c))
                        g_string_append_c(address, *c);
                else
                        g_string_append_printf(address, "%%%02x", (unsigned char) *c);
        return g_string_free(address, FALSE);
}

static int append_path(sd_bus_message *message, const BusContext *context, const Resolution *resolution)
{
        g_autofree char *path = NULL;

        if (resolution->kind == RESOLVED_COMPONENT)
                path = object_path_make(REEVE_COMPONENT_PATH,
                                        plan_node_name(container_plan(context->container), resolution->node));
        else
                path = g_strdup(resolution->kind == RESOLVED_CONTAINER ? REEVE_PATH : "/");
        return path ? sd_bus_message_append_basic(message, 'o', path) : -ENOMEM;
}

static int append_entry(sd_bus_message *message, const char *name, const char *text)
{
        int r = sd_bus_message_open_container(message, 'e', "ss");

        if (r >= 0)
                r = sd_bus_message_append_basic(message, 's', name);
        if (r >= 0)
                r = marshal_text(message, text);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_endpoints(sd_bus_message *message, const BusContext *context, const Resolution *resolution)
{
        const Endpoint *endpoints;
        uint32_t n = 0;
        int r = 0;

        switch (resolution->kind) {
        case RESOLVED_COMPONENT:
                endpoints = endpoint_list(container_instance(context->container, resolution->node), &n);
                for (uint32_t i = 0; r >= 0 && i < n; i++)
                        r = append_entry(message, endpoints[i].name, endpoints[i].value);
                return r;
        case RESOLVED_VALUE:
                return append_entry(message, "value", resolution->value->text);
        case RESOLVED_CONTAINER:
                return append_entry(message, "bus", context->address);
        case RESOLVED_NOTHING:
                break;
        }
        return 0;
}

int resolution_append(sd_bus_message *message, const BusContext *context, const Resolution *resolution)
{
        int r = append_path(message, context, resolution);

        if (r >= 0)
                r = sd_bus_message_open_container(message, 'a', "{ss}");
        if (r >= 0)
                r = append_endpoints(message, context, resolution);
        return r < 0 ? r : sd_bus_message_close_container(message);
}
