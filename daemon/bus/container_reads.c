/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container_reads.h"

#include <string.h>

#include "base/escape.h"
#include "base/names.h"
#include "dbus/names.h"
#include "error.h"
#include "link.h"
#include "marshal.h"
#include "observe/graph_marks.h"

int container_read_name(sd_bus_message *message, const char **ret, sd_bus_error *error)
{
        int r = sd_bus_message_read(message, "s", ret);

        if (r >= 0 && strlen(*ret) > CONTAINER_NAME_BYTES_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "No component has a name as long as that");
        return r;
}

int container_need_plan(const Link *link, const Plan **ret, sd_bus_error *error)
{
        *ret = container_plan(link->context->container);
        return *ret ? 0 : sd_bus_error_set(error, error_name(DIAG_CLOSED), "No configuration is loaded");
}

int container_on_plan(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        static const char *const formats[] = {"text", "json"};
        g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
        const char *format = NULL;
        const Option options[] = {{"format", 's', &format}};
        const Plan *plan;
        sd_bus_message *reply = NULL;
        Json writer;
        int r = options_read(message, options, G_N_ELEMENTS(options), error);

        if (r >= 0 && format && name_find(formats, G_N_ELEMENTS(formats), format) < 0)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "The format of a plan is text or json");
        if (r >= 0)
                r = container_need_plan(userdata, &plan, error);
        if (r < 0)
                return r;
        if (!format || strcmp(format, "text") == 0)
                plan_format(plan, text);
        json_init(&writer, json);
        if (!format || strcmp(format, "json") == 0)
                plan_to_json(plan, &writer);

        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0 && text->len > 0)
                r = sd_bus_message_append(reply, "{sv}", "text", "s", text->str);
        if (r >= 0 && json->len > 0)
                r = sd_bus_message_append(reply, "{sv}", "json", "s", json->str);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

int container_on_graph(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        g_autoptr(GString) out = g_string_new(NULL);
        const BusContext *context = ((Link *) userdata)->context;
        g_auto(GraphMarks) marks = {0};
        const char *format;
        const Plan *plan;
        Json json;
        int r = sd_bus_message_read(message, "s", &format);

        if (r >= 0 && strcmp(format, "dot") != 0 && strcmp(format, "json") != 0)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "The format of a graph is dot or json");
        if (r >= 0)
                r = container_need_plan(userdata, &plan, error);
        if (r < 0)
                return r;
        graph_marks_init(&marks, context->container, context->metrics);
        json_init(&json, out);
        if (strcmp(format, "dot") == 0)
                plan_graph_dot(plan, &marks, out);
        else
                plan_graph_json(plan, &marks, &json);
        return sd_bus_reply_method_return(message, "s", out->str);
}

int container_find_node(const Link *link, const char *name, uint32_t *ret, sd_bus_error *error)
{
        const Plan *plan = container_plan(link->context->container);
        int64_t node = plan ? registry_find_component(plan->registry, name) : -1;

        if (node < 0) {
                g_autofree char *quoted = escape_text(name, CONTAINER_NAME_BYTES_MAX);

                return sd_bus_error_setf(error, error_name(DIAG_NOT_FOUND), "There is no component \"%s\"", quoted);
        }
        *ret = (uint32_t) node;
        return 0;
}

int container_on_explain(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        g_auto(DiagList) diags;
        sd_bus_message *reply = NULL;
        const char *name;
        uint32_t node = 0;
        int r;

        diag_list_init(&diags);
        r = container_read_name(message, &name, error);
        if (r >= 0)
                r = container_find_node(link, name, &node, error);
        if (r < 0)
                return r;
        container_explain(link->context->container, node, &diags);
        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = marshal_findings(reply, &diags);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int append_event(sd_bus_message *reply, const RunEvent *event)
{
        int r = sd_bus_message_open_container(reply, 'r', REEVE_EVENT_CONTENTS);

        if (r >= 0)
                r = marshal_event(reply, event);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_events(sd_bus_message *reply, const History *history, uint64_t since, uint64_t *ret_next)
{
        uint64_t sequence = MAX(since, history_first(history)),
                 end = MIN(history_next(history), sequence + CONTAINER_EVENTS_A_CALL);
        int r = sd_bus_message_open_container(reply, 'a', REEVE_EVENT_TYPE);

        for (; r >= 0 && sequence < end; sequence++)
                r = append_event(reply, history_get(history, sequence));
        *ret_next = sequence;
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int container_on_events(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const History *history = ((Link *) userdata)->context->history;
        sd_bus_message *reply = NULL;
        uint64_t since, next = 0, first = history_first(history);
        int r = sd_bus_message_read(message, "t", &since);

        if (r < 0)
                return r;
        /* A number from the future, or of another daemon's life: nothing yet, and go on from here. */
        since = CLAMP(since, 1, history_next(history));
        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = append_events(reply, history, since, &next);
        if (r >= 0)
                r = sd_bus_message_append(reply, "tt", next, first > since ? first - since : UINT64_C(0));
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

/* Where the last N events of component NAME begin: the ring is short enough to be walked. */
static uint64_t find_last(const History *history, const char *name, uint32_t n)
{
        uint64_t sequence = history_next(history);

        for (uint32_t found = 0; sequence > history_first(history) && found < n; sequence--)
                found += g_strcmp0(history_get(history, sequence - 1)->component, name) == 0;
        return sequence;
}

static int append_last(sd_bus_message *reply, const History *history, const char *name, uint32_t n)
{
        int r = sd_bus_message_open_container(reply, 'a', REEVE_EVENT_TYPE);

        for (uint64_t i = find_last(history, name, n); r >= 0 && i < history_next(history); i++)
                if (g_strcmp0(history_get(history, i)->component, name) == 0)
                        r = append_event(reply, history_get(history, i));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int container_on_events_of(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Link *link = userdata;
        sd_bus_message *reply = NULL;
        const char *name;
        uint32_t n, node;
        int r = container_read_name(message, &name, error);

        if (r >= 0)
                r = sd_bus_message_read(message, "u", &n);
        if (r >= 0)
                r = container_find_node(link, name, &node, error);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = append_last(reply, link->context->history, name, MIN(n, (uint32_t) CONTAINER_EVENTS_OF_MAX));
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}
