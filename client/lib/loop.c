/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "connection.h"
#include "export.h"
#include "life.h"
#include "lifecycle.h"
#include "reply.h"
#include "watchdog.h"

/* How long a want of memory is waited out. */
#define RETRY_USEC UINT64_C(10000)

REEVE_EXPORT int reeve_get_fd(const reeve_component *component)
{
        return component->connection.epoll_fd;
}

REEVE_EXPORT int reeve_get_events(const reeve_component *component)
{
        return POLLIN;
}

static uint64_t min_usec(uint64_t a, uint64_t b)
{
        return a < b ? a : b;
}

REEVE_EXPORT uint64_t reeve_get_timeout(const reeve_component *component)
{
        uint64_t next = watchdog_next_usec(component), usec;

        if (component->queue.n > 0 || life_is_due(component))
                return 0;
        if (!connection_is_usable(component))
                return next;
        if (component->connection.is_behind && !component->connection.is_short)
                return 0;
        if (component->connection.is_short || component->unsent.n > 0)
                next = min_usec(next, core_now() + RETRY_USEC);
        if (sd_bus_get_timeout(component->connection.bus, &usec) > 0)
                next = min_usec(next, usec);
        return next;
}

static uint64_t remaining_usec(const reeve_component *component)
{
        uint64_t next = reeve_get_timeout(component), now;

        if (next == 0 || next == UINT64_MAX)
                return next;
        now = core_now();
        return next > now ? next - now : 0;
}

REEVE_EXPORT int reeve_get_timeout_msec(const reeve_component *component)
{
        uint64_t usec = remaining_usec(component);

        if (usec == UINT64_MAX)
                return -1;
        return usec > UINT64_C(1000000000) ? 1000000 : (int) ((usec + 999) / 1000);
}

static void hear_wake(reeve_component *component)
{
        uint64_t n;
        ssize_t got = read(component->connection.wake_fd, &n, sizeof(n));

        (void) got;
}

static int turn(reeve_component *component)
{
        QueueNode *node;
        int r;

        hear_wake(component);
        r = reply_send_rest(component);
        if (r >= 0)
                r = connection_turn(component, CORE_TURN_MAX);
        watchdog_turn(component);
        for (size_t i = 0; i < CORE_TURN_MAX && !component->is_freed; i++) {
                int advanced = lifecycle_advance(component);

                if (advanced < 0)
                        r = advanced;
                node = queue_take(&component->queue);
                if (!node)
                        break;
                node->dispatch(component, node);
        }
        return r;
}

REEVE_EXPORT int reeve_process(reeve_component *component)
{
        int r;

        if (component->is_processing)
                return -EBUSY;
        component->n_refs++;
        component->is_processing = true;
        r = turn(component);
        component->is_processing = false;
        if (!component->is_freed)
                connection_watch(component);
        core_unref(component);
        return r;
}

REEVE_EXPORT int reeve_wait(reeve_component *component, uint64_t timeout_usec)
{
        uint64_t usec = min_usec(remaining_usec(component), timeout_usec);
        struct pollfd pollfd = {.fd = component->connection.epoll_fd, .events = POLLIN};
        struct timespec timeout = {.tv_sec = (time_t) (usec / 1000000), .tv_nsec = (long) (usec % 1000000) * 1000};
        int r = ppoll(&pollfd, 1, usec == UINT64_MAX ? NULL : &timeout, NULL);

        if (r < 0)
                return -errno;
        return r > 0 || remaining_usec(component) == 0;
}

REEVE_EXPORT int reeve_run(reeve_component *component)
{
        int error = 0;
        int r;

        if (component->is_processing)
                return -EBUSY;
        component->n_refs++;
        while (!component->is_freed && !reeve_is_finished(component, &error)) {
                (void) reeve_process(component);
                if (component->is_freed || reeve_is_finished(component, &error))
                        break;
                r = reeve_wait(component, UINT64_MAX);
                if (r < 0 && r != -EINTR) {
                        error = r;
                        break;
                }
        }
        core_unref(component);
        return error;
}
