/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a component sees on its own connection: org.reeve.Reeve1.Session at the root, and nothing else of ours. No
 * method asks who the caller is: on this connection there is only one. */
#include "peer.h"

#include <string.h>

#include "base/escape.h"
#include "dbus/names.h"
#include "os/notify_parse.h"
#include "property.h"

static int on_ready(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        session_ready(peer_session(userdata));
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
        session_status(peer_session(userdata), status->str);
        return sd_bus_reply_method_return(message, NULL);
}

static int on_extend_timeout(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        uint64_t usec;
        int r = sd_bus_message_read(message, "t", &usec);

        if (r < 0)
                return r;
        session_extend(peer_session(userdata), usec);
        return sd_bus_reply_method_return(message, NULL);
}

static PROPERTY_GETTER(get_component)
{
        return sd_bus_message_append(reply, "s", session_component(peer_session(userdata)));
}

static PROPERTY_GETTER(get_container)
{
        return sd_bus_message_append(reply, "s", session_container(peer_session(userdata)));
}

static PROPERTY_GETTER(get_incarnation)
{
        return sd_bus_message_append(reply, "u", session_incarnation(peer_session(userdata)));
}

static PROPERTY_GETTER(get_generation)
{
        return sd_bus_message_append(reply, "t", session_generation(peer_session(userdata)));
}

static const sd_bus_vtable session_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Ready", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT, on_ready,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Status", SD_BUS_ARGS("s", text), SD_BUS_NO_RESULT, on_status,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ExtendTimeout", SD_BUS_ARGS("t", usec), SD_BUS_NO_RESULT, on_extend_timeout,
                                SD_BUS_VTABLE_UNPRIVILEGED),
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
