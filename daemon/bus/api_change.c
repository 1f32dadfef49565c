/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "base/names.h"
#include "dbus/names.h"
#include "marshal.h"
#include "property.h"

static const Change *change_of(const ApiSpot *spot)
{
        return spot->change;
}

#define GETTER(name, type, ctype, expression)                                                                          \
        static PROPERTY_GETTER(get_##name)                                                                             \
        {                                                                                                              \
                const Change *C = change_of(userdata);                                                                 \
                ctype value = (expression);                                                                            \
                                                                                                                       \
                return sd_bus_message_append(reply, type, value);                                                      \
        }

GETTER(id, "t", uint64_t, C->id)
GETTER(kind, "s", const char *, name_of(change_kind_names, CHANGE_KIND_N_, (int) C->kind))
GETTER(begun, "t", uint64_t, C->begun)
GETTER(ended, "t", uint64_t, C->ended)

/* A client asked for it, by Get or GetAll: not a signal of ours, nor a listing of all there is. */
static bool is_being_read(sd_bus *connection)
{
        sd_bus_message *call = sd_bus_get_current_message(connection);
        const char *member = call ? sd_bus_message_get_member(call) : NULL;

        return member && (strcmp(member, "Get") == 0 || strcmp(member, "GetAll") == 0);
}

static PROPERTY_GETTER(get_state)
{
        ApiSpot *spot = userdata;

        if (spot->change->ended != 0 && is_being_read(connection))
                container_change_read(spot->link->context->container, spot->change);
        return sd_bus_message_append(reply, "s",
                                     name_of(change_state_names, CHANGE_STATE_N_, (int) spot->change->state));
}

static PROPERTY_GETTER(get_tasks)
{
        const ApiSpot *spot = userdata;
        const Change *change = spot->change;
        const Plan *plan = container_plan(spot->link->context->container);
        int r = sd_bus_message_open_container(reply, 'a', "(sss)");

        for (uint32_t i = 0; r >= 0 && plan && i < change->n_tasks; i++)
                r = sd_bus_message_append(reply, "(sss)", plan_node_name(plan, change->tasks[i].node),
                                          name_of(change_kind_names, CHANGE_KIND_N_, (int) change->kind),
                                          name_of(change_state_names, CHANGE_STATE_N_, (int) change->tasks[i].state));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static PROPERTY_GETTER(get_error)
{
        const DiagList *diags = &change_of(userdata)->error;

        if (!diags->items || diags->items->len == 0)
                return sd_bus_message_append(reply, "a{sv}", 0);
        return marshal_finding(reply, g_ptr_array_index(diags->items, 0));
}

void api_change_path(uint64_t id, char ret[static API_CHANGE_PATH_MAX])
{
        (void) g_snprintf(ret, API_CHANGE_PATH_MAX, REEVE_CHANGE_PATH "/%" G_GUINT64_FORMAT, id);
}

/* 0: not the path of a change. */
static uint64_t change_id(const char *path)
{
        const char *name = path + strlen(REEVE_CHANGE_PATH "/");
        guint64 id;

        if (!g_str_has_prefix(path, REEVE_CHANGE_PATH "/") || *name == '0')
                return 0;
        return g_ascii_string_to_unsigned(name, 10, 1, G_MAXUINT64, &id, NULL) ? id : 0;
}

static int find(sd_bus *connection, const char *path, const char *interface, void *userdata, void **ret,
                sd_bus_error *error)
{
        Link *link = userdata;
        uint64_t id = change_id(path);
        Change *change = NULL;

        if (id == 0)
                return 0;
        if (link->context->container) {
                change = container_find_change(link->context->container, id);
                if (!change)
                        return 0;
        }
        link->change = (ApiSpot){.link = link, .change = change};
        *ret = &link->change;
        return 1;
}

static int enumerate(sd_bus *connection, const char *prefix, void *userdata, char ***ret, sd_bus_error *error)
{
        const Link *link = userdata;
        const GPtrArray *changes = link->context->container ? container_changes(link->context->container) : NULL;
        guint n = changes ? changes->len : 0;
        char **paths = calloc((size_t) n + 1, sizeof(char *)); /* sd-bus frees them with free(3) */

        if (!paths)
                return -ENOMEM;
        for (guint i = 0; i < n; i++) {
                char path[API_CHANGE_PATH_MAX];

                api_change_path(((const Change *) g_ptr_array_index(changes, i))->id, path);
                paths[i] = strdup(path);
                if (!paths[i]) {
                        g_strfreev(paths);
                        return -ENOMEM;
                }
        }
        *ret = paths;
        return 1;
}

static const sd_bus_vtable change_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Id", "t", get_id, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Kind", "s", get_kind, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_state, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Tasks", "a(sss)", get_tasks, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Error", "a{sv}", get_error, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Begun", "t", get_begun, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Ended", "t", get_ended, 0, PROPERTY_CHANGES),
        SD_BUS_VTABLE_END,
};

int api_change_register(Link *link)
{
        sd_bus *connection = link->pump.connection;
        int r = sd_bus_add_fallback_vtable(connection, NULL, REEVE_CHANGE_PATH, REEVE_CHANGE_INTERFACE, change_vtable,
                                           find, link);

        return r < 0 ? r : sd_bus_add_node_enumerator(connection, NULL, REEVE_CHANGE_PATH, enumerate, link);
}

void api_change_emit(Link *link, uint64_t id, bool is_new)
{
        sd_bus *connection = link->pump.connection;
        const Change *change = container_find_change(link->context->container, id);
        char path[API_CHANGE_PATH_MAX];

        if (!change)
                return;
        api_change_path(id, path);
        if (is_new)
                (void) sd_bus_emit_object_added(connection, path);
        else
                (void) sd_bus_emit_properties_changed_strv(connection, path, REEVE_CHANGE_INTERFACE, ALL_THAT_CHANGES);
}

void api_change_emit_gone(Link *link, uint64_t id)
{
        char path[API_CHANGE_PATH_MAX];

        api_change_path(id, path);
        /* sd-bus would look the object up to list its interfaces, and it is gone. */
        (void) sd_bus_emit_signal(link->pump.connection, REEVE_PATH, "org.freedesktop.DBus.ObjectManager",
                                  "InterfacesRemoved", "oas", path, 1, REEVE_CHANGE_INTERFACE);
}
