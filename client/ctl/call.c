/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call.h"

#include <errno.h>
#include <string.h>

#include "connect.h"
#include "dbus/names.h"
#include "nearest.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus_message, sd_bus_message_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sd_bus_error, sd_bus_error_free)

int call_fail(const Ctl *ctl, const char *subject, const sd_bus_error *details, int error)
{
        const char *name = details->name ? details->name : "";
        static const char *const absent[] = {SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NAME_HAS_NO_OWNER,
                                             SD_BUS_ERROR_DISCONNECTED, NULL};
        static const char *const silent[] = {SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_TIMEOUT, NULL};

        if (g_str_has_prefix(name, REEVE_ERROR_PREFIX))
                ctl_error(ctl, "%s: %s", subject, details->message);
        else if (g_strv_contains(absent, name))
                ctl_error(ctl, "%s: the container is not running; %s", subject, connect_advice(ctl));
        else if (error == -ECONNRESET || error == -ENOTCONN || error == -EPIPE)
                ctl_error(ctl, "%s: reeved closed the connection; its log says why: “journalctl -u reeve”", subject);
        else if (g_strv_contains(silent, name) || error == -ETIMEDOUT)
                ctl_error(ctl, "%s: reeved did not answer within %u s; it is stopped or overloaded", subject,
                          (unsigned) (CALL_TIMEOUT_USEC / UINT64_C(1000000)));
        else if (g_str_equal(name, SD_BUS_ERROR_ACCESS_DENIED))
                ctl_error(ctl, "%s: permission denied; only root and the user reeved runs as may do this", subject);
        else if (g_str_equal(name, SD_BUS_ERROR_UNKNOWN_METHOD) || g_str_equal(name, SD_BUS_ERROR_UNKNOWN_INTERFACE))
                ctl_error(ctl, "%s: the running reeved does not know this (%s); is it older than reevectl?", subject,
                          details->message);
        else
                ctl_error(ctl, "%s: %s", subject, details->message ? details->message : strerror(-error));
        return error;
}

/* Never starts the daemon: who asks for its state wants to know that it is not running. */
static int call(Ctl *ctl, sd_bus_message *message, sd_bus_error *error, JsonArray **ret)
{
        g_autoptr(sd_bus_message) reply = NULL;
        int r = sd_bus_message_set_auto_start(message, false);

        if (r < 0)
                return r;
        r = sd_bus_call(ctl->bus, message, 0, error, &reply);
        if (r < 0)
                return r;
        return reply_read(reply, ret);
}

static int message_new(Ctl *ctl, const char *path, const char *interface, const char *member, sd_bus_message **ret)
{
        int r = ctl_connect(ctl);

        if (r < 0)
                return r;
        r = sd_bus_message_new_method_call(ctl->bus, ret, REEVE_BUS_NAME, path, interface, member);
        return r < 0 ? call_fail(ctl, member, &SD_BUS_ERROR_NULL, r) : 0;
}

static int call_arguments(Ctl *ctl, sd_bus_error *error, JsonArray **ret, const char *member, const char *types,
                          va_list list)
{
        g_autoptr(sd_bus_message) message = NULL;
        int r = sd_bus_message_new_method_call(ctl->bus, &message, REEVE_BUS_NAME, REEVE_PATH,
                                               REEVE_CONTAINER_INTERFACE, member);

        if (r >= 0)
                r = sd_bus_message_appendv(message, types, list);
        return r < 0 ? r : call(ctl, message, error, ret);
}

int call_container(Ctl *ctl, const char *subject, JsonArray **ret, const char *member, const char *types, ...)
{
        g_auto(sd_bus_error) error = SD_BUS_ERROR_NULL;
        va_list list;
        int r = ctl_connect(ctl);

        if (r < 0)
                return r;
        va_start(list, types);
        r = call_arguments(ctl, &error, ret, member, types, list);
        va_end(list);
        return r < 0 ? call_fail(ctl, subject, &error, r) : 0;
}

int call_container_quietly(Ctl *ctl, sd_bus_error *error, JsonArray **ret, const char *member, const char *types, ...)
{
        va_list list;
        int r = ctl_connect(ctl);

        if (r < 0)
                return r;
        va_start(list, types);
        r = call_arguments(ctl, error, ret, member, types, list);
        va_end(list);
        return r;
}

int call_properties(Ctl *ctl, const char *path, const char *interface, JsonObject **ret)
{
        g_autoptr(sd_bus_message) message = NULL;
        g_auto(sd_bus_error) error = SD_BUS_ERROR_NULL;
        g_autoptr(JsonArray) values = NULL;
        JsonObject *object;
        int r = message_new(ctl, path, "org.freedesktop.DBus.Properties", "GetAll", &message);

        if (r < 0)
                return r;
        r = sd_bus_message_append(message, "s", interface);
        if (r >= 0)
                r = call(ctl, message, &error, &values);
        if (sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
            sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_INTERFACE))
                return -ENOENT;
        if (r < 0)
                return call_fail(ctl, "reading properties", &error, r);
        object = element_object(values, 0);
        *ret = object ? json_object_ref(object) : json_object_new();
        return 0;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
        const char *name_a = field_string(*(JsonObject *const *) a, "Name");
        const char *name_b = field_string(*(JsonObject *const *) b, "Name");

        return g_strcmp0(name_a, name_b);
}

int call_snapshot(Ctl *ctl, JsonArray **ret_components, JsonObject **ret_container)
{
        g_autoptr(sd_bus_message) message = NULL;
        g_auto(sd_bus_error) error = SD_BUS_ERROR_NULL;
        g_autoptr(JsonArray) values = NULL, components = json_array_new();
        g_autoptr(JsonObject) container = NULL;
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();
        g_autoptr(GList) paths = NULL;
        int r = message_new(ctl, REEVE_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", &message);

        if (r < 0)
                return r;
        r = call(ctl, message, &error, &values);
        if (r < 0)
                return call_fail(ctl, "reading the components", &error, r);
        if (ret_container) {
                r = call_properties(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, &container);
                if (r == -ENOENT)
                        ctl_error(ctl, "%s: who answers there is not a reeved", ctl->where);
                if (r < 0)
                        return r;
        }
        if (element_object(values, 0))
                paths = json_object_get_members(element_object(values, 0));
        for (GList *path = paths; path; path = path->next) {
                JsonObject *interfaces = field_object(element_object(values, 0), path->data);
                JsonObject *component = field_object(interfaces, REEVE_COMPONENT_INTERFACE);

                if (component && field_string(component, "Name"))
                        g_ptr_array_add(sorted, component);
        }
        g_ptr_array_sort(sorted, compare_names);
        for (guint i = 0; i < sorted->len; i++)
                json_array_add_object_element(components, json_object_ref(sorted->pdata[i]));
        *ret_components = g_steal_pointer(&components);
        if (ret_container)
                *ret_container = g_steal_pointer(&container);
        return 0;
}

void call_unknown(const Ctl *ctl, const char *name, JsonArray *components)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *hint = NULL;

        for (guint i = 0; i < element_count(components); i++)
                g_ptr_array_add(names, (char *) field_string(element_object(components, i), "Name"));
        g_ptr_array_add(names, NULL);
        hint = nearest_hint(name, (const char *const *) names->pdata);
        ctl_error(ctl, "%s: there is no such component%s", name, *hint ? hint : "; “reevectl list” shows all");
}

int call_component(Ctl *ctl, const char *name, JsonObject **ret)
{
        g_autoptr(JsonArray) components = NULL;
        g_autofree char *path = NULL;
        int r = sd_bus_path_encode(REEVE_COMPONENT_PATH, name, &path);

        if (r < 0)
                return call_fail(ctl, name, &SD_BUS_ERROR_NULL, r);
        r = call_properties(ctl, path, REEVE_COMPONENT_INTERFACE, ret);
        if (r != -ENOENT)
                return r;
        r = call_snapshot(ctl, &components, NULL);
        if (r < 0)
                return r;
        call_unknown(ctl, name, components);
        return -ENOENT;
}
