/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pump.h"

#include <poll.h>
#include <sys/epoll.h>

#include "os/loop.h"

static void set_again(Pump *pump)
{
        (void) sd_event_source_set_time(pump->again, clock_monotonic() + pump->pause_usec);
        (void) sd_event_source_set_enabled(pump->again, SD_EVENT_ONESHOT);
}

void pump_end(Pump *pump)
{
        if (pump->is_ended)
                return;
        pump->is_ended = true;
        (void) sd_event_source_set_enabled(pump->io, SD_EVENT_OFF);
        (void) sd_event_source_set_enabled(pump->timeout, SD_EVENT_OFF);
        (void) sd_event_source_set_enabled(pump->again, SD_EVENT_OFF);
        (void) sd_event_source_set_enabled(pump->soon, SD_EVENT_ONESHOT);
}

/* False: the budget ran out with more to do. */
static bool process_some(Pump *pump, unsigned n_max)
{
        uint64_t end = clock_monotonic() + PUMP_USEC_A_TURN;

        for (unsigned n = 0; n < n_max; n++) {
                int r = sd_bus_process(pump->connection, NULL);

                if (pump->is_ended)
                        return true;
                if (r < 0 || sd_bus_is_open(pump->connection) <= 0) {
                        pump->error = MIN(r, 0);
                        pump_end(pump);
                        return true;
                }
                if (!pump->is_ready && sd_bus_is_ready(pump->connection) > 0) {
                        /* Calls that came with BEGIN lie in sd-bus's buffer, where poll does not see them: go on. */
                        pump->is_ready = true;
                        pump->handlers->on_ready(pump->userdata);
                } else if (r == 0) {
                        return true;
                }
                if (clock_monotonic() >= end)
                        break;
        }
        return false;
}

static void turn(Pump *pump)
{
        bool is_drained = process_some(pump, PUMP_MESSAGES_A_TURN);

        if (pump->is_ended)
                return;
        (void) sd_event_source_set_enabled(pump->io, is_drained ? SD_EVENT_ON : SD_EVENT_OFF);
        if (!is_drained)
                set_again(pump);
        pump->handlers->on_turn(pump->userdata);
}

void pump_read(Pump *pump, unsigned n_max)
{
        if (!pump->is_ended)
                (void) process_some(pump, n_max);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        turn(userdata);
        return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
        turn(userdata);
        return 0;
}

static int on_soon(sd_event_source *source, void *userdata)
{
        Pump *pump = userdata;

        if (pump->is_ended)
                pump->handlers->on_end(pump->userdata);
        else
                turn(pump);
        return 0;
}

/* Before each wait: what sd-bus wants to be woken for. The descriptor changes while a connection is being made. */
static int on_prepare(sd_event_source *source, void *userdata)
{
        Pump *pump = userdata;
        int fd = sd_bus_get_fd(pump->connection), events = sd_bus_get_events(pump->connection);
        uint64_t usec = UINT64_MAX;

        if (fd < 0 || events < 0) {
                pump_end(pump);
                return 0;
        }
        if (fd != sd_event_source_get_io_fd(source) && sd_event_source_set_io_fd(source, fd) < 0) {
                pump_end(pump);
                return 0;
        }
        (void) sd_event_source_set_io_events(source, (uint32_t) events);
        if (sd_bus_get_timeout(pump->connection, &usec) < 0 || usec == UINT64_MAX) {
                (void) sd_event_source_set_enabled(pump->timeout, SD_EVENT_OFF);
        } else {
                (void) sd_event_source_set_time(pump->timeout, usec);
                (void) sd_event_source_set_enabled(pump->timeout, SD_EVENT_ONESHOT);
        }
        return 0;
}

/* Off until it is set. */
static int add_timer(sd_event *event, Pump *pump, sd_event_source **ret)
{
        int r = sd_event_add_time(event, ret, CLOCK_MONOTONIC, UINT64_MAX, 1, on_timeout, pump);

        if (r >= 0)
                r = sd_event_source_set_priority(*ret, LOOP_PRIORITY_BUS);
        return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

int pump_init(Pump *pump, sd_event *event, sd_bus *connection, const PumpHandlers *handlers, void *userdata)
{
        int r, fd;

        *pump = (Pump){
                .connection = connection, .handlers = handlers, .userdata = userdata, .pause_usec = PUMP_PAUSE_USEC,
        };
        fd = sd_bus_get_fd(connection);
        if (fd < 0)
                return fd;
        r = sd_event_add_io(event, &pump->io, fd, EPOLLIN, on_io, pump);
        if (r >= 0)
                r = sd_event_source_set_priority(pump->io, LOOP_PRIORITY_BUS);
        if (r >= 0)
                r = sd_event_source_set_prepare(pump->io, on_prepare);
        if (r >= 0)
                r = add_timer(event, pump, &pump->timeout);
        if (r >= 0)
                r = add_timer(event, pump, &pump->again);
        /* The first turn is not waited for: the other side may have nothing to say before we do. */
        if (r >= 0)
                r = sd_event_add_defer(event, &pump->soon, on_soon, pump);
        if (r >= 0)
                r = sd_event_source_set_priority(pump->soon, LOOP_PRIORITY_BUS);
        return r < 0 ? r : 0;
}

void pump_done(Pump *pump)
{
        sd_event_source_disable_unref(pump->io);
        sd_event_source_disable_unref(pump->timeout);
        sd_event_source_disable_unref(pump->soon);
        sd_event_source_disable_unref(pump->again);
        /* Not flush: that would wait for whoever does not read. */
        sd_bus_close(pump->connection);
        sd_bus_unref(pump->connection);
        *pump = (Pump){.is_ended = true};
}

uint64_t pump_queued(const Pump *pump)
{
        uint64_t n = 0;

        return sd_bus_get_n_queued_write(pump->connection, &n) < 0 ? 0 : n;
}

void pump_drain(Pump *pump, uint64_t deadline)
{
        uint64_t now;

        while (!pump->is_ended && pump->is_ready && pump_queued(pump) > 0 && (now = clock_monotonic()) < deadline) {
                struct pollfd out = {.fd = sd_bus_get_fd(pump->connection), .events = POLLOUT};

                if (poll(&out, 1, (int) ((deadline - now) / 1000)) <= 0 || !(out.revents & POLLOUT))
                        return;
                if (sd_bus_process(pump->connection, NULL) < 0 || sd_bus_is_open(pump->connection) <= 0)
                        return;
        }
}
