/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus.h"
#include "bus_address.h"
#include "dbus/names.h"

#define SYSTEM_SOCKET "/run/" REEVE_SOCKET_SUFFIX
#define BROKER_SOCKET "unix:path=/run/dbus/system_bus_socket"

const char *connect_advice(const Ctl *ctl)
{
        if (ctl_has(ctl, OPTION_ADDRESS) || (!ctl_has(ctl, OPTION_USER) && getenv("REEVE_ADDRESS")))
                return "is a reeved running at that address?";
        if (ctl_has(ctl, OPTION_USER))
                return "is reeved running? Try “systemctl --user start reeve”, or “reevectl run PATH” for a private "
                       "one";
        if (geteuid() != 0)
                return "is reeved running? Try “systemctl start reeve”, or --user for the container of your own user";
        return "is reeved running? Try “systemctl start reeve”, or “reevectl run PATH” for a private container";
}

const char *connect_log_advice(const Ctl *ctl)
{
        if (ctl_has(ctl, OPTION_ADDRESS) || (!ctl_has(ctl, OPTION_USER) && getenv("REEVE_ADDRESS")))
                return "";
        return ctl_has(ctl, OPTION_USER) ? "; its log says why: “journalctl --user -u reeve”"
                                         : "; its log says why: “journalctl -u reeve”";
}

static bool is_absent(int error)
{
        return error == -ENOENT || error == -ECONNREFUSED || error == -ENOTDIR;
}

static void fail(const Ctl *ctl, const char *what, int error)
{
        if (is_absent(error))
                ctl_error(ctl, "%s: the container is not running (%s); %s", what, strerror(-error),
                          connect_advice(ctl));
        else if (error == -EACCES || error == -EPERM)
                ctl_error(ctl, "%s: permission denied; only root and the user reeved runs as may connect", what);
        else if (error == -ETIMEDOUT)
                ctl_error(ctl, "%s: connected, but reeved did not answer; it is stopped or overloaded", what);
        else if (error == -EINVAL)
                ctl_error(ctl, "%s: not a D-Bus address; it looks like unix:path=/run/reeve/bus", what);
        else
                ctl_error(ctl, "%s: cannot connect: %s", what, strerror(-error));
}

static int open_address(Ctl *ctl, const char *address)
{
        ctl->where = g_intern_string(address);
        if (!strchr(address, ':'))
                return -EINVAL;
        return bus_open(address, &ctl->bus);
}

static int open_user(Ctl *ctl)
{
        const char *directory = getenv("XDG_RUNTIME_DIR");
        g_autofree char *path = NULL, *address = NULL;

        if (directory && *directory)
                path = g_build_filename(directory, REEVE_SOCKET_SUFFIX, NULL);
        else
                path = g_strdup_printf("/run/user/%u/%s", (unsigned) geteuid(), REEVE_SOCKET_SUFFIX);
        address = bus_address_of_path(path);
        return open_address(ctl, address);
}

/* On a bus it is the name that says whether there is a daemon; asking for it never starts one. */
static int require_owner(Bus *bus)
{
        static const WireTarget target = {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "NameHasOwner"};
        g_autoptr(JsonArray) reply = NULL;
        g_auto(BusError) error = {0};
        int r = bus_call(bus, &target, &error, &reply, "s", REEVE_BUS_NAME);
        const JsonNode *has_owner = r >= 0 ? json_array_get_element(reply, 0) : NULL;

        if (r < 0)
                return r;
        return json_node_type(has_owner) == JSON_BOOLEAN && json_node_get_boolean(has_owner) ? 0 : -ENOENT;
}

static int open_default(Ctl *ctl)
{
        g_autofree char *address = bus_address_of_path(SYSTEM_SOCKET);
        const char *broker = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        g_autoptr(Bus) bus = NULL;
        int private_error = bus_open(address, &ctl->bus), r;

        ctl->where = SYSTEM_SOCKET;
        if (private_error >= 0)
                return 0;
        if (!is_absent(private_error) && private_error != -EACCES && private_error != -EPERM)
                return private_error;
        r = bus_open_broker(broker && *broker ? broker : BROKER_SOCKET, &bus);
        if (r >= 0)
                r = require_owner(bus);
        /* neither socket nor name: what is missing is the container, not the bus */
        if (r < 0)
                return private_error;
        ctl->where = "the system bus";
        ctl->bus = g_steal_pointer(&bus);
        return 0;
}

int ctl_connect_quietly(Ctl *ctl)
{
        const char *address = getenv("REEVE_ADDRESS");

        if (ctl->bus)
                return 0;
        if (ctl_has(ctl, OPTION_ADDRESS))
                return open_address(ctl, ctl->options.address);
        if (ctl_has(ctl, OPTION_USER))
                return open_user(ctl);
        if (address && *address)
                return open_address(ctl, address);
        return open_default(ctl);
}

int ctl_connect(Ctl *ctl)
{
        int r = ctl_connect_quietly(ctl);

        if (r >= 0)
                return 0;
        fail(ctl, ctl->where, r);
        return -ENOTCONN; /* whatever it was: -ENOENT is for what the container has not */
}
