/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dbus/names.h"

#define SYSTEM_SOCKET "/run/" REEVE_SOCKET_SUFFIX
#define OPEN_TIMEOUT_USEC UINT64_C(5000000) /* P31: the daemon gives an unauthenticated peer as long */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus, sd_bus_close_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus_message, sd_bus_message_unref)

char *address_of_path(const char *path)
{
        GString *out = g_string_new("unix:path=");

        for (; *path; path++)
                if (g_ascii_isalnum(*path) || strchr("-_/.\\*", *path))
                        g_string_append_c(out, *path);
                else
                        g_string_append_printf(out, "%%%02x", (unsigned char) *path);
        return g_string_free(out, FALSE);
}

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

/* Until authenticated: a daemon that is stopped accepts connections (the kernel does) and never says a word. */
static int wait_ready(sd_bus *bus)
{
        uint64_t end = clock_monotonic() + OPEN_TIMEOUT_USEC;

        for (;;) {
                uint64_t now;
                int r = sd_bus_is_ready(bus);

                if (r != 0)
                        return MIN(r, 0);
                r = sd_bus_process(bus, NULL);
                if (r < 0)
                        return r;
                if (r > 0)
                        continue;
                now = clock_monotonic();
                if (now >= end)
                        return -ETIMEDOUT;
                r = sd_bus_wait(bus, end - now);
                if (r < 0 && r != -EINTR)
                        return r;
        }
}

static int open_bus(const char *address, bool is_broker, sd_bus **ret)
{
        g_autoptr(sd_bus) bus = NULL;
        int r = is_broker ? sd_bus_open_system(&bus) : sd_bus_new(&bus);

        if (r < 0)
                return r;
        if (!is_broker) {
                /* A peer, without Hello: signals then come unasked (see Container.xml). */
                r = sd_bus_set_address(bus, address);
                if (r < 0)
                        return r;
                r = sd_bus_start(bus);
                if (r < 0)
                        return r;
        }
        r = wait_ready(bus);
        if (r < 0)
                return r;
        r = sd_bus_set_method_call_timeout(bus, CALL_TIMEOUT_USEC);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&bus);
        return 0;
}

static bool is_absent(int error)
{
        return error == -ENOENT || error == -ECONNREFUSED || error == -ENOTDIR;
}

static int fail(const Ctl *ctl, const char *what, int error)
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
        return error;
}

static int open_address(Ctl *ctl, const char *address)
{
        ctl->where = g_intern_string(address);
        if (!strchr(address, ':'))
                return -EINVAL;
        return open_bus(address, false, &ctl->bus);
}

static int open_user(Ctl *ctl)
{
        const char *directory = getenv("XDG_RUNTIME_DIR");
        g_autofree char *path = NULL, *address = NULL;

        if (directory && *directory)
                path = g_build_filename(directory, REEVE_SOCKET_SUFFIX, NULL);
        else
                path = g_strdup_printf("/run/user/%u/%s", (unsigned) geteuid(), REEVE_SOCKET_SUFFIX);
        address = address_of_path(path);
        return open_address(ctl, address);
}

/* On a bus it is the name that says whether there is a daemon; asking for it never starts one. */
static int require_owner(sd_bus *bus)
{
        g_autoptr(sd_bus_message) reply = NULL;
        int has_owner = 0;
        int r = sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                   "NameHasOwner", NULL, &reply, "s", REEVE_BUS_NAME);

        if (r >= 0)
                r = sd_bus_message_read(reply, "b", &has_owner);
        if (r < 0)
                return r;
        return has_owner ? 0 : -ENOENT;
}

static int open_default(Ctl *ctl)
{
        g_autofree char *address = address_of_path(SYSTEM_SOCKET);
        g_autoptr(sd_bus) bus = NULL;
        int private_error = open_bus(address, false, &ctl->bus), r;

        ctl->where = SYSTEM_SOCKET;
        if (private_error >= 0)
                return 0;
        if (!is_absent(private_error) && private_error != -EACCES && private_error != -EPERM)
                return private_error;
        r = open_bus(NULL, true, &bus);
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

        return r < 0 ? fail(ctl, ctl->where, r) : 0;
}
