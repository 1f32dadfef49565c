/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "connection.h"
#include "dbus/names.h"
#include "export.h"
#include "invalidated.h"
#include "life.h"
#include "lifecycle.h"
#include "listen.h"
#include "lookup.h"
#include "reply.h"
#include "watchdog.h"

#define BUS_FD "REEVE_BUS_FD"

/* -1: there is none. */
static int find_bus_fd(int *ret)
{
        const char *text = getenv(BUS_FD);
        char *end;
        long number;

        *ret = -1;
        if (!text)
                return 0;
        errno = 0;
        number = strtol(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < 3 || number > 1 << 30)
                return -EINVAL;
        if (fcntl((int) number, F_GETFD) < 0)
                return -EBADF;
        *ret = (int) number;
        return 0;
}

static int on_message(reeve_component *component, sd_bus_message *message)
{
        if (sd_bus_message_is_method_call(message, REEVE_LIFECYCLE_INTERFACE, NULL) > 0)
                return lifecycle_hear(component, message);
        if (sd_bus_message_is_signal(message, REEVE_SESSION_INTERFACE, "Invalidated") <= 0)
                return 0;
        invalidated_hear(component, message);
        return 1;
}

static void on_lost(reeve_component *component, int error)
{
        cache_clear(&component->cache);
        lookup_fail_all(component, -ECONNRESET);
        life_on_lost(component, error);
}

static const ConnectionHandlers connection_handlers = {.on_message = on_message, .on_lost = on_lost};

REEVE_EXPORT int reeve_component_new(const reeve_ops *ops, void *userdata, reeve_component **ret)
{
        reeve_component *component;
        int fd = -1;
        int r = core_new(ops, userdata, &component);

        if (r < 0)
                return r;
        invalidated_init(component);
        watchdog_init(component);
        r = find_bus_fd(&fd);
        if (r >= 0)
                r = connection_open(component, fd, &connection_handlers);
        if (r < 0) {
                connection_close(component);
                core_unref(component);
                return r;
        }
        if (fd >= 0) {
                (void) close(fd);
                (void) unsetenv(BUS_FD);
        }
        listen_close_on_exec();
        life_init(component);
        *ret = component;
        return 0;
}

REEVE_EXPORT void reeve_component_free(reeve_component *component)
{
        QueueNode *node;

        if (!component || component->is_freed)
                return;
        component->is_freed = true;
        reeve_detach_event(component);
        lookup_drop_all(component);
        while ((node = queue_take(&component->queue)))
                node->drop(node);
        reply_orphan_all(component);
        cache_clear(&component->cache);
        connection_close(component);
        core_unref(component);
}

REEVE_EXPORT bool reeve_is_connected(const reeve_component *component)
{
        return connection_is_usable(component);
}
