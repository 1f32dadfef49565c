/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link.h"

#include <string.h>
#include <sys/socket.h>

#include "access.h"
#include "api.h"
#include "broker.h"
#include "os/loop.h"
#include "resolving.h"

static void on_pump_ready(void *userdata)
{
        Link *link = userdata;

        link->deadline = sd_event_source_disable_unref(link->deadline);
        link->handlers->on_ready(link, link->userdata);
}

static void on_pump_turn(void *userdata)
{
        Link *link = userdata;

        link->handlers->on_turn(link, link->userdata);
}

static void on_pump_end(void *userdata)
{
        Link *link = userdata;

        link->handlers->on_end(link, link->userdata);
}

static const PumpHandlers pump_handlers = {.on_ready = on_pump_ready, .on_turn = on_pump_turn, .on_end = on_pump_end};

static bool is_heavy(sd_bus_message *message)
{
        static const char *const members[] = {"GetManagedObjects", "Plan",           "GetGraph",
                                              "GetStartup",        "GetCriticalPath", "GetEvents", "Introspect"};
        const char *member = sd_bus_message_get_member(message);

        for (size_t i = 0; member && i < G_N_ELEMENTS(members); i++)
                if (strcmp(member, members[i]) == 0)
                        return true;
        return false;
}

/* Every message passes here first, also those that sd-bus answers by itself. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        uint64_t n_queued = pump_queued(&link->pump);

        if (n_queued == 0)
                link->n_heavy = 0;
        else if (is_heavy(message))
                link->n_heavy++;
        if (n_queued > (link->kind == LINK_PUBLIC ? LINK_QUEUED_MAX_PUBLIC : LINK_QUEUED_MAX) ||
            (link->kind == LINK_PEER && link->n_heavy > LINK_HEAVY_MAX)) {
                pump_end(&link->pump);
                return 1; /* not to be answered */
        }
        if (link->kind == LINK_PEER && !link->has_spoken) {
                link->has_spoken = true;
                /* A client of a bus says what it wants to hear; one that takes us for a plain peer cannot. */
                if (!sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello"))
                        news_subscribe(&link->news, link);
        }
        return 0;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        Link *link = userdata;

        pump_end(&link->pump);
        return 0;
}

static int prepare(Link *link, sd_event *event, sd_bus *connection)
{
        int r = pump_init(&link->pump, event, connection, &pump_handlers, link);

        if (r >= 0)
                r = sd_bus_add_filter(connection, NULL, on_message, link);
        if (r >= 0)
                r = api_register(link);
        if (r >= 0 && link->kind == LINK_PEER)
                r = broker_register(link);
        if (r >= 0 && link->kind == LINK_PEER)
                r = sd_event_add_time_relative(event, &link->deadline, CLOCK_MONOTONIC, LINK_AUTHENTICATION_USEC, 0,
                                               on_deadline, link);
        return r < 0 ? r : 0;
}

static void unref_message(void *message)
{
        sd_bus_message_unref(message);
}

int link_new(LinkKind kind, const BusContext *context, sd_event *event, sd_bus *connection,
             const LinkHandlers *handlers, void *userdata, Link **ret)
{
        g_autoptr(Link) link = g_new0(Link, 1);
        int r;

        link->kind = kind;
        link->context = context;
        link->handlers = handlers;
        link->userdata = userdata;
        link->uid = (uid_t) -1;
        link->waiting = g_ptr_array_new_with_free_func(unref_message);
        r = prepare(link, event, connection);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&link);
        return 0;
}

void link_free(Link *link)
{
        if (!link)
                return;
        /* Messages hold their connection: they go first. */
        access_forget(link);
        resolving_forget(&link->resolving);
        g_ptr_array_unref(link->waiting);
        news_done(&link->news);
        sd_event_source_disable_unref(link->deadline);
        pump_done(&link->pump);
        g_free(link);
}

static int configure_server(sd_bus *connection, int *fd, const sd_id128_t *server)
{
        int r = sd_bus_set_fd(connection, *fd, *fd);

        if (r < 0)
                return r;
        *fd = -1;
        r = sd_bus_set_server(connection, 1, *server);
        if (r >= 0)
                r = sd_bus_negotiate_fds(connection, 0);
        /* Clients that think of us as a bus match signals by sender. */
        if (r >= 0)
                r = sd_bus_set_sender(connection, BROKER_OWN_NAME);
        if (r >= 0)
                r = sd_bus_start(connection);
        return r < 0 ? r : 0;
}

int link_new_peer(const BusContext *context, sd_event *event, int fd, const sd_id128_t *server, uint64_t id,
                  const LinkHandlers *handlers, void *userdata, Link **ret)
{
        autofd own = fd;
        struct ucred peer;
        socklen_t length = sizeof(peer);
        sd_bus *connection = NULL;
        int r;

        if (getsockopt(own, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
                return -errno;
        if (!access_may_change(peer.uid))
                return -EPERM;
        r = sd_bus_new(&connection);
        if (r < 0)
                return r;
        r = configure_server(connection, &own, server);
        if (r < 0) {
                sd_bus_close_unref(connection);
                return r;
        }
        r = link_new(LINK_PEER, context, event, connection, handlers, userdata, ret);
        if (r < 0)
                return r;
        (*ret)->uid = peer.uid;
        (*ret)->pid = peer.pid;
        (*ret)->id = id;
        return 0;
}
