/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call.h"

#include <errno.h>
#include <string.h>

#include "connect.h"
#include "dbus/names.h"
#include "nearest.h"

#define STANDARD_ERROR "org.freedesktop.DBus.Error."
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

int call_fail(const Ctl *ctl, const char *subject, const BusError *details, int error)
{
        const char *name = details && details->name ? details->name : "";
        static const char *const absent[] = {STANDARD_ERROR "ServiceUnknown", STANDARD_ERROR "NameHasNoOwner", NULL};
        static const char *const unknown[] = {STANDARD_ERROR "UnknownMethod", STANDARD_ERROR "UnknownInterface", NULL};

        if (g_str_has_prefix(name, REEVE_ERROR_PREFIX))
                ctl_error(ctl, "%s: %s", subject, details->message);
        else if (g_strv_contains(absent, name))
                ctl_error(ctl, "%s: the container is not running; %s", subject, connect_advice(ctl));
        else if (error == -ECONNRESET || error == -EPIPE || g_str_equal(name, STANDARD_ERROR "NoReply"))
                ctl_error(ctl, "%s: the container ended, or closed the connection%s", subject, connect_log_advice(ctl));
        else if (error == -ETIMEDOUT)
                ctl_error(ctl, "%s: reeved did not answer; it is stopped or overloaded", subject);
        else if (error == -EPERM || g_str_equal(name, STANDARD_ERROR "AccessDenied"))
                ctl_error(ctl, "%s: permission denied; only root and the user reeved runs as may do this", subject);
        else if (g_strv_contains(unknown, name))
                ctl_error(ctl, "%s: the running reeved does not know this (%s); is it older than reevectl?", subject,
                          details->message);
        else if (error == -EBADMSG)
                ctl_error(ctl, "%s: who answers there does not speak D-Bus as reeved does", subject);
        else
                ctl_error(ctl, "%s: %s", subject, *name ? details->message : strerror(-error));
        return error;
}

char *call_component_path(const char *name)
{
        GString *path = g_string_new(REEVE_COMPONENT_PATH "/");

        for (const char *c = name; *c; c++)
                if (g_ascii_isalpha(*c) || (g_ascii_isdigit(*c) && c > name))
                        g_string_append_c(path, *c);
                else
                        g_string_append_printf(path, "_%02x", (unsigned char) *c);
        if (!*name)
                g_string_append_c(path, '_');
        return g_string_free(path, FALSE);
}

static int begin(Ctl *ctl, const char *path, const char *interface, const char *member, uint32_t *ret_serial,
                 const char *types, va_list list)
{
        const WireTarget target = {REEVE_BUS_NAME, path, interface, member};
        int r = ctl_connect(ctl);

        if (r < 0)
                return r;
        r = bus_send(ctl->bus, &target, ret_serial, types, list);
        return r < 0 ? call_fail(ctl, member, NULL, r) : 0;
}

int call_begin(Ctl *ctl, uint32_t *ret_serial, const char *member, const char *types, ...)
{
        va_list list;
        int r;

        va_start(list, types);
        r = begin(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, member, ret_serial, types, list);
        va_end(list);
        return r;
}

static int begin_properties(Ctl *ctl, const char *path, uint32_t *ret_serial, const char *member, const char *types,
                            ...)
{
        va_list list;
        int r;

        va_start(list, types);
        r = begin(ctl, path, PROPERTIES_INTERFACE, member, ret_serial, types, list);
        va_end(list);
        return r;
}

int call_end(Ctl *ctl, const char *subject, uint32_t serial, JsonArray **ret)
{
        g_auto(BusError) error = {0};
        int r = bus_wait_reply(ctl->bus, serial, &error, ret);

        return r < 0 ? call_fail(ctl, subject, &error, r) : 0;
}

int call_container(Ctl *ctl, const char *subject, JsonArray **ret, const char *member, const char *types, ...)
{
        uint32_t serial;
        va_list list;
        int r;

        va_start(list, types);
        r = begin(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, member, &serial, types, list);
        va_end(list);
        return r < 0 ? r : call_end(ctl, subject, serial, ret);
}

int call_container_quietly(Ctl *ctl, BusError *error, JsonArray **ret, const char *member, const char *types, ...)
{
        uint32_t serial;
        va_list list;
        int r;

        va_start(list, types);
        r = begin(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, member, &serial, types, list);
        va_end(list);
        return r < 0 ? r : bus_wait_reply(ctl->bus, serial, error, ret);
}

int call_begin_properties(Ctl *ctl, const char *path, const char *interface, uint32_t *ret_serial)
{
        return begin_properties(ctl, path, ret_serial, "GetAll", "s", interface);
}

/* 0; -ENOENT without a message: the object is not there. */
static int end_properties(Ctl *ctl, uint32_t serial, JsonArray **ret)
{
        g_auto(BusError) error = {0};
        int r = bus_wait_reply(ctl->bus, serial, &error, ret);

        if (bus_error_is(&error, STANDARD_ERROR "UnknownObject") ||
            bus_error_is(&error, STANDARD_ERROR "UnknownInterface"))
                return -ENOENT;
        return r < 0 ? call_fail(ctl, "reading properties", &error, r) : 0;
}

int call_end_properties(Ctl *ctl, uint32_t serial, JsonObject **ret)
{
        g_autoptr(JsonArray) values = NULL;
        JsonObject *object;
        int r = end_properties(ctl, serial, &values);

        if (r < 0)
                return r;
        object = element_object(values, 0);
        *ret = object ? json_object_ref(object) : json_object_new();
        return 0;
}

int call_properties(Ctl *ctl, const char *path, const char *interface, JsonObject **ret)
{
        uint32_t serial;
        int r = call_begin_properties(ctl, path, interface, &serial);

        return r < 0 ? r : call_end_properties(ctl, serial, ret);
}

static int add_states(Ctl *ctl, GHashTable *states, gpointer *names, guint n)
{
        uint32_t serials[BUS_CALLS_MAX];
        int r = 0;

        for (guint i = 0; r >= 0 && i < n; i++) {
                g_autofree char *path = call_component_path(names[i]);

                r = begin_properties(ctl, path, &serials[i], "Get", "ss", REEVE_COMPONENT_INTERFACE, "State");
        }
        for (guint i = 0; r >= 0 && i < n; i++) {
                g_autoptr(JsonArray) values = NULL;

                r = end_properties(ctl, serials[i], &values);
                if (r >= 0 && element_string(values, 0))
                        g_hash_table_insert(states, names[i], g_strdup(element_string(values, 0)));
                r = r == -ENOENT ? 0 : r; /* gone since it was named: its state is not known */
        }
        return r;
}

int call_states(Ctl *ctl, GHashTable *states)
{
        guint n;
        g_autofree gpointer *names = g_hash_table_get_keys_as_array(states, &n);
        int r = 0;

        for (guint i = 0; r >= 0 && i < n; i += BUS_CALLS_MAX)
                r = add_states(ctl, states, names + i, MIN(n - i, (guint) BUS_CALLS_MAX));
        return r;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
        const char *name_a = field_string(*(JsonObject *const *) a, "Name");
        const char *name_b = field_string(*(JsonObject *const *) b, "Name");

        return g_strcmp0(name_a, name_b);
}

/* Every component below OBJECTS, of GetManagedObjects. */
static JsonArray *components_of(JsonObject *objects)
{
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();
        JsonArray *components = json_array_new();

        for (guint i = 0; objects && i < json_object_get_size(objects); i++) {
                const JsonNode *node = json_object_node_at(objects, i);
                JsonObject *interfaces = json_node_type(node) == JSON_OBJECT ? json_node_get_object(node) : NULL;
                JsonObject *component = field_object(interfaces, REEVE_COMPONENT_INTERFACE);

                if (component && field_string(component, "Name"))
                        g_ptr_array_add(sorted, component);
        }
        g_ptr_array_sort(sorted, compare_names);
        for (guint i = 0; i < sorted->len; i++)
                json_array_add_object_element(components, json_object_ref(sorted->pdata[i]));
        return components;
}

int call_snapshot(Ctl *ctl, JsonArray **ret_components, JsonObject **ret_container)
{
        static const WireTarget target = {REEVE_BUS_NAME, REEVE_PATH, "org.freedesktop.DBus.ObjectManager",
                                          "GetManagedObjects"};
        g_autoptr(JsonArray) values = NULL;
        g_auto(BusError) error = {0};
        int r = ctl_connect(ctl);

        if (r < 0)
                return r;
        r = bus_call(ctl->bus, &target, &error, &values, "");
        if (r < 0)
                return call_fail(ctl, "reading the components", &error, r);
        if (ret_container) {
                r = call_properties(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, ret_container);
                if (r == -ENOENT)
                        ctl_error(ctl, "%s: who answers there is not a reeved", ctl->where);
                if (r < 0)
                        return r;
        }
        *ret_components = components_of(element_object(values, 0));
        return 0;
}

int call_unknown(Ctl *ctl, const char *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autoptr(JsonArray) components = NULL;
        g_autofree char *hint = NULL;
        int r = call_snapshot(ctl, &components, NULL);

        if (r < 0)
                return r;
        for (guint i = 0; i < element_count(components); i++)
                g_ptr_array_add(names, (char *) field_string(element_object(components, i), "Name"));
        g_ptr_array_add(names, NULL);
        hint = nearest_hint(name, (const char *const *) names->pdata);
        ctl_error(ctl, "%s: there is no such component%s", *name ? name : "“”",
                  *hint ? hint : "; “reevectl list” shows all");
        return -ENOENT;
}

int call_component(Ctl *ctl, const char *name, JsonObject **ret)
{
        g_autofree char *path = call_component_path(name);
        int r = call_properties(ctl, path, REEVE_COMPONENT_INTERFACE, ret);

        return r == -ENOENT ? call_unknown(ctl, name) : r;
}
