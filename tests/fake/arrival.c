/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/arrival.h"

#include "fake/fake_state.h"

struct Arrival {
        FakeEvent event;
        int fd;
        ArrivalHandler handler;
        void *userdata;
};

static void on_due(FakeEvent *event, void *userdata)
{
        Arrival *arrival = userdata;

        (void) event;
        g_hash_table_remove(fake_os.arrivals, GINT_TO_POINTER(arrival->fd));
        arrival->handler(arrival, arrival->userdata);
}

static bool has_caller(int fd)
{
        return g_hash_table_contains(fake_os.callers, GINT_TO_POINTER(fd));
}

int arrival_new(Loop *loop, int fd, ArrivalHandler handler, void *userdata, Arrival **ret)
{
        int r = fake_failure("arrival");
        Arrival *arrival;

        if (r < 0)
                return r;
        arrival = g_new0(Arrival, 1);
        *arrival = (Arrival){.fd = fd, .handler = handler, .userdata = userdata};
        arrival->event = (FakeEvent){.priority = LOOP_PRIORITY_BUS, .handler = on_due, .userdata = arrival};
        g_hash_table_insert(fake_os.arrivals, GINT_TO_POINTER(fd), arrival);
        if (has_caller(fd))
                fake_event_queue(&arrival->event, fake_now());
        *ret = arrival;
        return 0;
}

void arrival_free(Arrival *arrival)
{
        if (!arrival)
                return;
        if (g_hash_table_lookup(fake_os.arrivals, GINT_TO_POINTER(arrival->fd)) == arrival)
                g_hash_table_remove(fake_os.arrivals, GINT_TO_POINTER(arrival->fd));
        fake_event_cancel(&arrival->event);
        g_free(arrival);
}

void fake_os_connect(int fd)
{
        Arrival *arrival = g_hash_table_lookup(fake_os.arrivals, GINT_TO_POINTER(fd));

        g_hash_table_add(fake_os.callers, GINT_TO_POINTER(fd));
        if (arrival && !arrival->event.place)
                fake_event_queue(&arrival->event, fake_now());
}

void fake_os_serve(int fd)
{
        g_hash_table_remove(fake_os.callers, GINT_TO_POINTER(fd));
}

bool fake_os_is_awaiting(int fd)
{
        return g_hash_table_contains(fake_os.arrivals, GINT_TO_POINTER(fd));
}
