/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the component says unasked: queued for the daemon, no answer wanted. */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "dbus/names.h"
#include "export.h"
#include "life.h"
#include "notify.h"
#include "text.h"

#define TEXT_MAX 4096

static bool is_outside(const reeve_component *component)
{
        return !component->connection.bus;
}

int session_new_call(reeve_component *component, const char *member, sd_bus_message **ret)
{
        sd_bus *bus = component->connection.bus;
        uint64_t n_queued = 0;
        int r;

        if (!connection_is_usable(component))
                return is_outside(component) ? -ENOTCONN : -ECONNRESET;
        r = sd_bus_get_n_queued_write(bus, &n_queued);
        if (r >= 0 && n_queued >= CORE_QUEUE_MAX)
                return -ENOBUFS;
        if (r >= 0)
                r = sd_bus_message_new_method_call(bus, ret, NULL, REEVE_PATH, REEVE_SESSION_INTERFACE, member);
        return session_error(r);
}

int session_error(int r)
{
        if (r == -ENOTCONN || r == -EPIPE || r == -ESHUTDOWN)
                return -ECONNRESET;
        return r < 0 ? r : 0;
}

int session_send(reeve_component *component, const char *member, const char *types, ...)
{
        sd_bus_message *call = NULL;
        va_list list;
        int r = session_new_call(component, member, &call);

        if (r < 0)
                return r;
        va_start(list, types);
        r = sd_bus_message_appendv(call, types, list);
        va_end(list);
        if (r >= 0)
                r = sd_bus_message_set_expect_reply(call, 0);
        if (r >= 0)
                r = sd_bus_send(component->connection.bus, call, NULL);
        sd_bus_message_unref(call);
        connection_watch(component);
        return session_error(r);
}

REEVE_EXPORT int reeve_ready(reeve_component *component)
{
        if (!is_outside(component))
                return session_send(component, "Ready", "a{sv}", 0);
        return life_has_start_hook(component) ? 0 : notify_send("READY=1");
}

REEVE_EXPORT int reeve_status(reeve_component *component, const char *text)
{
        if (strlen(text) > TEXT_MAX)
                return -E2BIG;
        if (!text_is_line(text))
                return -EINVAL;
        if (is_outside(component))
                return notify_send_pair("STATUS", text);
        return session_send(component, "Status", "s", text);
}

REEVE_EXPORT int reeve_extend_timeout(reeve_component *component, uint64_t usec)
{
        char number[24];

        if (!is_outside(component))
                return session_send(component, "ExtendTimeout", "t", usec);
        (void) snprintf(number, sizeof(number), "%" PRIu64, usec);
        return notify_send_pair("EXTEND_TIMEOUT_USEC", number);
}

/* The place of NAME among those that were published, or the first free one, or NULL. */
static char **find_published(reeve_component *component, const char *name)
{
        for (size_t i = 0; i < PUBLISHED_MAX; i++)
                if (!component->published[i] || strcmp(component->published[i], name) == 0)
                        return &component->published[i];
        return NULL;
}

static int send_endpoint(reeve_component *component, const char *name, const char *value)
{
        char pair[TEXT_MAX + 80];

        if (!is_outside(component))
                return session_send(component, "Publish", "ssa{sv}", name, value, 0);
        (void) snprintf(pair, sizeof(pair), "%s=%s", name, value);
        return notify_send_pair("X_REEVE_PUBLISH", pair);
}

REEVE_EXPORT int reeve_publish(reeve_component *component, const char *name, const char *value)
{
        char **place, *copy;
        int r;

        if (strlen(value) > TEXT_MAX)
                return -E2BIG;
        if (!text_is_endpoint_name(name) || !text_is_line(value))
                return -EINVAL;
        place = find_published(component, name);
        if (!place)
                return -ENOSPC;
        copy = *place ? NULL : strdup(name);
        if (!*place && !copy)
                return -ENOMEM;
        r = send_endpoint(component, name, value);
        if (r < 0)
                free(copy);
        else if (copy)
                *place = copy;
        return r;
}
