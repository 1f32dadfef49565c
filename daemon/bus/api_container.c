/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "access.h"
#include "api.h"
#include "api_resolve.h"
#include "container_properties.h"
#include "container_reads.h"
#include "dbus/names.h"
#include "error.h"
#include "marshal.h"
#include "start_reads.h"

typedef int (*ComponentVerb)(Container *container, const char *name, Change **ret, DiagList *diags);

static int reply_change(sd_bus_message *message, const Change *change)
{
        char path[API_CHANGE_PATH_MAX];

        api_change_path(change->id, path);
        return sd_bus_reply_method_return(message, "o", path);
}

static int call_verb(sd_bus_message *message, Link *link, ComponentVerb verb, sd_bus_error *error)
{
        g_auto(DiagList) diags;
        Change *change = NULL;
        const char *name;
        int r;

        diag_list_init(&diags);
        r = container_read_name(message, &name, error);
        if (r >= 0)
                r = options_read(message, NULL, 0, error);
        if (r < 0)
                return r;
        r = verb(link->context->container, name, &change, &diags);
        return r < 0 ? error_set(error, r, &diags) : reply_change(message, change);
}

static int do_start(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        return call_verb(message, link, container_start_component, error);
}

static int do_restart(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        return call_verb(message, link, container_restart_component, error);
}

static int do_reset(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        return call_verb(message, link, container_reset_component, error);
}

static int do_stop(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        g_auto(DiagList) diags;
        Change *change = NULL;
        const char *name;
        int r, is_cascade = 0;
        const Option options[] = {{"cascade", 'b', &is_cascade}};

        diag_list_init(&diags);
        r = container_read_name(message, &name, error);
        if (r >= 0)
                r = options_read(message, options, G_N_ELEMENTS(options), error);
        if (r < 0)
                return r;
        r = container_stop_component(link->context->container, name, is_cascade, &change, &diags);
        return r < 0 ? error_set(error, r, &diags) : reply_change(message, change);
}

static int do_refresh(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        g_auto(DiagList) diags;
        uint64_t generation;
        int r;

        diag_list_init(&diags);
        r = container_refresh(link->context->container, &generation, &diags);
        return r < 0 ? error_set(error, r, &diags) : sd_bus_reply_method_return(message, "t", generation);
}

void api_container_answer(Link *link)
{
        for (guint i = 0; i < link->waiting->len; i++)
                (void) sd_bus_reply_method_return(g_ptr_array_index(link->waiting, i), NULL);
        g_ptr_array_set_size(link->waiting, 0);
}

static int do_shutdown(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        int r, is_waiting = 1;
        const Option options[] = {{"wait", 'b', &is_waiting}};
        ContainerState state;

        r = options_read(message, options, G_N_ELEMENTS(options), error);
        if (r < 0)
                return r;
        if (is_waiting && link->waiting->len >= LINK_HELD_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls wait for the shutdown already");
        container_shutdown(link->context->container, "request");
        state = container_state(link->context->container);
        if (!is_waiting || state == CONTAINER_STOPPED || state == CONTAINER_FAILED)
                return sd_bus_reply_method_return(message, NULL);
        g_ptr_array_add(link->waiting, sd_bus_message_ref(message));
        return 1;
}

static int on_start(sd_bus_message *message, void *link, sd_bus_error *error)
{
        return access_run(message, link, do_start, error);
}

static int on_stop(sd_bus_message *message, void *link, sd_bus_error *error)
{
        return access_run(message, link, do_stop, error);
}

static int on_restart(sd_bus_message *message, void *link, sd_bus_error *error)
{
        return access_run(message, link, do_restart, error);
}

static int on_reset(sd_bus_message *message, void *link, sd_bus_error *error)
{
        return access_run(message, link, do_reset, error);
}

static int on_refresh(sd_bus_message *message, void *link, sd_bus_error *error)
{
        return access_run(message, link, do_refresh, error);
}

static int on_shutdown(sd_bus_message *message, void *link, sd_bus_error *error)
{
        return access_run(message, link, do_shutdown, error);
}

/* Not what it says, see access.c. */
#define ANYBODY SD_BUS_VTABLE_UNPRIVILEGED

static const sd_bus_vtable container_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Resolve", SD_BUS_ARGS("s", key, "s", route, "a{sv}", options),
                                SD_BUS_RESULT("o", instance, "a{ss}", endpoints), api_on_resolve, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("TryResolve", SD_BUS_ARGS("s", key, "s", route, "a{sv}", options),
                                SD_BUS_RESULT("b", found, "o", instance, "a{ss}", endpoints), api_on_resolve, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Start", SD_BUS_ARGS("s", name, "a{sv}", options), SD_BUS_RESULT("o", change), on_start,
                                ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Stop", SD_BUS_ARGS("s", name, "a{sv}", options), SD_BUS_RESULT("o", change), on_stop,
                                ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Restart", SD_BUS_ARGS("s", name, "a{sv}", options), SD_BUS_RESULT("o", change),
                                on_restart, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Reset", SD_BUS_ARGS("s", name, "a{sv}", options), SD_BUS_RESULT("o", change), on_reset,
                                ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Refresh", SD_BUS_NO_ARGS, SD_BUS_RESULT("t", generation), on_refresh, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Plan", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", plan), container_on_plan,
                                ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Explain", SD_BUS_ARGS("s", name), SD_BUS_RESULT("aa{sv}", findings),
                                container_on_explain, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetEvents", SD_BUS_ARGS("t", since),
                                SD_BUS_RESULT("a" REEVE_EVENT_TYPE, events, "t", next, "t", dropped),
                                container_on_events, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetEventsOf", SD_BUS_ARGS("s", name, "u", at_most),
                                SD_BUS_RESULT("a" REEVE_EVENT_TYPE, events), container_on_events_of, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetGraph", SD_BUS_ARGS("s", format), SD_BUS_RESULT("s", graph), container_on_graph,
                                ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetStartup", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("aa{sv}", components),
                                container_on_startup, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetCriticalPath", SD_BUS_ARGS("s", name, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", steps), container_on_critical_path, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Shutdown", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT, on_shutdown, ANYBODY),
        SD_BUS_PROPERTY("Version", "s", container_get_version, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Features", "as", container_get_features, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Name", "s", container_get_name, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Environment", "s", container_get_environment, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Pid", "u", container_get_pid, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", container_get_state, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Degraded", "b", container_get_degraded, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Result", "s", container_get_result, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("Generation", "t", container_get_generation, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ConfigHash", "s", container_get_hash, 0, PROPERTY_CHANGES),
        SD_BUS_PROPERTY("ComponentCounts", "a{su}", container_get_counts, 0, PROPERTY_INVALIDATES),
        SD_BUS_PROPERTY("StartupMetrics", "a{sv}", container_get_startup, 0, PROPERTY_INVALIDATES),
        SD_BUS_PROPERTY("ScanStatistics", "a{sv}", container_get_scan, 0, PROPERTY_INVALIDATES),
        SD_BUS_PROPERTY("Report", "aa{sv}", container_get_report, 0, PROPERTY_INVALIDATES),
        SD_BUS_SIGNAL_WITH_ARGS("StartupFinished",
                                SD_BUS_ARGS("b", success, "t", total_usec, "u", failed, "u", blocked), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Event",
                                SD_BUS_ARGS("t", sequence, "t", usec, "s", kind, "s", component, "u", incarnation, "s",
                                            from, "s", to, "s", sub_state, "s", reason, "s", text, "t", number),
                                0),
        SD_BUS_VTABLE_END,
};

int api_container_register(Link *link)
{
        return sd_bus_add_object_vtable(link->pump.connection, NULL, REEVE_PATH, REEVE_CONTAINER_INTERFACE,
                                        container_vtable, link);
}

void api_container_emit(Link *link)
{
        (void) sd_bus_emit_properties_changed_strv(link->pump.connection, REEVE_PATH, REEVE_CONTAINER_INTERFACE,
                                                   ALL_THAT_CHANGES);
}

void api_container_emit_started(Link *link)
{
        StartupOutcome outcome = metrics_outcome(link->context->metrics);

        (void) sd_bus_emit_signal(link->pump.connection, REEVE_PATH, REEVE_CONTAINER_INTERFACE, "StartupFinished",
                                  "btuu", (int) outcome.is_success, outcome.total, outcome.n_failed, outcome.n_blocked);
}
