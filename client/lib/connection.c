/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "greeting.h"

/* A call that can neither be queued nor refused would leave the daemon waiting for ever: then the connection is given
 * up. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        reeve_component *component = userdata;
        int r = component->connection.handlers->on_message(component, message);

        if (r >= 0)
                return r;
        if (sd_bus_reply_method_errno(message, r, NULL) < 0)
                component->connection.failure = r;
        return 1;
}

/* Descriptors are the bus's from here on. */
static int make_bus(Connection *connection, int fd)
{
        sd_bus *bus = NULL;
        int input = -1, own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        int r = own < 0 ? -errno : sd_bus_new(&bus);

        if (r >= 0)
                r = greeting_new(&connection->greeting, &input);
        if (r >= 0)
                r = sd_bus_set_fd(bus, input, own);
        if (r < 0) {
                if (own >= 0)
                        (void) close(own);
                if (input >= 0)
                        (void) close(input);
                sd_bus_unref(bus);
                return r;
        }
        connection->bus = bus;
        connection->input_fd = input;
        connection->bus_fd = own;
        return 0;
}

static int start_bus(reeve_component *component, int fd)
{
        int r = make_bus(&component->connection, fd);
        sd_bus *bus = component->connection.bus;

        if (r < 0)
                return r;
        /* On a socketpair both ends look like the daemon: who we are is the connection itself. */
        r = sd_bus_set_anonymous(bus, 1);
        if (r >= 0)
                r = sd_bus_negotiate_fds(bus, 0);
        if (r >= 0)
                r = sd_bus_add_filter(bus, NULL, on_message, component);
        return r < 0 ? r : sd_bus_start(bus);
}

static int epoll_change(Connection *connection, int operation, int fd, int events)
{
        struct epoll_event event = {.events = (uint32_t) events, .data.fd = fd};

        return epoll_ctl(connection->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

static void on_disconnected(reeve_component *component, QueueNode *node)
{
        if (component->ops.on_disconnected)
                component->ops.on_disconnected(component, component->connection.failure, component->userdata);
}

static void drop_disconnected(QueueNode *node)
{
}

int connection_open(reeve_component *component, int fd, const ConnectionHandlers *handlers)
{
        Connection *connection = &component->connection;
        int r = 0;

        connection->handlers = handlers;
        connection->disconnected = (QueueNode){.dispatch = on_disconnected, .drop = drop_disconnected};
        connection->bus_fd = connection->wake_fd = -1;
        connection->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (connection->epoll_fd >= 0)
                connection->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (connection->wake_fd < 0)
                return -errno;
        r = epoll_change(connection, EPOLL_CTL_ADD, connection->wake_fd, EPOLLIN);
        if (r >= 0 && fd >= 0)
                r = start_bus(component, fd);
        if (r < 0 || fd < 0)
                return r;
        connection->watched = POLLIN;
        r = epoll_change(connection, EPOLL_CTL_ADD, connection->bus_fd, POLLIN);
        if (r >= 0)
                connection_watch(component);
        return r;
}

void connection_close(reeve_component *component)
{
        Connection *connection = &component->connection;

        greeting_free(connection->greeting);
        connection->greeting = NULL;
        sd_bus_close(connection->bus);
        connection->bus = sd_bus_unref(connection->bus);
        if (connection->epoll_fd >= 0)
                (void) close(connection->epoll_fd);
        if (connection->wake_fd >= 0)
                (void) close(connection->wake_fd);
        connection->epoll_fd = connection->wake_fd = -1;
}

bool connection_is_usable(const reeve_component *component)
{
        return component->connection.bus && !component->connection.is_lost;
}

bool connection_is_flushed(const reeve_component *component)
{
        uint64_t n = 0;

        if (!connection_is_usable(component))
                return true;
        return component->unsent.n == 0 && sd_bus_get_n_queued_write(component->connection.bus, &n) >= 0 && n == 0;
}

void connection_watch(reeve_component *component)
{
        Connection *connection = &component->connection;
        int events;

        if (!connection_is_usable(component))
                return;
        events = sd_bus_get_events(connection->bus);
        /* POLLIN and POLLOUT are EPOLLIN and EPOLLOUT. */
        if (events >= 0 && events != connection->watched &&
            epoll_change(connection, EPOLL_CTL_MOD, connection->bus_fd, events) >= 0)
                connection->watched = events;
}

static void lose(reeve_component *component, int error)
{
        Connection *connection = &component->connection;

        if (!connection_is_usable(component))
                return;
        if (error == -ENOTCONN || error == -EPIPE || error == -ESHUTDOWN)
                error = -ECONNRESET;
        connection->failure = error;
        connection->is_lost = true;
        connection->is_behind = false;
        (void) epoll_change(connection, EPOLL_CTL_DEL, connection->bus_fd, 0);
        connection->bus_fd = -1;
        sd_bus_close(connection->bus);
        connection->handlers->on_lost(component, error);
        queue_append(&component->queue, &connection->disconnected);
}

/* As sd_bus_process(): 1: there may be more; 0: there is nothing. */
static int process(Connection *connection)
{
        int r = sd_bus_process(connection->bus, NULL);

        if (r < 0 || !connection->greeting)
                return r;
        /* The bus has said what comes first, or will when there is room. */
        r = greeting_turn(connection->greeting, connection->bus_fd, connection->input_fd, connection->bus);
        if (r <= 0)
                return r;
        greeting_free(connection->greeting);
        connection->greeting = NULL;
        return 1;
}

int connection_turn(reeve_component *component, size_t max)
{
        Connection *connection = &component->connection;
        size_t n = 0;
        int r = 1;

        if (!connection_is_usable(component))
                return 0;
        while (n < max && component->queue.n < CORE_QUEUE_MAX && r != 0 && connection->failure == 0) {
                r = process(connection);
                if (r == -EINTR)
                        r = 1;
                if (r < 0)
                        break;
                n++;
        }
        connection->is_behind = r != 0;
        connection->is_short = r == -ENOMEM;
        if (connection->failure < 0)
                lose(component, connection->failure);
        else if (r < 0 && r != -ENOMEM)
                lose(component, r);
        else if (sd_bus_is_open(connection->bus) <= 0)
                lose(component, -ECONNRESET);
        else
                connection_watch(component);
        return r == -ENOMEM ? r : 0;
}

bool connection_catch_up(reeve_component *component)
{
        Connection *connection = &component->connection;
        struct pollfd pollfd = {.fd = connection->bus_fd, .events = POLLIN};

        if (!connection->is_behind && poll(&pollfd, 1, 0) == 0)
                return true;
        return connection_turn(component, CORE_QUEUE_MAX) >= 0 && connection_is_usable(component) &&
               !connection->is_behind;
}

int connection_wait(reeve_component *component)
{
        Connection *connection = &component->connection;
        struct pollfd pollfd = {.fd = connection->bus_fd};
        struct timespec timeout = {0};
        uint64_t usec = UINT64_MAX, now;
        int events = sd_bus_get_events(connection->bus), r;

        if (events < 0)
                return events;
        pollfd.events = (short) events;
        r = sd_bus_get_timeout(connection->bus, &usec);
        if (r < 0)
                return r;
        now = core_now();
        usec = usec == UINT64_MAX ? usec : usec > now ? usec - now : 0;
        timeout.tv_sec = (time_t) (usec / 1000000);
        timeout.tv_nsec = (long) (usec % 1000000) * 1000;
        return ppoll(&pollfd, 1, usec == UINT64_MAX ? NULL : &timeout, NULL) < 0 ? -errno : 0;
}
