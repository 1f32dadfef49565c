/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "public_bus.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "dbus/names.h"
#include "os/loop.h"

#define DELAY_FIRST_USEC (100 * 1000)
#define DELAY_MAX_USEC (2 * G_USEC_PER_SEC)

struct PublicBus {
        sd_event *event; /* borrowed */
        BusChoice choice;
        const BusContext *context; /* borrowed */
        void (*on_turn)(Link *link, void *userdata);
        void *userdata;
        Link *link;
        sd_event_source *retry;
        uint64_t delay;
        bool is_refused_told;
};

static bool is_socket_there(const char *variable, const char *directory, const char *file)
{
        g_autofree char *path = NULL;

        if (getenv(variable))
                return true;
        if (!directory)
                return false;
        path = g_build_filename(directory, file, NULL);
        return access(path, F_OK) == 0;
}

BusChoice public_bus_choose(BusChoice choice)
{
        if (choice != BUS_AUTO)
                return choice;
        if (geteuid() == 0)
                return is_socket_there("DBUS_SYSTEM_BUS_ADDRESS", "/run/dbus", "system_bus_socket") ? BUS_SYSTEM
                                                                                                    : BUS_NONE;
        return is_socket_there("DBUS_SESSION_BUS_ADDRESS", getenv("XDG_RUNTIME_DIR"), "bus") ? BUS_USER : BUS_NONE;
}

static void retry_later(PublicBus *bus)
{
        (void) sd_event_source_set_time(bus->retry, clock_monotonic() + bus->delay);
        (void) sd_event_source_set_enabled(bus->retry, SD_EVENT_ONESHOT);
        bus->delay = MIN(bus->delay * 2, DELAY_MAX_USEC);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *ignored)
{
        PublicBus *bus = userdata;
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        uint32_t answer = 0;

        if (error)
                log_warning("the bus refuses the name " REEVE_BUS_NAME ": %s",
                            error->message ? error->message : error->name);
        else if (sd_bus_message_read(reply, "u", &answer) >= 0 && answer == 2 && !bus->is_refused_told) { /* in queue */
                bus->is_refused_told = true;
                log_warning("another process owns " REEVE_BUS_NAME " on the bus; waiting for it to let go");
        }
        return 0;
}

static void on_link_ready(Link *link, void *userdata)
{
        PublicBus *bus = userdata;
        int r;

        bus->delay = DELAY_FIRST_USEC;
        /* On a bus nobody can say who listens: the broker knows, and drops the rest. */
        news_subscribe(&link->news, link);
        r = sd_bus_request_name_async(link->pump.connection, NULL, REEVE_BUS_NAME, SD_BUS_NAME_QUEUE, on_name, bus);
        if (r < 0)
                log_warning("cannot ask the bus for the name " REEVE_BUS_NAME ": %s", g_strerror(-r));
        log_debug("connected to the %s bus", bus_choice_names[bus->choice]);
}

static void on_link_turn(Link *link, void *userdata)
{
        PublicBus *bus = userdata;

        bus->on_turn(link, bus->userdata);
}

static void on_link_end(Link *link, void *userdata)
{
        PublicBus *bus = userdata;

        if (link->pump.is_ready)
                log_info("lost the %s bus; everything else goes on", bus_choice_names[bus->choice]);
        g_clear_pointer(&bus->link, link_free);
        retry_later(bus);
}

static const LinkHandlers link_handlers = {.on_ready = on_link_ready, .on_turn = on_link_turn, .on_end = on_link_end};

static int set_user_address(sd_bus *connection)
{
        const char *address = getenv("DBUS_SESSION_BUS_ADDRESS"), *directory = getenv("XDG_RUNTIME_DIR");
        g_autofree char *path = NULL, *escaped = NULL, *made = NULL;

        if (address)
                return sd_bus_set_address(connection, address);
        if (!directory)
                return -ENOENT;
        path = g_build_filename(directory, "bus", NULL);
        escaped = g_uri_escape_string(path, "/", FALSE);
        made = g_strconcat("unix:path=", escaped, NULL);
        return sd_bus_set_address(connection, made);
}

static int set_address(const PublicBus *bus, sd_bus *connection)
{
        const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");

        if (bus->choice == BUS_USER)
                return set_user_address(connection);
        return sd_bus_set_address(connection, address ? address : "unix:path=/run/dbus/system_bus_socket");
}

static int start(const PublicBus *bus, sd_bus *connection)
{
        int r = set_address(bus, connection);

        if (r >= 0)
                r = sd_bus_set_bus_client(connection, 1);
        if (r >= 0)
                r = sd_bus_negotiate_fds(connection, 0);
        /* While there is no socket, inotify tells when there is: no polling. */
        if (r >= 0)
                r = sd_bus_set_watch_bind(connection, 1);
        return r < 0 ? r : sd_bus_start(connection);
}

static int connect_bus(PublicBus *bus)
{
        sd_bus *connection = NULL;
        int r = sd_bus_new(&connection);

        if (r >= 0)
                r = start(bus, connection);
        if (r < 0) {
                sd_bus_close(connection);
                sd_bus_unref(connection);
                return r;
        }
        return link_new(LINK_PUBLIC, bus->context, bus->event, connection, &link_handlers, bus, &bus->link);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        PublicBus *bus = userdata;

        if (connect_bus(bus) < 0)
                retry_later(bus);
        return 0;
}

int public_bus_new(sd_event *event, BusChoice choice, const BusContext *context,
                   void (*on_turn)(Link *link, void *userdata), void *userdata, PublicBus **ret)
{
        g_autoptr(PublicBus) bus = g_new0(PublicBus, 1);
        int r;

        *bus = (PublicBus){
                .event = event,
                .choice = choice,
                .context = context,
                .on_turn = on_turn,
                .userdata = userdata,
                .delay = DELAY_FIRST_USEC,
        };
        r = sd_event_add_time(event, &bus->retry, CLOCK_MONOTONIC, 0, 0, on_retry, bus);
        if (r >= 0)
                r = sd_event_source_set_enabled(bus->retry, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = connect_bus(bus);
        if (r < 0) {
                log_info("cannot connect to the %s bus: %s; trying again", bus_choice_names[choice], g_strerror(-r));
                retry_later(bus);
        }
        *ret = g_steal_pointer(&bus);
        return 0;
}

void public_bus_free(PublicBus *bus)
{
        if (!bus)
                return;
        link_free(bus->link);
        sd_event_source_disable_unref(bus->retry);
        g_free(bus);
}

Link *public_bus_link(const PublicBus *bus)
{
        return bus ? bus->link : NULL;
}
