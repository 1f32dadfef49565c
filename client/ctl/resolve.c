/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "call.h"
#include "clock.h"
#include "dbus/names.h"
#include "nearest.h"
#include "progress.h"
#include "verb.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

typedef struct Wait {
        Ctl *ctl;
        const char *key;
        uint32_t serial;
        Progress progress;
} Wait;

/* One line; the state only where the key is the name of a component. */
static void show_progress(Wait *wait)
{
        g_autoptr(GHashTable) states = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
        g_autofree char *text = NULL;
        const char *state;

        g_hash_table_insert(states, (char *) wait->key, NULL);
        if (call_states(wait->ctl, states) < 0)
                return;
        state = g_hash_table_lookup(states, wait->key);
        text = g_strdup_printf("waiting for %s%s%s", wait->key, state ? ": it is " : "", state ? state : "");
        progress_update(&wait->progress, text);
}

/* As long as it takes; the daemon keeps the time of --timeout. */
static int wait_for_answer(Wait *wait, BusError *error, JsonArray **ret)
{
        int r;

        for (;;) {
                r = bus_wait_reply_until(wait->ctl->bus, wait->serial,
                                         clock_monotonic() + progress_interval(&wait->progress), error, ret);
                if (r != -ETIMEDOUT)
                        return r;
                if (!ctl_has(wait->ctl, OPTION_QUIET))
                        show_progress(wait);
        }
}

static bool is_wanted(const Ctl *ctl, const char *name)
{
        return !ctl->options.properties ||
               g_ptr_array_find_with_equal_func(ctl->options.properties, name, g_str_equal, NULL);
}

static void append_endpoints(const Ctl *ctl, GString *out, JsonObject *endpoints)
{
        g_autoptr(GList) names = g_list_sort(json_object_get_members(endpoints), (GCompareFunc) g_strcmp0);

        for (GList *name = names; name; name = name->next) {
                const char *value = field_string(endpoints, name->data);

                if (!value || !is_wanted(ctl, name->data))
                        continue;
                if (!ctl_has(ctl, OPTION_VALUE)) {
                        text_append(out, name->data);
                        g_string_append_c(out, '=');
                }
                text_append(out, value);
                g_string_append_c(out, '\n');
        }
}

static void append_json(GString *out, const char *key, const char *route, JsonArray *reply, JsonObject *endpoints)
{
        g_autoptr(JsonObject) object = json_object_new();

        json_object_set_string_member(object, "key", key);
        if (route)
                json_object_set_string_member(object, "route", route);
        else
                json_object_set_member(object, "route", json_node_new_null());
        json_object_set_string_member(object, "instance", element_string(reply, 0) ? element_string(reply, 0) : "/");
        json_object_set_object_member(object, "endpoints", json_object_ref(endpoints));
        json_append_object(out, object, false);
}

/* What is spelt wrong must not look like an empty value. */
static int check_names(const Ctl *ctl, const char *subject, JsonObject *endpoints)
{
        GPtrArray *wanted = ctl->options.properties;
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        int status = EXIT_OK;

        for (guint i = 0; i < json_object_get_size(endpoints); i++)
                g_ptr_array_add(names, (char *) json_object_name_at(endpoints, i));
        g_ptr_array_add(names, NULL);
        for (guint i = 0; wanted && i < wanted->len; i++) {
                g_autofree char *hint = NULL;

                if (json_object_has_member(endpoints, wanted->pdata[i]))
                        continue;
                hint = nearest_hint(wanted->pdata[i], (const char *const *) names->pdata);
                ctl_error(ctl, "%s: it has no endpoint “%s”%s", subject, (const char *) wanted->pdata[i], hint);
                status = EXIT_OTHER;
        }
        return status;
}

static int print_answer(const Ctl *ctl, const char *key, const char *route, JsonArray *reply)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(JsonObject) none = json_object_new();
        JsonObject *endpoints = element_object(reply, 1) ? element_object(reply, 1) : none;
        int status = check_names(ctl, ctl->names[0], endpoints), r;

        if (ctl_has(ctl, OPTION_JSON))
                append_json(out, key, route, reply, endpoints);
        else
                append_endpoints(ctl, out, endpoints);
        if (json_object_get_size(endpoints) == 0 && !ctl_has(ctl, OPTION_JSON))
                ctl_note(ctl, "%s is ready; it has no endpoints", ctl->names[0]);
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? status : r;
}

static int ask(Wait *wait, const char *route)
{
        Ctl *ctl = wait->ctl;

        if (ctl_has(ctl, OPTION_TIMEOUT))
                return call_begin(ctl, &wait->serial, "Resolve", "ssa{sv}", wait->key, route ? route : "", 1,
                                  "timeout-usec", "t", ctl->options.timeout_usec);
        return call_begin(ctl, &wait->serial, "Resolve", "ssa{sv}", wait->key, route ? route : "", 0);
}

int verb_resolve(Ctl *ctl)
{
        g_auto(GStrv) parts = g_strsplit(ctl->names[0], ":", 2);
        g_autofree char *subject = g_strdup_printf("resolve %s", ctl->names[0]);
        g_autoptr(JsonArray) reply = NULL;
        g_auto(BusError) error = {0};
        Wait wait = {.ctl = ctl, .key = parts[0] ? parts[0] : ""};
        const char *route = parts[0] ? parts[1] : NULL;
        int r = ask(&wait, route);

        if (r < 0)
                return EXIT_OTHER;
        progress_init(&wait.progress, ctl);
        r = wait_for_answer(&wait, &error, &reply);
        progress_done(&wait.progress);
        if (r >= 0)
                return print_answer(ctl, wait.key, route, reply);
        if (bus_error_is(&error, ACCESS_DENIED)) /* of a start, or of a secret: the daemon says which */
                ctl_error(ctl, "%s: %s", subject, error.message);
        else
                (void) call_fail(ctl, subject, &error, r);
        return EXIT_OTHER;
}
