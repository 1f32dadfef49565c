/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a component sees on its own connection: org.reeve.Reeve1.Session at the root, and nothing else of ours. No
 * method asks who the caller is: on this connection there is only one. */
#include <errno.h>
#include <string.h>

#include "base/escape.h"
#include "dbus/names.h"
#include "error.h"
#include "marshal.h"
#include "os/notify_parse.h"
#include "peer.h"
#include "property.h"
#include "resolving.h"

static Session *session_of(void *userdata)
{
        return ((Peer *) userdata)->session;
}

static int on_ready(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        int r = options_read(message, NULL, 0, error);

        if (r < 0)
                return r;
        session_ready(session_of(userdata));
        return sd_bus_reply_method_return(message, NULL);
}

static int on_status(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        g_autoptr(GString) status = g_string_new(NULL);
        const char *text;
        int r = sd_bus_message_read(message, "s", &text);

        if (r < 0)
                return r;
        escape_append(status, text, strlen(text), FALSE, NOTIFY_STATUS_MAX);
        session_status(session_of(userdata), status->str);
        return sd_bus_reply_method_return(message, NULL);
}

static int on_extend_timeout(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        uint64_t usec;
        int r = sd_bus_message_read(message, "t", &usec);

        if (r < 0)
                return r;
        session_extend(session_of(userdata), usec);
        return sd_bus_reply_method_return(message, NULL);
}

static int on_publish(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *name, *value;
        int r = sd_bus_message_read(message, "ss", &name, &value);

        if (r >= 0)
                r = options_read(message, NULL, 0, error);
        if (r < 0)
                return r;
        r = session_publish(session_of(userdata), name, value);
        if (r == -EINVAL)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "A name is [a-z][a-z0-9_-]{0,62}, and a value text in one line");
        if (r == -EEXIST)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "The name is that of a socket of Listen= or AllocatePort=");
        if (r == -ENOSPC)
                return sd_bus_error_set(error, error_name(DIAG_LIMIT),
                                        "At most 64 endpoints of 4 KiB each can be published");
        return r < 0 ? r : sd_bus_reply_method_return(message, NULL);
}

/* §83: also from inside a hook; what would wait for itself is refused at once. */
static int on_resolve(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Peer *peer = userdata;
        ResolveRequest request = {.requester = peer->node};

        return resolving_begin(&peer->resolving, peer->context, message, &request, error);
}

static int on_release(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Peer *peer = userdata;
        const char *key, *route;
        int r = sd_bus_message_read(message, "ss", &key, &route);

        if (r < 0)
                return r;
        resolve_release(peer->context->container, peer->node, key, route);
        return sd_bus_reply_method_return(message, NULL);
}

static PROPERTY_GETTER(get_component)
{
        return sd_bus_message_append(reply, "s", session_component(session_of(userdata)));
}

static PROPERTY_GETTER(get_container)
{
        return sd_bus_message_append(reply, "s", session_container(session_of(userdata)));
}

static PROPERTY_GETTER(get_incarnation)
{
        return sd_bus_message_append(reply, "u", session_incarnation(session_of(userdata)));
}

static PROPERTY_GETTER(get_generation)
{
        return sd_bus_message_append(reply, "t", session_generation(session_of(userdata)));
}

static const sd_bus_vtable session_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Ready", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT, on_ready,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Status", SD_BUS_ARGS("s", text), SD_BUS_NO_RESULT, on_status,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ExtendTimeout", SD_BUS_ARGS("t", usec), SD_BUS_NO_RESULT, on_extend_timeout,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Publish", SD_BUS_ARGS("s", name, "s", value, "a{sv}", options), SD_BUS_NO_RESULT,
                                on_publish, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Resolve", SD_BUS_ARGS("s", key, "s", route, "a{sv}", options),
                                SD_BUS_RESULT("o", instance, "a{ss}", endpoints), on_resolve,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("TryResolve", SD_BUS_ARGS("s", key, "s", route, "a{sv}", options),
                                SD_BUS_RESULT("b", found, "o", instance, "a{ss}", endpoints), on_resolve,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Release", SD_BUS_ARGS("s", key, "s", route), SD_BUS_NO_RESULT, on_release,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Invalidated", SD_BUS_ARGS("as", keys), 0),
        SD_BUS_PROPERTY("Component", "s", get_component, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Container", "s", get_container, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Incarnation", "u", get_incarnation, 0, PROPERTY_CONST),
        SD_BUS_PROPERTY("Generation", "t", get_generation, 0, PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

/* Libraries that take every connection for one to a bus begin with it, and with matches for what they want to hear. */
static int on_hello(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return sd_bus_reply_method_return(message, "s", ":1.1");
}

static int on_match(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return sd_bus_reply_method_return(message, NULL);
}

static const sd_bus_vtable greeting_vtable[] = {
        SD_BUS_VTABLE_START(SD_BUS_VTABLE_HIDDEN),
        SD_BUS_METHOD("Hello", NULL, "s", on_hello, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AddMatch", "s", NULL, on_match, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RemoveMatch", "s", NULL, on_match, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int api_session_register(Peer *peer, sd_bus *connection)
{
        int r = sd_bus_add_object_vtable(connection, NULL, REEVE_PATH, REEVE_SESSION_INTERFACE, session_vtable, peer);

        if (r >= 0)
                r = sd_bus_add_object_vtable(connection, NULL, "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                             greeting_vtable, peer);
        return r < 0 ? r : 0;
}
